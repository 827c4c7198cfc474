//! Derives the example of a list resource from its schema.

use std::fmt::Write as _;

use crate::catalog::catalog;
use crate::provider::StripeProvider;
use crate::terraform::schema::{Presence, Schema};

/// Returns a query for recently created objects of a type that belong to a given parent.
pub(super) fn example(name: &str, schema: &Schema) -> String {
    let required = schema.block.attributes.iter().filter(|it| it.presence == Presence::Required);
    let mut arguments: Vec<(&str, String)> =
        required.map(|it| (it.name.as_ref(), sample(name, &it.name))).collect();
    let has_time = StripeProvider::entity_of(name).is_some_and(|it| it.field("created").is_some());
    if has_time {
        arguments.push(("filter", "Created >= '2026-01-01'".to_owned()));
    }
    let mut text = format!(
        "# in a file whose name ends in .tfquery.hcl\nlist \"{name}\" \"all\" {{\n  provider = stripe\n"
    );
    if !arguments.is_empty() {
        let width = arguments.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        text.push_str("\n  config {\n");
        for (name, value) in arguments {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "    {name:width$} = \"{value}\"");
        }
        text.push_str("  }\n");
    }
    text.push('}');
    text
}

/// Returns a value for a required argument: the first that Stripe is known to accept, or else an id.
fn sample(type_name: &str, argument: &str) -> String {
    let values = StripeProvider::entity_of(type_name).map(|it| StripeProvider::values_at(it, &[argument]));
    let value = values.and_then(|values| values.first().cloned());
    value.unwrap_or_else(|| {
        let prefix = catalog().by_key(argument).map(|it| it.id_prefix.clone()).filter(|it| !it.is_empty());
        format!("{}123", prefix.unwrap_or_else(|| format!("{argument}_")))
    })
}
