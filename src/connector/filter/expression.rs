//! What a clause says, with names and values understood.

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    Compare(Field, Comparison, Operand),
    Like(Field, String),
    In(Field, Vec<Operand>),
    Between(Field, Operand, Operand),
    IsNull(Field),
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

/// A field of the entity type.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    /// The way to it, in Stripe's spelling.
    pub(super) way: Vec<String>,
    pub(super) holds: Holds,
}

/// What a field holds, as far as comparing goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Number,
    Time,
    Truth,
}

/// A value to compare with, as its field holds it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    Text(String),
    /// The digits as they were written.
    Number(String),
    /// Seconds since 1970.
    Time(i64),
    Truth(bool),
}
