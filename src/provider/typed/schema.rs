//! The schema of a typed resource.

use crate::catalog::{Kind, Shape};
use crate::provider::connection_schema::computed;
use crate::provider::resources::connection_attribute;
use crate::provider::typed::surface::{Form, Repeats, Slot, Surface};
use crate::terraform::schema::{Attribute, Block, NestedBlock, Nesting, Schema};
use crate::terraform::value::Type;

/// Above the versions of the providers whose states can be taken over.
const VERSION: i64 = 3;
/// Known values that a description names; the documentation page has all of them.
const NAMED: usize = 8;

impl Surface {
    /// The schema that Terraform gets.
    pub(super) fn schema(&self) -> Schema {
        let block = block(&self.slots, format!("A {} in Stripe.", self.entity.name));
        let mut schema = Schema { version: VERSION, block };
        schema.block.attributes.push(connection_attribute());
        if self.has_output() {
            let description = "What Stripe answers inside the arguments that are objects, at the same path: members that were not written included, secrets left out.";
            schema.block.attributes.push(computed("output", Type::Dynamic, description));
        }
        schema.block.attributes.sort_by(|a, b| a.name.cmp(&b.name));
        schema
    }
}

fn block(slots: &[Slot], description: String) -> Block {
    let mut block = Block::new(description, Vec::new());
    for slot in slots {
        match &slot.form {
            Form::Attribute(ty) => block.attributes.push(attribute(slot, ty)),
            Form::Block(repeats, members) => {
                let nesting = if *repeats == Repeats::Once { Nesting::One } else { Nesting::List };
                let inner = self::block(members, describe(slot));
                block.blocks.push(NestedBlock::new(slot.name.clone(), nesting, inner));
            }
        }
    }
    block
}

fn attribute(slot: &Slot, ty: &Type) -> Attribute {
    let mut attribute = Attribute::new(slot.name.clone(), ty.clone(), slot.presence, describe(slot));
    if let Some(instead) = &slot.retired {
        attribute =
            attribute.deprecated(format!("Stripe no longer takes it, so it is not sent. Write {instead}."));
    }
    if slot.sensitive { attribute.sensitive() } else { attribute }
}

/// What an attribute takes or holds, as a sentence.
pub(super) fn describe(slot: &Slot) -> String {
    let what = of_kind(&slot.shape);
    if slot.is_argument() { format!("{what}.") } else { format!("{what}, as Stripe answers it.") }
}

fn of_kind(shape: &Shape) -> String {
    match &shape.kind {
        Kind::Any => "Any value".to_owned(),
        Kind::Boolean => "`true` or `false`".to_owned(),
        Kind::Currency => "Three-letter currency code".to_owned(),
        Kind::DateTime => "Time in RFC 3339, such as `2026-01-31T12:00:00Z`".to_owned(),
        Kind::Decimal => "Decimal number as text".to_owned(),
        Kind::Enum(values) => one_of(values),
        Kind::File => "Content of a file in base64".to_owned(),
        Kind::Id(objects) => id_of(objects),
        Kind::Integer => "Whole number".to_owned(),
        Kind::List(item) => format!("List: {}", lower(&of_kind(item))),
        Kind::Map(value) => format!("Map: {}", lower(&of_kind(value))),
        Kind::Number => "Number".to_owned(),
        Kind::Object(members) => members_of(members.iter().map(|member| member.name.as_str())),
        Kind::Page(object) => format!("Objects of type `{object}`"),
        Kind::Range => "Time, or an object of `gt`, `gte`, `lt` and `lte`".to_owned(),
        Kind::Set(item) => format!("List in any order: {}", lower(&of_kind(item))),
        Kind::Text { max_length: 0 } => "Text".to_owned(),
        Kind::Text { max_length } => format!("Text of at most {max_length} characters"),
        Kind::Time => "Time in seconds since 1970".to_owned(),
        Kind::Union(shapes) => shapes.iter().map(of_kind).collect::<Vec<_>>().join(", or "),
        Kind::Whole(object) => format!("Object of type `{object}`"),
    }
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn one_of(values: &[String]) -> String {
    let named: Vec<String> = values.iter().take(NAMED).map(|value| format!("`{value}`")).collect();
    let more = if values.len() > NAMED { ", …" } else { "" };
    format!("One of {}{more}", named.join(", "))
}

fn id_of(objects: &[String]) -> String {
    if objects.is_empty() {
        return "Id of an object".to_owned();
    }
    format!("Id of a {}", objects.iter().map(|object| format!("`{object}`")).collect::<Vec<_>>().join(" or "))
}

fn members_of<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let named: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if named.is_empty() { "Object".to_owned() } else { format!("Object of {}", named.join(", ")) }
}
