//! Hostile values by chance: the same number makes the same ones.

use serde_json::{Map, Value as Json, json};
use stripe_provider::terraform::value::{Number, Type, Value};
use unicode_normalization::UnicodeNormalization as _;

/// What no message may repeat.
pub const NEEDLE: &str = "n33dle0fTheKey";

/// Texts that have broken programs.
const TEXTS: [&str; 44] = [
    "",
    " ",
    ".",
    "..",
    "../..",
    "/",
    "a/b",
    "\\",
    "\0",
    "\n",
    "\r\n",
    "\t",
    "\u{1b}[2J",
    "\u{7f}",
    "\u{9b}31m",
    "\u{202e}evil",
    "\u{feff}",
    "e\u{301}",
    "🦀",
    "İ",
    "ß",
    "null",
    "true",
    "NaN",
    "-0",
    "1e400",
    "0x10",
    "1_000",
    "99999999999999999999999999",
    "{}",
    "[]",
    "{\"a\":",
    "\"",
    "'",
    "''",
    "' OR 1=1 --",
    "${path.module}",
    "%2e%2e",
    "%00",
    "..%2f",
    "sk_live_n33dle0fTheKey",
    "rk_test_n33dle0fTheKey",
    "https://u:p@h/",
    "{id}",
];
const NUMBERS: [&str; 14] = [
    "0",
    "-1",
    "1",
    "5",
    "6",
    "1.5",
    "-0.0",
    "1e3",
    "1e400",
    "-1e-400",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "0.1000000000000000055511151231257827",
];
const WORDS: [&str; 22] = [
    "Name",
    "Id",
    "Created",
    "metadata.x",
    "Address.City",
    "=",
    "!=",
    "<",
    ">=",
    "AND",
    "OR",
    "NOT",
    "(",
    ")",
    "IN",
    "LIKE",
    "IS",
    "NULL",
    "'a'",
    "1",
    ",",
    "'2024-01-01'",
];

/// Chance, by a number.
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    /// SplitMix64, as its author published it.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % end.max(1) as u64).unwrap()
    }

    pub fn one_in(&mut self, chance: usize) -> bool {
        self.below(chance) == 0
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// Text in normal form C, as core passes it on.
    pub fn text(&mut self) -> String {
        self.any_text().nfc().collect()
    }

    fn any_text(&mut self) -> String {
        match self.below(40) {
            0 => "x".repeat(1 << self.below(18)),
            1 => "é\u{0}".repeat(self.below(500)),
            2 => (0..self.below(40))
                .filter_map(|_| char::from_u32(u32::try_from(self.below(0x11_0000)).unwrap()))
                .collect(),
            3..=9 => format!("{}{}", self.pick(&TEXTS), self.pick(&TEXTS)),
            _ => (*self.pick(&TEXTS)).to_owned(),
        }
    }

    pub fn number(&mut self) -> &'static str {
        NUMBERS[self.below(NUMBERS.len())]
    }

    /// Something like a filter clause.
    pub fn clause(&mut self) -> String {
        let words = (0..self.below(12)).map(|_| match self.below(8) {
            0 => self.text(),
            _ => (*self.pick(&WORDS)).to_owned(),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    pub fn json(&mut self, depth: usize) -> Json {
        match self.below(if depth == 0 { 5 } else { 8 }) {
            0 => Json::Null,
            1 => json!(self.one_in(2)),
            2 => self.number().parse().map_or(Json::Null, Json::Number),
            3 | 4 => json!(self.text()),
            5 => (0..self.below(4)).map(|_| self.json(depth - 1)).collect(),
            6 => {
                let members = (0..self.below(4)).map(|_| (self.text(), self.json(depth - 1)));
                Json::Object(members.collect::<Map<_, _>>())
            }
            _ => (0..self.below(300)).fold(json!("deep"), |inner, at| {
                if at % 2 == 0 { json!([inner]) } else { json!({ "a": inner }) }
            }),
        }
    }

    /// A value of this type; null and unknown ones too, where `open`.
    pub fn value(&mut self, ty: &Type, open: bool) -> Value {
        match self.below(12) {
            0 if open => return Value::Null,
            1 if open => return Value::Unknown,
            _ => {}
        }
        match ty {
            Type::String => self.text().into(),
            Type::Bool => self.one_in(2).into(),
            Type::Number => Number::parse(self.number()).map_or(Value::Null, Value::Number),
            Type::List(item) => Value::List((0..self.below(3)).map(|_| self.value(item, open)).collect()),
            Type::Set(item) => Value::Set((0..self.below(2)).map(|_| self.value(item, false)).collect()),
            Type::Map(item) => Value::map((0..self.below(3)).map(|_| (self.text(), self.value(item, open)))),
            Type::Tuple(items) => Value::List(items.iter().map(|item| self.value(item, open)).collect()),
            Type::Object(members) => {
                Value::map(members.iter().map(|(name, item)| (name.clone(), self.value(item, open))))
            }
            Type::Dynamic => {
                let json = self.json(3);
                self.dynamic(&json)
            }
        }
    }

    /// JSON as a dynamic value: its text, or what HCL makes of it.
    pub fn dynamic(&mut self, json: &Json) -> Value {
        let (ty, value) = match self.below(3) {
            0 => (Type::String, json.to_string().into()),
            1 => (Type::String, self.damaged(json.to_string().into_bytes()).into()),
            _ => natural(json),
        };
        Value::Dynamic(Box::new((ty, value)))
    }

    fn damaged(&mut self, bytes: Vec<u8>) -> String {
        String::from_utf8_lossy(&self.damage(bytes)).nfc().collect()
    }

    /// The bytes with some changed, or cut off.
    pub fn damage(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        for _ in 0..self.below(4) {
            if !bytes.is_empty() {
                let at = self.below(bytes.len());
                bytes[at] = u8::try_from(self.below(256)).unwrap();
            }
        }
        if self.one_in(3) {
            bytes.truncate(self.below(bytes.len() + 1));
        }
        bytes
    }
}

/// JSON as the value that HCL would make of it.
fn natural(json: &Json) -> (Type, Value) {
    match json {
        Json::Null => (Type::Dynamic, Value::Null),
        Json::Bool(truth) => (Type::Bool, (*truth).into()),
        Json::Number(number) => {
            (Type::Number, Number::parse(&number.to_string()).map_or(Value::Null, Value::Number))
        }
        Json::String(text) => (Type::String, text.as_str().into()),
        Json::Array(items) => {
            let (types, values) = items.iter().map(natural).unzip();
            (Type::Tuple(types), Value::List(values))
        }
        Json::Object(members) => {
            let members: Vec<_> = members.iter().map(|(key, json)| (key, natural(json))).collect();
            let ty = Type::object(members.iter().map(|(key, (ty, _))| ((*key).clone(), ty.clone())));
            (ty, Value::map(members.into_iter().map(|(key, (_, value))| (key.clone(), value))))
        }
    }
}
