//! The tables of the store, and the way from those of older files.

use std::io;

use rusqlite::{Connection, Transaction, TransactionBehavior};

/// Why a sandbox cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// SQLite cannot use the file.
    #[error("the sandbox cannot use its store: {0}")]
    Store(#[from] rusqlite::Error),
    /// The file cannot be made, or not be kept from others.
    #[error("the sandbox cannot make its file: {0}")]
    File(#[from] io::Error),
    /// A later version of this program wrote the file.
    #[error(
        "the file was written by a newer version of the sandbox (its version is {found}, this program knows {known}): \
         use that version or another file"
    )]
    Newer {
        /// The version of the file.
        found: i64,
        /// The version that this program writes.
        known: i64,
    },
}

/// Fields by whose text objects are looked for, often enough to have an index.
pub(super) const INDEXED: &[&str] = &[
    "_customer",
    "charge",
    "customer",
    "email",
    "identifier",
    "invoice",
    "lookup_key",
    "price",
    "product",
    "subscription",
    "test_clock",
];

/// Whether objects are found by the text of a field at once.
pub(in crate::sandbox) fn is_indexed(name: &str) -> bool {
    INDEXED.contains(&name)
}

/// The value of a field of a body, as a query and an index name it.
pub(super) fn field(name: &str) -> String {
    format!("json_extract(body, '$.\"{name}\"')")
}

/// One step from a version of the tables to the next.
type Step = fn(&Transaction<'_>) -> rusqlite::Result<()>;

/// Every step there is: a file of version 2 has seen the first two. A step that was published is
/// never changed.
const STEPS: &[Step] = &[unversioned, indexed];

/// The tables as they were when files had no version yet: what is there already stays.
fn unversioned(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS objects (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, space TEXT NOT NULL, object TEXT NOT NULL,
            id TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL,
            UNIQUE (space, object, id));
        CREATE INDEX IF NOT EXISTS objects_by_type ON objects (space, object, seq);
        DROP INDEX IF EXISTS objects_by_id;
        CREATE INDEX IF NOT EXISTS objects_by_name ON objects (id, space);
        CREATE TABLE IF NOT EXISTS answers (
            space TEXT NOT NULL, key TEXT NOT NULL, created INTEGER NOT NULL, request TEXT NOT NULL,
            status INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (space, key));",
    )
}

/// Objects are found by what they belong to; events and answers have an end; the numbers of
/// cards, which once stood in payment methods, are gone.
fn indexed(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let created = field("created");
    transaction.execute_batch(&format!(
        "UPDATE objects SET body = json_remove(body, '$._number') WHERE body LIKE '%\"\\_number\"%' ESCAPE '\\';
        CREATE INDEX events_by_time ON objects ({created}) WHERE object = 'event';
        ALTER TABLE answers ADD COLUMN kept_until INTEGER NOT NULL DEFAULT 0;
        UPDATE answers SET kept_until = created + 30 * 24 * 60 * 60;
        CREATE INDEX answers_by_end ON answers (kept_until);"
    ))?;
    for name in INDEXED {
        let field = field(name);
        transaction.execute_batch(&format!(
            "CREATE INDEX objects_by_{name} ON objects ({field} COLLATE NOCASE, space, object, seq)
            WHERE {field} IS NOT NULL"
        ))?;
    }
    Ok(())
}

/// Brings the tables of a file to the version of this program; several processes may try at once.
pub(super) fn upgrade(connection: &mut Connection) -> Result<(), OpenError> {
    // what an upgrade takes out is not to stay behind in free parts of the file
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        step(&transaction)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    if found < known {
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    }
    connection.pragma_update_and_check(None, "secure_delete", false, |_| Ok(()))?;
    Ok(())
}
