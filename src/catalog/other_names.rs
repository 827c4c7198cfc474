//! Other systems' names for the content of an entity type: `other_names.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::catalog::embedded::embedded_table;
use crate::catalog::names::normalize;
use crate::catalog::spelling::plural;

static TABLE: LazyLock<BTreeMap<String, Vec<String>>> =
    LazyLock::new(|| embedded_table!("catalog/other_names.toml"));

/// Returns the entity types that contain what another system calls by this name, in the singular or the
/// plural.
pub(super) fn called_otherwise(name: &str) -> &'static [String] {
    let wanted = normalize(name);
    let is_wanted = |other: &str| normalize(other) == wanted || normalize(&plural(other)) == wanted;
    TABLE.iter().find(|(other, _)| is_wanted(other)).map_or(&[], |(_, types)| types.as_slice())
}

#[cfg(test)]
mod tests {
    use super::{TABLE, called_otherwise};
    use crate::catalog::catalog;

    #[test]
    fn every_other_name_leads_to_types_and_is_none_itself() {
        for (other, types) in TABLE.iter() {
            assert!(catalog().entity(other).is_none(), "{other}");
            assert!(types.iter().all(|name| catalog().entities().any(|known| known == name)), "{other}");
        }
        assert_eq!(called_otherwise("Cards"), ["PaymentSource", "ExternalAccount", "IssuingCard"]);
        assert_eq!(called_otherwise("usage_records"), ["BillingMeterEvent"]);
        assert!(called_otherwise("Customers").is_empty());
    }
}
