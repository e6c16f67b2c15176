//! A command that is printed means the session and the profile that are spoken of.

use crate::accounts::{server, sign_in};
use crate::narthex::{Home, said};
use crate::{PASSWORD, TOKEN};

const OTHER: &str = "another horse, another battery";

/// The user id and the device of the newest session of this user.
fn session(home: &Home, user: &str) -> (String, String) {
    let listed = home.ok(&["accounts"], "");
    let line = listed.lines().find(|line| line.starts_with(&format!("@{user}:"))).unwrap();
    let mut words = line.split(' ').map(str::to_owned);
    (words.next().unwrap(), words.next().unwrap())
}

#[test]
fn what_comes_next_names_the_account_when_another_one_is_the_default() {
    let (server, home) = (server(), Home::new());
    let told = sign_in(&home, &server, "alice", &[]);
    assert!(told.contains("“narthex whoami” checks") && told.contains("“narthex logout” signs"), "{told}");
    home.ok(&["switch", "alice"], "");
    let told = sign_in(&home, &server, "bob", &[]);
    let ((alice, _), (bob, _)) = (session(&home, "alice"), session(&home, "bob"));
    for command in ["whoami", "token", "logout"] {
        assert!(told.contains(&format!("“narthex {command} --account {bob}”")), "{told}");
    }
    let stays = format!("still mean the default, {alice}. “narthex switch {bob}” changes that.");
    assert!(told.contains(&stays), "{told}");
    // Of an older session of the same user, its name alone is not enough.
    let (_, old) = session(&home, "alice");
    let told = sign_in(&home, &server, "alice", &["--keep-other"]);
    assert!(told.contains(&format!("“narthex logout --account {alice}”")), "{told}");
    server.look(|sandbox| sandbox.kill_device("alice", &old));
    home.ok(&["switch", "bob"], "");
    let (code, told) = home.fails(&["whoami", "--account", &old], "");
    let again = format!("“narthex login --again --account {alice}/{old}”");
    assert!(code == 11 && told.contains(&again), "{told}");
    let status = home.ok(&["status"], "");
    assert!(status.contains(&again), "{status}");
    let listed = home.ok(&["accounts"], "");
    let ended: Vec<&str> = listed.lines().filter(|line| line.contains("(ended by the server)")).collect();
    assert!(ended.len() == 1 && ended[0].contains(&old), "{listed}");
}

#[test]
fn the_profile_and_the_folder_that_flags_named_are_named_and_quoted() {
    let (server, home) = (server(), Home::new());
    let told = sign_in(&home, &server, "alice", &["--profile=work"]);
    assert!(told.contains("“narthex whoami --profile work” checks"), "{told}");
    // What the environment says, it says to the next command too.
    let mut command = home.command(&["status"]);
    let told = said(&command.env("NARTHEX_PROFILE", "other").output().unwrap());
    assert!(told.contains("Profile work"), "{told}");
    let mut command = home.command(&["whoami"]);
    let told = said(&command.env("NARTHEX_PROFILE", "other").output().unwrap());
    assert!(told.contains("Run “narthex login”."), "{told}");
    let folder = home.path().join("it's mine");
    let (_, told) = home.fails(&["whoami", "--profile=work", "--data-dir", folder.to_str().unwrap()], "");
    let quoted = folder.display().to_string().replace('\'', r"'\''");
    assert!(told.contains(&format!("“narthex login --profile work --data-dir '{quoted}'”")), "{told}");
    // Of another profile than the one that was asked for.
    let register = ["register", server.url(), "--username=carol", "--password-stdin", "--profile=work"];
    assert_eq!(home.fails(&register, PASSWORD).0, 17);
    let (_, device) = session_of_work(&home);
    server.look(|sandbox| sandbox.kill_device("alice", &device));
    home.fails(&["whoami", "--profile=work"], "");
    let status = home.ok(&["status"], "");
    for words in [
        "“narthex login --again --profile work”",
        "--username carol --profile work” resumes it",
        "“narthex logout --unfinished --profile work”",
    ] {
        assert!(status.contains(words), "{words}: {status}");
    }
}

fn session_of_work(home: &Home) -> (String, String) {
    let listed = home.ok(&["accounts", "--profile=work"], "");
    let mut words = listed.split(' ').map(str::to_owned);
    (words.next().unwrap(), words.next().unwrap())
}

#[test]
fn where_several_are_meant_it_is_said_how_to_name_one() {
    let (server, home) = (server(), Home::new());
    sign_in(&home, &server, "alice", &[]);
    sign_in(&home, &server, "bob", &[]);
    for args in [&["logout"][..], &["login", "--again"]] {
        let (code, told) = home.fails(args, "");
        assert!(code == 1 && told.contains("with --account, or make it the default with"), "{told}");
        assert!(told.contains("“narthex switch ACCOUNT”"), "{args:?}: {told}");
    }
}

#[test]
fn a_name_that_is_taken_is_not_said_to_be_resumed() {
    let (server, home) = (server(), Home::new());
    let register = |user: &str| {
        let user = format!("--username={user}");
        home.run(&["register", server.url(), &user, "--password-stdin", "--registration-token", TOKEN], OTHER)
    };
    let output = register("alice");
    assert!(output.status.code() == Some(11) && said(&output).contains("taken"), "{}", said(&output));
    let status = home.ok(&["status"], "");
    assert!(!status.contains("--username alice"), "{status}");
    // With the same name it is refused again, with another one it is that one's.
    assert_eq!(register("alice").status.code(), Some(11));
    let output = register("carol");
    assert!(output.status.success() && said(&output).contains("Signed in as @carol:"), "{}", said(&output));
    assert!(!home.ok(&["status"], "").contains("resumes it"));
}

#[test]
fn a_registration_that_is_begun_anew_with_another_password_replaces_the_older_one() {
    let (server, home) = (server(), Home::new());
    let register = ["register", server.url(), "--username=carol", "--password-stdin"];
    assert_eq!(home.fails(&register, PASSWORD).0, 17);
    // Somebody else's is none of it.
    assert_eq!(
        home.fails(&["register", server.url(), "--username=dora", "--password-stdin"], PASSWORD).0,
        17
    );
    let (code, told) = home.fails(&register, OTHER);
    assert!(code == 17 && told.contains("Gave up the registration of carol on"), "{told}");
    assert!(told.contains("An unfinished registration of dora on"), "{told}");
    assert!(!told.contains("An unfinished registration of carol"), "{told}");
    assert_eq!(home.ok(&["status"], "").matches("--username carol").count(), 1);
    home.ok(&[&register[..], &["--registration-token", TOKEN]].concat(), OTHER);
}
