//! Looks things up in the packed catalog. Names and routes are statics; an entity type is
//! decoded when it is first asked for and kept.

use std::sync::OnceLock;

use super::embedded::whole;
use super::model::Entity;
use super::names::closest;
use super::operation::{Action, Operation, OperationKind};

include!(concat!(env!("OUT_DIR"), "/catalog_index.rs"));

static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.bin"));

/// Where one entity type lies in the blob, and what it answers to.
#[derive(Debug)]
struct PackedEntity {
    name: &'static str,
    /// The object, or the service where it is no object's own.
    key: &'static str,
    aliases: &'static [&'static str],
    /// Stripe has calls for it; otherwise it only ever stands inside other objects.
    reachable: bool,
    /// The key is the object, not a service.
    is_object: bool,
    offers: &'static [Offer],
    start: usize,
    end: usize,
}

#[derive(Debug)]
struct Route {
    method: &'static str,
    path: &'static str,
    entity: usize,
    target: Target,
}

#[derive(Debug, Clone, Copy)]
enum Target {
    Operation(OperationKind),
    Action(&'static str),
}

/// The catalog of this build: every entity type and action that Stripe has.
#[derive(Debug)]
pub struct Catalog {
    decoded: Vec<OnceLock<Entity>>,
}

/// A way to use an entity type that Stripe has a call for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// A call creates one, or sets the only one.
    Create,
    /// A call shows one, by its locator alone.
    Read,
    /// A call lists them.
    List,
}

/// What can be said of an entity type without decoding it.
#[derive(Debug, Clone, Copy)]
pub struct Summary {
    /// PascalCase singular: `PaymentIntent`.
    pub name: &'static str,
    /// The object, or the service where it is no object's own.
    pub key: &'static str,
    offers: &'static [Offer],
}

impl Summary {
    /// Whether Stripe has a call for that.
    pub fn offers(self, offer: Offer) -> bool {
        self.offers.contains(&offer)
    }
}

/// What a method and a path lead to.
#[derive(Debug, Clone)]
pub struct Match<'p> {
    /// The entity type that the path is of.
    pub entity: &'static Entity,
    /// What is done to it.
    pub called: Called,
    /// What stands for the placeholders, in the path's order, percent-encoded as it came.
    pub ids: Vec<&'p str>,
}

/// What is done to an entity.
#[derive(Debug, Clone, Copy)]
pub enum Called {
    /// A list, a read, a create, an update, a delete or a search.
    Operation(&'static Operation),
    /// A call of its own.
    Action(&'static Action),
}

/// The catalog of this build.
pub fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog { decoded: SEGMENTS.iter().map(|_| OnceLock::new()).collect() })
}

impl Catalog {
    /// The names of the entity types, sorted.
    pub fn entities(&self) -> impl Iterator<Item = &'static str> + use<> {
        SEGMENTS.iter().filter(|segment| segment.reachable).map(|segment| segment.name)
    }

    /// Every entity type that Stripe has calls for, sorted by name; none is decoded.
    pub fn summaries(&self) -> impl Iterator<Item = Summary> + use<> {
        let reachable = SEGMENTS.iter().filter(|segment| segment.reachable);
        reachable.map(|&PackedEntity { name, key, offers, .. }| Summary { name, key, offers })
    }

    /// Whether it is the name of an object, and not of a service.
    pub fn is_object(&self, key: &str) -> bool {
        SEGMENTS.iter().any(|segment| segment.key == key && segment.is_object)
    }

    /// The entity type of that name: `PaymentIntent`, `payment_intent`, `PaymentIntents`, in
    /// any case.
    pub fn entity(&'static self, name: &str) -> Option<&'static Entity> {
        self.at(SEGMENTS.iter().position(|segment| segment.reachable && segment.answers_to(name))?)
    }

    /// What is known of an object, in Stripe's spelling, whether it has calls of its own or not.
    pub fn by_object(&'static self, object: &str) -> Option<&'static Entity> {
        self.at(SEGMENTS.iter().position(|segment| segment.key == object)?)
    }

    /// The names of the actions with those of their entity types, sorted.
    pub fn actions(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        let named = |(action, at): &(&'static str, usize)| Some((*action, SEGMENTS.get(*at)?.name));
        ACTIONS.iter().filter_map(named)
    }

    /// The names of the actions that change something, sorted; none is decoded.
    pub fn changing_actions(&self) -> impl Iterator<Item = &'static str> + use<> {
        let reads = |action: &str| {
            let is_of = |route: &&Route| matches!(route.target, Target::Action(name) if name == action);
            ROUTES.iter().find(is_of).is_some_and(|route| route.method == "GET")
        };
        ACTIONS.iter().map(|(action, _)| *action).filter(move |action| !reads(action))
    }

    /// The action of that name, in any case.
    pub fn action(&'static self, name: &str) -> Option<(&'static Entity, &'static Action)> {
        let (name, at) = ACTIONS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        let entity = self.at(*at)?;
        Some((entity, entity.actions.iter().find(|action| action.name == *name)?))
    }

    /// The entity type that was probably meant.
    pub fn suggest(&self, name: &str) -> Option<&'static str> {
        let reachable = SEGMENTS.iter().filter(|segment| segment.reachable);
        let spelled = reachable.flat_map(|segment| {
            let spellings = [segment.name, segment.key].into_iter().chain(segment.aliases.iter().copied());
            spellings.map(|spelling| (spelling, segment.name))
        });
        closest(name, spelled)
    }

    /// The action that was probably meant.
    pub fn suggest_action(&self, name: &str) -> Option<&'static str> {
        closest(name, ACTIONS.iter().map(|(action, _)| (*action, *action)))
    }

    /// What a request to Stripe is for. The path is without its query.
    pub fn match_path<'p>(&'static self, method: &str, path: &'p str) -> Option<Match<'p>> {
        let fits = |route: &&Route| route.method.eq_ignore_ascii_case(method);
        let found = ROUTES.iter().filter(fits).find_map(|route| Some((route, route.ids(path)?)));
        let (route, ids) = found?;
        let entity = self.at(route.entity)?;
        let called = match route.target {
            Target::Operation(kind) => Called::Operation(entity.operation(kind)?),
            Target::Action(name) => Called::Action(entity.actions.iter().find(|action| action.name == name)?),
        };
        Some(Match { entity, called, ids })
    }

    fn at(&'static self, index: usize) -> Option<&'static Entity> {
        let segment = SEGMENTS.get(index)?;
        Some(self.decoded.get(index)?.get_or_init(|| segment.decode()))
    }
}

impl PackedEntity {
    fn decode(&self) -> Entity {
        let packed = BLOB.get(self.start..self.end).unwrap_or_default();
        let json = whole(self.key, miniz_oxide::inflate::decompress_to_vec(packed));
        whole(self.key, serde_json::from_slice(&json))
    }

    fn answers_to(&self, name: &str) -> bool {
        let mut spellings = [self.name, self.key].into_iter().chain(self.aliases.iter().copied());
        spellings.any(|spelling| spelling.eq_ignore_ascii_case(name))
    }
}

impl Route {
    /// What stands for the placeholders, if the path fits.
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
