//! The surface of a typed resource, and the surface of the same objects with a parent.

use crate::catalog::{Entity, catalog, find};
use crate::engine::is_account;
use crate::provider::typed::data::{NOTHING_UNUSUAL, surface_data};
use crate::provider::typed::surface::{Slot, Surface};
use crate::terraform::value::Value;

/// The surfaces of one type: they have the same arguments but different calls.
#[derive(Debug)]
pub(super) struct Surfaces {
    own: Surface,
    belonging: Option<Surface>,
}

impl Surfaces {
    /// The surfaces of a type.
    pub(super) fn of(type_name: &str, entity: &'static Entity) -> Self {
        let data = surface_data().types.get(type_name).unwrap_or(&NOTHING_UNUSUAL);
        let own = Surface::new(type_name, entity, data);
        let Some(entity) = data.belonging.as_deref().and_then(|key| catalog().by_key(key)) else {
            return Self { own, belonging: None };
        };
        let is_foreign = |slot: &&Slot| find(entity.params(), &slot.member).is_none();
        let foreign = own.arguments().filter(is_foreign).map(|slot| slot.member.clone()).collect();
        let own = own.with_places_of(entity, data);
        let belonging = Some(Surface { entity, foreign, ..own.clone() });
        Self { own, belonging }
    }

    /// Returns the surface that describes all objects of the type.
    pub(super) fn own(&self) -> &Surface {
        &self.own
    }

    /// Returns the surface of the same objects with a parent.
    pub(super) fn belonging(&self) -> Option<&Surface> {
        self.belonging.as_ref()
    }

    /// Returns the surface for a configuration, which may name a parent. An unknown parent may turn out to
    /// be null; it counts as null if an argument is set that objects with a parent do not accept.
    pub(super) fn of_config(&self, config: &Value) -> &Surface {
        let is_named = |surface: &&Surface| {
            let mut places = surface.places().map(|place| config.get(place));
            let mut foreign = surface.slots.iter().filter(|slot| surface.is_foreign(&slot.member));
            let has_foreign = foreign.any(|slot| config.get(&slot.name).is_set());
            places.any(|place| place.is_set() || place.is_unknown() && !has_foreign)
        };
        self.belonging.as_ref().filter(is_named).unwrap_or(&self.own)
    }

    /// Returns the surface of an existing object: by its place, else by its state, which another provider
    /// may have written.
    pub(super) fn of_state(&self, state: &Value, locator: Option<&str>) -> &Surface {
        locator.map_or_else(|| self.of_config(state), |locator| self.of_locator(locator))
    }

    /// Returns the surface of an object at a place; the place may start with an account.
    pub(super) fn of_locator(&self, locator: &str) -> &Surface {
        let ids = locator.split('/').filter(|id| !is_account(id)).count();
        self.belonging.as_ref().filter(|_| ids > 1).unwrap_or(&self.own)
    }
}

impl Surface {
    /// Returns the attributes with the ids of the parents.
    pub(super) fn places(&self) -> impl Iterator<Item = &str> {
        let parents = self.entity.parents();
        let is_place = move |member: &str| parents.contains(&member);
        self.slots.iter().filter(move |slot| is_place(&slot.member)).map(|slot| slot.name.as_str())
    }

    /// Returns whether a param belongs to the same objects with another parent, and these do not accept
    /// it.
    pub(super) fn is_foreign(&self, member: &str) -> bool {
        self.foreign.iter().any(|it| it == member)
    }
}
