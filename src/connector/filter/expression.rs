//! The syntax tree of a filter clause, with names and values resolved.

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    Compare(Field, Comparison, Operand),
    Like(Field, String),
    Contains(Field, String),
    In(Field, Vec<Operand>),
    Between(Field, Operand, Operand),
    IsNull(Field),
}

impl Expression {
    /// The conditions that must all hold.
    pub(super) fn terms(self) -> Vec<Self> {
        match self {
            Self::And(a, b) => a.terms().into_iter().chain(b.terms()).collect(),
            other => vec![other],
        }
    }

    /// The first field for which `wanted` holds.
    pub(super) fn find_field(&self, wanted: impl Fn(&Field) -> bool + Copy) -> Option<&Field> {
        match self {
            Self::And(a, b) | Self::Or(a, b) => a.find_field(wanted).or_else(|| b.find_field(wanted)),
            Self::Not(inner) => inner.find_field(wanted),
            Self::Compare(field, ..)
            | Self::Like(field, _)
            | Self::Contains(field, _)
            | Self::In(field, _)
            | Self::Between(field, ..)
            | Self::IsNull(field) => Some(field).filter(|field| wanted(field)),
        }
    }
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A field of the entity type, or a name that only Stripe can compare.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    /// The path to it, in Stripe's spelling.
    pub(super) path: Vec<String>,
    pub(super) holds: ScalarType,
    /// Whether it is no field of the entity, but a param of the list or a parent.
    pub(super) server_only: bool,
    /// Its position in the clause, in bytes.
    pub(super) at: usize,
}

/// The type as which a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScalarType {
    Text,
    /// The code of a currency, which Stripe answers in lower case.
    Currency,
    Number,
    Time,
    Boolean,
    /// A type that the catalog does not know, such as that of a key of a map: a
    /// bare number compares as a number.
    Any,
}

/// A value to compare with, converted to the type of its field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    Text(String),
    /// The digits as they were written.
    Number(String),
    /// Seconds since 1970.
    Time(i64),
    Boolean(bool),
}
