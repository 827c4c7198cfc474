//! One object as a state records it: its type, its locator, the written params and Stripe's last answer.

use serde_json::Value as Json;

use crate::catalog::{Entity, OperationKind, find};
use crate::connector::{self, Connector, ReadHint, is_deleted};
use crate::engine::params::{put, value_at, without};
use crate::engine::{
    Change, DesiredParams, DestroyOptions, OnDestroy, Params, Restores, change, drift, export, items,
};

/// One object as it was last written or read.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its entity type.
    pub entity: &'static Entity,
    /// Its locator: its id, preceded by the ids of its parents (`cus_1/txi_1`).
    pub locator: String,
    /// The params that were written; for an imported object, those that would create it.
    pub params: Params,
    /// Stripe's last answer; null if there was none.
    pub body: Json,
    /// Whether it was imported, and nothing has been written for it yet.
    pub imported: bool,
    /// Whether it had already ended when it was imported.
    pub ended_at_import: bool,
    /// Params that were once written, then removed, and that no call could unset: Stripe still has them,
    /// shown or not.
    pub uncleared: Params,
    /// How many objects of the same list the run that wrote this state read or created; 0 if unknown.
    pub expected_reads: usize,
}

impl Object {
    /// Creates an object that was made from these params.
    pub fn new(entity: &'static Entity, locator: String, params: Params, body: Json) -> Self {
        Self {
            entity,
            locator,
            params,
            body,
            imported: false,
            ended_at_import: false,
            uncleared: Params::new(),
            expected_reads: 0,
        }
    }

    /// Whether the object must not be ended, because its end in live mode is irrevocable and the
    /// configuration does not allow it. An unknown mode counts as live.
    pub fn lacks_consent(&self, options: DestroyOptions, livemode: Option<bool>) -> bool {
        let stays = options.on_destroy == Some(OnDestroy::Keep) || options.allow_in_livemode;
        self.entity.irrevocable && livemode != Some(false) && !stays
    }

    /// The change that brings the object to what is wanted now.
    pub fn change_to(&self, desired: &DesiredParams) -> Change {
        // A value that the object already has is not sent, even if something else set it.
        let before = if self.imported { self.presumed(desired) } else { self.held(desired) };
        self.restored(desired, change::between(self.entity, &before, desired))
    }

    /// The params from which it would have been made, limited to those in `desired`: as Stripe answers them,
    /// otherwise as the state says that they were written, otherwise as they are wanted.
    fn presumed(&self, desired: &DesiredParams) -> Params {
        let mut presumed = drift::presumed(self.entity, &desired.params, &self.body);
        drift::lay_over(self.entity, &mut presumed, &self.params, &self.body);
        let places = export::places(self.entity, &self.locator);
        presumed.extend(places.filter(|(place, _)| desired.params.contains_key(place)));
        add_among(&mut presumed, &desired.gone, &desired.gone);
        presumed
    }

    /// The written params, and those wanted params that Stripe already holds.
    fn held(&self, desired: &DesiredParams) -> Params {
        let mut held = self.params.clone();
        add_among(&mut held, &self.uncleared, &desired.params);
        // A settled value, which no update changes any more, counts as written.
        for path in self.entity.settled.keys() {
            let Some(value) = self.body.as_object().and_then(|body| value_at(body, path)) else { continue };
            let mut settled = Params::new();
            put(&mut settled, path, value.clone());
            add_among(&mut held, &settled, &desired.params);
        }
        drift::hold_beside(self.entity, &mut held, &desired.params, &self.body);
        held
    }

    /// The values that stay in Stripe after a change although they are no longer
    /// written. Secrets are not recorded.
    pub fn uncleared_after(&self, change: &Change, desired: &DesiredParams) -> Params {
        let mut uncleared = self.uncleared.clone();
        for path in &change.uncleared {
            let first = path.split('.').next().unwrap_or_default();
            let is_open = find(self.entity.params(), first).is_some_and(|it| !it.shape.holds_secret());
            if let Some(value) = value_at(&self.params, path).filter(|_| is_open) {
                put(&mut uncleared, path, value.clone());
            }
        }
        without(uncleared, &desired.params)
    }

    /// Sends an update with the params of a change, and returns the object as Stripe answers it. A change
    /// that sends nothing returns the last answer.
    pub async fn update(&self, connector: &Connector, change: Change) -> Result<Json, connector::Error> {
        if let Some(Restores::Call(action)) = change.restores {
            connector.call_action(connector::action(action)?, &self.locator, Params::new()).await?;
        }
        let params = items::with_ids(self.entity, change.update, &self.body);
        let is_known = change.restores.is_none() && !self.body.is_null();
        let body = match params.is_empty() {
            true if is_known => return Ok(self.body.clone()),
            true => connector.get(self.entity, &self.locator).await?,
            false => connector.update(self.entity, &self.locator, params).await?,
        };
        Ok(drift::retain_answered_once(self.entity, &body, &self.body))
    }

    /// The object as it is now. Returns `None` if it is gone. Fields that Stripe never shows again are as the
    /// answer to its create had them.
    pub async fn read(&self, connector: &Connector) -> Result<Option<Json>, connector::Error> {
        if self.entity.operation(OperationKind::Get).is_none() {
            return Ok(Some(self.body.clone()));
        }
        let known = ReadHint { body: &self.body, expected_reads: self.expected_reads };
        let now = alive(connector.read(self.entity, &self.locator, known).await)?;
        Ok(now.map(|now| drift::retain_answered_once(self.entity, &now, &self.body)))
    }

    /// The object with Stripe's answer. It is read if there is none, because Terraform keeps only the state
    /// of a tainted object.
    pub async fn shown(mut self, connector: &Connector) -> Result<Self, connector::Error> {
        if self.body.is_null() {
            self.body = self.read(connector).await?.unwrap_or_default();
        }
        Ok(self)
    }

    /// The written params, with every value that has changed in Stripe since replaced by its current one.
    /// Returns `None` if nothing has changed.
    pub fn drifted(&self, now: &Json) -> Option<Params> {
        (!self.body.is_null()).then(|| drift::drifted(self.entity, &self.params, &self.body, now))?
    }
}

/// Adds those params of `more` that are also in `among`, at every depth.
fn add_among(params: &mut Params, more: &Params, among: &Params) {
    for (name, value) in more {
        match (params.get_mut(name), value, among.get(name)) {
            (Some(Json::Object(params)), Json::Object(more), Some(Json::Object(among))) => {
                add_among(params, more, among);
            }
            (None, value, Some(_)) => drop(params.insert(name.clone(), value.clone())),
            _ => {}
        }
    }
}

/// Reads the object with this locator. Returns `None` if it is gone.
pub(super) async fn current(
    connector: &Connector,
    entity: &'static Entity,
    locator: &str,
) -> Result<Option<Json>, connector::Error> {
    alive(connector.get(entity, locator).await)
}

/// The object that a read found. Returns `None` if it is gone.
fn alive(found: Result<Json, connector::Error>) -> Result<Option<Json>, connector::Error> {
    match found {
        Ok(now) if is_deleted(&now) => Ok(None),
        Ok(now) => Ok(Some(now)),
        Err(error) if error.is_gone() => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use crate::connector::entity;
    use crate::engine::{DesiredParams, Object, Params};

    fn map(json: &Json) -> Params {
        json.as_object().unwrap().clone()
    }

    #[test]
    fn what_stays_is_remembered_by_its_path_until_it_is_written_again() {
        let options = |keys: &[&str]| -> Json {
            keys.iter().map(|key| ((*key).to_owned(), json!({"unit_amount": 5}))).collect()
        };
        let desired = |keys: &[&str], nickname: &str| DesiredParams {
            params: map(&json!({"currency_options": options(keys), "nickname": nickname})),
            ..DesiredParams::default()
        };
        let mut price =
            Object::new(entity("Price").unwrap(), "price_1".to_owned(), Params::new(), Json::Null);
        price.params = map(&json!({"currency_options": options(&["eur", "gbp", "chf"]), "nickname": "A"}));
        let mut uncleared = |keys: &[&str], nickname: &str| {
            let next = desired(keys, nickname);
            let change = price.change_to(&next);
            assert!(change.replaces.is_empty(), "{change:?}");
            price.uncleared = price.uncleared_after(&change, &next);
            price.params = next.params;
            Json::Object(price.uncleared.clone())
        };
        assert_eq!(uncleared(&["eur", "chf"], "A"), json!({"currency_options": options(&["gbp"])}));
        assert_eq!(uncleared(&["eur", "chf"], "B"), json!({"currency_options": options(&["gbp"])}));
        assert_eq!(uncleared(&["eur"], "B"), json!({"currency_options": options(&["gbp", "chf"])}));
        assert_eq!(uncleared(&["eur", "gbp"], "B"), json!({"currency_options": options(&["chf"])}));
    }
}
