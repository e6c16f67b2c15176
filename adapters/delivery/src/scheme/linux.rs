//! Who opens a scheme on Linux and its like? A desktop entry of this person's, and their choice of it.
//!
//! - The choice is asked for and set by `xdg-mime`, or `gio` where there is none; without either nothing is done.
//! - Inside Flatpak and snap nothing that is written here is seen outside: the package has to declare the scheme.
//! - When an installed package has registered the program, there must be no second entry: some desktops would ask
//!   which one to take.
//! - Where no desktop environment is recognised, xdg-utils before 1.2 cannot start a program with a space in its path.
//! - `xdg-open` finds a scheme in lower case only.

mod defaults;
pub(crate) mod entry;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use super::registration::{Registrar, Registration, SchemeProblem, Standing};
use super::step::{Step, System};

/// This person's applications.
#[derive(Debug)]
pub struct Desktop<S> {
    registration: Registration,
    /// Where desktop entries are, this person's own first.
    applications: Vec<PathBuf>,
    lists: Vec<PathBuf>,
    system: S,
}

impl<S: System> Desktop<S> {
    /// `variable` is the environment: `XDG_DATA_HOME`, `XDG_DATA_DIRS`, `XDG_CONFIG_HOME`, `HOME` and `SNAP`.
    ///
    /// # Errors
    ///
    /// Inside Flatpak and snap, and when there is no home.
    pub fn new(
        registration: Registration,
        variable: impl Fn(&str) -> Option<OsString>,
        system: S,
    ) -> Result<Self, SchemeProblem> {
        // Whoever is merely started by a program from a snap has the variable too.
        let is_inside = |snap: OsString| !snap.is_empty() && registration.program.starts_with(snap);
        if variable("SNAP").is_some_and(is_inside) {
            return Err(SchemeProblem::Sandboxed("snap"));
        }
        if system.file(Path::new("/.flatpak-info"))?.is_some() {
            return Err(SchemeProblem::Sandboxed("Flatpak"));
        }
        // XDG Base Directory Specification: a path that is not absolute is none.
        let folder = |name: &str| variable(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
        let home = |name: &str, usual: &str| {
            folder(name).or_else(|| Some(folder("HOME")?.join(usual))).ok_or(SchemeProblem::NoHome)
        };
        let data = home("XDG_DATA_HOME", ".local/share")?;
        let others = variable("XDG_DATA_DIRS").filter(|folders| !folders.is_empty());
        let others = others.unwrap_or_else(|| "/usr/local/share:/usr/share".into());
        let folders = [data.clone()].into_iter().chain(std::env::split_paths(&others));
        let applications: Vec<PathBuf> = folders.map(|folder| folder.join("applications")).collect();
        let config = home("XDG_CONFIG_HOME", ".config")?;
        // The second is where it was once.
        let lists = vec![config.join("mimeapps.list"), data.join("applications/mimeapps.list")];
        Ok(Self { registration, applications, lists, system })
    }

    fn kind(&self) -> String {
        format!("x-scheme-handler/{}", self.registration.scheme.as_str())
    }

    /// The name of our entry.
    fn id(&self) -> String {
        format!("{}.callback.desktop", self.registration.scheme.as_str())
    }

    fn file(&self) -> PathBuf {
        self.applications[0].join(self.id())
    }

    /// For desktops that look into a list of all applications, not at the entries.
    fn update(&self) -> Option<Step> {
        let program = "update-desktop-database";
        let folder = self.applications[0].to_string_lossy();
        self.system.find(program).map(|_| Step::run(program, [&folder]))
    }

    /// `None` if nobody is chosen.
    fn chosen(&mut self) -> Result<Option<String>, SchemeProblem> {
        let kind = self.kind();
        let id = if self.system.find("xdg-mime").is_some() {
            self.system.perform(&Step::run("xdg-mime", ["query", "default", &kind]))?
        } else if self.system.find("gio").is_some() {
            let said = self.system.perform(&Step::run("gio", ["mime", &kind])).unwrap_or_default();
            let line = said.lines().find(|line| line.starts_with("Default application for"));
            line.and_then(|line| line.rsplit_once(": ")).map(|(_, id)| id.to_owned()).unwrap_or_default()
        } else {
            return Err(SchemeProblem::NoTool("xdg-utils"));
        };
        Ok(Some(id.trim().to_owned()).filter(|id| !id.is_empty()))
    }

    fn entry(&self, id: &str) -> io::Result<Option<String>> {
        if id.contains('/') {
            return Ok(None);
        }
        let mut found = self.applications.iter().map(|folder| self.system.file(&folder.join(id)));
        found.find(|entry| !matches!(entry, Ok(None))).unwrap_or(Ok(None))
    }

    fn is_this(&self, program: &str) -> bool {
        let found = if program.contains('/') { Some(program.into()) } else { self.system.find(program) };
        found.is_some_and(|found| self.system.is_same(&found, &self.registration.program))
    }
}

impl<S: System> Registrar for Desktop<S> {
    fn plan(&self) -> Result<Vec<Step>, SchemeProblem> {
        let content = entry::written(&self.registration)?;
        let (id, kind) = (self.id(), self.kind());
        let choose = if self.system.find("xdg-mime").is_some() {
            Step::run("xdg-mime", ["default", &id, &kind])
        } else if self.system.find("gio").is_some() {
            Step::run("gio", ["mime", &kind, &id])
        } else {
            return Err(SchemeProblem::NoTool("xdg-utils"));
        };
        let write = Step::Write { path: self.file(), content };
        Ok([write].into_iter().chain(self.update()).chain([choose]).collect())
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
        let Some(id) = self.chosen()? else { return Ok(Standing::Nobody) };
        let found = self.entry(&id)?;
        let program = found.as_deref().and_then(entry::program);
        if id == self.id() {
            let is_current = found == Some(entry::written(&self.registration)?);
            return Ok(match is_current {
                true => Standing::Ours,
                false => Standing::Outdated(program.unwrap_or(id)),
            });
        }
        Ok(match program {
            Some(program) if self.is_this(&program) => Standing::Ours,
            Some(_) | None => Standing::Other(id),
        })
    }

    fn unregister(&mut self) -> Result<(), SchemeProblem> {
        if self.system.file(&self.file())?.is_some() {
            self.system.perform(&Step::Remove { path: self.file() })?;
            if let Some(update) = self.update() {
                self.system.perform(&update)?;
            }
        }
        for path in self.lists.clone() {
            let list = self.system.file(&path)?.unwrap_or_default();
            if let Some(content) = defaults::without(&list, &self.kind(), &self.id()) {
                self.system.perform(&Step::Write { path, content })?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
