//! Imports an object by its id, or by a value that identifies it: `lookup_key=gold`.

use serde_json::Value as Json;

use crate::catalog::names::closest;
use crate::catalog::names::quoted;
use crate::connector::own_id;
use crate::engine::{ImportError, ImportId};
use crate::provider::explain::explain_other_id;
use crate::provider::messages;
use crate::provider::runtime::Runtime;
use crate::provider::typed::finding::found;
use crate::provider::typed::lookup::{Lookup, lookups};
use crate::provider::typed::private_state::TypedPrivateData;
use crate::provider::typed::surface::Surface;
use crate::provider::typed::surfaces::Surfaces;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::StateResponse;
use crate::terraform::value::Value;

/// Returns the state of an object that is not managed yet: only its place.
pub(super) async fn import(surfaces: &Surfaces, runtime: &Runtime, id: &str) -> StateResponse {
    let place = match id.split_once('=') {
        None => Ok(id.to_owned()),
        Some((name, value)) => match lookup(surfaces.own(), name) {
            Ok(lookup) => looked_up(surfaces.own(), runtime, &lookup, value).await,
            Err(Some(meant)) => Err(vec![misspelt(surfaces.own(), name, &meant)]),
            // Some ids are chosen by practitioners, and may contain any character.
            Err(None) => Ok(id.to_owned()),
        },
    };
    match place {
        Ok(place) => import_at(surfaces, &place, id),
        Err(diagnostics) => StateResponse { diagnostics, ..StateResponse::default() },
    }
}

/// Returns the state of the object at a place, which the practitioner wrote as `id`.
pub(super) fn import_at(surfaces: &Surfaces, place: &str, id: &str) -> StateResponse {
    let surface = surfaces.of_locator(place);
    match ImportId::of(surface.entity, place) {
        Ok(ImportId { account, locator, other, .. }) => {
            let mut private_state =
                TypedPrivateData { locator: Some(locator.clone()), ..TypedPrivateData::default() };
            private_state.common.imported = true;
            private_state.common.account = account;
            let own = own_id(surface.entity, &locator);
            StateResponse {
                state: Value::map([("id", Value::from(own))]),
                private: private_state.encode(),
                diagnostics: explain_other_id(id, other.as_ref()),
            }
        }
        Err(error) => refused(surface, id, &error).into(),
    }
}

/// Returns the lookup of that name for objects of a type, else a suggested name; returns neither if the
/// objects are listed within a parent.
fn lookup(surface: &Surface, name: &str) -> Result<Lookup, Option<String>> {
    if !surface.entity.parents().is_empty() {
        return Err(None);
    }
    let all = lookups(surface);
    let meant = closest(name, all.iter().map(|it| (it.slot.name.as_str(), it.slot.name.clone())));
    all.into_iter().find(|it| it.slot.name == name).ok_or(meant)
}

fn misspelt(surface: &Surface, name: &str, meant: &str) -> Diagnostic {
    messages::found::import_name_misspelt(&surface.entity.name, name, meant)
}

/// Returns the id of the only object with the value.
async fn looked_up(
    surface: &Surface,
    runtime: &Runtime,
    lookup: &Lookup,
    value: &str,
) -> Result<String, Diagnostics> {
    let connector = runtime.known_connector(None).map_err(|unusable| vec![unusable])?;
    let given = [(lookup.clone(), lookup.parsed(value))];
    let body = found(surface.entity, &connector, &given).await?;
    Ok(body.get("id").and_then(Json::as_str).unwrap_or_default().to_owned())
}

fn refused(surface: &Surface, id: &str, error: &ImportError) -> Diagnostic {
    let telling = lookups(surface).into_iter().filter(|it| it.may_name_one(surface.entity));
    let telling =
        telling.filter(|_| !matches!(error, ImportError::Unreadable { .. } | ImportError::OtherType { .. }));
    let names: Vec<String> = telling.map(|it| format!("`{}=…`", it.slot.name)).collect();
    let more = match (names.is_empty(), surface.entity.parents().is_empty()) {
        (false, true) => format!(
            "Instead of an id, an attribute that identifies one object works too: {}.",
            names.join(", ")
        ),
        _ => String::new(),
    };
    messages::found::invalid_import_id(&quoted(id), &error.to_string(), &more)
}
