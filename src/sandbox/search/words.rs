//! Splits a search query into tokens: names, texts, numbers and signs.

/// A token of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// `status`, `metadata`, `AND`, `null`, `1200`, `-5`; a minus before a name is a sign.
    Bare(String),
    /// `'text'` or `"text"`.
    Quoted(String),
    /// One of `: ~ > >= < <= - [ ]`.
    Sign(&'static str),
}

const SIGNS: &[&str] = &[">=", "<=", ":", "~", ">", "<", "-", "[", "]"];

/// Splits a query into words; the error is the part that cannot be parsed.
pub(super) fn read(text: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '\'' | '"' => quoted(rest, first)?,
            _ if starts_bare(rest) => bare(rest),
            _ => sign(rest)?,
        };
        words.push(word);
        rest = after.trim_start();
    }
    Ok(words)
}

fn is_bare(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.')
}

/// Whether a name or a number starts here; a minus belongs to a number.
fn starts_bare(rest: &str) -> bool {
    let mut letters = rest.chars();
    match letters.next() {
        Some('-') => letters.next().is_some_and(|next| next.is_ascii_digit()),
        first => first.is_some_and(is_bare),
    }
}

fn bare(rest: &str) -> (Word, &str) {
    let end =
        rest.char_indices().skip(1).find(|(_, letter)| !is_bare(*letter)).map_or(rest.len(), |(at, _)| at);
    let (word, after) = rest.split_at(end);
    (Word::Bare(word.to_owned()), after)
}

fn sign(rest: &str) -> Result<(Word, &str), String> {
    let found = SIGNS.iter().find_map(|sign| Some((*sign, rest.strip_prefix(sign)?)));
    let (sign, after) = found.ok_or_else(|| rest.chars().take(1).collect::<String>())?;
    Ok((Word::Sign(sign), after))
}

/// Parses a quoted text; a backslash takes the next letter literally.
fn quoted(rest: &str, quote: char) -> Result<(Word, &str), String> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => text.extend(letters.next().map(|(_, letter)| letter)),
            letter if letter == quote => {
                let after = rest.get(at + letter.len_utf8()..).unwrap_or_default();
                return Ok((Word::Quoted(text), after));
            }
            letter => text.push(letter),
        }
    }
    Err(rest.to_owned())
}
