//! Which application has the person chosen? (`mimeapps.list`, MIME Applications Specification 1.0.1)

/// The list without `entry` for `kind`; `None` if that is not in it.
pub(super) fn without(list: &str, kind: &str, entry: &str) -> Option<String> {
    let line = |line: &str| -> Option<String> {
        let Some((key, entries)) = line.split_once('=').filter(|(key, _)| key.trim() == kind) else {
            return Some(line.to_owned());
        };
        let others = entries.split(';').filter(|one| !one.trim().is_empty() && one.trim() != entry);
        let others: String = others.map(|one| format!("{one};")).collect();
        (!others.is_empty()).then(|| format!("{key}={others}"))
    };
    let is_there = list.lines().any(|line| {
        line.split_once('=')
            .is_some_and(|(key, all)| key.trim() == kind && all.split(';').any(|one| one.trim() == entry))
    });
    is_there.then(|| list.lines().filter_map(line).map(|line| line + "\n").collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_taken_out_and_all_else_stays() {
        let list = "# mine\n[Default Applications]\nx/a=us.desktop;them.desktop;\nx/b=us.desktop\n\
                    [Added Associations]\nx/a=us.desktop;\n";
        assert_eq!(
            without(list, "x/a", "us.desktop").as_deref(),
            Some("# mine\n[Default Applications]\nx/a=them.desktop;\nx/b=us.desktop\n[Added Associations]\n")
        );
        assert_eq!(without(list, "x/c", "us.desktop"), None);
        assert_eq!(without(list, "x/b", "them.desktop"), None);
        assert_eq!(without("", "x/b", "them.desktop"), None);
    }
}
