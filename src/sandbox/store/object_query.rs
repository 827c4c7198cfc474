//! Queries over objects: types, order and conditions, as SQL.

use rusqlite::types::Value;

use crate::sandbox::store::schema::{INDEXED, field};

/// Selects which objects to visit, and in which order.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct ObjectQuery<'w> {
    /// The types of the objects.
    pub objects: Vec<&'w str>,
    /// Only objects after this position.
    pub start: Option<i64>,
    /// Whether the oldest come first instead of the newest.
    pub forward: bool,
    /// Only objects whose fields hold these texts.
    pub having: Vec<(String, String)>,
    /// Only objects created at these times: SQL operators and seconds.
    pub made: Vec<(&'static str, i64)>,
    /// Only objects whose indexed fields hold these texts, ignoring case.
    pub alike: Vec<(String, String)>,
    /// Only objects with this text in a searched field, ignoring case.
    pub text: Option<Text>,
    /// Only objects whose stored text matches these `LIKE` patterns, with `\\` as the escape character.
    pub like: Vec<String>,
}

/// A text to find in a searched field.
#[derive(Debug)]
pub(in crate::sandbox) struct Text {
    /// The name of the field in the table of texts.
    pub name: String,
    /// The whole text, or a `LIKE` pattern.
    pub wanted: String,
    /// Whether it is a pattern.
    pub is_part: bool,
}

impl Text {
    /// Returns the condition on the table of texts; the first placeholders are the space and the type.
    pub(super) fn fits(&self, mut place: impl FnMut(Value) -> String) -> String {
        let (name, wanted) = (place(self.name.clone().into()), place(self.wanted.clone().into()));
        let sign = if self.is_part { format!("LIKE {wanted} ESCAPE '\\'") } else { format!("= {wanted}") };
        format!("kind = ?1 || '/' || ?2 AND name = {name} AND value {sign}")
    }
}

impl<'w> ObjectQuery<'w> {
    /// Selects all objects of one type, newest first.
    pub fn of(object: &'w str) -> Self {
        Self { objects: vec![object], ..Self::default() }
    }

    /// Returns the SQL query; the values of its placeholders are added to `values`. If `few` objects match,
    /// they are found by time or by parts of texts.
    pub(super) fn query(&self, values: &mut Vec<Value>, few: bool) -> String {
        let mut place = |value: Value| placed(values, value);
        let among = self.among(&mut place);
        let (from, seq) = match &self.text {
            Some(text) if few || !text.is_part => {
                let fits = text.fits(&mut place);
                (format!("texts CROSS JOIN objects ON seq = at WHERE {fits} AND"), "at")
            }
            _ => (format!("objects{} WHERE", self.index(few)), "seq"),
        };
        let mut query = format!("SELECT seq, gone, body FROM {from} {among}");
        let (sign, order) = if self.forward { (">", "ASC") } else { ("<", "DESC") };
        if let Some(start) = self.start {
            query = format!("{query} AND {seq} {sign} {}", place(start.into()));
        }
        for (field, text) in &self.having {
            query += &holds(field, text, &mut place);
        }
        for (name, text) in &self.alike {
            let (field, text) = (field(name), place(text.clone().into()));
            query = format!("{query} AND {field} COLLATE NOCASE = {text}");
        }
        for pattern in &self.like {
            query = format!("{query} AND body LIKE {} ESCAPE '\\'", place(pattern.clone().into()));
        }
        format!("{query} ORDER BY {seq} {order}")
    }

    /// Returns the index to use for times: their own index if few objects match, or else the one in the order
    /// of objects. A query by a field does not search by time.
    fn index(&self, few: bool) -> &'static str {
        match (self.made.is_empty() || !self.having.is_empty(), few) {
            (true, _) => "",
            (false, true) => BY_TIME,
            (false, false) => " INDEXED BY objects_by_type",
        }
    }

    /// Returns the condition on types and times.
    pub(super) fn among(&self, mut place: impl FnMut(Value) -> String) -> String {
        let objects: Vec<String> =
            self.objects.iter().map(|object| place((*object).to_owned().into())).collect();
        let mut among = format!("space = ?1 AND object IN ({}) AND gone = 0", objects.join(", "));
        for (sign, time) in &self.made {
            let plain = if self.having.is_empty() { "" } else { "+" };
            among = format!("{among} AND {plain}{} {sign} {}", field("created"), place((*time).into()));
        }
        among
    }
}

/// If more objects than this match, a query visits them in their order instead.
pub(super) const FEW: usize = 200;
pub(super) const BY_TIME: &str = " INDEXED BY objects_by_time";

/// Adds a value and returns its placeholder.
pub(super) fn placed(values: &mut Vec<Value>, value: Value) -> String {
    values.push(value);
    format!("?{}", values.len())
}

/// Returns the condition that a field holds a text. Only a field that is written literally in the query is
/// found by its index, which ignores case.
fn holds(name: &str, text: &str, mut place: impl FnMut(Value) -> String) -> String {
    let text = place(text.to_owned().into());
    if INDEXED.contains(&name) {
        let field = field(name);
        return format!(" AND {field} COLLATE NOCASE = {text} AND {field} = {text}");
    }
    let path = place(format!("$.\"{name}\"").into());
    format!(" AND json_extract(body, {path}) = {text}")
}
