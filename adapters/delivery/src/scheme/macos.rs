//! Who opens a scheme on macOS? The application whose bundle declares it.
//!
//! Only the `Info.plist` of a bundle can declare a scheme, and it is signed: nothing is written here. It is checked,
//! and Launch Services are told to read it, which they do by themselves when an application is installed.
//!
//! ```xml
//! <key>CFBundleURLTypes</key>
//! <array><dict>
//!   <key>CFBundleURLName</key><string>io.example.app</string>
//!   <key>CFBundleURLSchemes</key><array><string>io.example.app</string></array>
//! </dict></array>
//! ```
//!
//! The address does not come as an argument but as an Apple event (`kAEGetURL`, `application:openURLs:`), to the
//! process that runs already: the application has to take it and to pass it on as `Input::Callback`. A program without a
//! bundle cannot; it has its listener. Which of several applications that declare the scheme is chosen is not asked.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::registration::{Registrar, Registration, SchemeProblem, Standing};
use super::step::{Step, System};

const LSREGISTER: &str = "/System/Library/Frameworks/CoreServices.framework/Frameworks/\
                          LaunchServices.framework/Support/lsregister";

/// The bundle that the program is in, `X.app/Contents/MacOS/PROGRAM`.
#[derive(Debug)]
pub struct Bundle<S> {
    registration: Registration,
    folder: PathBuf,
    system: S,
}

impl<S: System> Bundle<S> {
    /// # Errors
    ///
    /// When the program is in no bundle.
    pub fn new(registration: Registration, system: S) -> Result<Self, SchemeProblem> {
        let folder = bundle(&registration.program).ok_or(SchemeProblem::NotDeclared)?.to_owned();
        Ok(Self { registration, folder, system })
    }

    fn lsregister(&self, what: &str) -> Step {
        Step::run(LSREGISTER, [what, &self.folder.to_string_lossy()])
    }
}

fn bundle(program: &Path) -> Option<&Path> {
    let contents = program.parent()?.parent()?;
    let folder = contents.parent()?;
    let is_bundle = program.parent()?.ends_with("Contents/MacOS") && folder.extension()? == "app";
    is_bundle.then_some(folder)
}

impl<S: System> Registrar for Bundle<S> {
    fn plan(&self) -> Result<Vec<Step>, SchemeProblem> {
        Ok(vec![self.lsregister("-f")])
    }

    fn register(&mut self) -> Result<(), SchemeProblem> {
        if self.standing()? != Standing::Ours {
            return Err(SchemeProblem::NotDeclared);
        }
        for step in self.plan()? {
            self.system.perform(&step)?;
        }
        Ok(())
    }

    /// [`Standing::Ours`] when the bundle declares the scheme, else [`Standing::Nobody`].
    fn standing(&mut self) -> Result<Standing, SchemeProblem> {
        let plist = self.folder.join("Contents/Info.plist");
        let plist = plist.to_string_lossy();
        // The system's own program reads every kind of property list. It fails when there is no such key.
        let asked = ["-extract", "CFBundleURLTypes", "json", "-o", "-", &plist];
        let types = self.system.perform(&Step::run("/usr/bin/plutil", asked)).unwrap_or_default();
        let declares = declares(&types, self.registration.scheme.as_str());
        Ok(if declares { Standing::Ours } else { Standing::Nobody })
    }

    /// Launch Services forget the bundle until it is started or moved again.
    fn unregister(&mut self) -> Result<(), SchemeProblem> {
        self.system.perform(&self.lsregister("-u"))?;
        Ok(())
    }
}

fn declares(types: &str, scheme: &str) -> bool {
    let types: Vec<Value> = serde_json::from_str(types).unwrap_or_default();
    let schemes = types.iter().filter_map(|one| one.get("CFBundleURLSchemes")?.as_array()).flatten();
    schemes.filter_map(Value::as_str).any(|declared| declared.eq_ignore_ascii_case(scheme))
}

#[cfg(test)]
mod tests {
    use super::super::recorded::{Recorded, registration};
    use super::*;

    const PROGRAM: &str = "/Applications/Example.app/Contents/MacOS/example";
    const PLUTIL: &str = "/usr/bin/plutil -extract CFBundleURLTypes json -o - \
                          /Applications/Example.app/Contents/Info.plist";
    const TOLD: &str = "/System/Library/Frameworks/CoreServices.framework/Frameworks/\
                        LaunchServices.framework/Support/lsregister -f /Applications/Example.app";

    fn bundle_with(types: &str) -> Bundle<Recorded> {
        let mut system = Recorded::default();
        system.programs.insert(PLUTIL.to_owned(), types.to_owned());
        system.programs.insert(TOLD.to_owned(), String::new());
        Bundle::new(registration(PROGRAM), system).unwrap()
    }

    #[test]
    fn a_bundle_that_declares_the_scheme_is_made_known() {
        let types = r#"[{"CFBundleURLName":"x"},{"CFBundleURLSchemes":["mailto","io.example.app"]}]"#;
        let mut bundle = bundle_with(types);
        bundle.register().unwrap();
        let tell = [LSREGISTER, "-f", "/Applications/Example.app"];
        assert_eq!(bundle.system.done.last(), Some(&Step::run(tell[0], [tell[1], tell[2]])));
    }

    #[test]
    fn a_bundle_that_does_not_declare_it_is_said_to() {
        for types in ["", "[]", "{}", "nonsense", r#"[{"CFBundleURLSchemes":["io.example"]}]"#, r#"[{}]"#] {
            let mut bundle = bundle_with(types);
            assert_eq!(bundle.standing().unwrap(), Standing::Nobody, "{types}");
            assert!(matches!(bundle.register(), Err(SchemeProblem::NotDeclared)), "{types}");
        }
    }

    #[test]
    fn a_program_without_a_bundle_can_not_be_registered() {
        for program in ["/usr/local/bin/narthex", "/narthex", "/x.app/narthex", "/x/Contents/MacOS/narthex"] {
            let refused = Bundle::new(registration(program), Recorded::default());
            assert!(matches!(refused, Err(SchemeProblem::NotDeclared)), "{program}");
        }
    }
}
