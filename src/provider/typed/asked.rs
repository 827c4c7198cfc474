//! What a configuration asks for: its arguments, the write-only twins of those that are secret, and the
//! metadata that the provider block gives to every object.

use serde_json::Value as Json;

use crate::catalog::{Entity, OperationKind};
use crate::engine::{Error, Faults, ParamError, Params, Wanted, Written, create_params, parse, sound_params};
use crate::provider::metadata_rules::{METADATA, with_defaults};
use crate::provider::payload::to_json;
use crate::provider::runtime::Runtime;
use crate::provider::typed::memory::{Memory, Planned};
use crate::provider::typed::surface::{Form, KEY, Repeats, Slot, Surface};
use crate::terraform::provider::PlanRequest;
use crate::terraform::schema::{Attribute, Presence};
use crate::terraform::value::{Type, Value};

/// What stands behind the name of an argument whose value is in no plan and no state.
const WRITE_ONLY: &str = "_wo";
/// What stands behind the name of the number that says that such a value is another one.
const VERSION: &str = "_wo_version";

/// What a configuration asks for.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    /// The params, with the metadata that every object gets.
    pub(super) wanted: Wanted,
    /// Those that the resource itself writes and that may be kept: without write-only values.
    pub(super) own: Params,
    /// The metadata that every object gets.
    pub(super) default_metadata: Params,
}

impl Surface {
    /// What a create is asked for, complete.
    pub(super) fn asked_to_create(&self, runtime: &Runtime, config: &Value) -> Result<Asked, Error> {
        let wanted = create_params(self.entity, &self.written_with_twins(config))?;
        Ok(self.asked_with(runtime, config, wanted))
    }

    /// What is asked for of an object that exists, with this state. A write-only value counts where its
    /// version says that it is another one, or where the value was written in the open before.
    pub(super) fn asked(
        &self,
        runtime: &Runtime,
        config: &Value,
        prior: &Value,
        memory: &Memory,
    ) -> Result<Asked, Error> {
        let mut written = self.written_with_twins(config);
        let is_known = |slot: &&Slot| {
            let same_version = config.get(&slot.twin_version()) == prior.get(&slot.twin_version());
            slot.has_twin(config) && same_version && !memory.params.contains_key(&slot.member)
        };
        let untouched =
            self.arguments().filter(|slot| !slot.has_twin(config) && slot.is_untouched(config, prior));
        let untouched: Vec<&Slot> = untouched.collect();
        for slot in self.twins().filter(is_known).chain(untouched.iter().copied()) {
            written.members.shift_remove(&slot.member);
            written.unknown.retain(|path| path.first() != Some(&slot.member));
        }
        let mut wanted = parse(&written, self.entity.params())?;
        let before = untouched.iter().filter_map(|slot| memory.params.get_key_value(&slot.member));
        wanted.params.extend(before.map(|(name, value)| (name.clone(), value.clone())));
        if let Some(planned) = &memory.planned {
            let is_twin = |name: &String| self.argument(name).is_some_and(|slot| slot.has_twin(config));
            wanted.params.retain(|name, _| planned.unknown.contains(name) || is_twin(name));
            wanted.params.extend(planned.params.clone());
        }
        Ok(self.asked_with(runtime, config, wanted))
    }

    /// What the state of an imported object shows and Terraform is about to take out of it: blocks that the
    /// configuration does not have, for a block is never left to a provider.
    pub(super) fn taken_away(&self, request: &PlanRequest) -> Params {
        let blocks = |state: &Value| {
            let mut written = self.written(state);
            let is_block =
                |name: &str| self.argument(name).is_some_and(|it| matches!(it.form, Form::Block(..)));
            written.members.retain(|name, _| is_block(name));
            sound_params(self.entity, &written)
        };
        let (shown, stays) = (blocks(&request.prior), blocks(&request.proposed));
        let unknown: Vec<&str> =
            stays.unknown.iter().filter_map(|path| path.first()).map(String::as_str).collect();
        let known = shown.params.into_iter().filter(|(name, _)| !unknown.contains(&name.as_str()));
        without(known.collect(), &stays.params)
    }

    /// What a configuration sets, write-only values included.
    pub(super) fn written_with_twins(&self, config: &Value) -> Written {
        let mut written = self.written(config);
        for slot in self.twins().filter(|slot| slot.has_twin(config)) {
            let mut path = vec![slot.member.clone()];
            let json = to_json(config.get(&slot.twin()), &mut path, &mut written.unknown);
            written.members.extend(json.map(|json| (slot.member.clone(), json)));
        }
        written
    }

    fn asked_with(&self, runtime: &Runtime, config: &Value, mut wanted: Wanted) -> Asked {
        let mut own = wanted.params.clone();
        for slot in self.twins().filter(|slot| slot.has_twin(config)) {
            own.shift_remove(&slot.member);
        }
        if !keeps_metadata(self.entity) {
            return Asked { wanted, own, default_metadata: Params::new() };
        }
        let Some(defaults) = runtime.metadata.defaults() else {
            wanted.unknown.push(vec![METADATA.to_owned()]);
            return Asked { wanted, own, default_metadata: Params::new() };
        };
        wanted.params = with_defaults(wanted.params, defaults);
        Asked { wanted, own, default_metadata: defaults.clone() }
    }

    /// The arguments that have a write-only twin: those that are secret.
    fn twins(&self) -> impl Iterator<Item = &Slot> {
        self.arguments().filter(|slot| slot.takes_secret())
    }

    /// The attributes of the twins.
    pub(super) fn twin_attributes(&self) -> Vec<Attribute> {
        let attributes = self.twins().flat_map(|slot| {
            let (name, ty) = (&slot.name, slot.shown_type());
            let value = format!("`{name}`, in no plan and no state: for a value that comes from an ephemeral resource. Set one of the two. Needs Terraform or OpenTofu 1.11.");
            let version = format!("Any number; another one says that `{name}{WRITE_ONLY}` has another value.");
            let of_version = Attribute::new(slot.twin_version(), Type::Number, Presence::Optional, version);
            [Attribute::new(slot.twin(), ty, Presence::Optional, value).sensitive().write_only(), of_version]
        });
        attributes.collect()
    }

    /// Puts nothing where no plan and no state may hold a value.
    pub(super) fn forget_write_only(&self, planned: &mut Value) {
        for slot in self.twins() {
            planned.set(&slot.twin(), Value::Null);
        }
    }

    /// The attribute that a change of an argument is seen at: for a write-only value, its version.
    pub(super) fn place_of(slot: &Slot, config: &Value, prior: &Value) -> String {
        let version = slot.twin_version();
        let is_twin = slot.takes_secret() && config.get(&version) != prior.get(&version);
        if is_twin { version } else { slot.name.clone() }
    }

    /// Keys of maps that two blocks have: of two values Stripe would get one.
    pub(super) fn keys_twice(&self, config: &Value) -> Faults {
        let keyed = self.arguments().filter(|slot| matches!(slot.form, Form::Block(Repeats::Keyed, _)));
        let twice = keyed.flat_map(|slot| {
            let keys: Vec<&str> =
                config.get(&slot.name).items().iter().filter_map(|it| it.get(KEY).as_str()).collect();
            let again =
                keys.iter().enumerate().filter(|(at, key)| keys.iter().take(*at).any(|other| other == *key));
            let again: Vec<String> = again.map(|(_, key)| format!("{}.{key}", slot.member)).collect();
            again.into_iter().map(|path| ParamError::Twice { key: path.clone(), param: path })
        });
        twice.collect()
    }

    /// The arguments that are set twice, by themselves and by their twins.
    pub(super) fn set_twice<'s>(&'s self, config: &'s Value) -> impl Iterator<Item = &'s Slot> {
        self.twins().filter(|slot| slot.has_twin(config) && !config.get(&slot.name).is_null())
    }
}

impl Asked {
    /// What an apply has to know of the plan.
    pub(super) fn planned(&self) -> Planned {
        let unknown = self.wanted.unknown.iter().filter_map(|path| path.first().cloned()).collect();
        let mut params = self.own.clone();
        params.retain(|name, _| !self.wanted.unknown.iter().any(|path| path.first() == Some(name)));
        Planned { params, unknown }
    }
}

impl Slot {
    /// Whether the configuration has what the state has. Nobody writes it anew then: it is what it was, be that
    /// written or answered. Under `ignore_changes` Terraform puts the whole state into the configuration.
    fn is_untouched(&self, config: &Value, prior: &Value) -> bool {
        !self.is_unset(config.get(&self.name)) && config.get(&self.name) == prior.get(&self.name)
    }

    /// Whether a value of it can be a secret that a practitioner writes.
    pub(super) fn takes_secret(&self) -> bool {
        let is_open = self.is_argument() && self.retired.is_none();
        is_open && self.sensitive && matches!(self.form, Form::Attribute(_))
    }

    /// The name of its write-only twin.
    pub(super) fn twin(&self) -> String {
        format!("{}{WRITE_ONLY}", self.name)
    }

    /// The name of the number that says that the twin has another value.
    fn twin_version(&self) -> String {
        format!("{}{VERSION}", self.name)
    }

    fn has_twin(&self, config: &Value) -> bool {
        !config.get(&self.twin()).is_null()
    }
}

/// What of the members of an object another one has not.
fn without(members: Params, others: &Params) -> Params {
    let left = members.into_iter().filter_map(|(name, value)| match (value, others.get(&name)) {
        (value, None) => Some((name, value)),
        (Json::Object(members), Some(Json::Object(others))) => {
            let left = without(members, others);
            (!left.is_empty()).then_some((name, Json::Object(left)))
        }
        _ => None,
    });
    left.collect()
}

/// Whether the objects of a type keep metadata that a create or an update sets.
pub(super) fn keeps_metadata(entity: &Entity) -> bool {
    let takes = |kind| entity.operation(kind).is_some_and(|it| it.param(METADATA).is_some());
    entity.field(METADATA).is_some() && (takes(OperationKind::Create) || takes(OperationKind::Update))
}
