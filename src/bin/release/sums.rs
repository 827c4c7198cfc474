//! The manifest of the provider, and the checksums of a release's files.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// Tells a registry which protocol the provider speaks.
pub(crate) const MANIFEST: &str =
    "{\n  \"version\": 1,\n  \"metadata\": {\n    \"protocol_versions\": [\"5.0\"]\n  }\n}\n";

/// Returns the lines of `SHA256SUMS` for the files in a folder that belong to a release, by name. Other files
/// there (another version, a note, a key) are not signed with them.
pub(crate) fn of_folder(folder: &Path, release: &str) -> io::Result<String> {
    let mut files: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    let mut lines = String::new();
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        if name.starts_with(release) && !name.contains("SHA256SUMS") {
            let _ = writeln!(lines, "{}  {name}", hex::encode(Sha256::digest(fs::read(file.path())?)));
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::of_folder;

    #[test]
    fn only_the_files_of_the_release_are_listed() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["p_1.0.0_b.zip", "p_1.0.0_a.zip", "p_1.0.0_SHA256SUMS", "p_1.0.0-rc1_a.zip", "key.asc"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::create_dir(folder.path().join("notes")).unwrap();
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let listed = of_folder(folder.path(), "p_1.0.0_").unwrap();
        assert_eq!(listed, format!("{empty}  p_1.0.0_a.zip\n{empty}  p_1.0.0_b.zip\n"));
    }
}
