//! How one entity type is written as a typed resource: its arguments, blocks and attributes.
//!
//! # Theory
//!
//! The catalog's shapes decide. A scalar, or a list or map of scalars, is a typed attribute. An object, a
//! list or map of objects, and a union of kinds is one attribute of dynamic type, whose members the engine
//! checks. There are nested blocks only if a preceding provider has them, and everything inside them is
//! typed: one dynamic attribute would make the whole block dynamic on the wire.

use crate::catalog::names::join_path;
use crate::catalog::{Entity, Kind, Member, Shape, catalog, find};
use crate::provider::typed::data::{NOTHING_UNUSUAL, TypeData, surface_data};
use crate::terraform::schema::{BlockKind, Presence};
use crate::terraform::value::{Type, Value};

/// The prefix for a name that Terraform reserves.
pub(super) const PREFIX: &str = "stripe";

/// One typed resource, as data.
#[derive(Debug, Clone)]
pub(super) struct Surface {
    /// The type: `stripe_price`.
    pub(super) type_name: String,
    /// The entity type that it manages.
    pub(super) entity: &'static Entity,
    /// Its arguments and computed attributes, sorted by name.
    pub(super) slots: Vec<Slot>,
    /// The params that the same objects take with another parent: they are among the slots, but these
    /// objects do not accept them.
    pub(super) foreign: Vec<String>,
}

/// One attribute or nested block: its form in Terraform, and its meaning for Stripe.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    /// Its name in Terraform.
    pub(super) name: String,
    /// Stripe's param and field.
    pub(super) member: String,
    /// How it is written.
    pub(super) form: SlotSyntax,
    /// Who may set it.
    pub(super) presence: Presence,
    /// What to write instead, if Stripe no longer accepts it.
    pub(super) retired: Option<String>,
    /// The paths inside it that Stripe no longer accepts, with what to write instead.
    pub(super) retired_inside: Vec<(Vec<String>, String)>,
    /// Whether Stripe returns it.
    pub(super) answered: bool,
    /// Whether it can hold a secret.
    pub(super) sensitive: bool,
    /// Its shape in the catalog.
    pub(super) shape: Shape,
}

/// How a slot is written.
#[derive(Debug, Clone)]
pub(super) enum SlotSyntax {
    /// `name = value`.
    Attribute(Type),
    /// `name { … }`.
    Block(Repeats, Vec<Slot>),
}

/// How often a nested block can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeats {
    /// At most once: an object.
    Once,
    /// Once for each item of a list.
    List,
    /// Once for each key of a map; the attribute `key` holds the key.
    Keyed,
}

/// The attribute of a repeated block that holds the key of a map.
pub(super) const KEY: &str = "key";

/// Returns whether a repeated block is for this key of a map: keys are currencies, which Stripe returns in
/// lower case.
pub(super) fn has_key(block: &Value, key: &str) -> bool {
    block.get(KEY).as_str().is_some_and(|it| it.eq_ignore_ascii_case(key))
}

impl Surface {
    /// The surface of an entity type.
    pub(super) fn new(type_name: &str, entity: &'static Entity, data: &TypeData) -> Self {
        let builder = Builder { data };
        let mut slots = builder.slots("", entity.params(), &entity.fields, true);
        if !slots.iter().any(|slot| slot.name == "id") {
            slots.push(Slot::id());
        }
        slots.sort_by(|a, b| a.name.cmp(&b.name));
        Self { type_name: type_name.to_owned(), entity, slots, foreign: Vec::new() }
    }

    /// The surface of a call that returns no values: its arguments only.
    pub(super) fn of_call(type_name: &str, entity: &'static Entity, params: &[Member]) -> Self {
        let data = surface_data().types.get(type_name).unwrap_or(&NOTHING_UNUSUAL);
        let mut slots = Builder { data }.slots("", params, &[], false);
        for slot in &mut slots {
            slot.name = data.names.get(&slot.member).unwrap_or(&slot.name).clone();
        }
        slots.sort_by(|a, b| a.name.cmp(&b.name));
        Self { type_name: type_name.to_owned(), entity, slots, foreign: Vec::new() }
    }

    /// The same surface with the ids of the parents that objects of that entity type have: the arguments
    /// of both are the same.
    pub(super) fn with_places_of(mut self, entity: &'static Entity, data: &TypeData) -> Self {
        let places = Self::new(&self.type_name, entity, data).slots;
        let places = places.into_iter().filter(|slot| entity.parents().contains(&slot.member.as_str()));
        for place in places {
            self.foreign.push(place.member.clone());
            self.slots.retain(|slot| slot.name != place.name);
            self.slots.push(Slot { presence: Presence::OptionalComputed, ..place });
        }
        self.slots.sort_by(|a, b| a.name.cmp(&b.name));
        self
    }

    /// The slots that can be configured.
    pub(super) fn arguments(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(|slot| slot.is_argument())
    }

    /// Returns the argument for the param of that name.
    pub(super) fn argument(&self, param: &str) -> Option<&Slot> {
        self.arguments().find(|slot| slot.member == param)
    }

    /// Returns whether `output` shows the response for any argument.
    pub(super) fn has_output(&self) -> bool {
        self.outputs().next().is_some()
    }

    /// Returns the arguments whose whole response `output` shows.
    pub(super) fn outputs(&self) -> impl Iterator<Item = &Slot> {
        self.arguments().filter(|slot| slot.is_dynamic() && slot.presence != Presence::Optional)
    }
}

impl Slot {
    /// Stripe's id of an object whose params and fields do not include it.
    fn id() -> Self {
        let form = SlotSyntax::Attribute(Type::String);
        let (name, member) = ("id".to_owned(), "id".to_owned());
        let (presence, shape) = (Presence::Computed, Shape::text());
        Self {
            name,
            member,
            form,
            presence,
            retired: None,
            retired_inside: Vec::new(),
            answered: true,
            sensitive: false,
            shape,
        }
    }

    /// Returns whether a configuration may set it.
    pub(super) fn is_argument(&self) -> bool {
        self.presence != Presence::Computed
    }

    /// Returns whether it is an attribute of dynamic type.
    pub(super) fn is_dynamic(&self) -> bool {
        matches!(self.form, SlotSyntax::Attribute(Type::Dynamic))
    }
}

struct Builder<'d> {
    data: &'d TypeData,
}

impl Builder<'_> {
    /// Returns the slots of one object: for writable and for computed members.
    fn slots(&self, place: &str, params: &[Member], fields: &[Member], answered: bool) -> Vec<Slot> {
        let only_answered = fields.iter().filter(|field| find(params, &field.name).is_none());
        let arguments = params.iter().map(|param| (param, find(fields, &param.name), true));
        let computed = only_answered.map(|field| (field, Some(field), false));
        let all = arguments.chain(computed);
        all.filter_map(|(member, field, written)| {
            let at = join_path(place, &member.name);
            let filled = field.is_some() && answered || self.data.computed.contains(&at);
            let presence = match (written, filled) {
                (false, _) if self.data.retired.contains_key(&at) => Presence::OptionalComputed,
                (true, _) if member.shape.is_required() => Presence::Required,
                (true, true) => Presence::OptionalComputed,
                (true, false) => Presence::Optional,
                (false, _) => Presence::Computed,
            };
            self.slot(place, member, field, presence)
        })
        .collect()
    }

    /// Returns one slot; None inside a block if it has no static type.
    fn slot(&self, place: &str, member: &Member, field: Option<&Member>, presence: Presence) -> Option<Slot> {
        let at = join_path(place, &member.name);
        let root = place.is_empty();
        let form = if self.data.blocks.contains(&at) {
            self.block(&at, &member.shape, field.map(|field| &field.shape), presence)
        } else if root {
            SlotSyntax::Attribute(self.named_type(&at).unwrap_or_else(|| attribute_type(&member.shape)))
        } else {
            SlotSyntax::Attribute(self.named_type(&at).or_else(|| type_in_block(&member.shape))?)
        };
        let name = if root {
            BlockKind::Resource.usable_name(member.name.clone(), PREFIX).into_owned()
        } else {
            member.name.clone()
        };
        // If Stripe returns nothing, an unwritten block has nothing to show.
        let presence = if matches!(form, SlotSyntax::Block(..)) { written(presence) } else { presence };
        let sensitive = member.shape.holds_secret() || field.is_some_and(|it| root && it.shape.sensitive);
        let retired = self.data.retired.get(&at).cloned();
        let retired_inside = self.data.retired_inside(&at);
        let (member, shape) = (member.name.clone(), member.shape.clone());
        let answered = field.is_some();
        Some(Slot { name, member, form, presence, retired, retired_inside, answered, sensitive, shape })
    }

    fn block(&self, at: &str, param: &Shape, field: Option<&Shape>, presence: Presence) -> SlotSyntax {
        let (repeats, item) = match (&param.kind, param.item(), param.map_value()) {
            (_, Some(item), _) => (Repeats::List, item),
            (_, _, Some(value)) => (Repeats::Keyed, value),
            _ => (Repeats::Once, param),
        };
        let fields = match repeats {
            Repeats::Once => field.and_then(members_of),
            Repeats::List => field.and_then(Shape::item).and_then(Shape::members),
            Repeats::Keyed => field.and_then(Shape::map_value).and_then(Shape::members),
        };
        let (params, fields) = (item.members().unwrap_or_default(), fields.unwrap_or_default());
        // A repeated block holds the written params: of `x` and `x_decimal`, the written one.
        let mut members = match (presence, repeats) {
            (Presence::Computed, _) => self.slots(at, &[], params, true),
            (_, Repeats::Once) => self.slots(at, params, fields, true),
            _ => self.slots(at, params, &[], false),
        };
        if repeats == Repeats::Keyed {
            members.insert(
                0,
                Slot {
                    name: KEY.to_owned(),
                    member: KEY.to_owned(),
                    presence: Presence::Required,
                    ..Slot::id()
                },
            );
        }
        SlotSyntax::Block(repeats, members)
    }

    fn named_type(&self, at: &str) -> Option<Type> {
        Some(match self.data.types.get(at)?.as_str() {
            "bool" => Type::Bool,
            "number" => Type::Number,
            "string" => Type::String,
            _ => return None,
        })
    }
}

/// Returns the members of an object, including one that the catalog describes elsewhere.
fn members_of(shape: &Shape) -> Option<&[Member]> {
    let elsewhere = || Some(catalog().by_key(shape.objects().first()?)?.fields.as_slice());
    shape.members().or_else(elsewhere)
}

/// Returns the presence of a block, which Terraform never computes as a whole.
fn written(presence: Presence) -> Presence {
    if presence == Presence::OptionalComputed { Presence::Optional } else { presence }
}

/// Returns the type of an attribute at the root; dynamic if no other type fits.
pub(super) fn attribute_type(shape: &Shape) -> Type {
    let scalar_items = |item: &Shape| scalar_type(item);
    match &shape.kind {
        Kind::List(item) | Kind::Set(item) => scalar_items(item).map(Type::list),
        Kind::Map(value) => scalar_items(value).map(Type::map),
        _ => scalar_type(shape),
    }
    .unwrap_or(Type::Dynamic)
}

/// Returns the type of an attribute in a block; None if only a dynamic one would fit. A number that may
/// also be a word (`inf`) is text, a flat object a map of text.
fn type_in_block(shape: &Shape) -> Option<Type> {
    let flat = |shape: &Shape| shape.members().is_some().then(|| Type::map(Type::String));
    match &shape.kind {
        Kind::List(item) | Kind::Set(item) => Some(Type::list(scalar_type(item).or_else(|| flat(item))?)),
        Kind::Map(value) => scalar_type(value).map(Type::map),
        Kind::Union(shapes) if shapes.iter().all(|it| scalar_type(it).is_some()) => Some(Type::String),
        _ => scalar_type(shape),
    }
}

/// Returns the type of a single value; None if it is not a single value, or has several kinds.
fn scalar_type(shape: &Shape) -> Option<Type> {
    match &shape.kind {
        Kind::Boolean => Some(Type::Bool),
        Kind::Integer | Kind::Number | Kind::Time => Some(Type::Number),
        Kind::Currency
        | Kind::DateTime
        | Kind::Decimal
        | Kind::Enum(_)
        | Kind::File
        | Kind::Id(_)
        | Kind::Text { .. } => Some(Type::String),
        Kind::Union(shapes) => {
            let mut types = shapes.iter().map(scalar_type);
            let first = types.next()??;
            types.all(|ty| ty.as_ref() == Some(&first)).then_some(first)
        }
        Kind::Any
        | Kind::List(_)
        | Kind::Map(_)
        | Kind::Object(_)
        | Kind::Page(_)
        | Kind::Range
        | Kind::Set(_)
        | Kind::Whole(_) => None,
    }
}
