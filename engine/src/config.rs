//! What an embedder decides for the engine.

/// What an embedder decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How the new device shows in the account's list of devices, such as `Example on Linux`.
    ///
    /// Sent as `initial_device_display_name`; other members of the person's rooms may see it.
    pub device_name: String,
    /// The person's languages, best first, as BCP 47 tags: which translation of a policy is shown.
    pub languages: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self { device_name: "Narthex".to_owned(), languages: vec!["en".to_owned()] }
    }
}
