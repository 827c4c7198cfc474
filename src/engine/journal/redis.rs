//! A journal in Redis, for runs on machines that are thrown away: one list of lines for each process.
//!
//! Nothing in Redis ends with a process, so a process shows that it is alive by a key that expires, which it
//! renews. A run that was killed counts as dead once this key is gone; a run that reads what is left waits
//! for that. All keys expire.

use std::io;
use std::thread::sleep;
use std::time::{Duration, Instant};

use redis::{Client, Commands as _, Connection, RedisError, Script};
use uuid::Uuid;

use super::entry::{JournalLine, Journaled, WriterProcess};
use super::fingerprint;
use super::store::{JournalStore, OrphanedCreate, missed_lines};
use crate::secret::Secret;

/// The timeout for connecting to Redis, and for each of its answers.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How long a process counts as alive after its last renewal, in milliseconds.
const LEASE: u64 = 6000;
/// The time between two checks for whether a process is still alive.
const RETRY: Duration = Duration::from_millis(100);
/// How long lines are kept, in seconds: an hour longer than Stripe keeps a key.
const KEPT: i64 = 25 * 60 * 60;

/// Moves an entry from one list to another, only once for each entry, and in one step: if a process dies at
/// any moment, the entry is in one of the two. A claimant that repeats its claim gets the same answer.
/// Returns the length of its list, or 0 if another process has claimed the entry.
const CLAIM_SCRIPT: &str = "
local mark, dead, own = KEYS[1], KEYS[2], KEYS[3]
local claimant, kept, ended, begun = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if redis.call('SET', mark, claimant, 'NX', 'EX', kept) or redis.call('GET', mark) == claimant then
  redis.call('RPUSH', dead, ended)
  return redis.call('RPUSH', own, begun)
end
return 0
";

/// The journals of one folder and workspace in Redis.
pub(super) struct RedisStore {
    address: Secret,
    connection: Option<Connection>,
    writer: WriterProcess,
    /// The prefix of the names of all keys; the braces keep them on one node of a cluster.
    prefix: String,
    own: String,
    /// The content of this process's journal, to write it again if Redis has lost it.
    written: Journaled,
    /// How many lines it has in Redis.
    length: usize,
}

impl RedisStore {
    /// Creates the store of the journals in the Redis at `address`, for runs in the writer's place.
    pub(super) fn new(address: Secret, writer: WriterProcess) -> Self {
        let prefix = format!("stripe-creates:{{{}}}", fingerprint(&[&writer.place]));
        let (own, written) = (Uuid::new_v4().to_string(), Journaled::default());
        Self { address, connection: None, writer, prefix, own, written, length: 0 }
    }

    fn key(&self, kind: &str, name: &str) -> String {
        format!("{}:{kind}:{name}", self.prefix)
    }

    /// Queries Redis; after an error, the next query reconnects. A kept connection may have been closed
    /// meanwhile, so a query must tolerate being sent twice.
    fn ask<T>(&mut self, question: impl Fn(&mut Connection) -> Result<T, RedisError>) -> io::Result<T> {
        if let Some(mut kept) = self.connection.take() {
            match question(&mut kept) {
                Err(error) if error.is_connection_dropped() => {}
                answer => return self.keep(kept, answer),
            }
        }
        let mut new = connect(&self.address).map_err(io::Error::other)?;
        let answer = question(&mut new);
        self.keep(new, answer)
    }

    fn keep<T>(&mut self, connection: Connection, answer: Result<T, RedisError>) -> io::Result<T> {
        self.connection = answer.is_ok().then_some(connection);
        answer.map_err(io::Error::other)
    }

    /// Adds lines to a journal, and shows that this process is alive. Returns how
    /// many lines the journal has now.
    fn push(&mut self, journal: &str, lines: &[JournalLine]) -> io::Result<usize> {
        let (log, all) = (self.key("log", journal), self.key("all", "journals"));
        let alive = self.key("alive", &self.own);
        let lines: Vec<Vec<u8>> = lines.iter().map(JournalLine::encode).collect();
        let (length,) = self.ask(|redis| {
            let mut pipe = redis::pipe();
            pipe.atomic().rpush(&log, &lines).expire(&log, KEPT).ignore();
            pipe.sadd(&all, journal).ignore().expire(&all, KEPT).ignore();
            pipe.pset_ex(&alive, 1, LEASE).ignore().query::<(usize,)>(redis)
        })?;
        Ok(length)
    }

    /// Remembers lines that were added to this process's journal. If Redis has fewer lines than were written,
    /// it was emptied, and the journal is written again: without its first line its owner is unknown, and
    /// creates in flight would be lost.
    fn note(&mut self, lines: &[JournalLine], length: usize) -> io::Result<()> {
        for line in lines {
            self.written.apply(line.clone());
        }
        let is_lost = length < self.length + lines.len();
        self.length = length;
        if is_lost { self.write_again() } else { Ok(()) }
    }

    fn write_again(&mut self) -> io::Result<()> {
        self.length = self.push(&self.own.clone(), &self.written.lines())?;
        Ok(())
    }

    fn read(&mut self, journal: &str) -> io::Result<Journaled> {
        let log = self.key("log", journal);
        let lines: Vec<Vec<u8>> = self.ask(|redis| redis.lrange(&log, 0, -1))?;
        Ok(Journaled::read(&lines.concat()))
    }

    fn is_alive(&mut self, journal: &str) -> io::Result<bool> {
        let alive = self.key("alive", journal);
        self.ask(|redis| redis.exists(&alive))
    }

    /// Waits until no process of a run is alive any more. Returns false if one stays alive.
    fn is_dead(&mut self, journals: &[&String], till: Instant) -> io::Result<bool> {
        for journal in journals {
            while self.is_alive(journal)? {
                if Instant::now() > till {
                    return Ok(false);
                }
                sleep(RETRY);
            }
        }
        Ok(true)
    }

    /// The journals of other processes, with their content.
    fn others(&mut self) -> io::Result<Vec<(Journaled, String)>> {
        let all = self.key("all", "journals");
        let mut journals: Vec<String> = self.ask(|redis| redis.smembers(&all))?;
        journals.retain(|journal| *journal != self.own);
        journals.sort();
        let mut others = Vec::new();
        for journal in journals {
            others.push((self.read(&journal)?, journal));
        }
        Ok(others)
    }

    /// Closes the journal of a run that has ended in an orderly way.
    fn end_log(&mut self, journal: &str, is_empty: bool) -> io::Result<()> {
        if is_empty { self.forget(journal) } else { self.push(journal, &[JournalLine::Closed]).map(drop) }
    }

    fn forget(&mut self, journal: &str) -> io::Result<()> {
        let (log, all) = (self.key("log", journal), self.key("all", "journals"));
        let alive = self.key("alive", journal);
        self.ask(|redis| redis::pipe().del(&log).del(&alive).srem(&all, journal).exec(redis))
    }
}

fn connect(address: &Secret) -> Result<Connection, RedisError> {
    let connection = Client::open(address.expose())?.get_connection_with_timeout(TIMEOUT)?;
    connection.set_read_timeout(Some(TIMEOUT))?;
    connection.set_write_timeout(Some(TIMEOUT))?;
    Ok(connection)
}

impl JournalStore for RedisStore {
    fn orphans(&mut self) -> io::Result<(Vec<OrphanedCreate>, Vec<io::Error>)> {
        let others = self.others()?;
        let till = Instant::now() + Duration::from_millis(LEASE);
        let mut orphans = Vec::new();
        for (found, journal) in &others {
            let run = &found.writer.run;
            // The other processes of this run end together with it.
            if found.writer.is_newer() || *run == self.writer.run && !run.is_empty() {
                continue;
            }
            let is_of_run = |it: &Journaled| it.writer.run == *run && !run.is_empty();
            let of_run = others.iter().filter(|(it, other)| other == journal || is_of_run(it));
            let of_run: Vec<&String> = of_run.map(|(_, journal)| journal).collect();
            if found.open.is_empty() {
                if !self.is_alive(journal)? {
                    self.forget(journal)?;
                }
            } else if found.writer.is_known() && self.is_dead(&of_run, till)? {
                let entries = self.read(journal)?.open.into_iter();
                orphans.extend(entries.map(|entry| OrphanedCreate { journal: journal.clone(), entry }));
            }
        }
        Ok((orphans, Vec::new()))
    }

    fn append(&mut self, lines: &[JournalLine]) -> io::Result<()> {
        let first = (self.length == 0).then(|| JournalLine::Writer(self.writer.clone()));
        let lines: Vec<JournalLine> = first.into_iter().chain(lines.iter().cloned()).collect();
        let length = self.push(&self.own.clone(), &lines)?;
        self.note(&lines, length)
    }

    /// Does nothing, because lines that Redis has acknowledged survive this process and its machine.
    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn claim(&mut self, orphan: &OrphanedCreate, own: &JournalLine) -> io::Result<bool> {
        if self.length == 0 {
            self.append(&[])?;
        }
        let mark = self.key("claimed", &format!("{}:{}", orphan.journal, orphan.entry.key));
        let (dead, log, claimant) =
            (self.key("log", &orphan.journal), self.key("log", &self.own), self.own.clone());
        let ended = JournalLine::Ended { key: orphan.entry.key.clone() };
        let length: usize = self.ask(|redis| {
            let script = Script::new(CLAIM_SCRIPT);
            let mut claim = script.key(&mark);
            claim.key(&dead).key(&log).arg(&claimant).arg(KEPT).arg(ended.encode()).arg(own.encode());
            claim.invoke(redis)
        })?;
        if length == 0 {
            return Ok(false);
        }
        self.note(std::slice::from_ref(own), length)?;
        Ok(true)
    }

    fn end(&mut self, orphan: &OrphanedCreate) -> io::Result<()> {
        self.push(&orphan.journal, &[JournalLine::Ended { key: orphan.entry.key.clone() }]).map(drop)
    }

    fn note_missed(&mut self, missed: &[OrphanedCreate]) -> io::Result<()> {
        let run = self.writer.run.clone();
        missed_lines(missed, &run)
            .into_iter()
            .try_for_each(|(journal, lines)| self.push(journal, &lines).map(drop))
    }

    fn close(&mut self, is_empty: bool) -> io::Result<()> {
        if self.length == 0 {
            return Ok(());
        }
        let closed = self.own.clone();
        let done = self.append(&[JournalLine::Done]);
        (self.written, self.length) = (Journaled::default(), 0);
        done?;
        let mut others = self.others()?;
        others.retain(|(found, _)| found.writer.run == self.writer.run && !found.writer.is_newer());
        if others.iter().all(|(found, _)| found.is_done) {
            for (mut found, journal) in others {
                found.apply(JournalLine::Closed);
                self.end_log(&journal, found.open.is_empty())?;
            }
            self.end_log(&closed, is_empty)?;
        }
        let alive = self.key("alive", &closed);
        self.ask(|redis| redis.del::<_, ()>(&alive))?;
        self.own = Uuid::new_v4().to_string();
        Ok(())
    }

    fn renew(&mut self) {
        if self.length == 0 {
            return;
        }
        let (alive, log) = (self.key("alive", &self.own), self.key("log", &self.own));
        let length = self.ask(|redis| {
            let mut pipe = redis::pipe();
            pipe.pset_ex(&alive, 1, LEASE).ignore().llen(&log).query::<(usize,)>(redis)
        });
        if length.is_ok_and(|(length,)| length < self.length) {
            // If this fails, the next line tries again.
            let _ = self.write_again();
        }
    }
}
