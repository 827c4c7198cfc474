//! A journal in a Redis, for runs on machines that are thrown away: one list of lines a process.
//!
//! Nothing in a Redis ends with a process, so a process shows that it lives by a key that expires, and
//! renews it. A run that was killed counts as dead once the key is gone; who reads what is left waits
//! for that. All keys expire.

use std::io;
use std::thread::sleep;
use std::time::{Duration, Instant};

use redis::{Client, Commands as _, Connection, ExistenceCheck, RedisError, SetExpiry, SetOptions};
use uuid::Uuid;

use super::entry::{JournalLine, Journaled, WriterProcess};
use super::fingerprint;
use super::store::{JournalStore, OrphanedCreate, passed_over};
use crate::secret::Secret;

/// For connecting to the Redis, and for each of its answers.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How long a process counts as alive after it was last heard of, in milliseconds.
const LEASE: u64 = 6000;
/// The time between two looks whether a process is still alive.
const RETRY: Duration = Duration::from_millis(100);
/// How long lines are kept, in seconds: an hour longer than Stripe keeps a key.
const KEPT: i64 = 25 * 60 * 60;

/// The journals of one folder and workspace in a Redis.
pub(super) struct RedisStore {
    address: Secret,
    connection: Option<Connection>,
    writer: WriterProcess,
    /// What the names of all keys begin with; the braces keep them on one node of a cluster.
    prefix: String,
    own: String,
    /// Whether the journal of this process has a line.
    is_begun: bool,
}

impl RedisStore {
    /// The journals in the Redis of that address, of runs in the writer's place.
    pub(super) fn new(address: Secret, writer: WriterProcess) -> Self {
        let prefix = format!("stripe-creates:{{{}}}", fingerprint(&[&writer.place]));
        Self { address, connection: None, writer, prefix, own: Uuid::new_v4().to_string(), is_begun: false }
    }

    fn key(&self, kind: &str, name: &str) -> String {
        format!("{}:{kind}:{name}", self.prefix)
    }

    /// Asks the Redis; after an error the next query reconnects.
    fn ask<T>(&mut self, question: impl FnOnce(&mut Connection) -> Result<T, RedisError>) -> io::Result<T> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => connect(&self.address).map_err(io::Error::other)?,
        };
        let answer = question(&mut connection).map_err(io::Error::other)?;
        self.connection = Some(connection);
        Ok(answer)
    }

    /// Adds lines to a journal, and shows that this process lives.
    fn push(&mut self, journal: &str, lines: &[JournalLine]) -> io::Result<()> {
        let (log, all) = (self.key("log", journal), self.key("all", "journals"));
        let (alive, journal) = (self.key("alive", &self.own), journal.to_owned());
        let lines: Vec<Vec<u8>> = lines.iter().map(JournalLine::encode).collect();
        self.ask(|redis| {
            let mut pipe = redis::pipe();
            pipe.atomic().rpush(&log, lines).expire(&log, KEPT).sadd(&all, journal).expire(&all, KEPT);
            pipe.pset_ex(&alive, 1, LEASE).exec(redis)
        })
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

    /// Waits until no process of a run is heard of any more; false when one lives on.
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

    /// The journals of other processes, with what they say.
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
        if is_empty { self.forget(journal) } else { self.push(journal, &[JournalLine::Closed]) }
    }

    fn forget(&mut self, journal: &str) -> io::Result<()> {
        let (log, all) = (self.key("log", journal), self.key("all", "journals"));
        let (alive, journal) = (self.key("alive", journal), journal.to_owned());
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
    fn left(&mut self) -> io::Result<(Vec<OrphanedCreate>, Vec<io::Error>)> {
        let others = self.others()?;
        let till = Instant::now() + Duration::from_millis(LEASE);
        let mut left = Vec::new();
        for (found, journal) in &others {
            let run = &found.writer.run;
            // The run's other processes end with it.
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
            } else if self.is_dead(&of_run, till)? {
                let entries = self.read(journal)?.open.into_iter();
                left.extend(entries.map(|entry| OrphanedCreate { journal: journal.clone(), entry }));
            }
        }
        Ok((left, Vec::new()))
    }

    fn append(&mut self, lines: &[JournalLine]) -> io::Result<()> {
        let first = (!self.is_begun).then(|| JournalLine::Writer(self.writer.clone()));
        let lines: Vec<JournalLine> = first.into_iter().chain(lines.iter().cloned()).collect();
        self.push(&self.own.clone(), &lines)?;
        self.is_begun = true;
        Ok(())
    }

    /// What a Redis has acknowledged survives this process and its machine.
    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn claim(&mut self, left: &OrphanedCreate, own: &JournalLine) -> io::Result<bool> {
        self.append(std::slice::from_ref(own))?;
        let claimed = self.key("claimed", &format!("{}:{}", left.journal, left.entry.key));
        let once = SetOptions::default()
            .conditional_set(ExistenceCheck::NX)
            .with_expiration(SetExpiry::EX(KEPT.unsigned_abs()));
        let first: Option<String> = self.ask(|redis| redis.set_options(&claimed, 1, once))?;
        if first.is_none() {
            self.append(&[JournalLine::Ended { key: left.entry.key.clone() }])?;
            return Ok(false);
        }
        self.end(left)?;
        Ok(true)
    }

    fn end(&mut self, left: &OrphanedCreate) -> io::Result<()> {
        self.push(&left.journal, &[JournalLine::Ended { key: left.entry.key.clone() }])
    }

    fn pass_over(&mut self, unused: &[OrphanedCreate]) -> io::Result<()> {
        passed_over(unused).into_iter().try_for_each(|(journal, lines)| self.push(journal, &lines))
    }

    fn close(&mut self, is_empty: bool) -> io::Result<()> {
        if !self.is_begun {
            return Ok(());
        }
        self.is_begun = false;
        let closed = self.own.clone();
        self.push(&closed, &[JournalLine::Done])?;
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
        let alive = self.key("alive", &self.own);
        if self.is_begun {
            // The next line tries again.
            let _ = self.ask(|redis| redis.pset_ex::<_, _, ()>(&alive, 1, LEASE));
        }
    }
}
