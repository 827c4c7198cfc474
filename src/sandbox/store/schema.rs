//! The tables of the store, and the way from those of older files.

use std::io;

use rusqlite::{Connection, Transaction, TransactionBehavior};

/// Why a sandbox cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// SQLite cannot use the file.
    #[error("SQLite cannot use it: {0}")]
    Store(#[from] rusqlite::Error),
    /// The file cannot be made, or not be kept from others.
    #[error("{0}")]
    File(#[from] io::Error),
    /// The file is somebody else's.
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

/// Types of objects that are searched for.
const SEARCHED: &[&str] =
    &["charge", "customer", "invoice", "payment_intent", "price", "product", "subscription"];

/// Fields whose texts are searched for; so are those of the metadata.
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

/// The name under which the text at a path is kept beside its object; none where it is not.
pub(in crate::sandbox) fn searched_name(object: &str, path: &[String]) -> Option<String> {
    let known = match path {
        [name] => TEXTS.contains(&name.as_str()),
        [first, _] => first == "metadata",
        _ => false,
    };
    (known && SEARCHED.contains(&object)).then(|| path.join("."))
}

/// The value of a field of a body, as a query and an index name it.
pub(super) fn field(name: &str) -> String {
    format!("json_extract(body, '$.\"{name}\"')")
}

/// One step from a version of the tables to the next.
type Step = fn(&Transaction<'_>) -> rusqlite::Result<()>;

/// Every step there is: a file of version 2 has seen the first two. A step that was published is
/// never changed.
const STEPS: &[Step] = &[unversioned, indexed, searched];

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

/// The rows that the texts of an object have in their table; `row` is the object, which `from` names
/// where it is not one that a trigger knows.
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

/// Times are found without reading an object, and texts that are searched for without going through
/// all objects. Triggers keep the table of texts up to date with the objects.
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

/// What SQLite says of whose a file is: `STRP`.
const APPLICATION: i64 = 0x5354_5250;

/// Whether a file is one of the sandbox: it says so, or it has no tables yet, or the table that files had
/// before they said it.
fn is_own(connection: &Connection) -> rusqlite::Result<bool> {
    let application: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if application != 0 {
        return Ok(application == APPLICATION);
    }
    let query = "SELECT (SELECT count(*) FROM sqlite_schema) = 0
        OR (SELECT count(*) FROM pragma_table_info('objects') WHERE name IN ('space', 'object', 'id', 'body')) = 4";
    connection.query_row(query, [], |row| row.get(0))
}

/// The version of a file, which is one of the sandbox and not newer than this program's.
pub(super) fn version(connection: &Connection) -> Result<i64, OpenError> {
    let found = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    // A file that is damaged has no tables that can be read
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    if !is_own(connection)? {
        return Err(OpenError::Foreign);
    }
    if found > known() { Err(OpenError::Newer { found, known: known() }) } else { Ok(found) }
}

/// Brings the tables of a file to the version of this program; several processes may try at once.
pub(super) fn upgrade(connection: &mut Connection) -> Result<(), OpenError> {
    // What an upgrade takes out is not to stay behind in free parts of the file
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
