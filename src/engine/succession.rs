//! Lets one object take the place of another: names and roles that only one
//! object can have pass to the new one.
//!
//! A replaced price may have a lookup key, which only one price can have, and may be its product's default
//! price, which Stripe refuses to archive. Neither is lost: the create takes the key over, then the product
//! gets the new default price, and only then the old price ends.

use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, catalog};
use crate::connector::{Connector, Error, id_at, scalar};
use crate::engine::object::current;
use crate::engine::restore::has_ended;
use crate::engine::taken::holder;
use crate::engine::{DestroyOptions, EndOutcome, Object, Params};

impl Object {
    /// Whether `new` can take this object's place in the object that holds it: both belong to the same
    /// holder, and both have the same names that only one object can have.
    pub fn can_be_succeeded_by(&self, new: &Self) -> bool {
        let holder = |object: &Self| {
            let rule = object.entity.ends_with.as_ref().filter(|rule| rule.held_as.is_some())?;
            id_at(&object.body, &rule.field).map(str::to_owned)
        };
        let same_name = |name: &String| {
            let had = self.params.get(name).or_else(|| self.body.get(name).filter(|had| !had.is_null()));
            had == new.params.get(name)
        };
        self.entity.key == new.entity.key
            && holder(self).is_some_and(|held| holder(new) == Some(held))
            && self.entity.transfers.keys().all(same_name)
    }

    /// The names that the object once had and no longer has: another object may have taken them over.
    /// `before` contains those that were already known to be lost.
    pub fn lost_names(&self, now: &Json, before: &Params) -> Params {
        let is_gone = |name: &&String| now.get(name.as_str()).is_none_or(Json::is_null);
        let had = |name: &String| {
            let had = self.body.get(name).filter(|had| !had.is_null()).or_else(|| before.get(name));
            had.map(|had| (name.clone(), had.clone()))
        };
        self.entity.transfers.keys().filter(is_gone).filter_map(had).collect()
    }

    /// The object that now has a name that this one has lost: a run that was cut
    /// off has created it in its place.
    pub async fn heir(&self, connector: &Connector, lost_names: &Params) -> Option<Json> {
        let (key, name) = lost_names.iter().next()?;
        let heir = holder(connector, self.entity, key, &scalar(name)?).await?;
        (!has_ended(self.entity, &heir)).then_some(heir)
    }
}

/// The object that a new one replaces.
#[derive(Debug, Clone, Copy)]
pub struct Predecessor<'o> {
    /// The object as Stripe last answered it.
    pub object: &'o Object,
    /// How the configuration wants it to be destroyed.
    pub options: DestroyOptions,
}

impl Predecessor<'_> {
    /// The params of the create, including those that take over names of the old object.
    pub(super) fn taken_over(&self, params: &Params) -> Params {
        let is_held = |name: &str| self.object.body.get(name) == params.get(name);
        taking_over(self.object.entity, params.clone(), is_held)
    }

    /// Puts the new object in the place where another object holds the old one, then ends the old one, whose
    /// end Stripe had refused. Returns `None` if nothing held the old one.
    ///
    /// # Errors
    /// A call fails, or the new object has no id.
    pub async fn hand_over(&self, connector: &Connector, new: &Json) -> Result<Option<EndOutcome>, Error> {
        let Some(place) = self.place_for(new)? else { return Ok(None) };
        let holds = current(connector, place.holder, place.id).await?;
        if holds.as_ref().and_then(|holds| id_at(holds, place.held_as)) != Some(&self.object.locator) {
            return Ok(None);
        }
        let params = Map::from_iter([(place.held_as.to_owned(), Json::from(place.successor))]);
        connector.update(place.holder, place.id, params).await?;
        self.object.end(connector, self.options).await.map(Some)
    }

    /// The place that the old object may have and the new one can take. Returns `None` if they belong to
    /// different objects.
    fn place_for<'n>(&self, new: &'n Json) -> Result<Option<HeldPlace<'n>>, Error> {
        let entity = self.object.entity;
        let found = entity.ends_with.as_ref().and_then(|rule| {
            let (held_as, holder) = (rule.held_as.as_ref()?, catalog().by_key(&rule.object)?);
            let id =
                id_at(new, &rule.field).filter(|id| id_at(&self.object.body, &rule.field) == Some(id))?;
            Some((held_as, holder, id))
        });
        let Some((held_as, holder, id)) = found else { return Ok(None) };
        // An empty id would unset the place.
        let successor = new.get("id").and_then(Json::as_str).filter(|id| !id.is_empty());
        let successor = successor.ok_or_else(|| Error::Answer {
            expected: entity.object.clone(),
            found: "one without an id".to_owned(),
        })?;
        Ok(Some(HeldPlace { holder, id, held_as, successor }))
    }
}

/// A place in another object that only one object can have at a time, such as a product's default price.
struct HeldPlace<'n> {
    holder: &'static Entity,
    /// The id of the holder.
    id: &'n str,
    /// The param of the holder that names the held object.
    held_as: &'static str,
    /// The id to be put there.
    successor: &'n str,
}

/// The params of a create that takes over the held names that it sets, unless the configuration decides that.
pub(super) fn taking_over(entity: &Entity, mut params: Params, is_held: impl Fn(&str) -> bool) -> Params {
    for (name, by) in &entity.transfers {
        if params.contains_key(name) && is_held(name) && !params.contains_key(by) {
            params.insert(by.clone(), Json::Bool(true));
        }
    }
    params
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::Predecessor;
    use crate::connector::entity;
    use crate::engine::{DestroyOptions, Object, Params};

    #[test]
    fn a_name_that_stripe_gives_once_is_taken_over_from_the_one_that_has_it() {
        let body = json!({"id": "price_1", "lookup_key": "gold"});
        let object = Object::new(entity("Price").unwrap(), "price_1".to_owned(), Params::new(), body);
        let old = Predecessor { object: &object, options: DestroyOptions::default() };
        let taken = |params: Json| Json::Object(old.taken_over(params.as_object().unwrap()));
        assert_eq!(taken(json!({"lookup_key": "gold"}))["transfer_lookup_key"], true);
        assert_eq!(taken(json!({"lookup_key": "silver"})), json!({"lookup_key": "silver"}));
        let said = json!({"lookup_key": "gold", "transfer_lookup_key": false});
        assert_eq!(taken(said.clone()), said, "what the configuration says holds");
    }

    #[test]
    fn nothing_without_an_id_takes_a_place() {
        let price = |id: &str| json!({"id": id, "object": "price", "product": "prod_1"});
        let object =
            Object::new(entity("Price").unwrap(), "price_1".to_owned(), Params::new(), price("price_1"));
        let old = Predecessor { object: &object, options: DestroyOptions::default() };
        let of_product = json!({"object": "price", "product": "prod_1"});
        for new in [of_product, price("")] {
            let why = old.place_for(&new).err().unwrap().to_string();
            assert!(why.contains("price") && why.contains("without an id"), "{why}");
        }
        let new = price("price_2");
        let place = old.place_for(&new).unwrap().unwrap();
        assert_eq!((place.id, place.held_as, place.successor), ("prod_1", "default_price", "price_2"));
        let elsewhere = json!({"object": "price", "product": "prod_2"});
        assert!(old.place_for(&elsewhere).unwrap().is_none());
    }
}
