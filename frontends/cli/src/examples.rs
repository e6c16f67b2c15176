//! Which examples does the help of a command end with?

pub(crate) const REGISTER: &str = "Examples:
  narthex register example.org
  narthex register example.org --username alice --password-stdin < password
  narthex register example.org --registration-token TOKEN --accept-terms";

pub(crate) const LOGIN: &str = "Examples:
  narthex login example.org
  narthex login @alice:example.org --device
  narthex login --scan photo.png
  narthex login example.org --qr
  narthex login example.org --username alice --password-stdin < password
  narthex login --again --account @alice:example.org";

/// What the help of a command says that a build without encryption does not have.
#[cfg(not(feature = "encryption"))]
macro_rules! encryption {
    () => {
        "This build has no encryption, and this command does nothing in it.\n\n"
    };
}
#[cfg(feature = "encryption")]
macro_rules! encryption {
    () => {
        ""
    };
}

pub(crate) const LINK: &str = concat!(
    encryption!(),
    "Examples:
  narthex link
  narthex link --scan photo.png
  narthex link --qr-file code.png"
);

pub(crate) const ENCRYPTION: &str = concat!(
    encryption!(),
    "Examples:
  narthex encryption status
  narthex encryption set-up
  narthex encryption verify
  narthex encryption recover < recovery-key.txt"
);

pub(crate) const LOGOUT: &str = "Examples:
  narthex logout --unfinished
  narthex logout
  narthex logout --account @alice:example.org --everywhere
  narthex logout --forget";

pub(crate) const WHOAMI: &str = "Examples:
  narthex whoami
  narthex whoami --account @alice:example.org --json";

pub(crate) const ACCOUNTS: &str = "Examples:
  narthex accounts
  narthex accounts --profile work --json";

pub(crate) const SWITCH: &str = "Examples:
  narthex switch
  narthex switch @alice:example.org
  narthex switch @alice:example.org/NEJTAYQVLZ";

pub(crate) const STATUS: &str = "Examples:
  narthex status
  narthex status --json";

pub(crate) const TOKEN: &str = "Examples:
  narthex token
  narthex token --refresh --format json
  narthex token --format header --exec curl --header @- URL";

pub(crate) const DEVICES: &str = "Examples:
  narthex devices
  narthex devices --json";

pub(crate) const MANAGE: &str = "Examples:
  narthex manage
  narthex manage --action device-delete --device FAZCJFCYIJ
  narthex manage --no-browser";

pub(crate) const DOCTOR: &str = "Examples:
  narthex doctor example.org
  narthex doctor https://matrix.example.org --json --timeout 60";

pub(crate) const HANDLER: &str = "Examples:
  narthex handler status
  narthex handler install";

pub(crate) const REPLAY: &str = "Examples:
  narthex login example.org --trace trace
  narthex replay trace";

pub(crate) const SCHEMA: &str = "Examples:
  narthex schema
  narthex schema line > line.schema.json";

pub(crate) const COMPLETIONS: &str = "Examples:
  bash: echo 'source <(narthex completions bash)' >> ~/.bashrc
  zsh:  echo 'source <(narthex completions zsh)' >> ~/.zshrc
  fish: narthex completions fish > ~/.config/fish/completions/narthex.fish";

pub(crate) const MAN: &str = "Examples:
  narthex man login | man -l -
  narthex man --dir /usr/local/share/man/man1";
