//! What a configuration asks for: its arguments, the write-only twins of those that are secret, and the
//! metadata that the provider block gives to every object.

use crate::catalog::{Entity, OperationKind};
use crate::engine::{Error, Params, Wanted, Written, create_params, parse};
use crate::provider::metadata_rules::{METADATA, with_defaults};
use crate::provider::payload::to_json;
use crate::provider::runtime::Runtime;
use crate::provider::typed::surface::{Form, Slot, Surface};
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
    /// version says that it is another one, or where the value was written in the open `before`.
    pub(super) fn asked(
        &self,
        runtime: &Runtime,
        config: &Value,
        prior: &Value,
        before: &Params,
    ) -> Result<Asked, Error> {
        let mut written = self.written_with_twins(config);
        let is_known = |slot: &&Slot| {
            let same_version = config.get(&slot.twin_version()) == prior.get(&slot.twin_version());
            slot.has_twin(config) && same_version && !before.contains_key(&slot.member)
        };
        for slot in self.twins().filter(is_known) {
            written.members.shift_remove(&slot.member);
            written.unknown.retain(|path| path.first() != Some(&slot.member));
        }
        let wanted = parse(&written, self.entity.params())?;
        Ok(self.asked_with(runtime, config, wanted))
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

    /// The arguments that are set twice, by themselves and by their twins.
    pub(super) fn set_twice<'s>(&'s self, config: &'s Value) -> impl Iterator<Item = &'s Slot> {
        self.twins().filter(|slot| slot.has_twin(config) && !config.get(&slot.name).is_null())
    }
}

impl Slot {
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

/// Whether the objects of a type keep metadata that a create or an update sets.
pub(super) fn keeps_metadata(entity: &Entity) -> bool {
    let takes = |kind| entity.operation(kind).is_some_and(|it| it.param(METADATA).is_some());
    entity.field(METADATA).is_some() && (takes(OperationKind::Create) || takes(OperationKind::Update))
}
