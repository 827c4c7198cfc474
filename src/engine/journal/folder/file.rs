//! One file of a journal: its lines, and the space reserved for more.
//!
//! A file grows ahead of its lines by adding zeros. So a sync need not write a new size, and the later lines
//! of a create that has begun find space even if the disk has filled up since.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::entry::{JournalLine, Journaled, WriterProcess, whole_lines};
use crate::files;

/// The space that is kept free after the lines for further lines of open creates, in bytes.
const SPARE: u64 = 16 << 10;
/// The number of bytes by which a file grows.
const GROWTH: usize = 32 << 10;
/// The largest part of a journal that is read, in bytes: thousands of creates.
const LARGEST: u64 = 64 << 20;

/// The journal of this process, locked.
#[derive(Debug)]
pub(super) struct OwnFile {
    pub(super) path: PathBuf,
    pub(super) file: File,
    /// The offset of the next line.
    end: u64,
    /// The length of the file.
    reserved: u64,
}

impl OwnFile {
    /// Locks the file that was just created at `path` and writes its first line. If
    /// that fails, the file is removed.
    pub(super) fn begun(path: PathBuf, file: File, writer: &WriterProcess) -> io::Result<Self> {
        let mut own = Self { path, file, end: 0, reserved: 0 };
        if let Err(why) = own.begin(writer) {
            let Self { path, file, .. } = own;
            drop(file);
            // If it cannot be removed, the next run removes it.
            let _ = fs::remove_file(path);
            return Err(why);
        }
        Ok(own)
    }

    fn begin(&mut self, writer: &WriterProcess) -> io::Result<()> {
        files::lock(&self.file, &self.path, Duration::ZERO)?;
        self.append(&[JournalLine::Writer(writer.clone())])?;
        // The file's name must survive a power failure as well.
        #[cfg(unix)]
        if let Some(folder) = self.path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    pub(super) fn append(&mut self, lines: &[JournalLine]) -> io::Result<()> {
        let bytes = encode(lines);
        let needed = self.end + u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let begins = lines.iter().any(|line| matches!(line, JournalLine::Begun(_) | JournalLine::Writer(_)));
        if needed + if begins { SPARE } else { 0 } > self.reserved {
            self.grow(bytes.len())?;
        }
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(&bytes)?;
        self.end = needed;
        Ok(())
    }

    fn grow(&mut self, by: usize) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.reserved))?;
        self.file.write_all(&vec![0; by + GROWTH])?;
        self.reserved = self.file.stream_position()?;
        Ok(())
    }
}

fn encode(lines: &[JournalLine]) -> Vec<u8> {
    lines.iter().flat_map(JournalLine::encode).collect()
}

/// Whether no process holds a journal and it has no complete line: its process died, or failed, before it had
/// written who it is. The caller holds the folder's lock, as a process does while it creates its journal and
/// writes that line.
pub(super) fn is_abandoned(path: &Path) -> io::Result<bool> {
    let file = files::open(path, false)?;
    Ok(file.try_lock().is_ok() && whole_lines(&bytes(&file)?) == 0)
}

/// Reads the lines of a journal.
pub(super) fn journaled(file: &File) -> io::Result<Journaled> {
    Ok(Journaled::read(&bytes(file)?))
}

fn bytes(mut file: &File) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    file.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Adds lines after the last complete line, overwriting the zeros or the torn line that follow.
pub(super) fn append_as_last(file: &mut File, lines: &[JournalLine]) -> io::Result<()> {
    let end = whole_lines(&bytes(file)?);
    file.seek(SeekFrom::Start(u64::try_from(end).unwrap_or_default()))?;
    file.write_all(&encode(lines))?;
    file.sync_data()
}

/// Closes a journal of a run that has ended in an orderly way.
pub(super) fn close_at(path: &Path, is_empty: bool) -> io::Result<()> {
    if !path.exists() {
        // Another process of the run ended at the same time, and closed it first.
        return Ok(());
    }
    if is_empty {
        return fs::remove_file(path);
    }
    let mut file = files::open(path, false)?;
    append_as_last(&mut file, &[JournalLine::Closed])?;
    let end = file.stream_position()?;
    file.set_len(end)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use super::{OwnFile, WriterProcess};

    #[test]
    fn a_journal_that_cannot_be_begun_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.journal");
        fs::write(&path, "").unwrap();
        // It cannot be written, because it is open only for reading.
        let file = File::open(&path).unwrap();
        OwnFile::begun(path.clone(), file, &WriterProcess::new("1-1", "here")).unwrap_err();
        assert!(!path.exists());
    }
}
