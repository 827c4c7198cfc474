//! One page.

use std::fmt::Write as _;

use super::examples::Example;
use super::permissions::{Access, section, section_of_call};
use super::reference::reference;
use crate::provider::StripeProvider;
use crate::terraform::schema::Schema;

/// What a page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Provider,
    Resource,
    DataSource,
    EphemeralResource,
    Action,
    List,
}

/// What a change of an argument does, where its line does not say it.
const CHANGES: &str =
    "\nA change of an argument is an update of the object in Stripe, where its line says nothing else.\n";

/// What stands before an import by an identity.
const BY_IDENTITY: &str = "\nWith Terraform 1.12 and later also by its identity:\n\n";

/// What a page is made from.
pub(super) struct Page<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    pub(super) schema: &'a Schema,
    pub(super) example: Example,
    pub(super) import: Option<String>,
    pub(super) identity: Option<String>,
}

impl Page<'_> {
    /// The whole page.
    pub(super) fn markdown(&self) -> String {
        let (title, kind) = match self.kind {
            Kind::Provider => ("Stripe Provider".to_owned(), "Provider"),
            Kind::Resource => (format!("{} (Resource)", self.name), "Resource"),
            Kind::DataSource => (format!("{} (Data Source)", self.name), "Data Source"),
            Kind::EphemeralResource => (format!("{} (Ephemeral Resource)", self.name), "Ephemeral Resource"),
            Kind::Action => (format!("{} (Action)", self.name), "Action"),
            Kind::List => (format!("{} (List Resource)", self.name), "List Resource"),
        };
        let block = &self.schema.block;
        let first = block.description.split_once(". ").map_or(block.description.as_str(), |(first, _)| first);
        let mut text = format!(
            "---\npage_title: \"{} {kind}\"\ndescription: |-\n  {}.\n---\n",
            self.name,
            first.trim_end_matches('.')
        );
        // A query is no configuration.
        let language = if self.kind == Kind::List { "hcl" } else { "terraform" };
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\n# {title}\n\n{}\n\n## Example Usage\n\n```{language}\n{}\n```\n",
            block.description,
            self.example.own.trim_end()
        );
        if !self.example.refers_to.is_empty() {
            let _ = write!(text, "\nIt refers to:\n\n```terraform\n{}\n```\n", self.example.refers_to);
        }
        let is_action = self.kind == Kind::Action;
        let entity = if is_action {
            StripeProvider::entity_of_action(self.name)
        } else {
            StripeProvider::entity_of(self.name)
        };
        text.push_str("\n## Schema\n");
        if entity.is_some() && self.kind == Kind::Resource {
            text.push_str(CHANGES);
        }
        let known = |path: &[&str]| {
            if is_action {
                return StripeProvider::values_of_action(self.name, path);
            }
            entity.map(|it| StripeProvider::values_at(it, path)).unwrap_or_default()
        };
        text.push_str(&reference(block, &known));
        if let Some(import) = &self.import {
            let _ = write!(text, "\n## Import\n\n```shell\n{}\n```\n", import.trim_end());
        }
        if let Some(identity) = &self.identity {
            let _ = write!(text, "{BY_IDENTITY}```hcl\n{}\n```\n", identity.trim_end());
        }
        let call = StripeProvider::call_of_action(self.name).filter(|_| is_action);
        match (entity, call) {
            (Some(entity), Some(call)) => text.push_str(&section_of_call(entity, call)),
            (Some(entity), None) => text.push_str(&section(entity, access(self.kind))),
            (None, _) => {}
        }
        text
    }
}

fn access(kind: Kind) -> Access {
    match kind {
        Kind::Resource | Kind::Action => Access::Write,
        Kind::EphemeralResource => Access::Open,
        Kind::Provider | Kind::DataSource | Kind::List => Access::Read,
    }
}
