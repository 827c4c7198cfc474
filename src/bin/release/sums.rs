//! The manifest of the provider, and the checksums of the files of a release.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// What tells a registry which protocol the provider speaks.
pub(crate) const MANIFEST: &str =
    "{\n  \"version\": 1,\n  \"metadata\": {\n    \"protocol_versions\": [\"5.0\"]\n  }\n}\n";

/// The lines of `SHA256SUMS` for the files of a folder, by name.
pub(crate) fn of_folder(folder: &Path) -> io::Result<String> {
    let mut files: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    let mut lines = String::new();
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        if !name.contains("SHA256SUMS") {
            let _ = writeln!(lines, "{}  {name}", hex::encode(Sha256::digest(fs::read(file.path())?)));
        }
    }
    Ok(lines)
}
