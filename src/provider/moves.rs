//! Moves of an object to another resource type, for a `moved` block.
//!
//! An object does not depend on the type that keeps it: its place, the written params, Stripe's response
//! and the private data stay the same. The old type describes the object it gives away
//! (`object::MovedObject`), and the new type shows it in its own attributes. No call is made.

use crate::catalog::catalog;
use crate::provider::messages::found;
use crate::provider::served::resource;
use crate::provider::typed;
use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::provider::{MoveRequest, StateResponse};

/// The type name of every provider whose states can be taken over: our own, under any host and namespace,
/// and the providers that preceded it.
const PROVIDER: &str = "stripe";
/// The type that keeps objects of all entity types.
const GENERIC: &str = "stripe_entity";

/// Returns whether a provider's states can be taken over.
pub(super) fn takes_over(provider: &str) -> bool {
    provider.rsplit('/').next() == Some(PROVIDER)
}

/// Turns an object of another type into one of this type.
pub(super) fn move_state(target: &str, from: MoveRequest) -> StateResponse {
    if from.type_name == target {
        // The same type under another address.
        return StateResponse { state: from.state, private: from.private, diagnostics: Diagnostics::new() };
    }
    let source = resource(&from.type_name).ok().filter(|_| !from.state.is_null());
    let moved = match source.map(|source| source.move_out(&from.state, &from.private)).transpose() {
        Ok(moved) => moved.flatten(),
        Err(unreadable) => return unreadable.into(),
    };
    let kind = match &moved {
        Some(it) if from.type_name == GENERIC => format!("`{GENERIC}` of the type {}", it.entity.name),
        _ => format!("`{}`", from.type_name),
    };
    let arrived = moved.and_then(|it| resource(target).ok()?.move_in(it));
    arrived.unwrap_or_else(|| found::move_refused(&kind, target, &sources(target)).into())
}

/// Lists, in a sentence, what can become an object of a type.
fn sources(target: &str) -> String {
    let keys = typed::resources().get(target).map(typed::TypedResource::keys).unwrap_or_default();
    let names = keys.iter().filter_map(|key| catalog().by_key(key));
    let names: Vec<&str> = names.map(|entity| entity.name.as_str()).collect();
    let shares =
        |it: &&typed::TypedResource| it.name() != target && it.keys().iter().any(|key| keys.contains(key));
    let others = typed::resources().values().filter(shares).map(|it| format!("`{}`", it.name()));
    match (target, names.is_empty()) {
        (GENERIC, _) => "It accepts every typed resource.".to_owned(),
        (_, true) => "It accepts no other type.".to_owned(),
        _ => {
            let generic = format!("`{GENERIC}` of the type {}", names.join(" or "));
            let all: Vec<String> = [generic].into_iter().chain(others).collect();
            format!("It accepts {}.", all.join(", "))
        }
    }
}
