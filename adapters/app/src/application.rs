//! Who is the application?

use narthex::Client;

/// An application, as servers, the system and its own files know it. Each frontend has one, in one place.
#[derive(Clone, Debug)]
pub struct Application {
    /// What it tells authorization servers about itself; without a scheme.
    pub client: Client,
    /// A private-use scheme (RFC 8252 §7.1): the host of its home page in reverse, such as `com.example.app`. Also its
    /// name among the processes of this user.
    pub scheme: String,
    /// The words after the program's name by which the system starts it with a callback address.
    pub deliver: &'static [&'static str],
}

impl Application {
    /// Its name and the system's: how a new device is called unless the user says otherwise.
    #[must_use]
    pub fn device_name(&self) -> String {
        let os = match std::env::consts::OS {
            "linux" => "Linux",
            "macos" => "macOS",
            "windows" => "Windows",
            "freebsd" => "FreeBSD",
            other => other,
        };
        format!("{} on {os}", self.client.name)
    }
}
