//! How names are spelled: PascalCase, singular and plural.

/// The usual name of an entity type: `payment_intent` → `PaymentIntent`,
/// `customers.tax_ids` → `CustomerTaxId`.
pub fn usual_name(key: &str, object: &str) -> String {
    if key == object {
        return pascal_case(key);
    }
    key.split('.').map(|part| pascal_case(&singular(part))).collect()
}

/// `tax_ids` → `tax_id`, `entries` → `entry`, `addresses` → `address`.
pub fn singular(name: &str) -> String {
    match (name.strip_suffix("ies"), name.strip_suffix("sses"), name.strip_suffix('s')) {
        (Some(stem), ..) => format!("{stem}y"),
        (_, Some(stem), _) => format!("{stem}ss"),
        (.., Some(stem)) if !stem.ends_with('s') => stem.to_owned(),
        _ => name.to_owned(),
    }
}

/// `TaxId` → `TaxIds`, `TransactionEntry` → `TransactionEntries`.
pub fn plural(name: &str) -> String {
    match name.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if name.ends_with(['s', 'x']) || name.ends_with("ch") => format!("{name}es"),
        _ => format!("{name}s"),
    }
}

/// `payment_intent` → `PaymentIntent`, `billing.alert` → `BillingAlert`.
pub fn pascal_case(name: &str) -> String {
    let words = name.split(['_', '.', ' ', '-']);
    words
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase())
                .into_iter()
                .chain(letters)
                .collect::<String>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{plural, singular, usual_name};

    #[test]
    fn names_are_singular_and_their_aliases_plural() {
        assert_eq!(
            ["tax_ids", "entries", "addresses", "address"].map(singular),
            ["tax_id", "entry", "address", "address"]
        );
        assert_eq!(["TaxId", "Entry", "Address"].map(plural), ["TaxIds", "Entries", "Addresses"]);
        assert_eq!(
            usual_name("billing_portal.configuration", "billing_portal.configuration"),
            "BillingPortalConfiguration"
        );
        assert_eq!(usual_name("customers.tax_ids", "tax_id"), "CustomerTaxId");
    }
}
