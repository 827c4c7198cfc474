//! Parses tokens into a condition. NOT binds tighter than AND, AND tighter than OR.

use super::expression::{Comparison, Expression, Field, Operand};
use super::lexer::{SyntaxError, Token, Word};
use super::operand::{self, NameLookup};

/// The largest depth of nested conditions.
const DEEPEST: usize = 64;
/// Names that are never fields, unless they are in brackets.
const KEYWORDS: [&str; 11] =
    ["AND", "OR", "NOT", "LIKE", "CONTAINS", "IN", "BETWEEN", "IS", "NULL", "TRUE", "FALSE"];

/// Parses tokens into a condition. Returns `None` if there are no tokens. The clause ends at `end`.
pub(super) fn parse(
    tokens: &[Token],
    names: NameLookup<'_>,
    end: usize,
) -> Result<Option<Expression>, SyntaxError> {
    if tokens.is_empty() {
        return Ok(None);
    }
    let mut parser = Parser { tokens, names, end, depth: 0 };
    let expression = parser.any_of()?;
    match parser.tokens.first() {
        None => Ok(Some(expression)),
        Some(extra) => Err(("AND, OR or the end of the clause should stand here".to_owned(), extra.at)),
    }
}

struct Parser<'t> {
    tokens: &'t [Token],
    names: NameLookup<'t>,
    /// The end of the clause, for errors about missing words.
    end: usize,
    depth: usize,
}

impl Parser<'_> {
    /// `a OR b OR …`
    fn any_of(&mut self) -> Result<Expression, SyntaxError> {
        let mut left = self.all_of()?;
        while self.take_keyword("OR") {
            left = Expression::Or(Box::new(left), Box::new(self.all_of()?));
        }
        Ok(left)
    }

    /// `a AND b AND …`
    fn all_of(&mut self) -> Result<Expression, SyntaxError> {
        let mut left = self.negated()?;
        while self.take_keyword("AND") {
            left = Expression::And(Box::new(left), Box::new(self.negated()?));
        }
        Ok(left)
    }

    fn negated(&mut self) -> Result<Expression, SyntaxError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err((format!("the clause is nested deeper than {DEEPEST}"), self.here()));
        }
        let found = if self.take_keyword("NOT") {
            Expression::Not(Box::new(self.negated()?))
        } else if self.take_symbol("(") {
            let inner = self.any_of()?;
            self.demand_symbol(")")?;
            inner
        } else {
            self.condition()?
        };
        self.depth -= 1;
        Ok(found)
    }

    /// `field operator value`
    fn condition(&mut self) -> Result<Expression, SyntaxError> {
        let field = self.field()?;
        if self.take_keyword("IS") {
            let not = self.take_keyword("NOT");
            if !self.take_keyword("NULL") {
                return Err(("NULL should stand here".to_owned(), self.here()));
            }
            return Ok(negate(Expression::IsNull(field), not));
        }
        let not = self.take_keyword("NOT");
        if self.take_keyword("LIKE") {
            let pattern = self.text("a pattern")?;
            return Ok(negate(Expression::Like(field, pattern), not));
        }
        if self.take_keyword("CONTAINS") {
            let part = self.text("a text")?;
            return Ok(negate(Expression::Contains(field, part), not));
        }
        if self.take_keyword("IN") {
            let values = self.values(&field)?;
            return Ok(negate(Expression::In(field, values), not));
        }
        if self.take_keyword("BETWEEN") {
            let low = self.value(&field)?;
            if !self.take_keyword("AND") {
                return Err(("AND should stand here: BETWEEN low AND high".to_owned(), self.here()));
            }
            let high = self.value(&field)?;
            return Ok(negate(Expression::Between(field, low, high), not));
        }
        if not {
            return Err(("LIKE, CONTAINS, IN or BETWEEN should stand here".to_owned(), self.here()));
        }
        let (comparison, not) = self.comparison()?;
        let value = self.value(&field)?;
        Ok(negate(Expression::Compare(field, comparison, value), not))
    }

    fn field(&mut self) -> Result<Field, SyntaxError> {
        let at = self.here();
        let name = match self.tokens.first().map(|token| &token.word) {
            Some(Word::Name(name)) if !is_keyword(name) => name,
            Some(Word::Bracketed(name)) => name,
            _ => return Err(("the name of a field should stand here".to_owned(), at)),
        };
        self.advance();
        operand::named(name, at, self.names).map_err(|why| (why, at))
    }

    fn comparison(&mut self) -> Result<(Comparison, bool), SyntaxError> {
        let symbols = [
            ("=", Comparison::Equal, false),
            ("<>", Comparison::Equal, true),
            ("!=", Comparison::Equal, true),
            ("<", Comparison::Less, false),
            ("<=", Comparison::LessOrEqual, false),
            (">", Comparison::Greater, false),
            (">=", Comparison::GreaterOrEqual, false),
        ];
        let found = symbols.into_iter().find(|(symbol, ..)| self.take_symbol(symbol));
        found.map(|(_, comparison, not)| (comparison, not)).ok_or_else(|| {
            let words = "LIKE, CONTAINS, IN, BETWEEN or IS NULL";
            (format!("an operator should stand here: =, <>, <, <=, >, >=, {words}"), self.here())
        })
    }

    fn values(&mut self, field: &Field) -> Result<Vec<Operand>, SyntaxError> {
        self.demand_symbol("(")?;
        let mut values = vec![self.value(field)?];
        while self.take_symbol(",") {
            values.push(self.value(field)?);
        }
        self.demand_symbol(")")?;
        Ok(values)
    }

    fn value(&mut self, field: &Field) -> Result<Operand, SyntaxError> {
        let at = self.here();
        let missing =
            || ("a value should stand here: 'text', a number, a date, true or false".to_owned(), at);
        let value = match self.tokens.first().map(|token| &token.word) {
            Some(Word::Text(text)) => operand::of_text(text, field),
            Some(Word::Literal(text)) => operand::of_literal(text, field),
            Some(Word::Name(name)) if name.eq_ignore_ascii_case("true") => operand::of_truth(true, field),
            Some(Word::Name(name)) if name.eq_ignore_ascii_case("false") => operand::of_truth(false, field),
            Some(Word::Name(name)) if name.eq_ignore_ascii_case("null") => {
                return Err(("nothing equals NULL; write IS NULL or IS NOT NULL".to_owned(), at));
            }
            Some(Word::Name(name)) => Err(format!("`{name}` should stand in single quotes: '{name}'")),
            _ => return Err(missing()),
        };
        self.advance();
        value.map_err(|why| (why, at))
    }

    /// Parses a text in quotes; `what` names it in an error.
    fn text(&mut self, what: &str) -> Result<String, SyntaxError> {
        let at = self.here();
        match self.tokens.first().map(|token| &token.word) {
            Some(Word::Text(text)) => {
                self.advance();
                Ok(text.clone())
            }
            _ => Err((format!("{what} in single quotes should stand here"), at)),
        }
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = matches!(self.tokens.first(), Some(Token { word: Word::Name(name), .. }) if name.eq_ignore_ascii_case(keyword));
        if found {
            self.advance();
        }
        found
    }

    fn take_symbol(&mut self, symbol: &str) -> bool {
        let found =
            matches!(self.tokens.first(), Some(Token { word: Word::Symbol(found), .. }) if *found == symbol);
        if found {
            self.advance();
        }
        found
    }

    fn demand_symbol(&mut self, symbol: &str) -> Result<(), SyntaxError> {
        let at = self.here();
        if self.take_symbol(symbol) { Ok(()) } else { Err((format!("{symbol:?} should stand here"), at)) }
    }

    fn here(&self) -> usize {
        self.tokens.first().map_or(self.end, |token| token.at)
    }

    fn advance(&mut self) {
        self.tokens = self.tokens.get(1..).unwrap_or_default();
    }
}

fn negate(expression: Expression, not: bool) -> Expression {
    if not { Expression::Not(Box::new(expression)) } else { expression }
}

fn is_keyword(name: &str) -> bool {
    KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(name))
}
