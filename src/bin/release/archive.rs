//! A zip whose bytes depend only on its contents: no times, no owners, one order.

use std::error::Error;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// A file of the archive.
#[derive(Debug)]
pub(crate) struct Entry {
    name: String,
    bytes: Vec<u8>,
    mode: u32,
}

impl Entry {
    /// A text that was written for the archive.
    pub(crate) fn text(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), bytes: text.as_bytes().to_vec(), mode: 0o644 }
    }

    /// A file of the project.
    pub(crate) fn file(name: &str, path: &Path) -> Result<Self, String> {
        Ok(Self { name: name.to_owned(), bytes: read(path)?, mode: 0o644 })
    }

    /// The executable program.
    pub(crate) fn program(name: &str, path: &Path) -> Result<Self, String> {
        Ok(Self { name: name.to_owned(), bytes: read(path)?, mode: 0o755 })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// Returns the bytes of a zip with these entries, in this order.
pub(crate) fn zip(entries: &[Entry]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(entry.mode);
        writer.start_file(&entry.name, options)?;
        writer.write_all(&entry.bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read as _};

    use super::{Entry, zip};

    #[test]
    fn the_bytes_follow_from_the_entries() {
        let entries =
            || [Entry::text("a", "one"), Entry { mode: 0o755, ..Entry::text("b", &"two".repeat(99)) }];
        let packed = zip(&entries()).unwrap();
        assert_eq!(packed, zip(&entries()).unwrap());
        let mut archive = zip::ZipArchive::new(Cursor::new(packed)).unwrap();
        let mut program = archive.by_name("b").unwrap();
        assert_eq!(program.unix_mode().map(|mode| mode & 0o777), Some(0o755));
        let mut text = String::new();
        program.read_to_string(&mut text).unwrap();
        assert_eq!(text, "two".repeat(99));
    }
}
