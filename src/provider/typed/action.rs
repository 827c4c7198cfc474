//! Terraform actions: what moves money, and every call of its own that an object has. No resource keeps what
//! they do; each invocation is one call of Stripe.
//!
//! An action is written as a typed resource is, in arguments alone: an action answers no values. What it
//! came to is told while it runs.

mod call;
mod outcome;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::catalog::{Entity, Member, Offer, catalog};
use crate::connector::{self, Connector};
use crate::engine::{self, CreateRequest, Created, Params, SendFailure, create_params, secret_values};
use crate::provider::explain::{explain_connector, explain_failure, explain_made};
use crate::provider::messages::{journal, stripe};
use crate::provider::resources::check_readiness;
use crate::provider::runtime::Runtime;
use crate::provider::secret_payload::Hidden;
use crate::provider::typed::action::call::ObjectCall;
use crate::provider::typed::action::outcome::{failure, outcome};
use crate::provider::typed::data::surface_data;
use crate::provider::typed::documented::values_among;
use crate::provider::typed::sentences::one;
use crate::provider::typed::surface::Surface;
use crate::provider::typed::{name_of, snake_case};
use crate::terraform::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::terraform::provider::Progress;
use crate::terraform::schema::Schema;
use crate::terraform::value::{Path, Value};

/// One action, whose surface is made when it is first used.
#[derive(Debug)]
pub(in crate::provider) struct TypedAction {
    type_name: String,
    does: ActionKind,
    surface: OnceLock<Option<Surface>>,
}

/// What an action does, by its name in the catalog.
#[derive(Debug, Clone, Copy)]
enum ActionKind {
    /// Makes an object of this key.
    Make(&'static str),
    /// Makes this call of an object.
    Call(&'static str),
}

/// What an invocation sends.
enum InvocationCall {
    Make(Params),
    Call(engine::ActionInput),
}

/// The result of an invocation.
struct InvocationResult {
    /// What was done, in words.
    outcome: String,
    /// Diagnostics about it.
    diagnostics: Diagnostics,
}

/// Every action by its type name.
pub(in crate::provider) fn actions() -> &'static BTreeMap<String, TypedAction> {
    static ACTIONS: OnceLock<BTreeMap<String, TypedAction>> = OnceLock::new();
    ACTIONS.get_or_init(|| {
        let moving = &surface_data().moving;
        let made = catalog().summaries().filter(|it| it.offers(Offer::Create));
        let made = made.filter(|it| moving.iter().any(|key| key == it.key));
        let made = made.map(|it| (name_of(it.key, it.name), ActionKind::Make(it.key)));
        let called = catalog().changing_actions();
        let called = called.map(|name| (format!("stripe_{}", snake_case(name)), ActionKind::Call(name)));
        let all = made.chain(called);
        all.map(|(name, does)| (name.clone(), TypedAction::new(name, does))).collect()
    })
}

impl TypedAction {
    fn new(type_name: String, does: ActionKind) -> Self {
        Self { type_name, does, surface: OnceLock::new() }
    }

    /// Its schema.
    pub(in crate::provider) fn schema(&self) -> Schema {
        let does = match self.does {
            ActionKind::Make(_) => self.surface().map(|it| format!("Creates {} in Stripe", one(it.entity))),
            ActionKind::Call(name) => ObjectCall::of(name).map(ObjectCall::described),
        };
        let description =
            does.map(|does| format!("{does}, once for each invocation. No state keeps what it did."));
        self.surface().zip(description).map(|(it, text)| it.action_schema(text)).unwrap_or_default()
    }

    /// The surface. The catalog of the build has everything that it names.
    fn surface(&self) -> Option<&Surface> {
        let made = || match self.does {
            ActionKind::Make(key) => {
                let entity = catalog().by_object(key)?;
                Some(Surface::of_call(&self.type_name, entity, &of_one_call(entity)))
            }
            ActionKind::Call(name) => Some(ObjectCall::of(name)?.surface(&self.type_name)),
        };
        self.surface.get_or_init(made).as_ref()
    }

    /// The type of object that it makes or calls.
    pub(in crate::provider) fn entity(&self) -> Option<&'static Entity> {
        self.surface().map(|surface| surface.entity)
    }

    /// The method and the path of its call.
    pub(in crate::provider) fn call(&self) -> Option<(&'static str, &'static str)> {
        match self.does {
            ActionKind::Make(_) => {
                let create = self.entity()?.create_operation()?;
                Some((create.method.as_str(), create.path.as_str()))
            }
            ActionKind::Call(name) => Some(ObjectCall::of(name)?.method_and_path()),
        }
    }

    /// The values that Stripe is known to take at a path of arguments.
    pub(in crate::provider) fn values_at(&self, path: &[&str]) -> &'static [String] {
        let params = match self.does {
            ActionKind::Make(_) => self.entity().map(Entity::create_params),
            ActionKind::Call(name) => ObjectCall::of(name).map(ObjectCall::params),
        };
        params.map(|params| values_among(params, path)).unwrap_or_default()
    }

    /// What is wrong with a configuration, as far as it is known.
    pub(in crate::provider) fn validate(&self, config: &Value) -> Diagnostics {
        let Some(surface) = self.surface() else { return Diagnostics::new() };
        match self.does {
            ActionKind::Make(_) => surface.check_params(config, create_params),
            ActionKind::Call(name) => {
                ObjectCall::of(name).map(|it| it.check(surface, config)).unwrap_or_default()
            }
        }
    }

    /// Reasons not to send an invocation, found without a call.
    pub(in crate::provider) async fn plan(&self, runtime: &Runtime, config: &Value) -> Diagnostics {
        let mut found = self.validate(config);
        // Its warnings have been shown when it was validated.
        found.retain(|it| it.severity == Severity::Error);
        found.extend(check_readiness(runtime, config, config.get("connection_handle").as_str()).await);
        found
    }

    /// Sends the one call of an invocation, and tells what it came to.
    pub(in crate::provider) async fn invoke(
        &self,
        runtime: &Runtime,
        config: &Value,
        progress: &Progress,
    ) -> Diagnostics {
        let Some(surface) = self.surface() else { return Diagnostics::new() };
        let connection = runtime.known_connection(config.get("connection_handle").as_str());
        let prepared = surface.check_defaults(runtime).and_then(|()| self.sent(surface, runtime, config));
        let (sent, connection) = match (prepared, connection) {
            (Ok(sent), Ok(connection)) => (sent, connection),
            (sent, connection) => {
                return sent.err().into_iter().flatten().chain(connection.err()).collect();
            }
        };
        let hidden = runtime.conceal(sent.hidden(surface));
        hidden.redact(match self.send(sent, surface, &Connector::new(&connection), runtime).await {
            Ok(done) => {
                progress.tell(done.outcome);
                done.diagnostics
            }
            Err(SendFailure { error, unrecorded }) => {
                let what = self.called().unwrap_or(&surface.entity.name);
                explain_failure(what, self.refused(surface, &error), unrecorded.as_ref())
            }
        })
    }

    /// What a configuration sends.
    fn sent(
        &self,
        surface: &Surface,
        runtime: &Runtime,
        config: &Value,
    ) -> Result<InvocationCall, Diagnostics> {
        match self.does {
            ActionKind::Make(_) => surface
                .create_config_params(runtime, config)
                .map(|params| InvocationCall::Make(params.desired.params))
                .map_err(|error| surface.explain(&error)),
            ActionKind::Call(name) => {
                let call = ObjectCall::of(name).ok_or_else(Diagnostics::new)?;
                call.input(surface, config, runtime.metadata.defaults()).map(InvocationCall::Call)
            }
        }
    }

    async fn send(
        &self,
        sent: InvocationCall,
        surface: &Surface,
        connector: &Connector,
        runtime: &Runtime,
    ) -> Result<InvocationResult, SendFailure> {
        match sent {
            InvocationCall::Make(params) => {
                let entity = surface.entity;
                let creation = CreateRequest { entity, params, replaces: None, in_state: false };
                Ok(made(entity, engine::create(connector, &runtime.journal, creation).await?))
            }
            InvocationCall::Call(input) => {
                let ran = input.run_once(connector, &runtime.journal, None).await?;
                let what = self.called().unwrap_or_default();
                let (unrecorded, adopted) = (ran.unrecorded.as_ref(), ran.adopted.as_ref());
                let diagnostics = explain_made(what, unrecorded, adopted, journal::invocation_resumed);
                Ok(InvocationResult { outcome: outcome(surface.entity, &ran.body, input.ids()), diagnostics })
            }
        }
    }

    /// The name of the call in the catalog.
    fn called(&self) -> Option<&'static str> {
        match self.does {
            ActionKind::Make(_) => None,
            ActionKind::Call(name) => Some(name),
        }
    }

    /// What Stripe refused, at the argument that it names, else at the object that the call is of.
    fn refused(&self, surface: &Surface, error: &connector::Error) -> Diagnostic {
        let call = self.called().and_then(ObjectCall::of);
        let of_call = call.and_then(|it| it.place(surface));
        let nowhere = Path::attribute("");
        let diagnostic = explain_connector(error, of_call.unwrap_or_default());
        let diagnostic = if diagnostic.path == nowhere { diagnostic.at(Path::root()) } else { diagnostic };
        let mut param = error.stripe().map(|error| error.param()).unwrap_or_default();
        if let (Some(first), Some(call)) = (param.first_mut(), call) {
            *first = call.input_of(first);
        }
        surface.at(diagnostic, &param.join("."))
    }
}

/// The params of a create that go along with it: what an update alone takes would be a second call.
fn of_one_call(entity: &Entity) -> Vec<Member> {
    let create = entity.create_operation();
    let takes = |name: &str| create.is_some_and(|create| create.param(name).is_some());
    let goes_along = |it: &&Member| takes(&it.name) || entity.parents().contains(&it.name.as_str());
    entity.create_params().iter().filter(goes_along).cloned().collect()
}

/// The result of an action that created an object.
fn made(entity: &Entity, made: Created) -> InvocationResult {
    let (unrecorded, adopted) = (made.unrecorded.as_ref(), made.adopted.as_ref());
    let mut diagnostics = explain_made(&entity.name, unrecorded, adopted, journal::invocation_resumed);
    let outcome = outcome(entity, &made.body, &[made.locator]);
    diagnostics.extend(failure(&made.body).map(|why| stripe::moved_nothing(&outcome, &why)));
    InvocationResult { outcome, diagnostics }
}

impl InvocationCall {
    /// The secrets in what is sent, which no message and no log may repeat.
    fn hidden(&self, surface: &Surface) -> Hidden {
        let values = match self {
            Self::Make(params) => secret_values(params, surface.entity.params()),
            Self::Call(input) => input.secret_values(),
        };
        Hidden::these(values)
    }
}
