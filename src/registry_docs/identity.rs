//! Derives the example of an import by identity from the import by id on the same page.

use std::fmt::Write as _;

use crate::terraform::schema::IdentitySchema;

/// Returns an import block, or `None` if the ids of the import on the page do not match the identity.
pub(super) fn example(name: &str, schema: &IdentitySchema, import: &str) -> Option<String> {
    let id = import.lines().find(|line| line.starts_with("terraform import"))?.split(' ').nth(3)?;
    let ids: Vec<&str> = id.split('/').collect();
    let required: Vec<&str> =
        schema.attributes.iter().filter(|it| it.required).map(|it| it.name.as_ref()).collect();
    let all: Vec<&str> = schema.attributes.iter().map(|it| it.name.as_ref()).collect();
    let is_of = |names: &&Vec<&str>| names.len() == ids.len();
    // The last of all attributes is the account.
    let paths = [required, all.split_last().map(|(_, path)| path.to_vec()).unwrap_or_default()];
    let names = paths.iter().find(is_of)?;
    let width = names.iter().map(|name| name.len()).max()?;
    let mut text = format!("import {{\n  to = {name}.example\n  identity = {{\n");
    for (name, id) in names.iter().zip(ids) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "    {name:width$} = \"{id}\"");
    }
    text.push_str("  }\n}");
    Some(text)
}
