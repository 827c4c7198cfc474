//! The rules that core asserts for every answer. Each rule returns what is broken, and where. Each has a test
//! that shows that it fires.

use stripe_provider::terraform::value::{Path, Step, Value};
use stripe_provider::terraform::wire::tfplugin5::{
    self as wire,
    attribute_path::step::Selector,
    import_resource_state::ImportedResource,
    schema::{Block, nested_block::NestingMode},
};

use super::terraform::Object;

mod compatible;
mod identity;
mod plan_valid;
mod schemas;

pub use compatible::compatible;
pub use identity::{identifiable, identity_type};
pub use plan_valid::plan_valid;
pub use schemas::loadable;

/// The answer to one plan.
#[derive(Debug, Clone)]
pub struct Planned {
    pub planned: Object,
    pub requires_replace: Vec<wire::AttributePath>,
}

/// A plan is a function of its request: only the private data may differ.
pub fn repeatable(first: &Planned, second: &Planned) -> Vec<String> {
    let same =
        first.planned.state == second.planned.state && first.requires_replace == second.requires_replace;
    let difference = || format!("planned differently the second time: {first:?} and {second:?}");
    (!same).then(difference).into_iter().collect()
}

/// Returns whether the object must be replaced, and the paths that do not exist.
///
/// A path counts if the planned value differs from the prior one or is unknown.
pub fn replacing(paths: &[wire::AttributePath], prior: &Value, planned: &Value) -> (bool, Vec<String>) {
    let mut missing = Vec::new();
    let mut replaces = false;
    if prior.is_null() {
        return (false, missing);
    }
    for path in paths.iter().map(to_path) {
        let (before, after) = (find(prior, &path), find(planned, &path));
        if before.is_none() && after.is_none() {
            missing.push(format!("requires_replace has {path:?}, which does not exist"));
        }
        replaces |= before != after || after.is_some_and(Value::is_unknown);
    }
    (replaces, missing)
}

/// Converts a wire path to a value's path.
pub fn to_path(path: &wire::AttributePath) -> Path {
    path.steps.iter().fold(Path::root(), |path, step| match step.selector.as_ref().expect("a selector") {
        Selector::AttributeName(name) => path.name(name),
        Selector::ElementKeyString(key) => path.key(key),
        Selector::ElementKeyInt(index) => path.index(usize::try_from(*index).expect("an index")),
    })
}

fn find<'a>(value: &'a Value, path: &Path) -> Option<&'a Value> {
    path.steps().iter().try_fold(value, |value, step| match step {
        Step::Attribute(name) | Step::Key(name) => value.as_map()?.get(name.as_str()),
        Step::Index(index) => match value {
            Value::List(items) => items.get(usize::try_from(*index).ok()?),
            _ => None,
        },
    })
}

/// Nothing in a state may be unknown.
pub fn wholly_known(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    unknowns(value, &Path::root(), &mut found);
    found
}

fn unknowns(value: &Value, path: &Path, found: &mut Vec<String>) {
    match value {
        Value::Unknown => found.push(format!("`{path}` is unknown")),
        Value::List(items) | Value::Set(items) => {
            items.iter().enumerate().for_each(|(index, item)| unknowns(item, &path.index(index), found));
        }
        Value::Map(entries) => {
            for (name, item) in entries {
                unknowns(item, &path.name(name), found);
            }
        }
        Value::Dynamic(inner) => unknowns(&inner.1, path, found),
        _ => {}
    }
}

/// No plan and no state may contain the value of a write-only attribute.
pub fn write_only_null(block: &Block, value: &Value) -> Vec<String> {
    let attributes = block.attributes.iter().filter(|a| a.write_only && !value.get(&a.name).is_null());
    let mut found: Vec<_> = attributes.map(|a| format!("write-only `{}` is not null", a.name)).collect();
    for nested in nested(block) {
        let objects = objects(nested.value_in(value));
        found.extend(objects.iter().flat_map(|(_, object)| write_only_null(nested.block, object)));
    }
    found
}

/// A read may not answer with unknown values, nor lose the private data that it was given.
pub fn read_valid(private_before: &[u8], read: &Object) -> Vec<String> {
    let mut broken = wholly_known(&read.state);
    if !read.state.is_null() && !private_before.is_empty() && read.private.is_empty() {
        broken.push("the read lost the private data".to_owned());
    }
    broken
}

/// A data source must answer with an object, and with nothing unknown.
pub fn data_valid(state: &Value) -> Vec<String> {
    if state.is_null() { vec!["the data source is null".to_owned()] } else { wholly_known(state) }
}

/// An import must answer with exactly one object of the requested type.
pub fn import_valid(name: &str, imported: &[ImportedResource]) -> Vec<String> {
    match imported {
        [one] if one.type_name == name && one.state.is_some() => Vec::new(),
        [one] => vec![format!("imported a {:?} with state {:?}", one.type_name, one.state)],
        many => vec![format!("imported {} objects", many.len())],
    }
}

/// A severity of zero would not stop a run, and an empty summary says nothing.
pub fn diagnostics_valid(diagnostics: &[wire::Diagnostic]) -> Vec<String> {
    let invalid = diagnostics.iter().filter(|d| !matches!(d.severity, 1 | 2) || d.summary.is_empty());
    invalid.map(|diagnostic| format!("invalid diagnostic {diagnostic:?}")).collect()
}

/// The legacy type system hides broken rules, and a deferral stops most clients.
pub fn no_escape(legacy_type_system: bool, deferred: bool) -> Vec<String> {
    let legacy = legacy_type_system.then(|| "uses the legacy type system".to_owned());
    let deferred = deferred.then(|| "defers".to_owned());
    legacy.into_iter().chain(deferred).collect()
}

/// A kind of nested block.
#[derive(Debug, Clone, Copy)]
struct Nested<'a> {
    name: &'a str,
    mode: NestingMode,
    block: &'a Block,
}

impl Nested<'_> {
    /// The value of these blocks in an object.
    fn value_in<'v>(&self, object: &'v Value) -> &'v Value {
        object.get(self.name)
    }
}

/// The kinds of nested blocks of a block.
fn nested(block: &Block) -> impl Iterator<Item = Nested<'_>> {
    block.block_types.iter().map(|nested| Nested {
        name: &nested.type_name,
        mode: nested.nesting(),
        block: nested.block.as_ref().expect("a block"),
    })
}

/// The objects of nested blocks, each with its place: a position, a label, or nothing in a set.
fn objects(value: &Value) -> Vec<(Option<Step>, &Value)> {
    match value {
        Value::List(items) => {
            let place = |at| Some(Step::Index(i64::try_from(at).expect("a position")));
            items.iter().enumerate().map(|(at, item)| (place(at), item)).collect()
        }
        Value::Set(items) => items.iter().map(|item| (None, item)).collect(),
        Value::Map(entries) => {
            entries.iter().map(|(label, item)| (Some(Step::Key(label.to_string())), item)).collect()
        }
        _ => Vec::new(),
    }
}

/// The path of the object at this place.
fn place(at: &Path, step: Option<&Step>) -> Path {
    match step {
        Some(Step::Index(index)) => at.index(usize::try_from(*index).expect("a position")),
        Some(Step::Key(label)) => at.key(label),
        _ => at.clone(),
    }
}

/// The object at a place of nested blocks; null if there is none.
fn object_at<'v>(value: &'v Value, step: Option<&Step>) -> &'v Value {
    let found = objects(value).into_iter().find(|(place, _)| place.is_some() && place.as_ref() == step);
    found.map_or(&Value::Null, |(_, object)| object)
}
