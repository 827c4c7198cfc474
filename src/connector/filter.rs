//! The filter clause: `Name = 'John' AND Created >= '2024-01-01'`.
//!
//! ```text
//! clause ─lexer─▶ tokens ─parser─▶ expression ─▶ evaluate: does an entity satisfy it?
//!                            │                 └▶ pushdown: what of it can Stripe evaluate?
//!                         operand: names become fields, values become what fields hold
//! ```
//!
//! Whatever is wrong with a clause is said when it is parsed, with its place in the clause.
//! Nulls are SQL's: a comparison with null is neither true nor false.

mod evaluate;
mod expression;
mod lexer;
mod operand;
mod parser;
mod pushdown;

use std::fmt;

use serde_json::Value as Json;

use crate::catalog::{Entity, Operation};

use expression::{Comparison, Expression};
pub use pushdown::Pushdown;

/// The longest clause, in characters.
const LONGEST: usize = 10_000;

/// A clause that was read.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Conditions that all must hold, evaluated here; none for an empty clause.
    terms: Vec<Expression>,
    /// Conditions that only Stripe can evaluate: on params of the list that are no fields, and on
    /// what the entities belong to.
    server_only: Vec<Expression>,
}

/// Why a clause cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterError {
    /// What is wrong.
    pub message: String,
    /// Where, in characters from 1.
    pub position: usize,
    clause: String,
}

impl Filter {
    /// Reads a clause over the fields of an entity type.
    pub fn parse(clause: &str, entity: &Entity) -> Result<Self, FilterError> {
        let at_clause = |(message, at): (String, usize)| FilterError::new(message, at, clause);
        if clause.chars().count() > LONGEST {
            return Err(at_clause((format!("the clause is longer than {LONGEST} characters"), LONGEST)));
        }
        let tokens = lexer::tokens(clause).map_err(at_clause)?;
        let expression = parser::parse(&tokens, entity, clause.len()).map_err(at_clause)?;
        let terms = expression.map(Expression::terms).unwrap_or_default();
        let (server_only, terms): (Vec<_>, Vec<_>) = terms.into_iter().partition(is_server_only);
        match terms.iter().find_map(|term| term.find_field(|field| field.server_only)) {
            None => Ok(Self { terms, server_only }),
            Some(field) => {
                let name = field.path.join(".");
                let message = format!(
                    "only Stripe can compare {name:?}: it must be equal to a value, and joined by AND"
                );
                Err(at_clause((message, field.at)))
            }
        }
    }

    /// Whether an entity, as Stripe returns it, satisfies what is evaluated here.
    pub fn matches(&self, body: &Json) -> bool {
        self.terms.iter().all(|term| evaluate::truth(term, body) == Some(true))
    }

    /// What of the clause a list call can take over.
    pub fn pushdown(&self, list: &Operation) -> Pushdown {
        pushdown::pushdown(&self.terms, &self.server_only, list)
    }

    /// The id that the clause demands, where it demands one and everything else that it demands can
    /// be judged here: a list alone evaluates what only Stripe can compare.
    pub fn only_id(&self) -> Option<&str> {
        pushdown::only_id(&self.terms).filter(|_| self.server_only.is_empty())
    }
}

/// Whether it compares what only Stripe can compare, in a form that a param of the list can say.
fn is_server_only(term: &Expression) -> bool {
    match term {
        Expression::Compare(field, Comparison::Equal, _) | Expression::In(field, _) => field.server_only,
        _ => false,
    }
}

impl FilterError {
    /// `at` is a position in bytes.
    fn new(message: String, at: usize, clause: &str) -> Self {
        let before = clause.get(..at).unwrap_or(clause);
        Self { message, position: before.chars().count() + 1, clause: clause.to_owned() }
    }
}

impl fmt::Display for FilterError {
    /// The message, the line it is about, and a caret under the place.
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
