//! Creates the object of a resource, once, and in the place of the one that it replaces.

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

/// What a create needs beside its params.
pub(super) struct CreateContext<'r> {
    pub(super) runtime: &'r Runtime,
    pub(super) entity: &'static Entity,
    pub(super) connector: Connector,
    pub(super) private: PrivateData,
    /// The prefix of an import id of this resource, before the object's locator.
    pub(super) import_prefix: String,
    /// What Stripe refused, at the attribute that it names.
    pub(super) refused: &'r (dyn Fn(&Error) -> Diagnostic + Send + Sync),
}

/// An object that Stripe made.
#[derive(Debug)]
pub(super) struct MadeObject {
    /// Its id, behind the ids of what it belongs to.
    pub(super) locator: String,
    /// The object as Stripe answered it.
    pub(super) body: Json,
    /// The paths of params that were to be set in a second call, which failed.
    pub(super) unset: Vec<String>,
    /// The private data of its state.
    pub(super) private: PrivateData,
    /// Errors and warnings about it.
    pub(super) diagnostics: Diagnostics,
    /// The result of ending the object that it replaces, if that one could not end before.
    succession: Option<Result<EndOutcome, Error>>,
}

impl CreateContext<'_> {
    /// Creates the object, in the place of one that waits for it. Where that fails, the state is the waiting
    /// one's, which Terraform then calls tainted: the next run replaces it, and nobody forgets it.
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
                    // An error would taint the new object, and the next run would make another one.
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

    /// An object that is there and lacks something is no failed create: Terraform would end it and make another.
    fn incomplete(&self, locator: &str, unset: &[String], error: &Error) -> Diagnostic {
        let Diagnostic { summary, detail, path, .. } = (self.refused)(error);
        let names: Vec<String> = unset.iter().map(|name| format!("`{name}`")).collect();
        let why = format!("{summary}: {detail}");
        let diagnostic = ends::incomplete(&self.entity.name, locator, &names.join(", "), &why);
        Diagnostic { path, ..diagnostic }
    }

    /// An object that Stripe has made and whose payment it declined. The error makes Terraform call it tainted: the
    /// next run ends it, and makes another.
    fn declined(&self, locator: &str, error: &Error) -> Diagnostic {
        let Diagnostic { summary, detail, path, .. } = (self.refused)(error);
        let diagnostic = ends::declined(&self.entity.name, locator, &summary, &detail);
        Diagnostic { path, ..diagnostic }
    }

    /// Creates what takes the place of an object in one step, and ends that one. `state` says how.
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
                // Only this run knows the old one from here on.
                None => finishing(old.end(&self.connector, options)).await,
            },
        };
        made.diagnostics.extend(self.end_diagnostic(old, &made.locator, ended).await);
        Ok(made)
    }

    /// What there is to say of the end of an object that has a successor. One that did not end is in no state: no run
    /// would end it.
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

/// What is no error of the object that was made: that one is whole.
fn softened(diagnostic: Diagnostic) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, ..diagnostic }
}
