//! The arguments and attributes of every typed resource, in readable files: a change that breaks
//! configurations shows as a line that is gone.
//!
//! `UPDATE_GOLDEN=1 cargo test --test typed golden` writes them anew.

use std::fmt::Write as _;
use std::path::Path;

use stripe_provider::env::Env;
use stripe_provider::provider::StripeProvider;
use stripe_provider::terraform::provider::{Family, Schemas};
use stripe_provider::terraform::schema::{Attribute, Block, Nesting, Presence};

use crate::world::typed;

#[test]
fn the_schema_of_every_typed_resource_is_as_it_was() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/typed/golden");
    let schemas = Schemas::of(&StripeProvider::new(Env::from_pairs([("HOME", "")])));
    let mut other = Vec::new();
    for name in typed().keys() {
        let file = folder.join(format!("{name}.txt"));
        let text = lines(&schemas[Family::Resource][name].block, "");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&file, &text).unwrap();
        }
        if std::fs::read_to_string(&file).unwrap_or_default() != text {
            other.push(name);
        }
    }
    assert!(other.is_empty(), "{other:?}: UPDATE_GOLDEN=1 cargo test --test typed golden");
}

/// One line for each attribute, deeper ones behind the path of their block.
fn lines(block: &Block, place: &str) -> String {
    let mut text = String::new();
    for attribute in &block.attributes {
        let _ = writeln!(text, "{place}{}: {}", attribute.name, described(attribute));
    }
    for nested in &block.blocks {
        let many = if nested.nesting == Nesting::One { "block" } else { "blocks" };
        let _ = writeln!(text, "{place}{}: {many}", nested.name);
        text += &lines(&nested.block, &format!("{place}{}.", nested.name));
    }
    text
}

fn described(attribute: &Attribute) -> String {
    let presence = match attribute.presence {
        Presence::Required => "required",
        Presence::Optional => "optional",
        Presence::OptionalComputed => "optional computed",
        Presence::Computed => "computed",
    };
    let sensitive = if attribute.sensitive { " sensitive" } else { "" };
    format!("{presence}{sensitive} {}", attribute.ty.to_json().to_string().replace('"', ""))
}
