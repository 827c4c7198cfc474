//! A journal in a folder: one file for each process, which the process keeps locked as long as it lives.
//!
//! The operating system releases the lock when the process ends, however it ends. A file that is not locked
//! and whose Terraform run is over belongs to a dead run, and its entries may be claimed. Reading the files
//! of other processes, claiming, and creating or closing a file all happen while one more lock is held, that
//! of the folder.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::entry::{JournalLine, Journaled, WriterProcess};
use super::run;
use super::store::{JournalStore, OrphanedCreate, missed_lines};
use crate::files;

mod file;

use file::{OwnFile, append_as_last, close_at, is_abandoned, journaled};

/// The extension of journals.
const EXTENSION: &str = "journal";
/// The file whose lock is that of the folder.
const LOCK: &str = "lock";
/// The longest wait for the folder's lock, which is held for a few reads and writes.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);
/// The longest wait for a provider whose Terraform was killed: it notices that it is an orphan, and finishes
/// what it has sent.
const ORPHAN_TIMEOUT: Duration = Duration::from_secs(3);
/// The time between two checks for whether it has ended.
const ORPHAN_RETRY: Duration = Duration::from_millis(20);
/// The journals of one folder.
#[derive(Debug)]
pub(super) struct FolderStore {
    folder: PathBuf,
    writer: WriterProcess,
    own: Option<OwnFile>,
}

impl FolderStore {
    /// Creates the store of the journals in `folder`. The folder is made with the first create.
    pub(super) fn new(folder: PathBuf, writer: WriterProcess) -> Self {
        Self { folder, writer, own: None }
    }

    /// Locks the folder until the returned file is closed.
    fn locked(&self) -> io::Result<File> {
        files::private_folder(&self.folder)?;
        let path = self.folder.join(LOCK);
        let file = files::open(&path, true)?;
        files::lock(&file, &path, LOCK_TIMEOUT)?;
        Ok(file)
    }

    fn own(&mut self) -> io::Result<&mut OwnFile> {
        if self.own.is_none() {
            let _folder = self.locked()?;
            let path = self.folder.join(format!("{}.{EXTENSION}", Uuid::new_v4()));
            let file = files::open(&path, true)?;
            self.own = Some(OwnFile::begun(path, file, &self.writer)?);
        }
        self.own.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// The files of other processes, sorted by name.
    fn others(&self) -> io::Result<Vec<PathBuf>> {
        let own = self.own.as_ref().map(|own| own.path.clone());
        let found: Result<Vec<_>, _> = fs::read_dir(&self.folder)?.collect();
        let paths = found?.into_iter().map(|entry| entry.path());
        let is_journal = |path: &PathBuf| path.extension().is_some_and(|extension| extension == EXTENSION);
        let mut others: Vec<_> =
            paths.filter(|path| is_journal(path) && own.as_ref() != Some(path)).collect();
        others.sort();
        Ok(others)
    }

    /// The journals of the other processes of this run that can be read.
    fn of_this_run(&self, own: &Path) -> io::Result<Vec<(PathBuf, Journaled)>> {
        let others = self.others()?.into_iter().filter(|path| path != own);
        let read = others.filter_map(|path| Some((journaled(&files::open(&path, false).ok()?).ok()?, path)));
        let of_run =
            read.filter(|(found, _)| found.writer.run == self.writer.run && !found.writer.is_newer());
        Ok(of_run.map(|(found, path)| (path, found)).collect())
    }

    /// The creates that the process of this file left, if it and its run are dead.
    /// A file without any is removed.
    fn orphans_in(&self, path: &Path) -> io::Result<Vec<OrphanedCreate>> {
        if is_abandoned(path)? {
            fs::remove_file(path)?;
            return Ok(Vec::new());
        }
        let Some((_file, journaled)) = self.read_dead(path)? else { return Ok(Vec::new()) };
        if journaled.open.is_empty() {
            fs::remove_file(path)?;
        }
        let journal = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(journaled
            .open
            .into_iter()
            .map(|entry| OrphanedCreate { journal: journal.clone(), entry })
            .collect())
    }

    /// Whether a process whose Terraform is gone still holds its journal. The folder is locked during each
    /// check: a check locks the journals of dead processes, and another reader would take such a process for
    /// alive meanwhile.
    fn has_orphaned_process(&self) -> io::Result<bool> {
        let _folder = self.locked()?;
        Ok(self.others()?.iter().any(|path| self.is_held_by_orphan(path)))
    }

    /// Whether a journal is still held by a process whose Terraform is gone and which will end soon.
    fn is_held_by_orphan(&self, path: &Path) -> bool {
        let Ok(file) = files::open(path, false) else { return false };
        // If a lock prevents reading, nothing is read and no process is waited for.
        journaled(&file).is_ok_and(|found| self.is_dead(&found.writer) && file.try_lock().is_err())
    }

    /// Whether the run of a process with our folder and workspace is over. Journals of a later version are
    /// left to it.
    fn is_dead(&self, writer: &WriterProcess) -> bool {
        let is_other = writer.run != self.writer.run && !writer.run.is_empty() && !writer.is_newer();
        writer.place == self.writer.place && is_other && !run::is_running(&writer.run)
    }

    /// Reads a journal if its process and its run are gone. The journal is locked
    /// until the returned file is closed.
    fn read_dead(&self, path: &Path) -> io::Result<Option<(File, Journaled)>> {
        let file = files::open(path, false)?;
        if file.try_lock().is_err() {
            return Ok(None);
        }
        let journaled = journaled(&file)?;
        Ok(self.is_dead(&journaled.writer).then_some((file, journaled)))
    }

    /// Ends an entry in the journal of a dead process. Returns false if the entry is no longer there.
    fn end_in(&self, orphan: &OrphanedCreate) -> io::Result<bool> {
        let path = self.folder.join(&orphan.journal);
        if !path.exists() {
            return Ok(false);
        }
        let Some((mut file, mut journaled)) = self.read_dead(&path)? else { return Ok(false) };
        let before = journaled.open.len();
        let ended = JournalLine::Ended { key: orphan.entry.key.clone() };
        journaled.apply(ended.clone());
        if journaled.open.is_empty() {
            fs::remove_file(&path)?;
        } else {
            append_as_last(&mut file, &[ended])?;
        }
        Ok(journaled.open.len() < before)
    }
}

impl JournalStore for FolderStore {
    fn orphans(&mut self) -> io::Result<(Vec<OrphanedCreate>, Vec<io::Error>)> {
        let (mut orphans, mut unread) = (Vec::new(), Vec::new());
        if self.folder.symlink_metadata().is_err() {
            return Ok((orphans, unread));
        }
        let wait_ends = Instant::now() + ORPHAN_TIMEOUT;
        while Instant::now() < wait_ends && self.has_orphaned_process()? {
            std::thread::sleep(ORPHAN_RETRY);
        }
        let _folder = self.locked()?;
        for path in self.others()? {
            match self.orphans_in(&path) {
                Ok(found) => orphans.extend(found),
                Err(error) => unread.push(error),
            }
        }
        Ok((orphans, unread))
    }

    fn append(&mut self, lines: &[JournalLine]) -> io::Result<()> {
        self.own()?.append(lines)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.own()?.file.sync_data()
    }

    fn claim(&mut self, orphan: &OrphanedCreate, own: &JournalLine) -> io::Result<bool> {
        // Before the folder is locked, because creating the file locks it as well.
        self.own()?;
        let _folder = self.locked()?;
        let path = self.folder.join(&orphan.journal);
        let is_there = path.exists()
            && self
                .read_dead(&path)?
                .is_some_and(|(_, found)| found.open.iter().any(|e| e.key == orphan.entry.key));
        if !is_there {
            return Ok(false);
        }
        // The entry is added here before it is ended there: in between, both journals have it, under one key.
        self.append(std::slice::from_ref(own))?;
        self.sync()?;
        self.end_in(orphan)
    }

    fn end(&mut self, orphan: &OrphanedCreate) -> io::Result<()> {
        let _folder = self.locked()?;
        self.end_in(orphan).map(drop)
    }

    fn note_missed(&mut self, missed: &[OrphanedCreate]) -> io::Result<()> {
        let _folder = self.locked()?;
        for (journal, lines) in missed_lines(missed, &self.writer.run) {
            if let Some((mut file, _)) = self.read_dead(&self.folder.join(journal))? {
                append_as_last(&mut file, &lines)?;
            }
        }
        Ok(())
    }

    fn close(&mut self, is_empty: bool) -> io::Result<()> {
        let Some(mut own) = self.own.take() else { return Ok(()) };
        // Without this mark, only this process itself can close the journal.
        let _ = own.append(&[JournalLine::Done]);
        let _folder = self.locked()?;
        let OwnFile { path: own, .. } = own;
        let others = self.of_this_run(&own)?;
        if others.iter().any(|(_, journaled)| !journaled.is_done) {
            return Ok(());
        }
        for (path, mut journaled) in others {
            journaled.apply(JournalLine::Closed);
            close_at(&path, journaled.open.is_empty())?;
        }
        close_at(&own, is_empty)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use super::super::entry::tests::entry;
    use super::{Duration, FolderStore, JournalLine, JournalStore as _, WriterProcess};

    #[test]
    fn a_journal_without_its_first_line_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = FolderStore::new(folder.path().to_owned(), WriterProcess::new("1-1", "here"));
        drop(store.locked().unwrap());
        let lost = JournalLine::Begun(entry("first", "same")).encode();
        let files: [(&str, &[u8]); 5] = [
            ("empty", b""),
            ("reserved", &[0; 100]),
            ("torn", b"{\"writer\": {"),
            ("held", b""),
            ("lost", &lost),
        ];
        let path = |name: &str| folder.path().join(format!("{name}.journal"));
        for (name, bytes) in files {
            fs::write(path(name), bytes).unwrap();
        }
        let held = File::open(path("held")).unwrap();
        held.lock().unwrap();
        let (orphans, unread) = store.orphans().unwrap();
        assert!(orphans.is_empty() && unread.is_empty(), "{orphans:?} {unread:?}");
        let left: Vec<&str> =
            files.map(|(name, _)| name).into_iter().filter(|name| path(name).exists()).collect();
        assert_eq!(left, ["held", "lost"], "whose process lives, and what may be of a create");
    }

    #[test]
    fn a_look_for_orphans_locks_no_journal_that_another_process_reads() {
        let folder = tempfile::tempdir().unwrap();
        let store = || FolderStore::new(folder.path().to_owned(), WriterProcess::new("1-1", "here"));
        let lines = [
            JournalLine::Writer(WriterProcess::new("4294967295-1", "here")),
            JournalLine::Begun(entry("first", "same")),
        ];
        let bytes: Vec<u8> = lines.iter().flat_map(JournalLine::encode).collect();
        fs::write(folder.path().join("a.journal"), bytes).unwrap();
        let reading = store().locked().unwrap();
        let looking = store();
        let look = std::thread::spawn(move || looking.has_orphaned_process().unwrap());
        std::thread::sleep(Duration::from_millis(100));
        assert!(!look.is_finished(), "it looks while another one reads");
        drop(reading);
        assert!(!look.join().unwrap());
    }
}
