//! One transaction in one space: finds objects by id, by their fields, or in the order of creation.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, ToSql, Transaction, params};

use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::fields::{Body, needed, text};
use crate::sandbox::reference_data;
use crate::sandbox::store::object_query::{BY_TIME, FEW, ObjectQuery, placed};

/// A hidden field with the key of an object whose id is not unique.
pub(in crate::sandbox) const KEY: &str = "_key";

/// A hidden field with the id of an object that shows none.
pub(in crate::sandbox) const UNSHOWN_ID: &str = "_id";

/// The space of the reference data.
pub(super) const HELD: &str = "stripe";

/// One transaction in one space.
#[derive(Debug)]
pub(in crate::sandbox) struct Session<'a> {
    /// The open transaction.
    pub(super) transaction: Transaction<'a>,
    /// The account and mode.
    pub space: String,
    pub(super) changes: RefCell<Vec<ObjectChange>>,
    /// The number of turns of the call that have ended.
    pub(super) turn: Cell<usize>,
    pub(super) steps: RefCell<VecDeque<ObjectChange>>,
}

/// A change in a call: an object was stored or deleted.
#[derive(Debug, Clone)]
pub(in crate::sandbox) struct ObjectChange {
    /// The space of the object.
    pub space: String,
    /// The object before the change; `None` for a new one.
    pub before: Option<Body>,
    /// The object after the change.
    pub after: Body,
    /// Whether it was deleted.
    pub gone: bool,
    /// The turn of the call in which it happened.
    pub turn: usize,
}

impl ObjectChange {
    /// The identity of the object: its space, its type and its key.
    pub fn subject(&self) -> (&str, &str, &str) {
        let object = text(&self.after, "object").unwrap_or_default();
        (&self.space, object, key(&self.after).unwrap_or_default())
    }
}

/// A stored object, its position, and whether it was deleted.
#[derive(Debug, Clone)]
pub(in crate::sandbox) struct ObjectRow {
    /// The position in the order of creation.
    pub seq: i64,
    /// Whether it was deleted; only its id is still shown.
    pub gone: bool,
    /// The object.
    pub body: Body,
}

impl Session<'_> {
    /// Returns the object with this type and id.
    pub fn get(&self, object: &str, id: &str) -> ApiResult<Option<ObjectRow>> {
        self.one("space = ?1 AND object = ?2 AND id = ?3", params![self.space_of(object), object, id])
    }

    /// Returns the object with this id, whatever its type.
    pub fn find(&self, id: &str) -> ApiResult<Option<ObjectRow>> {
        self.one("space IN (?1, ?2) AND id = ?3", params![self.space, HELD, id])
    }

    fn one(&self, condition: &str, values: &[&dyn ToSql]) -> ApiResult<Option<ObjectRow>> {
        let query = format!("SELECT seq, gone, body FROM objects WHERE {condition}");
        self.transaction.prepare_cached(&query)?.query_row(values, read).optional()?.transpose()
    }

    /// Returns the object with this type and id in any account, with its space, unless it was deleted.
    pub fn anywhere(&self, object: &str, id: &str) -> ApiResult<Option<(String, Body)>> {
        let query = "SELECT space, body FROM objects WHERE id = ?1 AND object = ?2 AND gone = 0";
        let mut statement = self.transaction.prepare_cached(query)?;
        let found =
            statement.query_row(params![id, object], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)));
        let Some((space, text)) = found.optional()? else { return Ok(None) };
        Ok(Some((space, serde_json::from_str(&text)?)))
    }

    /// Returns the object, unless it was deleted.
    pub fn get_live(&self, object: &str, id: &str) -> ApiResult<Option<Body>> {
        Ok(self.get(object, id)?.filter(|stored| !stored.gone).map(|stored| stored.body))
    }

    /// Returns the object whose id is at a path of another object, or `None` if there is no id.
    pub fn linked(&self, body: &Body, field: &str, object: &str) -> ApiResult<Option<Body>> {
        text(body, field).map_or(Ok(None), |id| self.get_live(object, id))
    }

    /// Like [`Session::linked`], but in any account, and with the space of the object.
    pub fn linked_anywhere(
        &self,
        body: &Body,
        field: &str,
        object: &str,
    ) -> ApiResult<Option<(String, Body)>> {
        text(body, field).map_or(Ok(None), |id| self.anywhere(object, id))
    }

    /// Returns the object with an id from the path, or the error that it does not exist.
    pub fn named(&self, object: &str, id: &str) -> ApiResult<Body> {
        self.get_live(object, id)?.ok_or_else(|| ApiError::absent(object, id))
    }

    /// Returns the object with an id from a param, or the error that it does not exist.
    pub fn referred(&self, object: &str, id: &str, param: &str) -> ApiResult<Body> {
        self.get_live(object, id)?.ok_or_else(|| ApiError::unknown_reference(object, id, param))
    }

    /// Stores an object. A new object comes last, and an existing one keeps its position. An object that
    /// another call has deleted counts as new.
    pub fn put(&self, body: &Body) -> ApiResult<()> {
        self.put_in(&self.space, body)
    }

    /// Like [`Session::put`], but in the space of another account: the events belong to that account, and
    /// there are no reactions.
    pub fn put_in(&self, space: &str, body: &Body) -> ApiResult<()> {
        let (object, key) = (needed(body, "object")?, key(body)?);
        let query = "INSERT INTO objects (space, object, id, body) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (space, object, id) DO UPDATE SET body = excluded.body, gone = 0";
        let text = serde_json::to_string(body)?;
        if self.note(space, object, key, Some(body))? {
            let forget = "DELETE FROM objects WHERE space = ?1 AND object = ?2 AND id = ?3";
            self.transaction.prepare_cached(forget)?.execute(params![space, object, key])?;
        }
        self.transaction.prepare_cached(query)?.execute(params![space, object, key, text])?;
        Ok(())
    }

    /// Marks an object as deleted.
    pub fn remove(&self, object: &str, id: &str) -> ApiResult<()> {
        let query = "UPDATE objects SET gone = 1 WHERE space = ?1 AND object = ?2 AND id = ?3";
        self.note(&self.space, object, id, None)?;
        self.transaction.prepare_cached(query)?.execute(params![self.space, object, id])?;
        Ok(())
    }

    /// Records the change that an object is about to be stored, or to be deleted if there is no new body.
    /// Returns whether it was deleted before this turn.
    fn note(&self, space: &str, object: &str, id: &str, body: Option<&Body>) -> ApiResult<bool> {
        let (turn, gone) = (self.turn.get(), body.is_none());
        let mut changes = self.changes.borrow_mut();
        let mut of_turn = changes.iter().rev().take_while(|change| change.turn == turn);
        let known = of_turn.find(|change| change.subject() == (space, object, id));
        let (before, was_gone) = if let Some(known) = known {
            ((!known.gone).then(|| known.after.clone()), false)
        } else {
            let stored = self.one("space = ?1 AND object = ?2 AND id = ?3", params![space, object, id])?;
            let was_gone = stored.as_ref().is_some_and(|stored| stored.gone);
            (stored.filter(|stored| !stored.gone).map(|stored| stored.body), was_gone)
        };
        let Some(after) = body.or(before.as_ref()).cloned() else { return Ok(was_gone) };
        let change = ObjectChange { space: space.to_owned(), before, after, gone, turn };
        if space == self.space {
            self.steps.borrow_mut().push_back(change.clone());
        }
        changes.push(change);
        Ok(was_gone)
    }

    /// Ends a turn of the call: later changes get events of their own, even for the same object.
    pub fn end_turn(&self) {
        self.turn.set(self.turn.get() + 1);
    }

    /// Records an object that exists without being stored, so that storing it counts as an update.
    pub fn assume(&self, body: Body) {
        let (space, before, turn) = (self.space.clone(), Some(body.clone()), self.turn.get());
        self.changes.borrow_mut().push(ObjectChange { space, before, after: body, gone: false, turn });
    }

    /// Records, for its event, a change of an object that is only computed and not stored.
    pub fn tell(&self, before: Body, after: Body) {
        let (space, turn) = (self.space.clone(), self.turn.get());
        let change = ObjectChange { space, before: Some(before), after, gone: false, turn };
        self.changes.borrow_mut().push(change);
    }

    /// Runs something in a savepoint. If `undoes` returns true for its outcome, it is rolled back and causes
    /// no events.
    pub fn savepoint<T>(&self, run: impl FnOnce() -> T, undoes: impl FnOnce(&T) -> bool) -> ApiResult<T> {
        let (mut changes, mut steps, turn) = (self.changes.take(), self.steps.take(), self.turn.get());
        self.transaction.execute_batch("SAVEPOINT part")?;
        let outcome = run();
        if undoes(&outcome) {
            self.transaction.execute_batch("ROLLBACK TO part")?;
            self.turn.set(turn);
        } else {
            changes.append(&mut self.changes.borrow_mut());
            steps.append(&mut self.steps.borrow_mut());
        }
        self.transaction.execute_batch("RELEASE part")?;
        self.changes.replace(changes);
        self.steps.replace(steps);
        Ok(outcome)
    }

    /// Runs something and rolls it back, as for a preview.
    pub fn dry_run<T>(&self, run: impl FnOnce() -> T) -> ApiResult<T> {
        self.savepoint(run, |_| true)
    }

    pub fn commit(self) -> rusqlite::Result<()> {
        self.transaction.commit()
    }

    /// Takes the oldest change that reactions have not seen yet.
    pub fn next_step(&self) -> Option<ObjectChange> {
        self.steps.borrow_mut().pop_front()
    }

    /// The number of changes that reactions have not seen yet.
    pub fn steps_left(&self) -> usize {
        self.steps.borrow().len()
    }

    /// Takes all changes so far, in order.
    pub fn take_changes(&self) -> Vec<ObjectChange> {
        self.steps.take();
        self.turn.set(0);
        self.changes.take()
    }

    /// Visits objects that are not deleted until `visit` returns false.
    pub fn walk(&self, walk: &ObjectQuery<'_>, visit: impl FnMut(ObjectRow) -> bool) -> ApiResult<()> {
        self.walk_in(self.space_of(walk.objects.first().unwrap_or(&"")), walk, visit)
    }

    /// Returns the first object that fits; `fits` may apply timed changes to it first.
    pub fn first(&self, walk: &ObjectQuery<'_>, fits: impl Fn(&mut Body) -> bool) -> ApiResult<Option<Body>> {
        let mut found = None;
        self.walk(walk, |mut stored| {
            found = fits(&mut stored.body).then_some(stored.body);
            found.is_none()
        })?;
        Ok(found)
    }

    fn walk_in(
        &self,
        space: &str,
        walk: &ObjectQuery<'_>,
        mut visit: impl FnMut(ObjectRow) -> bool,
    ) -> ApiResult<()> {
        let few = self.are_few(space, walk)?;
        let mut values = vec![Value::from(space.to_owned())];
        let query = walk.query(&mut values, few);
        let mut statement = self.transaction.prepare_cached(&query)?;
        let mut rows = statement.query(rusqlite::params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            if !visit(read(row)??) {
                break;
            }
        }
        Ok(())
    }

    /// Whether few objects match the text or the times of a query.
    fn are_few(&self, space: &str, walk: &ObjectQuery<'_>) -> ApiResult<bool> {
        let mut values = vec![Value::from(space.to_owned())];
        let mut place = |value| placed(&mut values, value);
        let among = walk.among(&mut place);
        let those = match &walk.text {
            Some(text) if text.is_part => format!("texts WHERE {}", text.fits(&mut place)),
            None if !walk.made.is_empty() && walk.having.is_empty() => {
                format!("objects{BY_TIME} WHERE {among}")
            }
            _ => return Ok(false),
        };
        let query = format!("SELECT count(*) FROM (SELECT 1 FROM {those} LIMIT {FEW})");
        let mut statement = self.transaction.prepare_cached(&query)?;
        let count: i64 = statement.query_row(rusqlite::params_from_iter(values), |row| row.get(0))?;
        Ok(usize::try_from(count).is_ok_and(|count| count < FEW))
    }

    /// Returns the space of objects of this type.
    fn space_of(&self, object: &str) -> &str {
        if reference_data::holds(object) { HELD } else { &self.space }
    }

    /// Returns the objects of a type whose field has this text, newest first, without deleted ones.
    pub fn having(&self, object: &str, field: &str, value: &str) -> ApiResult<Vec<Body>> {
        self.having_in(&self.space, object, field, value)
    }

    /// Like [`Session::having`], but in the space of another account.
    pub fn having_in(&self, space: &str, object: &str, name: &str, value: &str) -> ApiResult<Vec<Body>> {
        let walk =
            ObjectQuery { having: vec![(name.to_owned(), value.to_owned())], ..ObjectQuery::of(object) };
        let mut found = Vec::new();
        self.walk_in(space, &walk, |stored| {
            found.push(stored.body);
            true
        })?;
        Ok(found)
    }

    /// Counts the live objects of each type in all spaces: those that are not deleted, archived, spent,
    /// canceled or void. Events are not counted.
    pub fn counts(&self) -> ApiResult<Vec<(String, usize)>> {
        let query =
            "SELECT object, count(*) FROM objects WHERE gone = 0 AND space <> ?1 AND object <> 'event'
            AND coalesce(json_extract(body, '$.active'), 1) = 1
            AND coalesce(json_extract(body, '$._spent'), 0) = 0
            AND coalesce(json_extract(body, '$.status'), '') NOT IN ('canceled', 'void')
            GROUP BY object ORDER BY object";
        let mut statement = self.transaction.prepare_cached(query)?;
        let rows =
            statement.query_map([HELD], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
        let count = |(object, count)| (object, usize::try_from(count).unwrap_or_default());
        rows.map(|row| row.map(count).map_err(ApiError::from)).collect()
    }
}

/// Returns the key of an object.
fn key(body: &Body) -> ApiResult<&str> {
    let known = [KEY, "id", UNSHOWN_ID].into_iter().find_map(|name| text(body, name));
    known.map_or_else(|| needed(body, "id"), Ok)
}

fn read(row: &Row<'_>) -> rusqlite::Result<ApiResult<ObjectRow>> {
    let (seq, gone, text): (i64, bool, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(serde_json::from_str(&text).map(|body| ObjectRow { seq, gone, body }).map_err(ApiError::from))
}
