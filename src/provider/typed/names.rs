//! The type names for the catalog's entity types.

use crate::catalog::catalog;
use crate::provider::typed::data::surface_data;

/// Returns the type name of an entity type: the one in the data, else the usual one.
pub(super) fn name_of(key: &str, name: &str) -> String {
    let named = surface_data().types.iter().find(|(_, it)| it.entity.as_deref() == Some(key) && it.instead);
    named.map_or_else(|| type_name(key, name), |(name, _)| name.clone())
}

/// `stripe_billing_meter` for the object `billing.meter`; a service is named after its entity type:
/// `stripe_customer_tax_id`.
fn type_name(key: &str, name: &str) -> String {
    if catalog().is_object(key) {
        format!("stripe_{}", key.replace('.', "_"))
    } else {
        format!("stripe_{}", snake_case(name))
    }
}

/// `CustomerTaxId` → `customer_tax_id`.
pub(super) fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}
