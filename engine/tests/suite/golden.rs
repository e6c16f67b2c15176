//! Text that is kept and reviewed: compared byte for byte, and rewritten when asked to.

/// Compares `text` with the file `tests/<name>`; `UPDATE_GOLDEN=1` writes it instead.
#[expect(clippy::disallowed_methods, reason = "the engine does no I/O, its tests do")]
pub(crate) fn compare(name: &str, text: &str) {
    let path = format!("{}/tests/{name}", env!("CARGO_MANIFEST_DIR"));
    let update = ["UPDATE_GOLDEN", "UPDATE_EXPECT"].iter().any(|name| std::env::var_os(name).is_some());
    if update {
        std::fs::write(&path, text).expect("the file can be written");
    }
    let kept = std::fs::read(&path).unwrap_or_default();
    let kept = String::from_utf8_lossy(&kept);
    assert!(kept == text, "{path} differs; UPDATE_GOLDEN=1 writes what came instead:\n{text}");
}
