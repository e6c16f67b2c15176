//! As what is a server asked?

/// The program, its version, and the system twice, as a model and by its name: so Matrix Authentication Service reads
/// it, and shows it in the account's list of devices.
pub(crate) fn name() -> String {
    let system = match std::env::consts::OS {
        "linux" => "Linux",
        "macos" => "macOS",
        "windows" => "Windows",
        "freebsd" => "FreeBSD",
        other => other,
    };
    format!("Narthex/{} ({system}; {system})", env!("CARGO_PKG_VERSION"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found F3.
    #[test]
    fn the_program_and_its_system_are_named_as_servers_read_it() {
        let (program, rest) =
            name().split_once('/').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap_or_default();
        let (_, systems) = rest.split_once(" (").unwrap_or_default();
        let systems: Vec<_> = systems.trim_end_matches(')').split("; ").collect();
        assert_eq!((program.as_str(), systems.len()), ("Narthex", 2));
        assert!(systems[0] == systems[1] && !systems[0].is_empty(), "{systems:?}");
    }
}
