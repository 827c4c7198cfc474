//! Puts the result of an action into words.

use serde_json::Value as Json;

use crate::catalog::Entity;

/// Describes Stripe's response: `refund re_1 of 500 usd: succeeded`. A response without an id is about the
/// objects that the call names.
pub(super) fn outcome(entity: &Entity, body: &Json, named: &[String]) -> String {
    let text = |name: &str| body.get(name).and_then(Json::as_str);
    let kind = text("object").unwrap_or(&entity.key);
    // `v2.money_management.outbound_payment` is an outbound payment.
    let kind = kind.rsplit('.').next().unwrap_or(kind).replace('_', " ");
    let id = text("id").map_or_else(|| named.join("/"), str::to_owned);
    let amount = amount(body).map(|amount| format!(" of {amount}")).unwrap_or_default();
    let is_gone = body.get("deleted").and_then(Json::as_bool) == Some(true);
    let status = if is_gone { Some("deleted") } else { text("status") };
    let status = status.map(|status| format!(": {status}")).unwrap_or_default();
    let who = if id.is_empty() { kind } else { format!("{kind} {id}") };
    format!("{who}{amount}{status}")
}

/// Returns the reason that a payment or transfer failed at once, to follow its outcome in a sentence; None
/// if it did not fail.
pub(super) fn failure(body: &Json) -> Option<String> {
    let text = |name: &str| body.get(name).and_then(Json::as_str);
    let why = ["failure_message", "failure_reason", "failure_code"].into_iter().find_map(text);
    let is_failed = text("status") == Some("failed");
    is_failed.then(|| why.map(|why| format!(" ({why})")).unwrap_or_default())
}

/// Returns the amount in the smallest unit of its currency. Version 2 of the API has both in one object.
fn amount(body: &Json) -> Option<String> {
    let whole = body.get("amount")?;
    let (value, currency) = match whole {
        Json::Object(parts) => (parts.get("value")?, parts.get("currency")?),
        value => (value, body.get("currency")?),
    };
    Some(format!("{} {}", value.as_i64()?, currency.as_str()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::outcome;
    use crate::catalog::catalog;

    #[test]
    fn an_outcome_names_kind_id_amount_and_status_as_far_as_stripe_answers_them() {
        let entity = catalog().by_key("refund").unwrap();
        let told = |body, named: &[&str]| {
            outcome(entity, &body, &named.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        let refund = json!({"object": "refund", "id": "re_1", "amount": 500, "currency": "usd", "status": "succeeded"});
        assert_eq!(told(refund, &["re_0"]), "refund re_1 of 500 usd: succeeded");
        let payment = json!({
            "object": "v2.money_management.outbound_payment", "id": "obp_1",
            "amount": {"value": 7, "currency": "eur"}, "status": "processing",
        });
        assert_eq!(told(payment, &[]), "outbound payment obp_1 of 7 eur: processing");
        assert_eq!(told(json!({"object": "customer", "id": "cus_1"}), &[]), "customer cus_1");
        assert_eq!(
            told(json!({"object": "discount", "deleted": true}), &["cus_1"]),
            "discount cus_1: deleted"
        );
        assert_eq!(told(json!({}), &[]), "refund");
    }
}
