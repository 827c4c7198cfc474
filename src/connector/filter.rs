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
mod server_only;

use std::fmt;

use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, Operation};

use expression::Expression;
use operand::NameLookup;
pub use pushdown::Pushdown;
use server_only::{ServerCondition, is_server_only, must_be_equal};

/// The longest clause, in characters.
const LONGEST: usize = 10_000;

/// A clause that was read.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Conditions that all must hold, evaluated here; none for an empty clause.
    terms: Vec<Expression>,
    /// Conditions that only Stripe can evaluate: on params of the list that are no fields, and on
    /// what the entities belong to.
    server_only: Vec<ServerCondition>,
    /// As it was written.
    clause: String,
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
    /// Reads a clause over the fields of an entity type, and over what the call that finds them takes.
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

    /// Whether an entity, as Stripe returns it, satisfies what is evaluated here.
    pub fn matches(&self, body: &Json) -> bool {
        self.terms.iter().all(|term| evaluate::truth(term, body) == Some(true))
    }

    /// What of the clause a list call can take over, beside the params that are given already.
    pub fn pushdown(&self, list: &Operation, given: &Map<String, Json>) -> Result<Pushdown, FilterError> {
        let mut params = given.clone();
        for condition in &self.server_only {
            let another = || condition.refused("an argument gives it another value");
            let wrong = |(message, at)| FilterError::new(message, at, &self.clause);
            condition.add_to(&mut params).map_err(|()| wrong(another()))?;
        }
        Ok(pushdown::pushdown(&self.terms, list, params))
    }

    /// The id that the clause demands, where it demands one.
    pub fn id(&self) -> Option<&str> {
        pushdown::id(&self.terms)
    }

    /// The same, where everything else that the clause demands can be judged here: a list alone evaluates what
    /// only Stripe can compare.
    pub fn only_id(&self) -> Option<&str> {
        self.id().filter(|_| self.server_only.is_empty())
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
