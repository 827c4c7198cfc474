//! The filter clause: `Name = 'John' AND Created >= '2024-01-01'`.
//!
//! ```text
//! clause ─lexer─▶ tokens ─parser─▶ expression ─▶ evaluate: does an entity satisfy it?
//!                            │                 └▶ pushdown: which part can Stripe evaluate?
//!                         operand: names become fields, values get the types of their fields
//! ```
//!
//! A faulty clause is reported when it is parsed, with the position of the fault. Nulls work as in SQL: a
//! comparison with null is neither true nor false.

mod evaluate;
mod expression;
mod lexer;
mod operand;
mod parser;
mod pushdown;
mod server_only;

use std::fmt;

use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, Operation};

use expression::Expression;
use operand::NameLookup;
pub use pushdown::Pushdown;
use server_only::{ServerCondition, is_server_only, must_be_equal};

/// The largest length of a clause, in characters.
const LONGEST: usize = 10_000;

/// A parsed clause.
#[derive(Debug, Clone)]
pub struct Filter {
    /// The conditions that must all hold and are evaluated here; empty for an empty clause.
    terms: Vec<Expression>,
    /// The conditions that only Stripe can evaluate: on params of the list that are no fields, and on the
    /// parents of the entities.
    server_only: Vec<ServerCondition>,
    /// The clause as it was written.
    clause: String,
}

/// Why a clause cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterError {
    /// The fault.
    pub message: String,
    /// Its position, in characters from 1.
    pub position: usize,
    clause: String,
}

impl Filter {
    /// Parses a clause about the fields of an entity type and the params of the call that finds its entities.
    pub fn parse(clause: &str, entity: &Entity, call: Option<&Operation>) -> Result<Self, FilterError> {
        let at_clause = |(message, at): (String, usize)| FilterError::new(message, at, clause);
        if clause.chars().count() > LONGEST {
            return Err(at_clause((format!("the clause is longer than {LONGEST} characters"), LONGEST)));
        }
        let tokens = lexer::tokens(clause).map_err(at_clause)?;
        let expression =
            parser::parse(&tokens, NameLookup { entity, call }, clause.len()).map_err(at_clause)?;
        let terms = expression.map(Expression::terms).unwrap_or_default();
        let (server_only, terms): (Vec<_>, Vec<_>) = terms.into_iter().partition(is_server_only);
        if let Some(field) = terms.iter().find_map(|term| term.find_field(|field| field.server_only)) {
            return Err(at_clause(must_be_equal(field)));
        }
        let server_only = server_only::conditions(&server_only, call).map_err(at_clause)?;
        Ok(Self { terms, server_only, clause: clause.to_owned() })
    }

    /// Whether an entity, as Stripe returns it, satisfies the conditions that are evaluated here.
    pub fn matches(&self, body: &Json) -> bool {
        self.terms.iter().all(|term| evaluate::truth(term, body) == Some(true))
    }

    /// The part of the clause that a list call can evaluate, together with the params that are already given.
    pub fn pushdown(&self, list: &Operation, given: &Map<String, Json>) -> Result<Pushdown, FilterError> {
        let mut params = given.clone();
        for condition in &self.server_only {
            let another = || condition.refused("an argument gives it another value");
            let wrong = |(message, at)| FilterError::new(message, at, &self.clause);
            condition.add_to(&mut params).map_err(|()| wrong(another()))?;
        }
        Ok(pushdown::pushdown(&self.terms, list, params))
    }

    /// The id that the clause requires, if it requires one.
    pub fn id(&self) -> Option<&str> {
        pushdown::id(&self.terms)
    }

    /// The id that the clause requires, if everything else in the clause can be evaluated here. Conditions
    /// that only Stripe can evaluate need a list call.
    pub fn only_id(&self) -> Option<&str> {
        self.id().filter(|_| self.server_only.is_empty())
    }
}

impl FilterError {
    /// Creates an error; `at` is a position in bytes.
    fn new(message: String, at: usize, clause: &str) -> Self {
        let before = clause.get(..at).unwrap_or(clause);
        Self { message, position: before.chars().count() + 1, clause: clause.to_owned() }
    }
}

impl fmt::Display for FilterError {
    /// The message, the line of the fault, and a caret under its position.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} (position {})", self.message, self.position)?;
        let mut before = self.position - 1;
        for line in self.clause.split('\n') {
            let length = line.chars().count();
            if before <= length {
                return writeln!(f, "\n  {line}\n  {:before$}^", "");
            }
            before -= length + 1;
        }
        Ok(())
    }
}

impl std::error::Error for FilterError {}

#[cfg(test)]
mod tests;
