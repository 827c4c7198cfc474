//! Turns the text of an error into a sentence.

/// Returns the text of an error as a sentence, with a capital letter and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?', '\n']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}
