//! The tables of the store, and the upgrade of older files.

use std::io;

use rusqlite::{Connection, Transaction, TransactionBehavior};

/// Why a sandbox cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// SQLite cannot use the file.
    #[error("SQLite cannot use it: {0}")]
    Store(#[from] rusqlite::Error),
    /// The file cannot be created or made private.
    #[error("{0}")]
    File(#[from] io::Error),
    /// The file belongs to another program.
    #[error("the file is no file of the sandbox but a database of another program: use another file")]
    Foreign,
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

/// Fields by which objects are often found, so that they have an index.
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

/// Whether a field has an index.
pub(in crate::sandbox) fn is_indexed(name: &str) -> bool {
    INDEXED.contains(&name)
}

/// Types of objects that can be searched.
const SEARCHED: &[&str] =
    &["charge", "customer", "invoice", "payment_intent", "price", "product", "subscription"];

/// Fields that can be searched, besides metadata.
const TEXTS: &[&str] = &[
    "currency",
    "description",
    "email",
    "name",
    "number",
    "phone",
    "receipt_number",
    "status",
    "type",
    "url",
];

/// Returns the name of a searched path in the table of texts, or `None` if the path is not searched.
pub(in crate::sandbox) fn searched_name(object: &str, path: &[String]) -> Option<String> {
    let known = match path {
        [name] => TEXTS.contains(&name.as_str()),
        [first, _] => first == "metadata",
        _ => false,
    };
    (known && SEARCHED.contains(&object)).then(|| path.join("."))
}

/// The SQL expression for a field, which is the same in queries and indexes.
pub(super) fn field(name: &str) -> String {
    format!("json_extract(body, '$.\"{name}\"')")
}

/// An upgrade from one version of the tables to the next.
type Step = fn(&Transaction<'_>) -> rusqlite::Result<()>;

/// All upgrades: a file of version 2 has had the first two. A published upgrade never changes.
const STEPS: &[Step] = &[unversioned, indexed, searched];

/// Creates the tables from before files had a version; existing tables stay.
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

/// Adds indexes on owners and on the expiry of events and responses, and removes the card numbers that
/// payment methods once contained.
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

/// Returns the SQL for an object's rows in the table of texts; `row` is the object, which `from` names
/// outside of triggers.
fn texts(row: &str, from: &str) -> String {
    let (kind, objects) = (format!("{row}.space || '/' || {row}.object"), SEARCHED.join("', '"));
    let rows = |name: &str, path: &str| {
        format!(
            "SELECT {kind}, {name}, value, {row}.seq FROM {from}json_each({row}.body, '{path}')
            WHERE {row}.object IN ('{objects}') AND type = 'text'"
        )
    };
    let (own, metadata) = (rows("key", "$"), rows("'metadata.' || key", "$.metadata"));
    format!("{own} AND key IN ('{}') UNION ALL {metadata}", TEXTS.join("', '"))
}

/// Adds an index on times and the table of searched texts; triggers keep it up to date.
fn searched(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let (created, all) = (field("created"), texts("old", "objects AS old, "));
    let put = format!("INSERT OR IGNORE INTO texts {};", texts("new", ""));
    let take = "DELETE FROM texts WHERE at = old.seq;";
    transaction.execute_batch(&format!(
        "DROP INDEX objects_by_type;
        CREATE INDEX objects_by_type ON objects (space, object, gone, seq, {created});
        CREATE INDEX objects_by_time ON objects (space, object, gone, {created}, seq);
        CREATE TABLE texts (
            kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL COLLATE NOCASE, at INTEGER NOT NULL,
            PRIMARY KEY (kind, name, value, at)) WITHOUT ROWID;
        INSERT OR IGNORE INTO texts {all};
        CREATE INDEX texts_by_object ON texts (at);
        CREATE TRIGGER texts_made AFTER INSERT ON objects BEGIN {put} END;
        CREATE TRIGGER texts_changed AFTER UPDATE OF body ON objects BEGIN {take} {put} END;
        CREATE TRIGGER texts_removed AFTER DELETE ON objects BEGIN {take} END;"
    ))
}

/// The version of this program.
fn known() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// SQLite's application id in the sandbox's files: `STRP`.
const APPLICATION: i64 = 0x5354_5250;

/// Whether a file belongs to the sandbox: it has the application id, or no tables yet, or the tables of files
/// from before the id.
fn is_own(connection: &Connection) -> rusqlite::Result<bool> {
    let application: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if application != 0 {
        return Ok(application == APPLICATION);
    }
    let query = "SELECT (SELECT count(*) FROM sqlite_schema) = 0
        OR (SELECT count(*) FROM pragma_table_info('objects') WHERE name IN ('space', 'object', 'id', 'body')) = 4";
    connection.query_row(query, [], |row| row.get(0))
}

/// Returns the version of a file; refuses files of other programs and of newer versions.
pub(super) fn version(connection: &Connection) -> Result<i64, OpenError> {
    let found = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    // This fails for a damaged file, whose tables cannot be read.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    if !is_own(connection)? {
        return Err(OpenError::Foreign);
    }
    if found > known() { Err(OpenError::Newer { found, known: known() }) } else { Ok(found) }
}

/// Upgrades the tables of a file; several processes may try at once.
pub(super) fn upgrade(connection: &mut Connection) -> Result<(), OpenError> {
    // Whatever an upgrade removes must not remain in free parts of the file.
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (found, known) = (version(&transaction)?, known());
    for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        step(&transaction)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.commit()?;
    if found < known {
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    }
    connection.pragma_update_and_check(None, "secure_delete", false, |_| Ok(()))?;
    Ok(())
}

#[cfg(test)]
mod tests;
