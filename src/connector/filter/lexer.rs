//! Splits a filter clause into tokens, each with its position.

/// A token of a clause.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Word {
    /// A name or a keyword; names in brackets are never keywords.
    Name(String),
    /// A name in brackets.
    Bracketed(String),
    /// Text in single quotes.
    Text(String),
    /// A number or a date, as it was written.
    Literal(String),
    /// `=`, `<>`, `(` and so on.
    Symbol(&'static str),
}

/// A word and its position, in bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) word: Word,
    pub(super) at: usize,
}

/// A message about a fault, and its position in bytes.
pub(super) type SyntaxError = (String, usize);

/// Longer symbols come first, so that `<=` is not read as `<`.
const SYMBOLS: [&str; 11] = ["<=", ">=", "<>", "!=", "==", "=", "<", ">", "(", ")", ","];

/// Splits a clause into words.
pub(super) fn tokens(clause: &str) -> Result<Vec<Token>, SyntaxError> {
    let mut tokens = Vec::new();
    let mut rest = clause.trim_start();
    while let Some(first) = rest.chars().next() {
        let at = clause.len() - rest.len();
        let (word, length) = word(rest, first, at)?;
        tokens.push(Token { word, at });
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    Ok(tokens)
}

/// The first word and its length in bytes.
fn word(rest: &str, first: char, at: usize) -> Result<(Word, usize), SyntaxError> {
    if first == '\'' {
        return quoted(rest, at);
    }
    if first == '[' {
        let end = rest.find(']').ok_or_else(|| ("the name has no closing bracket".to_owned(), at))?;
        return Ok((Word::Bracketed(rest.get(1..end).unwrap_or_default().to_owned()), end + 1));
    }
    if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
        return Ok((Word::Symbol(if *symbol == "==" { "=" } else { symbol }), symbol.len()));
    }
    if first.is_ascii_digit() || (matches!(first, '-' | '.') && rest.len() > 1) {
        return Ok(run(rest, |c| c.is_ascii_alphanumeric() || ".:+-".contains(c), Word::Literal));
    }
    if first.is_alphabetic() || first == '_' {
        return Ok(run(rest, |c| c.is_alphanumeric() || "_.".contains(c), Word::Name));
    }
    if first == '"' {
        return Err(("text stands in single quotes".to_owned(), at));
    }
    Err((format!("{first:?} means nothing here; text stands in single quotes"), at))
}

fn run(rest: &str, belongs: fn(char) -> bool, word: fn(String) -> Word) -> (Word, usize) {
    let length = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    (word(rest.get(..length).unwrap_or_default().to_owned()), length)
}

/// Text up to the closing quote; two single quotes in it stand for one.
fn quoted(rest: &str, at: usize) -> Result<(Word, usize), SyntaxError> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((place, letter)) = letters.next() {
        if letter != '\'' {
            text.push(letter);
        } else if letters.next_if(|(_, next)| *next == '\'').is_some() {
            text.push('\'');
        } else {
            return Ok((Word::Text(text), place + 1));
        }
    }
    Err(("the text has no closing quote".to_owned(), at))
}
