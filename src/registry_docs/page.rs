//! One page.

use std::fmt::Write as _;

use super::reference::reference;
use crate::terraform::schema::Schema;

/// What a page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Provider,
    Resource,
    DataSource,
}

/// What a page is made from.
pub(super) struct Page<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    pub(super) schema: &'a Schema,
    pub(super) example: String,
    pub(super) import: Option<String>,
}

impl Page<'_> {
    /// The whole page.
    pub(super) fn markdown(&self) -> String {
        let (title, kind) = match self.kind {
            Kind::Provider => ("Stripe Provider".to_owned(), "Provider"),
            Kind::Resource => (format!("{} (Resource)", self.name), "Resource"),
            Kind::DataSource => (format!("{} (Data Source)", self.name), "Data Source"),
        };
        let block = &self.schema.block;
        let first = block.description.split_once(". ").map_or(block.description.as_str(), |(first, _)| first);
        let mut text = format!(
            "---\npage_title: \"{} {kind}\"\ndescription: |-\n  {}.\n---\n",
            self.name,
            first.trim_end_matches('.')
        );
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\n# {title}\n\n{}\n\n## Example Usage\n\n```terraform\n{}\n```\n",
            block.description,
            self.example.trim_end()
        );
        text.push_str("\n## Schema\n");
        text.push_str(&reference(block));
        if let Some(import) = &self.import {
            let _ = write!(text, "\n## Import\n\n```shell\n{}\n```\n", import.trim_end());
        }
        text
    }
}
