//! Looks things up in the packed catalog. Names and routes are statics; an entity type is decoded on first
//! use, and kept.

use std::sync::OnceLock;

use super::embedded::parse_embedded;
use super::model::Entity;
use super::names::closest;
use super::operation::{Action, Operation, OperationKind};
use super::other_names::called_otherwise;

include!(concat!(env!("OUT_DIR"), "/catalog_index.rs"));

static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.bin"));

/// One entity type: its names, and its place in the blob.
#[derive(Debug)]
struct PackedEntity {
    name: &'static str,
    /// The object, or the service if the type is not the object's own.
    key: &'static str,
    aliases: &'static [&'static str],
    /// Whether Stripe has calls for it; otherwise it only occurs inside other objects.
    reachable: bool,
    /// Whether the key is the object, not a service.
    is_object: bool,
    offers: &'static [Offer],
    start: usize,
    end: usize,
    decoded: OnceLock<Entity>,
}

#[derive(Debug)]
struct PackedAction {
    name: &'static str,
    entity: &'static PackedEntity,
    /// Its index among the actions of its entity type.
    index: usize,
    /// Whether it only reads.
    reads: bool,
}

#[derive(Debug)]
struct Route {
    method: &'static str,
    path: &'static str,
    entity: &'static PackedEntity,
    target: Target,
}

#[derive(Debug, Clone, Copy)]
enum Target {
    Operation(OperationKind),
    Action(&'static str),
}

/// The catalog of this build: all of Stripe's entity types and actions.
#[derive(Debug)]
pub struct Catalog(());

/// A use of an entity type for which Stripe has a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// A call creates one, or sets the only one.
    Create,
    /// A call reads one, by its locator alone.
    Read,
    /// A call lists them.
    List,
}

/// What is known of an entity type without decoding it.
#[derive(Debug, Clone, Copy)]
pub struct Summary {
    /// PascalCase singular: `PaymentIntent`.
    pub name: &'static str,
    /// The object, or the service if the type is not the object's own.
    pub key: &'static str,
    packed: &'static PackedEntity,
}

impl Summary {
    /// Returns whether Stripe has such a call.
    pub fn offers(self, offer: Offer) -> bool {
        self.packed.offers.contains(&offer)
    }

    /// Decodes the whole entity type.
    pub fn entity(self) -> &'static Entity {
        self.packed.entity()
    }
}

/// What is known of an action without decoding its entity type.
#[derive(Debug, Clone, Copy)]
pub struct ActionSummary {
    /// PascalCase: `CapturePaymentIntent`.
    pub name: &'static str,
    packed: &'static PackedAction,
}

impl ActionSummary {
    /// Decodes the action and its entity type.
    pub fn action(self) -> (&'static Entity, &'static Action) {
        self.packed.action()
    }
}

/// The target of a method and a path.
#[derive(Debug, Clone)]
pub struct Match<'p> {
    /// The entity type that the path belongs to.
    pub entity: &'static Entity,
    /// The call that is made.
    pub called: Called,
    /// The values of the placeholders, in the path's order, percent-encoded as received.
    pub ids: Vec<&'p str>,
}

/// A call of an entity.
#[derive(Debug, Clone, Copy)]
pub enum Called {
    /// A list, a read, a create, an update, a delete or a search.
    Operation(&'static Operation),
    /// Another call of the entity.
    Action(&'static Action),
}

/// Returns the catalog of this build.
pub fn catalog() -> &'static Catalog {
    &Catalog(())
}

impl Catalog {
    /// Returns the names of the entity types, sorted.
    pub fn entities(&self) -> impl Iterator<Item = &'static str> + use<> {
        ENTITIES.iter().filter(|entity| entity.reachable).map(|entity| entity.name)
    }

    /// Returns all entity types that Stripe has calls for, sorted by name; none is decoded.
    pub fn summaries(&self) -> impl Iterator<Item = Summary> + use<> {
        let reachable = ENTITIES.iter().filter(|entity| entity.reachable);
        reachable.map(|packed| Summary { name: packed.name, key: packed.key, packed })
    }

    /// Returns whether it is the name of an object, not of a service.
    pub fn is_object(&self, key: &str) -> bool {
        ENTITIES.iter().any(|entity| entity.key == key && entity.is_object)
    }

    /// Returns the entity type of that name: `PaymentIntent`, `payment_intent`, `PaymentIntents`, in any
    /// case.
    pub fn entity(&self, name: &str) -> Option<&'static Entity> {
        ENTITIES.iter().find(|entity| entity.reachable && entity.answers_to(name)).map(PackedEntity::entity)
    }

    /// Returns the entity type with this key, whether or not it has calls of its own.
    pub fn by_key(&self, key: &str) -> Option<&'static Entity> {
        ENTITIES.iter().find(|entity| entity.key == key).map(PackedEntity::entity)
    }

    /// Returns the names of the actions with those of their entity types, sorted.
    pub fn actions(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        ACTIONS.iter().map(|action| (action.name, action.entity.name))
    }

    /// Returns the actions that change something, sorted by name; none is decoded.
    pub fn changing_actions(&self) -> impl Iterator<Item = ActionSummary> + use<> {
        let changing = ACTIONS.iter().filter(|action| !action.reads);
        changing.map(|packed| ActionSummary { name: packed.name, packed })
    }

    /// Returns the action of that name, in any case.
    pub fn action(&self, name: &str) -> Option<(&'static Entity, &'static Action)> {
        ACTIONS.iter().find(|action| action.name.eq_ignore_ascii_case(name)).map(PackedAction::action)
    }

    /// Returns the entity types that were probably meant.
    pub fn suggest(&self, name: &str) -> Vec<&'static str> {
        let otherwise = called_otherwise(name);
        if !otherwise.is_empty() {
            return otherwise.iter().map(String::as_str).collect();
        }
        let reachable = ENTITIES.iter().filter(|entity| entity.reachable);
        let spelled = reachable.flat_map(|entity| {
            let spellings = [entity.name, entity.key].into_iter().chain(entity.aliases.iter().copied());
            spellings.map(|spelling| (spelling, entity.name))
        });
        closest(name, spelled).into_iter().collect()
    }

    /// Returns the action that was probably meant.
    pub fn suggest_action(&self, name: &str) -> Option<&'static str> {
        closest(name, ACTIONS.iter().map(|action| (action.name, action.name)))
    }

    /// Returns the target of a request to Stripe. The path is without its query.
    pub fn match_path<'p>(&self, method: &str, path: &'p str) -> Option<Match<'p>> {
        let fits = |route: &&Route| route.method.eq_ignore_ascii_case(method);
        let found = ROUTES.iter().filter(fits).find_map(|route| Some((route, route.ids(path)?)));
        let (route, ids) = found?;
        let entity = route.entity.entity();
        let called = match route.target {
            Target::Operation(kind) => Called::Operation(entity.operation(kind)?),
            Target::Action(name) => Called::Action(entity.actions.iter().find(|action| action.name == name)?),
        };
        Some(Match { entity, called, ids })
    }
}

impl PackedEntity {
    fn entity(&'static self) -> &'static Entity {
        self.decoded.get_or_init(|| self.decode())
    }

    fn decode(&self) -> Entity {
        let packed = BLOB.get(self.start..self.end).unwrap_or_default();
        let json = parse_embedded(self.key, miniz_oxide::inflate::decompress_to_vec(packed));
        parse_embedded(self.key, serde_json::from_slice(&json))
    }

    fn answers_to(&self, name: &str) -> bool {
        let mut spellings = [self.name, self.key].into_iter().chain(self.aliases.iter().copied());
        spellings.any(|spelling| spelling.eq_ignore_ascii_case(name))
    }
}

impl PackedAction {
    fn action(&'static self) -> (&'static Entity, &'static Action) {
        let entity = self.entity.entity();
        (entity, parse_embedded(self.name, entity.actions.get(self.index).ok_or("its entity type lacks it")))
    }
}

impl Route {
    /// Returns the values of the placeholders, if the path fits.
    fn ids<'p>(&self, path: &'p str) -> Option<Vec<&'p str>> {
        let (mut template, mut segments) = (self.path.split('/'), path.split('/'));
        let mut ids = Vec::new();
        loop {
            match (template.next(), segments.next()) {
                (None, None) => return Some(ids),
                (Some(expected), Some(segment)) if expected.starts_with('{') && !segment.is_empty() => {
                    ids.push(segment);
                }
                (Some(expected), Some(segment)) if expected == segment => {}
                _ => return None,
            }
        }
    }
}
