//! The tables of the sandbox: what is data stands in files beside the code that reads them.

use serde::de::DeserializeOwned;

/// Reads a table; one that cannot be read is empty, which the tests of its module catch.
pub(super) fn read<T: DeserializeOwned + Default>(text: &str) -> T {
    toml::from_str(text).unwrap_or_default()
}
