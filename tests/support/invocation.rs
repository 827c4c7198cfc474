//! Actions as Terraform's core uses them: validated, planned, and invoked as a stream of events.

use stripe_provider::terraform::value::Value;
use stripe_provider::terraform::wire::tfplugin5::{
    self as wire, DynamicValue, invoke_action::event::Type as Event, schema::Block,
};
use tokio_stream::StreamExt;

use super::blocks;
use super::terraform::{Terraform, send};

/// The progress messages of an invocation, in order, and its final diagnostics.
#[derive(Debug, Clone, Default)]
pub struct Invocation {
    pub progress: Vec<String>,
    pub diagnostics: Vec<wire::Diagnostic>,
}

impl Terraform {
    /// The schema of an action.
    pub fn action_block(&self, name: &str) -> Block {
        self.schema.action_schemas[name].schema.clone().unwrap().block.unwrap()
    }

    /// Returns the diagnostics for the configuration of an action.
    pub async fn validate_action(&mut self, name: &str, written: &Value) -> Vec<wire::Diagnostic> {
        let config = Some(self.action_config(name, written));
        let request = wire::validate_action_config::Request { action_type: name.to_owned(), config };
        self.client.validate_action_config(request).await.unwrap().into_inner().diagnostics
    }

    /// Returns the diagnostics for the plan of an action.
    pub async fn plan_action(&mut self, name: &str, written: &Value) -> Vec<wire::Diagnostic> {
        let config = Some(self.action_config(name, written));
        let action_type = name.to_owned();
        let request = wire::plan_action::Request { action_type, config, ..Default::default() };
        let answer = self.client.plan_action(request).await.unwrap().into_inner();
        assert!(answer.deferred.is_none(), "core refuses a deferred action");
        answer.diagnostics
    }

    /// Runs an action to completion. Core expects exactly one completed event, as the last one.
    pub async fn invoke(&mut self, name: &str, written: &Value) -> Invocation {
        let mut events = self.invoked(name, written).await;
        let mut told = Invocation::default();
        while let Some(event) = events.next().await {
            match event.unwrap().r#type.unwrap() {
                Event::Progress(progress) => told.progress.push(progress.message),
                Event::Completed(completed) => {
                    assert!(events.next().await.is_none(), "nothing comes behind the end");
                    return Invocation { diagnostics: completed.diagnostics, ..told };
                }
            }
        }
        panic!("no end of {name}: {told:?}");
    }

    /// Starts an action and returns its events.
    pub async fn invoked(
        &mut self,
        name: &str,
        written: &Value,
    ) -> tonic::Streaming<wire::invoke_action::Event> {
        let config = Some(self.action_config(name, written));
        let action_type = name.to_owned();
        let request = wire::invoke_action::Request { action_type, config, ..Default::default() };
        self.client.invoke_action(request).await.unwrap().into_inner()
    }

    fn action_config(&self, name: &str, written: &Value) -> DynamicValue {
        let block = self.action_block(name);
        send(&blocks::whole(&block, written), &blocks::ty(&block))
    }
}
