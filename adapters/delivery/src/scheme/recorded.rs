//! A system that a test describes, and that remembers what was done to it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::{Registration, Scheme, Step, System};

#[derive(Default)]
pub(super) struct Recorded {
    pub(super) files: BTreeMap<PathBuf, String>,
    pub(super) values: BTreeMap<(String, String), String>,
    /// What the programs say that there are, by their command.
    pub(super) programs: BTreeMap<String, String>,
    pub(super) done: Vec<Step>,
}

impl Recorded {
    pub(super) fn value_of(&self, key: &str, name: &str) -> Option<&str> {
        self.values.get(&(key.to_owned(), name.to_owned())).map(String::as_str)
    }
}

impl System for Recorded {
    fn perform(&mut self, step: &Step) -> io::Result<String> {
        self.done.push(step.clone());
        match step {
            Step::Write { path, content } => {
                self.files.insert(path.clone(), content.clone());
            }
            Step::Remove { path } => {
                self.files.remove(path);
            }
            Step::Run { program, arguments } => {
                let command = format!("{program} {}", arguments.join(" "));
                return self.programs.get(&command).cloned().ok_or_else(|| io::ErrorKind::NotFound.into());
            }
            Step::SetValue { key, name, value } => {
                self.values.insert((key.clone(), name.clone()), value.clone());
            }
            Step::RemoveKey { key } => self.values.retain(|(found, _), _| !found.starts_with(key)),
        }
        Ok(String::new())
    }

    fn file(&self, path: &Path) -> io::Result<Option<String>> {
        Ok(self.files.get(path).cloned())
    }

    fn value(&self, key: &str, name: &str) -> io::Result<Option<String>> {
        Ok(self.value_of(key, name).map(str::to_owned))
    }

    fn find(&self, program: &str) -> Option<PathBuf> {
        let is_it = |command: &&String| command.split(' ').next() == Some(program);
        self.programs.keys().find(is_it).map(|_| Path::new("/usr/bin").join(program))
    }

    fn is_same(&self, one: &Path, other: &Path) -> bool {
        one == other
    }
}

pub(super) fn registration(program: &str) -> Registration {
    // Not `new`: a path of another system is not absolute here.
    Registration {
        scheme: Scheme::parse("io.example.app").unwrap(),
        name: "Example".to_owned(),
        program: program.into(),
        arguments: vec!["deliver".to_owned()],
    }
}
