//! Who opens a scheme on Windows? What is in this person's part of the registry.
//!
//! For `narthex deliver ADDRESS`, below `HKEY_CURRENT_USER`:
//!
//! ```text
//! Software\Classes\io.example.app                     (default)     URL:Example
//! Software\Classes\io.example.app                     URL Protocol  (empty)
//! Software\Classes\io.example.app\DefaultIcon         (default)     "C:\…\narthex.exe",0
//! Software\Classes\io.example.app\shell\open\command  (default)     "C:\…\narthex.exe" deliver "%1"
//! ```
//!
//! A choice that the person has made (`UserChoice`) is stronger, and no program can change it: it is only reported.

use super::registration::{Registrar, Registration, SchemeProblem, Standing};
use super::step::{Step, System};

const CLASSES: &str = r"Software\Classes";
const CHOICES: &str = r"Software\Microsoft\Windows\Shell\Associations\UrlAssociations";

/// This person's part of the registry.
#[derive(Debug)]
pub struct Registry<S> {
    registration: Registration,
    system: S,
}

impl<S: System> Registry<S> {
    /// # Errors
    ///
    /// When the path of the program has a character that means something in a command.
    pub fn new(registration: Registration, system: S) -> Result<Self, SchemeProblem> {
        if registration.program().contains(['"', '%']) {
            return Err(SchemeProblem::Unfit("program"));
        }
        Ok(Self { registration, system })
    }

    fn class(&self) -> String {
        format!(r"{CLASSES}\{}", self.registration.scheme.as_str())
    }

    /// The address comes in quotes, and Windows escapes those that are in it.
    fn command(&self) -> String {
        let words: String = self.registration.arguments.iter().map(|word| format!("{word} ")).collect();
        format!("\"{}\" {words}\"%1\"", self.registration.program())
    }

    fn title(&self) -> String {
        format!("URL:{}", self.registration.name)
    }
}

impl<S: System> Registrar for Registry<S> {
    fn plan(&self) -> Result<Vec<Step>, SchemeProblem> {
        let class = self.class();
        Ok(vec![
            Step::set(&class, "", &self.title()),
            Step::set(&class, "URL Protocol", ""),
            Step::set(
                &format!(r"{class}\DefaultIcon"),
                "",
                &format!("\"{}\",0", self.registration.program()),
            ),
            Step::set(&format!(r"{class}\shell\open\command"), "", &self.command()),
        ])
    }

    fn register(&mut self) -> Result<(), SchemeProblem> {
        if self.standing()? == Standing::Ours {
            return Ok(());
        }
        for step in self.plan()? {
            self.system.perform(&step)?;
        }
        match self.standing()? {
            Standing::Ours => Ok(()),
            other @ (Standing::Outdated(_) | Standing::Other(_) | Standing::Nobody) => {
                Err(SchemeProblem::NotDefault(other))
            }
        }
    }

    fn standing(&mut self) -> Result<Standing, SchemeProblem> {
        let scheme = self.registration.scheme.as_str();
        let choice = self.system.value(&format!(r"{CHOICES}\{scheme}\UserChoice"), "ProgId")?;
        if let Some(choice) = choice.filter(|choice| !choice.eq_ignore_ascii_case(scheme)) {
            return Ok(Standing::Other(choice));
        }
        let class = self.class();
        let Some(command) = self.system.value(&format!(r"{class}\shell\open\command"), "")? else {
            return Ok(Standing::Nobody);
        };
        let title = self.system.value(&class, "")?;
        // Without this value, Windows takes it for a type of file.
        let is_protocol = self.system.value(&class, "URL Protocol")?.is_some();
        Ok(match (command == self.command() && is_protocol, title == Some(self.title())) {
            (true, _) => Standing::Ours,
            (false, true) => Standing::Outdated(command),
            (false, false) => Standing::Other(command),
        })
    }

    fn unregister(&mut self) -> Result<(), SchemeProblem> {
        let class = self.class();
        let title = self.system.value(&class, "")?;
        // Also where the person has chosen another application meanwhile.
        if title == Some(self.title()) {
            self.system.perform(&Step::RemoveKey { key: class })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorded::{Recorded, registration};
    use super::*;

    const CLASS: &str = r"Software\Classes\io.example.app";
    const COMMAND: &str = r"Software\Classes\io.example.app\shell\open\command";
    const CHOICE: &str =
        r"Software\Microsoft\Windows\Shell\Associations\UrlAssociations\io.example.app\UserChoice";

    fn registry(program: &str, system: Recorded) -> Registry<Recorded> {
        Registry::new(registration(program), system).unwrap()
    }

    #[test]
    fn the_registry_says_what_windows_asks_for() {
        let mut registry = registry(r"C:\Program Files\narthex.exe", Recorded::default());
        assert_eq!(registry.standing().unwrap(), Standing::Nobody);
        registry.register().unwrap();
        let system = &registry.system;
        assert_eq!(system.value_of(CLASS, ""), Some("URL:Example"));
        assert_eq!(system.value_of(CLASS, "URL Protocol"), Some(""));
        assert_eq!(system.value_of(COMMAND, ""), Some("\"C:\\Program Files\\narthex.exe\" deliver \"%1\""));
        let icon = system.value_of(r"Software\Classes\io.example.app\DefaultIcon", "");
        assert_eq!(icon, Some("\"C:\\Program Files\\narthex.exe\",0"));
        assert_eq!(registry.standing().unwrap(), Standing::Ours);
        registry.register().unwrap();
        assert_eq!(registry.system.done.len(), 4, "nothing is done twice");
        registry.unregister().unwrap();
        assert!(registry.system.values.is_empty());
    }

    #[test]
    fn a_moved_program_is_noticed_and_registered_again() {
        let mut old = registry(r"C:\old.exe", Recorded::default());
        old.register().unwrap();
        let mut new = registry(r"C:\new.exe", old.system);
        assert_eq!(new.standing().unwrap(), Standing::Outdated("\"C:\\old.exe\" deliver \"%1\"".to_owned()));
        new.register().unwrap();
        assert_eq!(new.standing().unwrap(), Standing::Ours);
    }

    #[test]
    fn what_the_person_has_chosen_is_reported_and_what_others_have_registered_is_left() {
        let mut system = Recorded::default();
        system.values.insert((CHOICE.to_owned(), "ProgId".to_owned()), "Other.Url".to_owned());
        let mut chosen = registry(r"C:\narthex.exe", system);
        let problem = chosen.register().map_err(|problem| problem.to_string());
        assert_eq!(problem, Err("another application is chosen for the scheme".to_owned()));

        let mut system = Recorded::default();
        system.values.insert((COMMAND.to_owned(), String::new()), "\"C:\\x.exe\" \"%1\"".to_owned());
        let mut other = registry(r"C:\narthex.exe", system);
        assert_eq!(other.standing().unwrap(), Standing::Other("\"C:\\x.exe\" \"%1\"".to_owned()));
        other.unregister().unwrap();
        assert_eq!(other.system.values.len(), 1);
    }

    #[test]
    fn a_path_that_a_command_would_read_otherwise_is_refused() {
        for program in [r"C:\100%1\narthex.exe", "C:\\a\" b\\narthex.exe"] {
            let refused = Registry::new(registration(program), Recorded::default());
            assert!(matches!(refused, Err(SchemeProblem::Unfit("program"))));
        }
    }
}
