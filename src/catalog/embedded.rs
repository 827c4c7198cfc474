//! Loads data files that are built into the program.

use std::fmt::Display;

/// Returns the content of a built-in file. An unreadable file must not count as empty: without its rules
/// everything would be allowed.
///
/// # Panics
/// If the file cannot be read. A test reads each file, so no build that passes contains an unreadable one.
#[expect(clippy::panic, reason = "no run can mend a build, and a test reads every file")]
pub(crate) fn parse_embedded<T, E: Display>(file: &str, read: Result<T, E>) -> T {
    read.unwrap_or_else(|why| panic!("{file}, which is built in, cannot be read: {why}"))
}

/// Returns the content of a TOML file beside the code, by its path in `src`. `build.rs` lists the file and
/// writes it as JSON.
macro_rules! embedded_table {
    ($file:literal) => {{
        let text = include_str!(concat!(env!("OUT_DIR"), "/", $file, ".json"));
        $crate::catalog::embedded::parse_embedded($file, serde_json::from_str(text))
    }};
}
pub(crate) use embedded_table;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::parse_embedded;

    #[test]
    fn a_file_that_can_be_read_is_what_it_holds() {
        let table: BTreeMap<String, u8> = parse_embedded("a.toml", serde_json::from_str("{\"x\":1}"));
        assert_eq!(table["x"], 1);
    }

    #[test]
    #[should_panic(expected = "rules.toml, which is built in, cannot be read: ")]
    fn a_file_that_cannot_be_read_is_not_an_empty_one() {
        let _: BTreeMap<String, u8> = parse_embedded("rules.toml", serde_json::from_str("{\"x\":true}"));
    }
}
