//! The licence texts of everything in the program, each text once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;

use crate::dependencies::Package;

/// Prefixes of the names of licence files.
const NAMES: [&str; 6] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];

/// Lists the packages with their licences, followed by the texts that came with them.
pub(crate) fn texts(packages: &[Package]) -> io::Result<String> {
    let mut list = String::from("The program contains code of these packages:\n\n");
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in packages {
        let title = format!("{} {}", package.name, package.version);
        let files = licence_files(package)?;
        let note = if files.is_empty() { "; the package has no text of it" } else { "" };
        let _ = writeln!(list, "  {title}: {}{note}", package.licence);
        for text in files {
            texts.entry(text).or_default().push(title.clone());
        }
    }
    for (text, titles) in texts {
        let _ = write!(list, "\n{}\n{}\n\n{}\n", "=".repeat(80), titles.join(", "), text.trim_end());
    }
    Ok(list)
}

/// The licence texts in a package's folder, with Unix line endings.
fn licence_files(package: &Package) -> io::Result<Vec<String>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(&package.folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        if path.is_file() && NAMES.iter().any(|start| name.starts_with(start)) {
            paths.push(path);
        }
    }
    paths.sort();
    let read = |path: &_| Ok(String::from_utf8_lossy(&fs::read(path)?).replace("\r\n", "\n"));
    paths.iter().map(read).collect()
}
