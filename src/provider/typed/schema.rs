//! Builds the schema of a typed resource.

use crate::catalog::names::{article, join_path};
use crate::catalog::{Entity, Kind, Member, NumberRange, OperationKind, Shape, at, find};
use crate::provider::connection_settings::connection_attribute;
use crate::provider::object::end_attributes;
use crate::provider::typed::answered::{METADATA_ALL, OUTPUT};
use crate::provider::typed::config_params::{keeps_metadata, names_momentary};
use crate::provider::typed::sentences::{about, purpose};
use crate::provider::typed::surface::{KEY, Repeats, Slot, SlotSyntax, Surface, attribute_type};
use crate::terraform::schema::{self, Attribute, Block, NestedBlock, Nesting, Presence, Schema};
use crate::terraform::value::Type;

/// Higher than the versions of the providers whose states can be taken over.
const VERSION: i64 = 3;
/// The attribute that makes a replacement a single update.
pub(super) const REPLACE_IN_PLACE: &str = "replace_in_place";
/// How many known values a description names; the documentation page lists all.
const NAMED: usize = 8;

impl Surface {
    /// Returns the schema for Terraform.
    pub(super) fn schema(&self) -> Schema {
        let update = self.entity.operation(OperationKind::Update);
        let update = Updatable::Members(update.map(|update| update.params.as_slice()).unwrap_or_default());
        let place = SchemaContext { entity: self.entity, path: String::new(), update };
        let block = block(&self.slots, &place, about(self.entity));
        let mut schema = Schema { version: VERSION, block };
        schema.block.attributes.extend(end_attributes());
        schema.block.attributes.extend(self.twin_attributes());
        schema.block.attributes.extend(self.secret_attributes());
        schema.block.attributes.extend(self.common_attributes());
        if !self.entity.transfers.is_empty() {
            schema.block.attributes.push(Attribute::optional(REPLACE_IN_PLACE, Type::Bool, "Whether a change that needs a new object is done in one update: the new object is created, takes over the unique names of the old one, and then the old one ends. `id` changes. Default `false`: Terraform replaces the resource."));
        }
        if self.has_output() {
            let description = format!("{OUTPUT_IS}, but without secrets.");
            schema.block.attributes.push(Attribute::computed(OUTPUT, Type::Dynamic, &description));
        }
        schema.block.attributes.sort_by(|a, b| a.name.cmp(&b.name));
        schema
    }

    /// Returns the schema of an ephemeral resource. It is created once, so nothing says what a change
    /// does. None of it is in a state, so no value needs a write-only twin and no secret is left out.
    pub(super) fn ephemeral_schema(&self, description: String) -> Schema {
        let place = SchemaContext { entity: self.entity, path: String::new(), update: Updatable::Said };
        let mut block = block(&self.slots, &place, description);
        for attribute in &mut block.attributes {
            let is_required =
                |slot: &Slot| slot.name == attribute.name && slot.presence == Presence::Required;
            if self.slots.iter().any(is_required) {
                attribute.presence = Presence::Required;
            }
        }
        block.attributes.extend(self.common_attributes());
        if self.has_output() {
            let output = Attribute::computed(OUTPUT, Type::Dynamic, format!("{OUTPUT_IS}."));
            let mut answered = self.outputs().filter_map(|slot| self.entity.field(&slot.member));
            block.attributes.push(if answered.any(Shape::holds_secret) {
                output.sensitive()
            } else {
                output
            });
        }
        block.attributes.sort_by(|a, b| a.name.cmp(&b.name));
        Schema { version: 0, block }
    }

    /// Returns the schema of an action. Its secrets are write-only: they may come from an ephemeral
    /// resource, and no plan shows them.
    pub(super) fn action_schema(&self, description: String) -> Schema {
        let place = SchemaContext { entity: self.entity, path: String::new(), update: Updatable::Said };
        let mut block = block(&self.slots, &place, description);
        for attribute in &mut block.attributes {
            let slot = self.slots.iter().find(|slot| slot.name == attribute.name);
            attribute.presence = slot.map_or(attribute.presence, |slot| slot.presence);
            attribute.write_only =
                attribute.sensitive || slot.is_some_and(|slot| names_momentary(&slot.shape));
            // Nothing is removed from something that is created once.
            attribute.description = attribute.description.replace(TAKEN_AWAY, "");
        }
        block.attributes.push(connection_attribute());
        block.attributes.sort_by(|a, b| a.name.cmp(&b.name));
        Schema { version: 0, block }
    }

    /// The attributes of everything created through a connection.
    fn common_attributes(&self) -> Vec<Attribute> {
        let mut attributes = vec![connection_attribute()];
        if keeps_metadata(self.entity) {
            let description =
                "All metadata of the object: its own, and that of `default_metadata` in the provider block.";
            attributes.push(Attribute::computed(METADATA_ALL, Type::map(Type::String), description));
        }
        attributes
    }
}

/// The description of the attribute that shows Stripe's values inside arguments.
const OUTPUT_IS: &str = "What Stripe returns inside the arguments that are objects, at the same path, including members that were not set";

/// Says what a change of metadata does.
const TAKEN_AWAY: &str = " A key that you remove is removed in Stripe.";

/// The sentence about an argument that Stripe uses once and never returns.
const ACTS_AT_CREATION: &str = " It is used when the object is created; a change sends nothing.";

/// The sentence about a member of items that only an update accepts.
const LATE: &str = " It can be set once the object exists.";

/// The members that an update accepts at a place.
#[derive(Clone, Copy)]
enum Updatable<'e> {
    /// These members; empty if a change needs a new object.
    Members(&'e [Member]),
    /// The description of an outer place already says that a change creates a new object.
    Said,
}

impl Updatable<'_> {
    /// Returns what an update accepts inside a member, and a sentence about a change if the update does
    /// not accept the member in its written kind.
    fn of(self, name: &str, written: Option<&Shape>) -> (Self, &'static str) {
        let Self::Members(members) = self else { return (self, "") };
        let is_of_kind =
            |member: &&Member| written.is_none_or(|it| it.is_single() == member.shape.is_single());
        let Some(member) = find(members, name).filter(is_of_kind) else {
            return (Self::Said, " A change creates a new object.");
        };
        let shape = &member.shape;
        let inner = shape.item().or_else(|| shape.map_value()).unwrap_or(shape);
        (inner.members().map_or(Self::Said, Self::Members), "")
    }
}

/// The place of a param, and what an update accepts there.
struct SchemaContext<'e> {
    /// The entity type.
    entity: &'e Entity,
    /// The path of the param.
    path: String,
    update: Updatable<'e>,
}

impl SchemaContext<'_> {
    fn acts_at_creation(&self, path: &str) -> bool {
        self.entity.acts_at_creation(path)
    }

    /// Returns whether no create accepts a member of the items at this place.
    fn is_late(&self, name: &str) -> bool {
        let items = |params| at(params, &self.path).and_then(Shape::item);
        let has = |item: &Shape| item.member(name).is_some();
        let items = items(self.entity.params()).zip(items(self.entity.create_params()));
        items.is_some_and(|(known, created)| has(known) && !has(created))
    }

    /// Returns the place of a member, with the member's purpose and the effect of a change.
    fn member(&self, name: &str, takes: &str) -> (Self, String) {
        let path = join_path(&self.path, name);
        let (update, change) = match self.update.of(name, at(self.entity.params(), &path)) {
            _ if name == KEY => (Updatable::Said, ""),
            (update, change) if !change.is_empty() && self.acts_at_creation(&path) => {
                (update, ACTS_AT_CREATION)
            }
            of => of,
        };
        let purpose = purpose(&self.entity.key, &path).map(|it| format!("{it} ")).unwrap_or_default();
        let late = if self.is_late(name) { LATE } else { "" };
        (Self { entity: self.entity, path, update }, format!("{purpose}{takes}{change}{late}"))
    }
}

fn block(slots: &[Slot], place: &SchemaContext<'_>, description: String) -> Block {
    let mut block = Block::new(description, Vec::new());
    for slot in slots {
        let of_field = described(place.entity, &join_path(&place.path, &slot.member), slot);
        let (place, of_argument) = place.member(&slot.member, &describe(slot));
        let sentence = if slot.is_argument() { of_argument } else { of_field };
        match &slot.form {
            SlotSyntax::Attribute(ty) => block.attributes.push(attribute(slot, ty, &place, sentence)),
            SlotSyntax::Block(repeats, members) => {
                let nesting = if *repeats == Repeats::Once { Nesting::One } else { Nesting::List };
                let inner = self::block(members, &place, sentence);
                let nested = NestedBlock::new(slot.name.clone(), nesting, inner);
                let is_required = slot.presence == Presence::Required;
                block.blocks.push(if is_required { nested.required() } else { nested });
            }
        }
    }
    block
}

fn attribute(slot: &Slot, ty: &Type, place: &SchemaContext<'_>, sentence: String) -> Attribute {
    // A secret with a write-only twin need not be written itself; another check requires one of the two.
    let presence = match slot.presence {
        Presence::Required if place.path == slot.member && slot.takes_secret() => Presence::Optional,
        presence => presence,
    };
    let mut attribute = Attribute::new(slot.name.clone(), ty.clone(), presence, sentence);
    if let Some(instead) = &slot.retired {
        attribute =
            attribute.deprecated(format!("Stripe no longer takes it, so it is not sent. Write {instead}."));
    }
    if *ty == Type::Dynamic && slot.is_argument() {
        attribute = attribute.with_members(members(&slot.shape, place));
    }
    if slot.sensitive { attribute.sensitive() } else { attribute }
}

/// Returns the members of an object, or of the objects of a list or a map, for the documentation.
fn members(shape: &Shape, place: &SchemaContext<'_>) -> Vec<schema::MemberDoc> {
    let inner = shape.item().or_else(|| shape.map_value()).unwrap_or(shape);
    let all = inner.members().unwrap_or_default().iter().map(|member| {
        let (place, description) =
            place.member(&member.name, &format!("{}.", of_member(&member.name, &member.shape)));
        let presence = if member.shape.is_required() { Presence::Required } else { Presence::Optional };
        schema::MemberDoc::new(member.name.clone(), attribute_type(&member.shape), presence, description)
            .with_members(members(&member.shape, &place))
    });
    all.collect()
}

/// Describes the purpose and the content of a field, in sentences.
pub(super) fn described(entity: &Entity, path: &str, slot: &Slot) -> String {
    let purpose = purpose(&entity.key, path).map(|it| format!("{it} ")).unwrap_or_default();
    format!("{purpose}{}", describe(slot))
}

/// Describes what an attribute accepts or holds, in a sentence.
fn describe(slot: &Slot) -> String {
    if slot.is_argument() {
        format!("{}.", of_member(&slot.member, &slot.shape))
    } else {
        format!("{}, as Stripe answers it.", of_kind(&slot.shape))
    }
}

/// Describes what a param of that name accepts.
pub(super) fn of_member(name: &str, shape: &Shape) -> String {
    let what = of_kind(shape);
    match (&shape.kind, NumberRange::of(name)) {
        (Kind::Integer | Kind::Number, Some(range)) => format!("{what} {range}"),
        _ => what,
    }
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
        Kind::List(item) => many(item),
        Kind::Map(value) => format!("Map of {}", plural_of(value)),
        Kind::Number => "Number".to_owned(),
        Kind::Object(members) => members_of(members.iter().map(|member| member.name.as_str())),
        Kind::Page(object) => format!("Objects of type `{object}`"),
        Kind::Range => "Time, or an object of `gt`, `gte`, `lt` and `lte`".to_owned(),
        Kind::Set(item) => format!("{}, in any order", many(item)),
        Kind::Text { max_length: 0 } => "Text".to_owned(),
        Kind::Text { max_length } => format!("Text of at most {max_length} characters"),
        Kind::Time => "Time in seconds since 1970".to_owned(),
        Kind::Union(shapes) => one_of_kinds(shapes),
        Kind::Whole(object) => format!("Object of type `{object}`"),
    }
}

/// Describes values of several kinds in one sentence.
fn one_of_kinds(shapes: &[Shape]) -> String {
    let kinds = shapes.iter().map(|shape| match shape.values() {
        [word] => format!("`{word}`"),
        _ => of_kind(shape),
    });
    let kinds = kinds.enumerate().map(|(at, kind)| if at == 0 { kind } else { lower_first(&kind) });
    kinds.collect::<Vec<_>>().join(", or ")
}

/// Describes a list of values.
fn many(item: &Shape) -> String {
    match &item.kind {
        Kind::Enum(values) => format!("List of {}", lower_first(&one_of(values).replacen("One of ", "", 1))),
        _ => format!("List of {}", plural_of(item)),
    }
}

/// Describes many values of one kind.
fn plural_of(shape: &Shape) -> String {
    match &shape.kind {
        Kind::Text { .. } => "texts".to_owned(),
        Kind::Id(objects) if !objects.is_empty() => format!("ids of {}", quoted(objects)),
        Kind::Object(members) => lower_first(
            &members_of(members.iter().map(|it| it.name.as_str())).replacen("Object", "objects", 1),
        ),
        _ => format!("values, each: {}", lower_first(&of_kind(shape))),
    }
}

fn lower_first(text: &str) -> String {
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
    let article = objects.first().map_or("a", |object| article(object));
    format!("Id of {article} {}", quoted(objects))
}

fn quoted(objects: &[String]) -> String {
    objects.iter().map(|object| format!("`{object}`")).collect::<Vec<_>>().join(" or ")
}

fn members_of<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let members: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if members.is_empty() { "Object".to_owned() } else { format!("Object of {}", members.join(", ")) }
}
