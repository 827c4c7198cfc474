//! Finds the params that the catalog marks as secret.

use std::ops::ControlFlow;

use serde_json::Value as Json;

use crate::catalog::Member;
use crate::connector::scalar;
use crate::engine::params::Params;
use crate::engine::params::visit::visit;

/// A secret among params: its dotted path, and its value.
type SecretParam<'p> = (String, &'p Json);

/// The dotted paths of params that the catalog marks as secret.
pub fn secret_params(params: &Params, known: &[Member]) -> Vec<String> {
    secrets(params, known).into_iter().map(|(place, _)| place).collect()
}

/// The texts and numbers of params that the catalog marks as secret.
pub fn secret_values(params: &Params, known: &[Member]) -> Vec<String> {
    let values = secrets(params, known).into_iter().filter_map(|(_, value)| scalar(value));
    values.filter(|value| !value.is_empty()).collect()
}

fn secrets<'p>(params: &'p Params, known: &[Member]) -> Vec<SecretParam<'p>> {
    let mut found = Vec::new();
    visit(params, known, &mut |place, value, shape| {
        if !shape.sensitive {
            return ControlFlow::Continue(());
        }
        // An unset secret shows nothing.
        if value.as_str() != Some("") {
            found.push((place.to_owned(), value));
        }
        ControlFlow::Break(())
    });
    found
}
