//! Colour and weight of text, on a terminal that supports them.

use std::fmt;

use crate::env::{self, Env};

/// Whether text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour(bool);

/// A coloured text; padding counts only the text itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Painted<'t> {
    text: &'t str,
    code: Option<&'static str>,
}

impl Colour {
    /// Uses colour only on a terminal, and not if `NO_COLOR` is set or the terminal is dumb.
    pub(super) fn of(env: &Env, is_terminal: bool) -> Self {
        let dumb = env.get(env::TERM).is_some_and(|term| term == "dumb");
        Self(is_terminal && !dumb && env.get(env::NO_COLOR).is_none())
    }

    /// Styles a heading.
    pub(super) fn bold(self, text: &str) -> Painted<'_> {
        self.painted(text, "1")
    }

    /// Styles a success.
    pub(super) fn green(self, text: &str) -> Painted<'_> {
        self.painted(text, "32")
    }

    /// Styles text to be typed or pasted.
    pub(super) fn cyan(self, text: &str) -> Painted<'_> {
        self.painted(text, "36")
    }

    fn painted<'t>(self, text: &'t str, code: &'static str) -> Painted<'t> {
        Painted { text, code: self.0.then_some(code) }
    }
}

impl fmt::Display for Painted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(code) = self.code else { return f.pad(self.text) };
        write!(f, "\u{1b}[{code}m")?;
        f.pad(self.text)?;
        f.write_str("\u{1b}[0m")
    }
}

#[cfg(test)]
mod tests {
    use super::Colour;
    use crate::env::Env;

    #[test]
    fn colour_is_for_terminals_that_want_it() {
        let env = |pairs: &[(&str, &str)]| Env::from_pairs(pairs.iter().copied());
        let text = |env: &Env, is_terminal| format!("{:3}|", Colour::of(env, is_terminal).bold("a"));
        assert_eq!(text(&env(&[("TERM", "xterm")]), true), "\u{1b}[1ma  \u{1b}[0m|");
        assert_eq!(text(&env(&[]), false), "a  |");
        assert_eq!(text(&env(&[("NO_COLOR", "1")]), true), "a  |");
        assert_eq!(text(&env(&[("TERM", "dumb")]), true), "a  |");
    }
}
