//! The params of a configuration: its arguments, the write-only twins of secret ones, and the default metadata of
//! the provider block.

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
    /// Those that the resource itself writes and that may be kept: without write-only values.
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
    /// The complete params of a create.
    pub(super) fn create_config_params(
        &self,
        runtime: &Runtime,
        config: &Value,
    ) -> Result<ConfigParams, Error> {
        let desired = create_params(self.entity, &self.written_with_twins(config))?;
        Ok(self.with_default_metadata(runtime, config, desired))
    }

    /// The params of an object that exists, with this state. A write-only value counts where its
    /// version says that it is another one, or where the value was written in the open before.
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

    /// The params that the plan of a change asked for, and what is stored with them from now on.
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

    /// The params of a create that replaces the object where an update was planned. It needs what an update of the
    /// old object does not: write-only values that stayed the same.
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

    /// The arguments with the same value in the configuration and in the state. They are not changed: they stay
    /// written or answered, as they were. Under `ignore_changes` Terraform puts the state into the configuration.
    fn untouched<'s>(&'s self, config: &'s Value, state: &'s Value) -> impl Iterator<Item = &'s Slot> {
        let is_same = |slot: &Slot| config.get(&slot.name) == state.get(&slot.name);
        let written = self.arguments().filter(|slot| !slot.is_unset(config.get(&slot.name)));
        written.filter(move |slot| !slot.has_twin(config) && is_same(slot))
    }

    /// An apply sees the configuration without `ignore_changes`: where it has something else than was planned, what
    /// the plan asked for counts.
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

    /// Adds what is written as Stripe has it already: nothing is sent for it, and its removal is one from now on.
    fn adopt(&self, own: &mut Params, request: &ApplyRequest) {
        let mut written = self.written(&request.config);
        let untouched = self.untouched(&request.config, &request.planned).map(|slot| slot.member.as_str());
        let untouched: Vec<&str> = untouched.filter(|name| !own.contains_key(*name)).collect();
        written.members.retain(|name, _| untouched.contains(&name.as_str()));
        own.extend(sound_params(self.entity, &written).params);
    }

    /// What the state of an imported object shows and a plan takes out of it: blocks that the configuration does not
    /// have, for a block is never left to a provider, and keys of maps.
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

    /// What a configuration sets, write-only values included.
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

    /// A request that is sent now needs the metadata of the provider block now.
    pub(super) fn check_defaults(&self, runtime: &Runtime) -> Result<(), Diagnostics> {
        let is_known = self.argument(METADATA).is_none() || runtime.metadata.defaults().is_some();
        if is_known { Ok(()) } else { Err(vec![stripe::not_known_yet(DEFAULTS)]) }
    }

    /// The secrets that a configuration writes, and whatever it writes in write-only arguments: no message repeats them.
    pub(super) fn hidden(&self, config: &Value) -> Hidden {
        if !self.arguments().any(|slot| slot.sensitive || slot.takes_secret()) {
            return Hidden::default();
        }
        let params = sound_params(self.entity, &self.written_with_twins(config)).params;
        let twins = self.twins().filter(|slot| slot.has_twin(config));
        let write_only = Hidden::inside(twins.filter_map(|slot| params.get(&slot.member)));
        Hidden::these(secret_values(&params, self.entity.params())).and(write_only)
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
            let version = format!("Any number; a change sends a new value of `{name}{WRITE_ONLY}`.");
            let of_version = Attribute::optional(slot.twin_version(), Type::Number, version);
            [Attribute::optional(slot.twin(), ty, value).sensitive().write_only(), of_version]
        });
        attributes.collect()
    }

    /// Puts nothing where no plan and no state may hold a value. A null of the configuration stays the null that it is:
    /// to OpenTofu one of another type is another value. Beside a value the null of the state stays.
    pub(super) fn forget_write_only(&self, planned: &mut Value, (prior, config): (&Value, &Value)) {
        for twin in self.twins().map(Slot::twin) {
            let nothing = [config, prior].map(|it| it.get(&twin)).into_iter().find(|it| it.is_null());
            planned.set(&twin, nothing.cloned().unwrap_or_default());
        }
    }

    /// The attribute that a change of an argument is seen at: for a write-only value, its version.
    pub(super) fn place_of(slot: &Slot, config: &Value, prior: &Value) -> String {
        let version = slot.twin_version();
        let is_twin = slot.takes_secret() && config.get(&version) != prior.get(&version);
        if is_twin { version } else { slot.name.clone() }
    }

    /// Keys of maps that two blocks have, in whatever case: of two values Stripe would keep one.
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

    /// The arguments that are set twice, by themselves and by their twins.
    pub(super) fn set_twice<'s>(&'s self, config: &'s Value) -> impl Iterator<Item = &'s Slot> {
        let is_set = |name: &str| config.get(name).is_set();
        self.twins().filter(move |slot| is_set(&slot.twin()) && is_set(&slot.name))
    }
}

impl Slot {
    /// Whether what is not written in it is shown as taken away: Terraform leaves only whole attributes, and what
    /// stands in blocks, to a provider.
    fn is_whole(&self) -> bool {
        matches!(self.form, SlotSyntax::Block(..) | SlotSyntax::Attribute(Type::Map(_)))
    }

    /// Whether a value of it can be a secret that a practitioner writes, or the id of what only an ephemeral
    /// resource makes: what no plan may hold.
    pub(super) fn takes_secret(&self) -> bool {
        let is_open = self.is_argument() && self.retired.is_none();
        let is_hidden = self.sensitive || names_momentary(&self.shape);
        is_open && is_hidden && matches!(self.form, SlotSyntax::Attribute(_))
    }

    /// The name of its write-only twin.
    pub(super) fn twin(&self) -> String {
        format!("{}{WRITE_ONLY}", self.name)
    }

    /// The name of the number that says that the twin has another value.
    pub(super) fn twin_version(&self) -> String {
        format!("{}{VERSION}", self.name)
    }

    pub(super) fn has_twin(&self, config: &Value) -> bool {
        !config.get(&self.twin()).is_null()
    }
}

/// Whether a value is the id of what only an ephemeral resource makes.
pub(super) fn names_momentary(shape: &Shape) -> bool {
    shape.objects().iter().any(|object| surface_data().momentary.contains(object))
}

/// Whether the objects of a type keep metadata that a create or an update sets.
pub(super) fn keeps_metadata(entity: &Entity) -> bool {
    let takes = |kind| entity.operation(kind).is_some_and(|it| it.param(METADATA).is_some());
    entity.field(METADATA).is_some() && (takes(OperationKind::Create) || takes(OperationKind::Update))
}
