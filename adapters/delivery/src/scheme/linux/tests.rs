//! What would be done on desktops that are not here?

use super::super::recorded::{Recorded, registration};
use super::*;

const KIND: &str = "x-scheme-handler/io.example.app";
const ID: &str = "io.example.app.callback.desktop";
const FILE: &str = "/home/a/.local/share/applications/io.example.app.callback.desktop";
const QUERY: &str = "xdg-mime query default x-scheme-handler/io.example.app";
const CHOOSE: &str = "xdg-mime default io.example.app.callback.desktop x-scheme-handler/io.example.app";

fn desktop(system: Recorded) -> Desktop<Recorded> {
    let variable = |name: &str| (name == "HOME").then(|| "/home/a".into());
    Desktop::new(registration("/opt/narthex"), variable, system).unwrap()
}

fn with(programs: &[(&str, &str)]) -> Recorded {
    let programs = programs.iter().map(|(command, said)| ((*command).to_owned(), (*said).to_owned()));
    Recorded { programs: programs.collect(), ..Recorded::default() }
}

fn commands(steps: &[Step]) -> Vec<String> {
    let run = steps.iter().filter_map(|step| match step {
        Step::Run { program, arguments } => Some(format!("{program} {}", arguments.join(" "))),
        Step::Write { .. } | Step::Remove { .. } | Step::SetValue { .. } | Step::RemoveKey { .. } => None,
    });
    run.collect()
}

#[test]
fn the_plan_is_an_entry_the_database_and_the_choice() {
    let database = "update-desktop-database /home/a/.local/share/applications";
    let plan = desktop(with(&[(QUERY, ""), (database, "")])).plan().unwrap();
    assert!(matches!(&plan[0], Step::Write { path, .. } if path == Path::new(FILE)));
    assert_eq!(commands(&plan), [database, CHOOSE]);
    let plan = desktop(with(&[("gio mime", "")])).plan().unwrap();
    assert_eq!(commands(&plan), [format!("gio mime {KIND} {ID}")]);
    let problem = desktop(with(&[])).plan();
    assert!(matches!(problem, Err(SchemeProblem::NoTool("xdg-utils"))));
}

#[test]
fn folders_are_those_of_the_base_directory_specification() {
    let variable = |name: &str| match name {
        "XDG_DATA_HOME" => Some("/data".into()),
        "XDG_CONFIG_HOME" => Some("relative".into()),
        "XDG_DATA_DIRS" => Some("/x:/y".into()),
        "HOME" => Some("/home/a".into()),
        _ => None,
    };
    let desktop = Desktop::new(registration("/opt/narthex"), variable, Recorded::default()).unwrap();
    let folders = ["/data/applications", "/x/applications", "/y/applications"].map(PathBuf::from);
    assert_eq!(desktop.applications, folders);
    assert_eq!(desktop.lists[0], Path::new("/home/a/.config/mimeapps.list"));
    let homeless = Desktop::new(registration("/opt/narthex"), |_| None, Recorded::default());
    assert!(matches!(homeless, Err(SchemeProblem::NoHome)));
}

#[test]
fn a_sandbox_is_named() {
    let snap = |name: &str| (name == "SNAP").then(|| "/snap/narthex/7".into());
    let inside = Desktop::new(registration("/snap/narthex/7/bin/narthex"), snap, Recorded::default());
    assert!(matches!(inside, Err(SchemeProblem::Sandboxed("snap"))));
    let mut system = Recorded::default();
    system.files.insert("/.flatpak-info".into(), String::new());
    let inside = Desktop::new(registration("/app/bin/narthex"), |_| None, system);
    assert!(matches!(inside, Err(SchemeProblem::Sandboxed("Flatpak"))));
    // Started from a program that is in a snap, which this one is not.
    let home = |name: &str| snap(name).or_else(|| (name == "HOME").then(|| "/home/a".into()));
    assert!(Desktop::new(registration("/opt/narthex"), home, Recorded::default()).is_ok());
}

#[test]
fn a_package_that_has_registered_the_program_is_left_alone() {
    let mut system = with(&[(QUERY, "example.desktop\n"), ("narthex", "")]);
    let packaged = Path::new("/usr/share/applications/example.desktop");
    system.files.insert(packaged.into(), "[Desktop Entry]\nExec=/opt/narthex %u\n".to_owned());
    let mut desktop = desktop(system);
    desktop.register().unwrap();
    assert_eq!(commands(&desktop.system.done), [QUERY]);
    for (entry, standing) in [
        ("[Desktop Entry]\nExec=/opt/other %u\n", Standing::Other("example.desktop".to_owned())),
        // GNOME would start it without the address.
        ("[Desktop Entry]\nExec=/opt/narthex\n", Standing::Other("example.desktop".to_owned())),
    ] {
        desktop.system.files.insert(packaged.into(), entry.to_owned());
        assert_eq!(desktop.standing().unwrap(), standing);
    }
}

#[test]
fn what_gio_says_is_understood() {
    let asked = format!("gio mime {KIND}");
    let said = format!("Default application for '{KIND}': {ID}\nRegistered applications:\n\t{ID}\n");
    let mut known = desktop(with(&[(&asked, &said)]));
    assert_eq!(known.standing().unwrap(), Standing::Outdated(ID.to_owned()));
    let entry = entry::written(&registration("/old/narthex")).unwrap();
    known.system.files.insert(FILE.into(), entry);
    assert_eq!(known.standing().unwrap(), Standing::Outdated("/old/narthex".to_owned()));
    let mut unknown = desktop(with(&[(&asked, &format!("No default applications for '{KIND}'\n"))]));
    assert_eq!(unknown.standing().unwrap(), Standing::Nobody);
}

#[test]
fn a_choice_that_is_not_followed_is_a_problem() {
    let mut desktop = desktop(with(&[(QUERY, "other.desktop"), (CHOOSE, "")]));
    let problem = desktop.register();
    let other = Standing::Other("other.desktop".to_owned());
    assert!(matches!(problem, Err(SchemeProblem::NotDefault(found)) if found == other));
}
