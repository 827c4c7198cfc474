//! The params of a configuration: its arguments, the write-only twins of secret ones, and the provider
//! block's default metadata.

use crate::catalog::{Entity, OperationKind, Shape};
use crate::engine::{
    DesiredParams, Error, ParamError, ParamErrors, Params, WrittenParams, create_params, parse,
    secret_values, sound_params, without,
};
use crate::provider::messages::stripe;
use crate::provider::metadata_rules::{DEFAULTS, METADATA, with_defaults};
use crate::provider::object::Desired;
use crate::provider::payload::to_json;
use crate::provider::runtime::Runtime;
use crate::provider::secret_payload::Hidden;
use crate::provider::typed::data::surface_data;
use crate::provider::typed::private_state::TypedPrivateData;
use crate::provider::typed::surface::{KEY, Repeats, Slot, SlotSyntax, Surface, has_key};
use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::provider::ApplyRequest;
use crate::terraform::schema::Attribute;
use crate::terraform::value::{Type, Value};

/// The suffix of a write-only argument, whose value is in no plan and no state.
const WRITE_ONLY: &str = "_wo";
/// The suffix of the number that marks such a value as changed.
const VERSION: &str = "_wo_version";

/// The params of a configuration, and which of them are kept.
#[derive(Debug, Clone, Default)]
pub(super) struct ConfigParams {
    /// The params, with the metadata that every object gets.
    pub(super) desired: DesiredParams,
    /// The params that the resource itself writes and may keep: without write-only values.
    pub(super) own: Params,
    /// The metadata that every object gets.
    pub(super) default_metadata: Params,
}

impl Desired for ConfigParams {
    fn params(&self) -> &DesiredParams {
        &self.desired
    }
}

impl Surface {
    /// Returns the complete params of a create.
    pub(super) fn create_config_params(
        &self,
        runtime: &Runtime,
        config: &Value,
    ) -> Result<ConfigParams, Error> {
        let desired = create_params(self.entity, &self.written_with_twins(config))?;
        Ok(self.with_default_metadata(runtime, config, desired))
    }

    /// Returns the params of an existing object with this state. A write-only value counts if its version
    /// has changed, or if the value was previously written in the open.
    pub(super) fn config_params(
        &self,
        runtime: &Runtime,
        config: &Value,
        prior: &Value,
        private_state: &TypedPrivateData,
    ) -> Result<ConfigParams, Error> {
        let desired = self.desired(config, prior, private_state)?;
        Ok(self.with_default_metadata(runtime, config, desired))
    }

    /// Returns the params that the plan of a change asked for, and what is stored with them from now on.
    pub(super) fn planned_config_params(
        &self,
        runtime: &Runtime,
        request: &ApplyRequest,
        private_state: &TypedPrivateData,
    ) -> Result<ConfigParams, Error> {
        let mut desired = self.desired(&request.config, &request.prior, private_state)?;
        self.follow_plan(&mut desired, request, private_state);
        if private_state.common.imported {
            desired.gone = self.taken_away(&request.prior, &request.planned);
        }
        let mut config_params = self.with_default_metadata(runtime, &request.config, desired);
        self.adopt(&mut config_params.own, request);
        Ok(config_params)
    }

    /// Returns the params of a create that replaces the object although an update was planned. It also
    /// needs the unchanged write-only values, which an update of the old object does not.
    pub(super) fn replacement_config_params(
        &self,
        runtime: &Runtime,
        request: &ApplyRequest,
        private_state: &TypedPrivateData,
    ) -> Result<ConfigParams, Error> {
        let mut desired = create_params(self.entity, &self.written_with_twins(&request.config))?;
        self.follow_plan(&mut desired, request, private_state);
        Ok(self.with_default_metadata(runtime, &request.config, desired))
    }

    fn desired(
        &self,
        config: &Value,
        prior: &Value,
        private_state: &TypedPrivateData,
    ) -> Result<DesiredParams, Error> {
        let mut written = self.written_with_twins(config);
        let is_known = |slot: &&Slot| {
            let same_version = config.get(&slot.twin_version()) == prior.get(&slot.twin_version());
            slot.has_twin(config) && same_version && !private_state.params.contains_key(&slot.member)
        };
        let untouched: Vec<&Slot> = self.untouched(config, prior).collect();
        for slot in self.twins().filter(is_known).chain(untouched.iter().copied()) {
            written.members.shift_remove(&slot.member);
            written.unknown.retain(|path| path.first() != Some(&slot.member));
        }
        let mut desired = parse(&written, self.entity.params())?;
        let before = untouched.iter().filter_map(|slot| private_state.params.get_key_value(&slot.member));
        desired.params.extend(before.map(|(name, value)| (name.clone(), value.clone())));
        Ok(desired)
    }

    /// Returns the arguments with the same value in the configuration and in the state. They do not
    /// change: whether written or only returned, they stay so. Under `ignore_changes` Terraform puts the
    /// state into the configuration.
    fn untouched<'s>(&'s self, config: &'s Value, state: &'s Value) -> impl Iterator<Item = &'s Slot> {
        let is_same = |slot: &Slot| config.get(&slot.name) == state.get(&slot.name);
        let written = self.arguments().filter(|slot| !slot.is_unset(config.get(&slot.name)));
        written.filter(move |slot| !slot.has_twin(config) && is_same(slot))
    }

    /// Restores the planned params: an apply sees the configuration without `ignore_changes`, so if it
    /// differs from the plan, the plan counts.
    fn follow_plan(
        &self,
        desired: &mut DesiredParams,
        request: &ApplyRequest,
        private_state: &TypedPrivateData,
    ) {
        let (Some(planned_params), ApplyRequest { config, planned, .. }) = (&private_state.planned, request)
        else {
            return;
        };
        let others = self.arguments().filter(|slot| config.get(&slot.name) != planned.get(&slot.name));
        for slot in others.filter(|slot| !slot.has_twin(config)) {
            match planned_params.get(&slot.member) {
                Some(value) => drop(desired.params.insert(slot.member.clone(), value.clone())),
                None => drop(desired.params.shift_remove(&slot.member)),
            }
        }
    }

    /// Adds written params whose values Stripe already has: they are not sent, but from now on their
    /// removal counts.
    fn adopt(&self, own: &mut Params, request: &ApplyRequest) {
        let mut written = self.written(&request.config);
        let untouched = self.untouched(&request.config, &request.planned).map(|slot| slot.member.as_str());
        let untouched: Vec<&str> = untouched.filter(|name| !own.contains_key(*name)).collect();
        written.members.retain(|name, _| untouched.contains(&name.as_str()));
        own.extend(sound_params(self.entity, &written).params);
    }

    /// Returns what the state of an imported object shows and a plan removes: blocks that the
    /// configuration lacks, because a block is never left to a provider, and keys of maps.
    pub(super) fn taken_away(&self, prior: &Value, planned: &Value) -> Params {
        let shown = |state: &Value| {
            let mut written = self.written(state);
            let is_whole = |name: &str| self.argument(name).is_some_and(Slot::is_whole);
            written.members.retain(|name, _| is_whole(name));
            sound_params(self.entity, &written)
        };
        let (was, stays) = (shown(prior), shown(planned));
        let unknown: Vec<&str> =
            stays.unknown.iter().filter_map(|path| path.first()).map(String::as_str).collect();
        let known = was.params.into_iter().filter(|(name, _)| !unknown.contains(&name.as_str()));
        without(known.collect(), &stays.params)
    }

    /// Returns what a configuration sets, including write-only values.
    pub(super) fn written_with_twins(&self, config: &Value) -> WrittenParams {
        let mut written = self.written(config);
        for slot in self.twins().filter(|slot| slot.has_twin(config)) {
            let mut path = vec![slot.member.clone()];
            let json = to_json(config.get(&slot.twin()), &mut path, &mut written.unknown);
            written.members.extend(json.map(|json| (slot.member.clone(), json)));
        }
        written
    }

    fn with_default_metadata(
        &self,
        runtime: &Runtime,
        config: &Value,
        mut desired: DesiredParams,
    ) -> ConfigParams {
        let mut own = desired.params.clone();
        for slot in self.twins().filter(|slot| slot.has_twin(config)) {
            own.shift_remove(&slot.member);
        }
        if !keeps_metadata(self.entity) || self.argument(METADATA).is_none() {
            return ConfigParams { desired, own, default_metadata: Params::new() };
        }
        let Some(defaults) = runtime.metadata.defaults() else {
            desired.unknown.push(vec![METADATA.to_owned()]);
            return ConfigParams { desired, own, default_metadata: Params::new() };
        };
        desired.params = with_defaults(desired.params, defaults);
        ConfigParams { desired, own, default_metadata: defaults.clone() }
    }

    /// Checks that the provider block's metadata are known, because a request sent now needs them.
    pub(super) fn check_defaults(&self, runtime: &Runtime) -> Result<(), Diagnostics> {
        let is_known = self.argument(METADATA).is_none() || runtime.metadata.defaults().is_some();
        if is_known { Ok(()) } else { Err(vec![stripe::not_known_yet(DEFAULTS)]) }
    }

    /// Returns the secrets that a configuration writes, and everything in write-only arguments: no message
    /// repeats them.
    pub(super) fn hidden(&self, config: &Value) -> Hidden {
        if !self.arguments().any(|slot| slot.sensitive || slot.takes_secret()) {
            return Hidden::default();
        }
        let params = sound_params(self.entity, &self.written_with_twins(config)).params;
        let twins = self.twins().filter(|slot| slot.has_twin(config));
        let write_only = Hidden::inside(twins.filter_map(|slot| params.get(&slot.member)));
        Hidden::these(secret_values(&params, self.entity.params())).and(write_only)
    }

    /// Returns the arguments that have a write-only twin: the secret ones.
    fn twins(&self) -> impl Iterator<Item = &Slot> {
        self.arguments().filter(|slot| slot.takes_secret())
    }

    /// Returns the attributes of the twins.
    pub(super) fn twin_attributes(&self) -> Vec<Attribute> {
        let attributes = self.twins().flat_map(|slot| {
            let (name, ty) = (&slot.name, slot.shown_type());
            let value = format!("`{name}`, in no plan and no state: for a value that comes from an ephemeral resource. Set one of the two. Needs Terraform or OpenTofu 1.11.");
            let version = format!("Any number; a change sends a new value of `{name}{WRITE_ONLY}`.");
            let of_version = Attribute::optional(slot.twin_version(), Type::Number, version);
            [Attribute::optional(slot.twin(), ty, value).sensitive().write_only(), of_version]
        });
        attributes.collect()
    }

    /// Removes values that no plan and no state may hold. A null in the configuration stays exactly that
    /// null, because to OpenTofu a null of another type is another value. If the configuration has a
    /// value, the state's null stays.
    pub(super) fn forget_write_only(&self, planned: &mut Value, (prior, config): (&Value, &Value)) {
        for twin in self.twins().map(Slot::twin) {
            let nothing = [config, prior].map(|it| it.get(&twin)).into_iter().find(|it| it.is_null());
            planned.set(&twin, nothing.cloned().unwrap_or_default());
        }
    }

    /// Returns the attribute that shows a change of an argument: for a write-only value, its version.
    pub(super) fn place_of(slot: &Slot, config: &Value, prior: &Value) -> String {
        let version = slot.twin_version();
        let is_twin = slot.takes_secret() && config.get(&version) != prior.get(&version);
        if is_twin { version } else { slot.name.clone() }
    }

    /// Reports keys of maps that two blocks share, ignoring case: Stripe would keep only one of the two
    /// values.
    pub(super) fn keys_twice(&self, config: &Value) -> ParamErrors {
        let keyed = self.arguments().filter(|slot| matches!(slot.form, SlotSyntax::Block(Repeats::Keyed, _)));
        let twice = keyed.flat_map(|slot| {
            let blocks = config.get(&slot.name).items();
            let again = blocks.iter().enumerate().filter_map(|(at, block)| {
                let key = block.get(KEY).as_str()?;
                let first = blocks.iter().take(at).find(|earlier| has_key(earlier, key))?;
                let of = |key: &str| format!("{}.{key}", slot.member);
                Some(ParamError::Twice { key: of(key), param: of(first.get(KEY).as_str()?) })
            });
            again.collect::<ParamErrors>()
        });
        twice.collect()
    }

    /// Returns the arguments that are set twice, directly and through their twins.
    pub(super) fn set_twice<'s>(&'s self, config: &'s Value) -> impl Iterator<Item = &'s Slot> {
        let is_set = |name: &str| config.get(name).is_set();
        self.twins().filter(move |slot| is_set(&slot.twin()) && is_set(&slot.name))
    }
}

impl Slot {
    /// Returns whether the plan shows its unwritten parts as removed: Terraform leaves only whole
    /// attributes, and the attributes of blocks, to a provider.
    fn is_whole(&self) -> bool {
        matches!(self.form, SlotSyntax::Block(..) | SlotSyntax::Attribute(Type::Map(_)))
    }

    /// Returns whether it can hold a secret written by a practitioner, or the id of something that only an
    /// ephemeral resource creates; no plan may hold either.
    pub(super) fn takes_secret(&self) -> bool {
        let is_open = self.is_argument() && self.retired.is_none();
        let is_hidden = self.sensitive || names_momentary(&self.shape);
        is_open && is_hidden && matches!(self.form, SlotSyntax::Attribute(_))
    }

    /// Returns the name of its write-only twin.
    pub(super) fn twin(&self) -> String {
        format!("{}{WRITE_ONLY}", self.name)
    }

    /// Returns the name of the number that marks a new value of the twin.
    pub(super) fn twin_version(&self) -> String {
        format!("{}{VERSION}", self.name)
    }

    pub(super) fn has_twin(&self, config: &Value) -> bool {
        !config.get(&self.twin()).is_null()
    }
}

/// Returns whether a value is the id of something that only an ephemeral resource creates.
pub(super) fn names_momentary(shape: &Shape) -> bool {
    shape.objects().iter().any(|object| surface_data().momentary.contains(object))
}

/// Returns whether the objects of a type keep metadata that a create or an update sets.
pub(super) fn keeps_metadata(entity: &Entity) -> bool {
    let takes = |kind| entity.operation(kind).is_some_and(|it| it.param(METADATA).is_some());
    entity.field(METADATA).is_some() && (takes(OperationKind::Create) || takes(OperationKind::Update))
}
