//! Plans an object, in whatever form its type writes it: nothing, a create, a change, a replacement, or
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

/// How a resource type plans its objects: with a payload, or with arguments.
pub(in crate::provider) trait ObjectPlan: Sync {
    /// What a configuration wants of an existing object.
    type Desired: Desired;

    /// Returns the object of a state.
    fn object(&self, state: &Value, private: &PrivateData) -> Result<Object, Diagnostic>;

    /// Encodes the private data, with what the apply of a change must know.
    fn encode(&self, private: PrivateData, desired: Option<Self::Desired>) -> Vec<u8>;

    /// Marks everything in a new object as unknown that only Stripe's response tells.
    fn set_unanswered(&self, planned: &mut Value, config: &Value);

    /// Returns the mark that identifies a configuration's create, as far as it is known, and the
    /// diagnostics of that create.
    fn check_create(&self, config: &Value) -> (Option<String>, Diagnostics);

    /// Returns the attributes that ask for an object of another type instead of this one. If there are
    /// none, the plan names the type as the state does.
    fn other_type(&self, prior: &Value, planned: &mut Value) -> Vec<Path>;

    /// Returns the desired params of the object; None while they are wholly unknown.
    fn desired(&self, request: &PlanRequest, object: &Object) -> Result<Option<Self::Desired>, Diagnostics>;

    /// Returns whether the apply of an update may create a new object if the change needs one.
    fn replaces_in_place(&self, config: &Value) -> bool;

    /// Shows a change in the response: in the planned value, in the paths that require a new object, and
    /// in the diagnostics.
    fn show(&self, change: &ObjectChange<'_>, desired: &Self::Desired, answer: &mut PlanResponse);
}

/// A change of an existing object.
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

/// Plans a new object: values that are not written are known after the apply.
async fn plan_create(
    way: &impl ObjectPlan,
    runtime: &Runtime,
    request: PlanRequest,
    private: PrivateData,
) -> PlanResponse {
    let PlanRequest { proposed: mut planned, config, .. } = request;
    way.set_unanswered(&mut planned, &config);
    // If this replaces an object, the end of that object finds it by the same private data.
    let (successor, mut diagnostics) = way.check_create(&config);
    let handle = config.get("connection_handle").as_str().map(str::to_owned);
    diagnostics.extend(readiness::check(runtime, &config, handle.as_deref()).await);
    let private = way.encode(PrivateData { handle, successor, ..private }, None);
    PlanResponse { state: planned, private, diagnostics, ..PlanResponse::default() }
}

/// An existing object and its plan request.
struct ExistingObject<'p, P> {
    way: &'p P,
    runtime: &'p Runtime,
    request: PlanRequest,
    object: Object,
    private: PrivateData,
}

impl<P: ObjectPlan> ExistingObject<'_, P> {
    /// Plans no change, an update, or a replacement.
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
            // The changed params are unknown: the apply updates the object or creates another.
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

    /// Shows the change of the object if its desired params are known.
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

    /// Shows a replacement within one update: the old object ends once the new one exists.
    async fn show_replacement_in_place(&self, answer: &mut PlanResponse) {
        let Self { way, runtime, request, object, private } = self;
        way.set_unanswered(&mut answer.state, &request.config);
        answer.state.set("id", Value::Unknown);
        // An apply reports the end itself.
        if !runtime.walk.is_apply() {
            answer.diagnostics.extend(end_diagnostics(runtime, object, &request.prior, private).await);
        }
        answer.diagnostics.extend(way.check_create(&request.config).1);
    }

    /// Plans the move to another account: a new object is created there, and the one in the old account
    /// ends.
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
