//! Messages that are declared once: a name, a severity, a summary, what is wrong, and what to do next.
//!
//! A table of them is written with `messages!`, which generates a constructor for each. So all texts of a
//! provider are in one place, documentation can list them, and a test can check that each one is used.

use crate::terraform::diagnostic::{Diagnostic, Severity};

/// One declared message.
#[derive(Debug, Clone, Copy)]
pub struct Message {
    /// The name of its constructor.
    pub name: &'static str,
    /// Whether it stops the run.
    pub severity: Severity,
    /// At most six words in title case; any addition to the summary follows them.
    pub summary: &'static str,
    /// What is wrong, with `{…}` for the parts that vary.
    pub what: &'static str,
    /// What to do next; empty if the first part already says it.
    pub next: &'static str,
}

/// Stand-ins for escaped braces while the placeholders of a text are located.
const OPEN: &str = "\u{1}";
const CLOSE: &str = "\u{2}";

impl Message {
    /// Whether a diagnostic is an instance of this message: it contains the message's fixed words in order.
    pub fn is_told_by(&self, diagnostic: &Diagnostic) -> bool {
        let template = [self.what, self.next].join(" ").replace("{{", OPEN).replace("}}", CLOSE);
        let mut rest = diagnostic.detail.as_str();
        let mut fixed = template.trim_end().split('{').enumerate().map(|(at, part)| match at {
            0 => part,
            _ => part.split_once('}').map_or("", |(_, words)| words),
        });
        let in_order =
            fixed.all(|words| match rest.split_once(words.replace(OPEN, "{").replace(CLOSE, "}").trim()) {
                Some((_, after)) => {
                    rest = after;
                    true
                }
                None => false,
            });
        in_order && self.severity == diagnostic.severity && diagnostic.summary.starts_with(self.summary)
    }
}

/// Declares messages, with a constructor for each and a table `MESSAGES` of all of them:
///
/// ```text
/// error box_is_full(name: &str, size: usize) "Box Is Full"
///     "`{name}` holds {size} things, and no more fit in." "Empty it, or take another one.";
/// ```
macro_rules! messages {
    ($($severity:ident $name:ident($($given:ident: $ty:ty),*) $summary:literal $what:literal $next:literal;)*) => {
        $(
            #[doc = concat!("*", $summary, "*: ", $what)]
            pub fn $name($($given: $ty),*) -> $crate::terraform::diagnostic::Diagnostic {
                let (what, next) = (format_args!($what).to_string(), format_args!($next).to_string());
                let detail = if next.is_empty() { what } else { format!("{what} {next}") };
                $crate::terraform::diagnostic::Diagnostic::$severity($summary, detail)
            }
        )*

        /// Every message that is declared here.
        pub const MESSAGES: &[$crate::terraform::message::Message] = &[
            $($crate::terraform::message::Message {
                name: stringify!($name),
                severity: $crate::terraform::message::messages!(@ $severity),
                summary: $summary,
                what: $what,
                next: $next,
            }),*
        ];
    };
    (@ error) => { $crate::terraform::diagnostic::Severity::Error };
    (@ warning) => { $crate::terraform::diagnostic::Severity::Warning };
}
pub(crate) use messages;

#[cfg(test)]
mod tests {
    use super::*;

    messages! {
        error box_is_full(name: &str, size: usize) "Box Is Full"
            "`{name}` holds {size} things, and no more fit in." "Empty {{it}}.";
        warning box_is_old() "Box Is Old" "It is old." "";
    }

    #[test]
    fn a_message_is_known_again_by_its_fixed_words() {
        let [full, old] = MESSAGES else { panic!("two are declared") };
        let told = box_is_full("red", 7);
        assert_eq!(told.detail, "`red` holds 7 things, and no more fit in. Empty {it}.");
        assert!(full.is_told_by(&told) && !old.is_told_by(&told));
        assert!(old.is_told_by(&box_is_old()) && old.name == "box_is_old");
        assert!(!full.is_told_by(&Diagnostic { severity: Severity::Warning, ..told }));
    }
}
