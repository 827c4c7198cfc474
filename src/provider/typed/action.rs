//! Terraform actions: everything that moves money, and every object's own calls. No resource keeps their
//! results; each invocation is one Stripe call.
//!
//! An action is written like a typed resource, but with arguments only: an action returns no values. Its
//! result is reported while it runs.

mod call;
mod outcome;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::catalog::{ActionSummary, Entity, Member, Offer, Summary, catalog};
use crate::connector::{self, Connector};
use crate::engine::{self, CreateRequest, Created, Params, SendFailure, create_params, secret_values};
use crate::provider::explain::{explain_connector, explain_failure, explain_made};
use crate::provider::messages::{journal, stripe};
use crate::provider::object::check_readiness;
use crate::provider::runtime::Runtime;
use crate::provider::secret_payload::Hidden;
use crate::provider::typed::action::call::ObjectCall;
use crate::provider::typed::action::outcome::{failure, outcome};
use crate::provider::typed::data::surface_data;
use crate::provider::typed::documented::values_among;
use crate::provider::typed::names::{name_of, snake_case};
use crate::provider::typed::sentences::one;
use crate::provider::typed::surface::Surface;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::terraform::provider::Progress;
use crate::terraform::schema::Schema;
use crate::terraform::value::{Path, Value};

/// One action, whose surface is built on first use.
#[derive(Debug)]
pub(in crate::provider) struct TypedAction {
    type_name: String,
    does: ActionKind,
    surface: OnceLock<Surface>,
}

/// What an action does.
#[derive(Debug, Clone, Copy)]
enum ActionKind {
    /// Creates an object.
    Make(Summary),
    /// Makes an object's own call.
    Call(ActionSummary),
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

/// All actions, by type name.
pub(in crate::provider) fn actions() -> &'static BTreeMap<String, TypedAction> {
    static ACTIONS: OnceLock<BTreeMap<String, TypedAction>> = OnceLock::new();
    ACTIONS.get_or_init(|| {
        let moving = &surface_data().moving;
        let made = catalog().summaries().filter(|it| it.offers(Offer::Create));
        let made = made.filter(|it| moving.iter().any(|key| key == it.key));
        let made = made.map(|it| (name_of(it.key, it.name), ActionKind::Make(it)));
        let called = catalog().changing_actions();
        let called = called.map(|it| (format!("stripe_{}", snake_case(it.name)), ActionKind::Call(it)));
        let all = made.chain(called);
        all.map(|(name, does)| (name.clone(), TypedAction::new(name, does))).collect()
    })
}

impl TypedAction {
    fn new(type_name: String, does: ActionKind) -> Self {
        Self { type_name, does, surface: OnceLock::new() }
    }

    /// Returns its schema.
    pub(in crate::provider) fn schema(&self) -> Schema {
        let does = match self.does {
            ActionKind::Make(made) => format!("Creates {} in Stripe", one(made.entity())),
            ActionKind::Call(called) => ObjectCall::of(called).described(),
        };
        let description = format!("{does}, once for each invocation. No state keeps what it did.");
        self.surface().action_schema(description)
    }

    fn surface(&self) -> &Surface {
        self.surface.get_or_init(|| match self.does {
            ActionKind::Make(made) => {
                Surface::of_call(&self.type_name, made.entity(), &of_one_call(made.entity()))
            }
            ActionKind::Call(called) => ObjectCall::of(called).surface(&self.type_name),
        })
    }

    /// Returns the type of the object that it creates or calls.
    pub(in crate::provider) fn entity(&self) -> &'static Entity {
        self.surface().entity
    }

    /// Returns the method and path of its call.
    pub(in crate::provider) fn call(&self) -> Option<(&'static str, &'static str)> {
        match self.does {
            ActionKind::Make(made) => {
                let create = made.entity().create_operation()?;
                Some((create.method.as_str(), create.path.as_str()))
            }
            ActionKind::Call(called) => Some(ObjectCall::of(called).method_and_path()),
        }
    }

    /// Returns the values that Stripe is known to accept at a path of arguments.
    pub(in crate::provider) fn values_at(&self, path: &[&str]) -> &'static [String] {
        let params = match self.does {
            ActionKind::Make(made) => made.entity().create_params(),
            ActionKind::Call(called) => ObjectCall::of(called).params(),
        };
        values_among(params, path)
    }

    /// Returns the faults of a configuration, as far as it is known.
    pub(in crate::provider) fn validate(&self, config: &Value) -> Diagnostics {
        match self.does {
            ActionKind::Make(_) => self.surface().check_params(config, create_params),
            ActionKind::Call(called) => ObjectCall::of(called).check(self.surface(), config),
        }
    }

    /// Returns the reasons not to send an invocation, found without a call.
    pub(in crate::provider) async fn plan(&self, runtime: &Runtime, config: &Value) -> Diagnostics {
        let mut found = self.validate(config);
        // Its warnings were shown when it was validated.
        found.retain(|it| it.severity == Severity::Error);
        found.extend(check_readiness(runtime, config, config.get("connection_handle").as_str()).await);
        found
    }

    /// Sends the one call of an invocation, and reports its result.
    pub(in crate::provider) async fn invoke(
        &self,
        runtime: &Runtime,
        config: &Value,
        progress: &Progress,
    ) -> Diagnostics {
        let surface = self.surface();
        let connector = runtime.known_connector(config.get("connection_handle").as_str());
        let prepared = surface.check_defaults(runtime).and_then(|()| self.sent(surface, runtime, config));
        let (sent, connector) = match (prepared, connector) {
            (Ok(sent), Ok(connector)) => (sent, connector),
            (sent, connector) => {
                return sent.err().into_iter().flatten().chain(connector.err()).collect();
            }
        };
        let hidden = runtime.conceal(sent.hidden(surface));
        hidden.redact(match self.send(sent, surface, &connector, runtime).await {
            Ok(done) => {
                progress.tell(done.outcome);
                done.diagnostics
            }
            Err(SendFailure { error, unrecorded }) => {
                explain_failure(self.what(), self.refused(surface, &error), unrecorded.as_ref())
            }
        })
    }

    /// Returns what a configuration sends.
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
            ActionKind::Call(called) => ObjectCall::of(called)
                .input(surface, config, runtime.metadata.defaults())
                .map(InvocationCall::Call),
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
                let (unrecorded, adopted) = (ran.unrecorded.as_ref(), ran.adopted.as_ref());
                let diagnostics = explain_made(self.what(), unrecorded, adopted, journal::invocation_resumed);
                Ok(InvocationResult { outcome: outcome(surface.entity, &ran.body, input.ids()), diagnostics })
            }
        }
    }

    /// Returns the call that it makes, if it does not create an object.
    fn call_of_object(&self) -> Option<ObjectCall> {
        match self.does {
            ActionKind::Make(_) => None,
            ActionKind::Call(called) => Some(ObjectCall::of(called)),
        }
    }

    /// Names what it creates or calls, in the catalog's words.
    fn what(&self) -> &'static str {
        match self.does {
            ActionKind::Make(made) => made.name,
            ActionKind::Call(called) => called.name,
        }
    }

    /// Reports what Stripe refused, at the argument that the error names, else at the object of the call.
    fn refused(&self, surface: &Surface, error: &connector::Error) -> Diagnostic {
        let call = self.call_of_object();
        let about = call.and_then(|it| it.place(surface)).map_or(Path::root(), Path::attribute);
        let diagnostic = explain_connector(error, about);
        let mut param = error.stripe().map(|error| error.param()).unwrap_or_default();
        if let (Some(first), Some(call)) = (param.first_mut(), call) {
            *first = call.input_of(first);
        }
        surface.at(diagnostic, &param.join("."))
    }
}

/// Returns the params that the create itself accepts: a param that only an update accepts would need a
/// second call.
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
    /// Returns the secrets in the sent values, which no message and no log may repeat.
    fn hidden(&self, surface: &Surface) -> Hidden {
        let values = match self {
            Self::Make(params) => secret_values(params, surface.entity.params()),
            Self::Call(input) => input.secret_values(),
        };
        Hidden::these(values)
    }
}
