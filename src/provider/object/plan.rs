//! Plans an object, in whatever way its type writes it: nothing, a create, a change, another object in its place, or
//! its end.

use crate::engine::{Change, Object, Restores};
use crate::provider::connection_settings::keep_equal_handle;
use crate::provider::messages::found;
use crate::provider::object::account::{ConfiguredConnection, configured};
use crate::provider::object::desired::Desired;
use crate::provider::object::end::{end_diagnostics, planned_end, replacement_diagnostics};
use crate::provider::object::private_data::PrivateData;
use crate::provider::object::readiness;
use crate::provider::object::responses::{forced_by_move, named, unplanned};
use crate::provider::runtime::Runtime;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{PlanRequest, PlanResponse};
use crate::terraform::value::{Path, Value};

/// The way in which a resource type plans its objects: with a payload, or with arguments.
pub(in crate::provider) trait ObjectPlan: Sync {
    /// What a configuration asks of an object that is there.
    type Desired: Desired;

    /// The object of a state.
    fn object(&self, state: &Value, private: &PrivateData) -> Result<Object, Diagnostic>;

    /// What Terraform keeps beside the state, with what the apply of a change must know.
    fn encode(&self, private: PrivateData, desired: Option<Self::Desired>) -> Vec<u8>;

    /// Makes everything of a new object unknown that only Stripe's answer tells.
    fn set_unanswered(&self, planned: &mut Value, config: &Value);

    /// What tells the create of a configuration, as far as it is known, and what there is to say of that create.
    fn check_create(&self, config: &Value) -> (Option<String>, Diagnostics);

    /// The attributes that ask for an object of another type in the place of this one. Where there are none, the plan
    /// names the type as the state does.
    fn other_type(&self, prior: &Value, planned: &mut Value) -> Vec<Path>;

    /// What the object is to have; none while nothing of that is known.
    fn desired(&self, request: &PlanRequest, object: &Object) -> Result<Option<Self::Desired>, Diagnostics>;

    /// Whether the apply of an update makes a new object, where it takes one.
    fn replaces_in_place(&self, config: &Value) -> bool;

    /// Shows a change: in the planned value, in what only a new object can have, and in what there is to say of it.
    fn show(&self, change: &ObjectChange<'_>, desired: &Self::Desired, answer: &mut PlanResponse);
}

/// A change of an object that is there.
pub(in crate::provider) struct ObjectChange<'p> {
    pub(in crate::provider) request: &'p PlanRequest,
    pub(in crate::provider) object: &'p Object,
    pub(in crate::provider) change: &'p Change,
}

/// Plans what a configuration asks for.
pub(in crate::provider) async fn plan<P: ObjectPlan>(
    way: &P,
    runtime: &Runtime,
    request: PlanRequest,
    private: PrivateData,
) -> PlanResponse {
    if request.is_create() {
        return plan_create(way, runtime, request, private).await;
    }
    let object = match way.object(&request.prior, &private) {
        Ok(object) => object,
        Err(unknown) => return unplanned(request, vec![unknown]),
    };
    if request.is_destroy() {
        return planned_end(runtime, request, &object, &private, |private| way.encode(private, None)).await;
    }
    if object.body.is_null() {
        return unplanned(request, vec![found::not_read_yet(&named(&object))]);
    }
    match configured(runtime, &object, &request, &private).await {
        Ok(ConfiguredConnection::Same(private)) => {
            ExistingObject { way, runtime, request, object, private }.plan_change().await
        }
        Ok(ConfiguredConnection::Moved(private)) => {
            ExistingObject { way, runtime, request, object, private }.plan_move().await
        }
        Err(refused) => unplanned(request, vec![refused]),
    }
}

/// A new object: what is not written is known after the apply.
async fn plan_create(
    way: &impl ObjectPlan,
    runtime: &Runtime,
    request: PlanRequest,
    private: PrivateData,
) -> PlanResponse {
    let PlanRequest { proposed: mut planned, config, .. } = request;
    way.set_unanswered(&mut planned, &config);
    // Where this replaces an object, its end finds it by the same private data.
    let (successor, mut diagnostics) = way.check_create(&config);
    let handle = config.get("connection_handle").as_str().map(str::to_owned);
    diagnostics.extend(readiness::check(runtime, &config, handle.as_deref()).await);
    let private = way.encode(PrivateData { handle, successor, ..private }, None);
    PlanResponse { state: planned, private, diagnostics, ..PlanResponse::default() }
}

/// An object that is there, and what is planned for it.
struct ExistingObject<'p, P> {
    way: &'p P,
    runtime: &'p Runtime,
    request: PlanRequest,
    object: Object,
    private: PrivateData,
}

impl<P: ObjectPlan> ExistingObject<'_, P> {
    /// No change, an update, or another object.
    async fn plan_change(self) -> PlanResponse {
        let Self { way, runtime, request, object, private } = &self;
        let mut answer = PlanResponse { state: request.proposed.clone(), ..PlanResponse::default() };
        keep_equal_handle(&mut answer.state, &request.prior, &self.runtime.unknown_handles);
        answer.requires_replace = way.other_type(&request.prior, &mut answer.state);
        let is_same_type = answer.requires_replace.is_empty();
        let desired = if is_same_type { way.desired(request, object) } else { Ok(None) };
        let desired = match desired {
            Ok(desired) => desired,
            Err(faults) => return unplanned(self.request, faults),
        };
        match &desired {
            Some(desired) => self.show(desired, &mut answer).await,
            // Which param changes is not known: the apply updates the object, or makes another.
            None => way.set_unanswered(&mut answer.state, &request.config),
        }
        if !answer.requires_replace.is_empty() {
            let states = (&request.prior, &request.config);
            answer.diagnostics.extend(replacement_diagnostics(runtime, object, states, private).await);
        }
        if answer.state != request.prior {
            let handle = private.handle.as_deref();
            answer.diagnostics.extend(readiness::check(runtime, &request.config, handle).await);
        }
        PlanResponse { private: way.encode(private.clone(), desired), ..answer }
    }

    /// What becomes of the object where it is known what it is to have.
    async fn show(&self, desired: &P::Desired, answer: &mut PlanResponse) {
        let Self { way, request, object, .. } = self;
        let change = object.change_to(desired.params());
        if change.needs_new() && way.replaces_in_place(&request.config) {
            return self.show_replacement_in_place(answer).await;
        }
        way.show(&ObjectChange { request, object, change: &change }, desired, answer);
        if change.restores == Some(Restores::Replace) {
            answer.state.set("id", Value::Unknown);
            answer.requires_replace.push(Path::attribute("id"));
        }
    }

    /// A new object takes the place of the old one in one update: the old one ends when the new one is there.
    async fn show_replacement_in_place(&self, answer: &mut PlanResponse) {
        let Self { way, runtime, request, object, private } = self;
        way.set_unanswered(&mut answer.state, &request.config);
        answer.state.set("id", Value::Unknown);
        // An apply tells of the end itself.
        if !runtime.walk.is_apply() {
            answer.diagnostics.extend(end_diagnostics(runtime, object, &request.prior, private).await);
        }
        answer.diagnostics.extend(way.check_create(&request.config).1);
    }

    /// A connection to another account makes the object there, and ends the one it has here.
    async fn plan_move(self) -> PlanResponse {
        let Self { way, runtime, request, object, private } = self;
        let old = private.on(private.replaced_handle.clone());
        let diagnostics = end_diagnostics(runtime, &object, &request.prior, &old).await;
        let PlanRequest { proposed: mut planned, config, .. } = request;
        way.set_unanswered(&mut planned, &config);
        planned.set("id", Value::Unknown);
        let private = way.encode(private, None);
        PlanResponse { state: planned, requires_replace: forced_by_move(), private, diagnostics }
    }
}
