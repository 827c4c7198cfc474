//! Diagnostics and attribute paths in their wire form.

use crate::terraform::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::terraform::value::{Path, Step, Type};
use crate::terraform::wire::tfplugin5::{
    self as wire, attribute_path::step::Selector, diagnostic::Severity as WireSeverity,
};

/// The maximum length of a message text, in characters.
const LONGEST: usize = 12_000;

/// Encodes one message. The severity is always set: its default would not stop a run.
#[expect(clippy::needless_pass_by_value, reason = "maps what is sent once")]
pub(super) fn to_wire(diagnostic: Diagnostic) -> wire::Diagnostic {
    let severity = match diagnostic.severity {
        Severity::Error => WireSeverity::Error,
        Severity::Warning => WireSeverity::Warning,
    };
    let attribute = (!diagnostic.path.steps().is_empty()).then(|| path_to_wire(&diagnostic.path));
    wire::Diagnostic {
        severity: severity.into(),
        summary: printable(&diagnostic.summary),
        detail: printable(&diagnostic.detail),
        attribute,
    }
}

/// Adds the provider's findings about a configuration to those of the schema rules, so that one run reports
/// both. For an attribute that breaks a rule, only the rule's message is kept.
pub(super) fn add(found: &mut Diagnostics, of_provider: Diagnostics) {
    let broken: Vec<Path> =
        found.iter().filter(|it| it.severity == Severity::Error).map(|it| it.path.clone()).collect();
    let more = of_provider.into_iter().filter(|it| it.path == Path::root() || !broken.contains(&it.path));
    found.extend(more);
}

/// Makes a text safe for Terraform to print, since Terraform passes on whatever it gets: escapes control
/// characters and characters that change the writing direction, and cuts very long texts.
pub(super) fn printable(text: &str) -> String {
    let turns = |letter| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut shown = String::with_capacity(text.len().min(LONGEST));
    for letter in text.chars().take(LONGEST) {
        if !matches!(letter, '\n' | '\t') && letter.is_control() || turns(letter) {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// Encodes messages about an object of type `ty`.
pub(super) fn all_to_wire(diagnostics: Diagnostics, ty: &Type) -> Vec<wire::Diagnostic> {
    let clipped = diagnostics.into_iter().map(|diagnostic| {
        let path = up_to_set(&diagnostic.path, ty);
        diagnostic.at(path)
    });
    clipped.map(to_wire).collect()
}

/// Encodes a path as attribute names, map keys and list positions.
pub(super) fn path_to_wire(path: &Path) -> wire::AttributePath {
    let steps = path.steps().iter().map(|step| {
        let selector = match step {
            Step::Attribute(name) => Selector::AttributeName(name.clone()),
            Step::Key(key) => Selector::ElementKeyString(key.clone()),
            Step::Index(index) => Selector::ElementKeyInt(*index),
        };
        wire::attribute_path::Step { selector: Some(selector) }
    });
    wire::AttributePath { steps: steps.collect() }
}

/// Returns the path up to the first set in it: elements of a set have no steps on the wire.
pub(super) fn up_to_set(path: &Path, ty: &Type) -> Path {
    let mut clipped = Path::root();
    let mut here = Some(ty);
    for step in path.steps() {
        if matches!(here, Some(Type::Set(_))) {
            break;
        }
        here = here.and_then(|ty| inside(ty, step));
        clipped = match step {
            Step::Attribute(name) => clipped.name(name),
            Step::Key(key) => clipped.key(key),
            Step::Index(index) => clipped.index(usize::try_from(*index).unwrap_or(usize::MAX)),
        };
    }
    clipped
}

/// Returns the type one step further in, or `None` if the type has no such step.
fn inside<'a>(ty: &'a Type, step: &Step) -> Option<&'a Type> {
    match (ty, step) {
        (Type::Object(attributes), Step::Attribute(name)) => attributes.get(name),
        (Type::Map(element), Step::Key(_)) | (Type::List(element), Step::Index(_)) => Some(element),
        (Type::Tuple(elements), Step::Index(index)) => elements.get(usize::try_from(*index).ok()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_step_has_its_selector() {
        let path = Path::attribute("items").index(2).name("tags").key("a b");
        let selectors: Vec<_> =
            path_to_wire(&path).steps.into_iter().filter_map(|step| step.selector).collect();
        let expected = [
            Selector::AttributeName("items".into()),
            Selector::ElementKeyInt(2),
            Selector::AttributeName("tags".into()),
            Selector::ElementKeyString("a b".into()),
        ];
        assert_eq!(selectors, expected);
    }

    #[test]
    fn severities_are_never_left_at_zero_and_the_root_has_no_path() {
        let error = to_wire(Diagnostic::error("A", "b"));
        let warning = to_wire(Diagnostic::warning("A", "b").at_attribute("name"));
        assert_eq!((error.severity, error.attribute), (1, None));
        assert_eq!((warning.severity, warning.attribute.map(|path| path.steps.len())), (2, Some(1)));
    }

    #[test]
    fn no_message_drives_a_terminal_or_fills_it() {
        let sent = to_wire(Diagnostic::error("A\u{1b}[31m", "a\tb\n\rc\u{9b}\u{202e}\u{7f}é"));
        assert_eq!(sent.summary, "A\\u{1b}[31m");
        assert_eq!(sent.detail, "a\tb\n\\rc\\u{9b}\\u{202e}\\u{7f}é");
        let long = to_wire(Diagnostic::error("A", "x".repeat(1 << 20))).detail;
        assert!(long.len() < 2 * LONGEST && long.ends_with("x…"));
    }

    #[test]
    fn a_path_ends_at_its_set() {
        let ty = Type::object([
            ("labels", Type::set(Type::object([("name", Type::String)]))),
            ("steps", Type::list(Type::String)),
        ]);
        let into_set = Path::attribute("labels").index(0).name("name");
        assert_eq!(up_to_set(&into_set, &ty), Path::attribute("labels"));
        let into_list = Path::attribute("steps").index(3);
        assert_eq!(up_to_set(&into_list, &ty), into_list);
    }
}
