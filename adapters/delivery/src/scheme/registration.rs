//! Which program is to open the addresses of which scheme, and why does it not?

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::step::Step;

/// The longest scheme, in bytes: part of the names of files and registry keys.
const MAX_SCHEME: usize = 100;

/// A private-use scheme such as `io.example.app`: a reversed host name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheme(String);

impl Scheme {
    /// RFC 3986 §3.1, in lower case (desktops compare case-sensitively) and with a dot: no scheme of everybody's,
    /// such as `https`, has one.
    ///
    /// # Errors
    ///
    /// When it is anything else, before it comes near a file or a command.
    pub fn parse(scheme: &str) -> Result<Self, SchemeProblem> {
        let character = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+')
        };
        let part = |part: &str| part.starts_with(|c: char| c.is_ascii_alphanumeric());
        let is_scheme = scheme.len() <= MAX_SCHEME
            && scheme.contains('.')
            && scheme.starts_with(|c: char| c.is_ascii_lowercase())
            && scheme.bytes().all(character)
            && scheme.split('.').all(part);
        if is_scheme { Ok(Self(scheme.to_owned())) } else { Err(SchemeProblem::NotPrivateUse) }
    }

    /// Without a colon.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which program opens the addresses of a scheme: `PROGRAM ARGUMENTS… ADDRESS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    pub(super) scheme: Scheme,
    pub(super) name: String,
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
}

impl Registration {
    /// `name` is what the person calls the application; the arguments are words of ASCII letters, digits, `-`, `_`
    /// and dots. For the program see [`this_program`].
    ///
    /// # Errors
    ///
    /// [`SchemeProblem::Unfit`] says which of them cannot be registered.
    pub fn new(
        scheme: Scheme,
        name: &str,
        program: &Path,
        arguments: &[&str],
    ) -> Result<Self, SchemeProblem> {
        if name.is_empty() || name.len() > 100 || name.chars().any(char::is_control) {
            return Err(SchemeProblem::Unfit("name"));
        }
        let is_path = |path: &str| !path.chars().any(char::is_control);
        if !program.is_absolute() || !program.to_str().is_some_and(is_path) {
            return Err(SchemeProblem::Unfit("program"));
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if arguments.iter().any(|word| word.is_empty() || !word.bytes().all(plain)) {
            return Err(SchemeProblem::Unfit("arguments"));
        }
        let arguments = arguments.iter().map(|&word| word.to_owned()).collect();
        Ok(Self { scheme, name: name.to_owned(), program: program.to_owned(), arguments })
    }

    /// Checked to be text.
    pub(super) fn program(&self) -> &str {
        self.program.to_str().unwrap_or_default()
    }
}

/// Where this program will be found again: the file of an AppImage, and not what is unpacked from it while it runs.
///
/// # Errors
///
/// When the system does not say, or the program has been moved or removed since it was started.
pub fn this_program() -> io::Result<PathBuf> {
    let image = std::env::var_os("APPIMAGE").map(PathBuf::from);
    let program = match image.filter(|image| image.is_absolute() && image.is_file()) {
        Some(image) => image,
        None => std::env::current_exe()?,
    };
    if program.is_file() { Ok(program) } else { Err(io::ErrorKind::NotFound.into()) }
}

/// Who opens the addresses of a scheme?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// This program.
    Ours,
    /// What was registered for it before it was moved or changed: register again.
    Outdated(String),
    /// Another application, as the system calls it.
    Other(String),
    /// Nobody.
    Nobody,
}

/// Registers one program for one scheme, for this person alone, while the program runs.
pub trait Registrar {
    /// What [`register`](Self::register) does.
    ///
    /// # Errors
    ///
    /// When nothing can be done here.
    fn plan(&self) -> Result<Vec<Step>, SchemeProblem>;

    /// Registers, unless the system opens this program already (an installed package has registered it, say), and
    /// checks that it does now.
    ///
    /// # Errors
    ///
    /// When that is not possible here, or did not help.
    fn register(&mut self) -> Result<(), SchemeProblem>;

    /// Asks the system; it may have changed its mind since.
    ///
    /// # Errors
    ///
    /// When it cannot be asked.
    fn standing(&mut self) -> Result<Standing, SchemeProblem>;

    /// Takes back what [`register`](Self::register) did, and nothing that others have registered.
    ///
    /// # Errors
    ///
    /// When that is not possible.
    fn unregister(&mut self) -> Result<(), SchemeProblem>;
}

/// Why a program does not get the addresses of a scheme.
#[derive(Debug)]
pub enum SchemeProblem {
    /// It is no private-use scheme.
    NotPrivateUse,
    /// This part of the registration cannot be expressed on this system.
    Unfit(&'static str),
    /// Inside Flatpak or snap (which is said), where only the package's own description registers a scheme.
    Sandboxed(&'static str),
    /// There is no folder for this person's applications.
    NoHome,
    /// None of the programs by which a desktop is told is installed.
    NoTool(&'static str),
    /// On macOS the program's bundle has to declare the scheme (`CFBundleURLTypes`), and there is no bundle or it
    /// does not.
    NotDeclared,
    /// Everything was done, and still the system opens something else: the person has chosen so.
    NotDefault(Standing),
    /// A file, program or registry key failed.
    Io(io::Error),
}

impl From<io::Error> for SchemeProblem {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for SchemeProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPrivateUse => f.write_str("not a private-use scheme such as io.example.app"),
            Self::Unfit(part) => write!(f, "the {part} cannot be registered"),
            Self::Sandboxed(which) => write!(f, "inside {which}, the package has to register the scheme"),
            Self::NoHome => f.write_str("there is no folder for applications"),
            Self::NoTool(tool) => write!(f, "{tool} is not installed"),
            Self::NotDeclared => f.write_str("the application's bundle does not declare the scheme"),
            Self::NotDefault(_) => f.write_str("another application is chosen for the scheme"),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SchemeProblem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reversed_hosts_are_schemes() {
        for scheme in ["io.example.app", "io.example-1.app+x", "a.7b"] {
            assert_eq!(Scheme::parse(scheme).unwrap().as_str(), scheme);
        }
        let long = format!("io.{}", "x".repeat(100));
        for scheme in [
            "",
            "https",
            "mailto",
            "IO.Example.App",
            "io.example.app:",
            "io.example.app/../x",
            "1.example",
            ".io",
            "io.",
            "io..x",
            "io.-x",
            "io.exa mple",
            "io.ex;rm",
            "io.ex\nample",
            r"io\x.y",
            "ио.пример",
            &long,
        ] {
            assert!(matches!(Scheme::parse(scheme), Err(SchemeProblem::NotPrivateUse)), "{scheme:?}");
        }
    }

    #[test]
    fn what_cannot_be_a_word_of_a_command_is_not_registered() {
        let scheme = || Scheme::parse("io.example.app").unwrap();
        let program = if cfg!(windows) { Path::new(r"C:\narthex.exe") } else { Path::new("/bin/narthex") };
        assert!(Registration::new(scheme(), "Ünï & $x", program, &["deliver", "--x"]).is_ok());
        for (name, program, argument, part) in [
            ("", program, "x", "name"),
            ("a\nExec=rm", program, "x", "name"),
            ("a", Path::new("narthex"), "x", "program"),
            ("a", &program.join("a\nb"), "x", "program"),
            ("a", program, "%u", "arguments"),
            ("a", program, "a b", "arguments"),
            ("a", program, "", "arguments"),
        ] {
            let refused = Registration::new(scheme(), name, program, &[argument]);
            assert!(matches!(refused, Err(SchemeProblem::Unfit(unfit)) if unfit == part), "{part}");
        }
    }
}
