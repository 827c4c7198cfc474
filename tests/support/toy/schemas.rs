//! The toy's schemas: one attribute and one block of every kind that a schema can have.

use stripe_provider::terraform::diagnostic::{Diagnostic, Diagnostics};
use stripe_provider::terraform::schema::Presence::{Computed, Optional, OptionalComputed, Required};
use stripe_provider::terraform::schema::{
    Attribute, Block, MemberDoc, NestedBlock, Nesting, Presence, Rule, Schema,
};
use stripe_provider::terraform::value::{Path, Type, Value};

/// What a box can be made of, as data that might have been read from a file.
const MATERIALS: &str = "wood\ntin\npaper\n";

/// The provider block.
pub fn provider() -> Schema {
    Schema::new("Boxes in memory.", vec![text("room", Optional).rule(Rule::NotEmpty)])
}

/// The managed resource `toy_box`.
pub fn toy_box() -> Schema {
    let place = Type::object([("shelf", Type::Number), ("room", Type::String)]);
    let attributes = vec![
        text("id", Computed),
        text("name", Required).rule(Rule::NotEmpty),
        text("kind", Required).rule(Rule::one_of(MATERIALS.lines().map(str::to_owned))),
        text("note", Optional).deprecated("Use `tags`."),
        attribute("size", Type::Number, OptionalComputed).rule(Rule::Range(1, 9)),
        attribute("revision", Type::Number, Computed),
        attribute("tags", Type::map(Type::String), Optional),
        attribute("labels", Type::set(Type::String), Optional),
        text("code", Optional).sensitive().write_only(),
        attribute("locked", Type::Bool, Computed),
        attribute("place", place, Computed).with_members(vec![
            MemberDoc::new("shelf", Type::Number, Computed, "Counted from the floor."),
            MemberDoc::new("room", Type::String, Computed, "Where the shelf is."),
        ]),
    ];
    Schema::new("A box.", attributes).with_blocks(vec![lid(), stickers(), drawers()])
}

fn lid() -> NestedBlock {
    let hinge = Block::new("What the lid hangs on.", vec![text("metal", Required)]);
    let block = Block::new("What closes the box.", vec![text("color", Required), text("style", Optional)])
        .with_blocks(vec![NestedBlock::new("hinge", Nesting::List, hinge)]);
    NestedBlock::new("lid", Nesting::One, block)
}

fn stickers() -> NestedBlock {
    let block =
        Block::new("What is stuck on the box.", vec![text("motif", Required), text("serial", Computed)])
            .deprecated("Use `labels`.");
    NestedBlock::new("sticker", Nesting::Set, block)
}

/// A block whose name and attributes are made when the schema is built.
fn drawers() -> NestedBlock {
    let sides = ["left", "right"].map(|side| attribute(format!("{side}_handles"), Type::Number, Optional));
    let code = text("code", Optional).write_only();
    let attributes = sides.into_iter().chain([code]).collect();
    NestedBlock::new("drawer".to_owned(), Nesting::Map, Block::new("What slides out.", attributes))
}

/// The data source `toy_boxes`.
pub fn toy_boxes() -> Schema {
    let attributes = vec![
        text("kind", Required).rule(Rule::one_of(MATERIALS.lines().map(str::to_owned))),
        attribute("count_of", Type::Number, Computed),
    ];
    Schema::new("How many boxes there are of a kind.", attributes)
}

fn text(name: &'static str, presence: Presence) -> Attribute {
    attribute(name, Type::String, presence)
}

fn attribute(name: impl Into<std::borrow::Cow<'static, str>>, ty: Type, presence: Presence) -> Attribute {
    Attribute::new(name, ty, presence, "Text.")
}

/// Finds problems of a box that no single attribute shows.
pub fn validate_box(config: &Value) -> Diagnostics {
    let into_set = Path::attribute("labels").index(0);
    let error = Diagnostic::error("Empty Label", "A label needs text.").at(into_set);
    let empty = config.get("labels").items().contains(&Value::from(""));
    if empty { vec![error] } else { Vec::new() }
}

/// Finds problems of a count that no single attribute shows.
pub fn validate_boxes(config: &Value) -> Diagnostics {
    let error = Diagnostic::error("Paper Boxes Not Counted", "They are thrown away.").at_attribute("kind");
    if config.get("kind").as_str() == Some("paper") { vec![error] } else { Vec::new() }
}
