//! Creates the object of a resource, once, and in place of the object that it replaces.

use serde_json::Value as Json;

use crate::catalog::Entity;
use crate::connector::{Connector, Error};
use crate::engine::{self, EndOutcome, Object, Params, Predecessor, SendFailure, successor_mark};
use crate::provider::explain::{cause, explain_failure, explain_made, explain_taken};
use crate::provider::messages::{ends, journal};
use crate::provider::object::end::{destroy_options, ended, without_consent};
use crate::provider::object::private_data::PrivateData;
use crate::provider::object::responses::place_of;
use crate::provider::runtime::{Runtime, WaitingObject};
use crate::stripe::finishing;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::terraform::provider::StateResponse;
use crate::terraform::value::Value;

/// What a create needs besides its params.
pub(super) struct CreateContext<'r> {
    pub(super) runtime: &'r Runtime,
    pub(super) entity: &'static Entity,
    pub(super) connector: Connector,
    pub(super) private: PrivateData,
    /// The part of an import id of this resource before the object's locator.
    pub(super) import_prefix: String,
    /// Reports what Stripe refused, at the attribute that the error names.
    pub(super) refused: &'r (dyn Fn(&Error) -> Diagnostic + Send + Sync),
}

/// An object that Stripe created.
#[derive(Debug)]
pub(super) struct MadeObject {
    /// Its id, after the ids of its parents.
    pub(super) locator: String,
    /// The object in Stripe's response.
    pub(super) body: Json,
    /// The paths of the params of a second call, which failed.
    pub(super) unset: Vec<String>,
    /// The private data of its state.
    pub(super) private: PrivateData,
    /// Errors and warnings about it.
    pub(super) diagnostics: Diagnostics,
    /// The result of ending the object that it replaces, if that one could not be ended earlier.
    succession: Option<Result<EndOutcome, Error>>,
}

impl CreateContext<'_> {
    /// Creates the object, in place of one that waits for it. If that fails, the state is that of the
    /// waiting object, which Terraform then marks as tainted: the next run replaces it, and it does not
    /// get lost.
    pub(super) async fn make(&self, params: Params) -> Result<MadeObject, StateResponse> {
        let mark = successor_mark(self.entity, &params);
        let waiting = self.runtime.successions.predecessor(self.connector.connection(), mark);
        let old = waiting
            .as_ref()
            .map(|WaitingObject { object, options, .. }| Predecessor { object, options: *options });
        match self.make_after(params, old).await {
            Ok(mut made) => {
                if let Some((old, ended)) = old.zip(made.succession.take()) {
                    let diagnostic = self.end_diagnostic(old.object, &made.locator, ended).await;
                    // An error would taint the new object, and the next run would create another one.
                    made.diagnostics.extend(diagnostic.map(softened));
                }
                Ok(made)
            }
            Err(diagnostics) => {
                let state = waiting.map(|waiting| waiting.state).unwrap_or_default();
                Err(StateResponse { diagnostics, ..state })
            }
        }
    }

    async fn make_after(
        &self,
        params: Params,
        old: Option<Predecessor<'_>>,
    ) -> Result<MadeObject, Diagnostics> {
        let Self { runtime, entity, private, connector, .. } = self;
        let creation =
            engine::CreateRequest { entity, params: params.clone(), replaces: old, in_state: true };
        match engine::create(connector, &runtime.journal, creation).await {
            Ok(made) => {
                let (unrecorded, adopted) = (made.unrecorded.as_ref(), made.adopted.as_ref());
                let mut diagnostics = explain_made(&entity.name, unrecorded, adopted, journal::resumed);
                let (unset, why) = made.incomplete.unzip();
                let unset = unset.unwrap_or_default();
                diagnostics.extend(why.map(|error| self.incomplete(&made.locator, &unset, &error)));
                diagnostics.extend(made.declined.map(|error| self.declined(&made.locator, &error)));
                let origin = Some(connector.connection().identity().await);
                let mut private = private.of_new(origin);
                private.raise_expected_reads(made.expected_reads);
                let object = Object::new(entity, made.locator.clone(), params, made.body.clone());
                runtime.successions.made(connector.connection(), object);
                let (locator, body, succession) = (made.locator, made.body, made.succession);
                Ok(MadeObject { locator, body, unset, private, diagnostics, succession })
            }
            Err(SendFailure { error, unrecorded }) => {
                let refused = (self.refused)(&error);
                let place = format!("{}{}", self.import_prefix, place_of(self.connector.connection()));
                let refused = match engine::taken(connector, entity, &params, &error).await {
                    Some(taken) => explain_taken(&refused, entity, &place, &taken),
                    None => refused,
                };
                Err(explain_failure(&entity.name, refused, unrecorded.as_ref()))
            }
        }
    }

    /// Reports an existing but incomplete object. That is not a failed create: Terraform would end the
    /// object and create another.
    fn incomplete(&self, locator: &str, unset: &[String], error: &Error) -> Diagnostic {
        let Diagnostic { summary, detail, path, .. } = (self.refused)(error);
        let names: Vec<String> = unset.iter().map(|name| format!("`{name}`")).collect();
        let why = format!("{summary}: {detail}");
        let diagnostic = ends::incomplete(&self.entity.name, locator, &names.join(", "), &why);
        Diagnostic { path, ..diagnostic }
    }

    /// Reports an object whose payment was declined, although Stripe created the object. The error makes
    /// Terraform mark it as tainted: the next run ends it and creates another.
    fn declined(&self, locator: &str, error: &Error) -> Diagnostic {
        let Diagnostic { summary, detail, path, .. } = (self.refused)(error);
        let diagnostic = ends::declined(&self.entity.name, locator, &summary, &detail);
        Diagnostic { path, ..diagnostic }
    }

    /// Creates the replacement of an object in one step, and ends the old one. `state` says how.
    pub(super) async fn replace(
        &self,
        params: Params,
        old: &Object,
        state: &Value,
    ) -> Result<MadeObject, Diagnostics> {
        let options = destroy_options(state);
        let mut made = self.make_after(params, Some(Predecessor { object: old, options })).await?;
        let ended = match made.succession.take() {
            Some(ended) => ended,
            None => match without_consent(old, state, self.connector.connection()).await {
                Some(protected) => {
                    made.diagnostics.push(softened(protected));
                    return Ok(made);
                }
                // From here on, only this run knows the old object.
                None => finishing(old.end(&self.connector, options)).await,
            },
        };
        made.diagnostics.extend(self.end_diagnostic(old, &made.locator, ended).await);
        Ok(made)
    }

    /// Reports the end of a replaced object. If it did not end, no state holds it, so no run would end it.
    async fn end_diagnostic(
        &self,
        old: &Object,
        successor: &str,
        result: Result<EndOutcome, Error>,
    ) -> Option<Diagnostic> {
        let error = match result {
            Ok(outcome) => return ended(old, &outcome, None),
            Err(error) => error,
        };
        if finishing(old.is_over(&self.connector)).await {
            return None;
        }
        let id = format!("{}{}{}", self.import_prefix, place_of(self.connector.connection()), old.locator);
        Some(ends::not_ended(&old.entity.name, &old.locator, successor, &cause(&error), &id))
    }
}

/// Turns an error that does not concern the complete new object into a warning.
fn softened(diagnostic: Diagnostic) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, ..diagnostic }
}
