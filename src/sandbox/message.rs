//! Fills values into message templates.

/// Fills in the placeholders of a text. Returns `None` if one has no value.
pub(super) fn filled(text: &str, named: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        filled += before;
        filled += &named(name).or_else(|| name.is_empty().then(|| "{}".to_owned()))?;
        rest = after;
    }
    Some(filled + rest)
}

/// Fills in the placeholders of a message; those without a value stay.
pub(super) fn message(text: &str, named: impl Fn(&str) -> Option<String>) -> String {
    filled(text, |name| named(name).or_else(|| Some(format!("{{{name}}}"))))
        .unwrap_or_else(|| text.to_owned())
}
