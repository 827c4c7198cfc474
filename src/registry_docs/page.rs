//! Renders one page of the registry.

use std::fmt::Write as _;

use super::examples::Example;
use super::permissions::{Access, section, section_of_call};
use super::reference::reference;
use crate::provider::StripeProvider;
use crate::terraform::provider::Family;
use crate::terraform::schema::Schema;

/// What a change of an argument does if its line does not say otherwise.
const CHANGES: &str =
    "\nA change of an argument is an update of the object in Stripe, where its line says nothing else.\n";

/// The text that precedes an import by identity.
const BY_IDENTITY: &str = "\nWith Terraform 1.12 and later also by its identity:\n\n";

/// A page of the registry.
pub(super) struct DocPage<'a> {
    /// The family of its type; `None` for the provider block.
    pub(super) family: Option<Family>,
    pub(super) name: &'a str,
    pub(super) schema: &'a Schema,
    pub(super) example: Example,
    pub(super) import: Option<String>,
    pub(super) identity: Option<String>,
}

impl DocPage<'_> {
    /// Renders the page as Markdown.
    pub(super) fn markdown(&self) -> String {
        let (title, kind) = match self.family.map(kind) {
            None => ("Stripe Provider".to_owned(), "Provider"),
            Some(kind) => (format!("{} ({kind})", self.name), kind),
        };
        let block = &self.schema.block;
        let first = block.description.split_once(". ").map_or(block.description.as_str(), |(first, _)| first);
        let mut text = format!(
            "---\npage_title: \"{} {kind}\"\ndescription: |-\n  {}.\n---\n",
            self.name,
            first.trim_end_matches('.')
        );
        // A query is not a configuration.
        let language = if self.family == Some(Family::List) { "hcl" } else { "terraform" };
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
        let is_action = self.family == Some(Family::Action);
        let entity = if is_action {
            StripeProvider::entity_of_action(self.name)
        } else {
            StripeProvider::entity_of(self.name)
        };
        text.push_str("\n## Schema\n");
        if entity.is_some() && self.family == Some(Family::Resource) {
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
            (Some(entity), None) => text.push_str(&section(entity, access(self.family))),
            (None, _) => {}
        }
        text
    }
}

fn kind(family: Family) -> &'static str {
    if family == Family::Resource { "Resource" } else { family.title() }
}

fn access(family: Option<Family>) -> Access {
    match family {
        Some(Family::Resource | Family::Action) => Access::Write,
        Some(Family::EphemeralResource) => Access::Open,
        Some(Family::DataSource | Family::List) | None => Access::Read,
    }
}
