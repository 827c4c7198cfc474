//! Checks that an answer is about the requested object.
//!
//! Something that answers in Stripe's place (a proxy, a portal, another server at the same address) may
//! answer 200 with JSON of its own. If that were taken for an object, it would be written to the state.

use serde_json::Value as Json;

use crate::catalog::{Action, Entity, catalog, ids_may_be_chosen};
use crate::connector::Error;
use crate::connector::id::{check_any_id, check_id};

/// Checks that an answer is an object of the entity type, or says that such an object was deleted.
pub(super) fn check_entity(entity: &Entity, body: &Json) -> Result<(), Error> {
    let objects = std::iter::once(&entity.object).chain(&entity.others);
    if !objects.clone().any(|object| says(body, object)) {
        return Err(wrong(&entity.object, body));
    }
    let needs_id = entity.field("id").is_some_and(crate::catalog::Shape::is_required);
    let id = body.get("id").and_then(Json::as_str);
    let check = if ids_may_be_chosen(&entity.object) { check_any_id } else { check_id };
    if needs_id && id.is_none_or(|id| check(id).is_err()) {
        return Err(Error::Answer { expected: entity.object.clone(), found: "one without an id".to_owned() });
    }
    Ok(())
}

/// Checks that an answer is the object that was requested by its id.
pub(super) fn check_id_matches(entity: &Entity, id: &str, body: &Json) -> Result<(), Error> {
    match body.get("id").and_then(Json::as_str) {
        Some(found) if found != id => {
            let expected = format!("{} {id}", entity.object);
            Err(Error::Answer { expected, found: format!("the one with the id {found}") })
        }
        _ => Ok(()),
    }
}

/// Checks that an answer is an object of the type that an action returns, if the catalog knows this type.
pub(super) fn check_action(entity: &Entity, action: &Action, body: &Json) -> Result<(), Error> {
    if action.returns == entity.object {
        return check_entity(entity, body);
    }
    catalog().by_key(&action.returns).map_or(Ok(()), |returned| check_entity(returned, body))
}

/// The items of a page.
pub(super) fn items(page: &mut Json) -> Result<Vec<Json>, Error> {
    match page.get_mut("data").map(Json::take) {
        Some(Json::Array(items)) => Ok(items),
        _ => Err(not_a_list(page)),
    }
}

/// The entities of a page that a list or a search returned.
pub(super) fn entities(entity: &Entity, body: &mut Json) -> Result<Vec<Json>, Error> {
    let entities = items(body)?;
    entities.iter().try_for_each(|one| check_entity(entity, one))?;
    Ok(entities)
}

fn says(body: &Json, object: &str) -> bool {
    body.get("object").and_then(Json::as_str) == Some(object)
}

/// The error of an answer without entities, even if it says that it is a list.
fn not_a_list(body: &Json) -> Error {
    if says(body, "list") || says(body, "search_result") {
        return Error::Answer {
            expected: "list".to_owned(),
            found: "one without entities in `data`".to_owned(),
        };
    }
    wrong("list", body)
}

fn wrong(expected: &str, body: &Json) -> Error {
    let found = match body.get("object").and_then(Json::as_str) {
        Some(object) => crate::catalog::names::quoted(object),
        None => "JSON that is no object of Stripe's".to_owned(),
    };
    Error::Answer { expected: expected.to_owned(), found }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{check_action, check_entity, check_id_matches, entities};
    use crate::catalog::{catalog, ids_may_be_chosen};
    use crate::connector::{ActionRef, action, entity};

    #[test]
    fn an_answer_with_another_id_is_not_what_was_asked_for() {
        let price = entity("Price").unwrap();
        let body = json!({"object": "price", "id": "price_2"});
        assert!(check_id_matches(price, "price_2", &body).is_ok());
        let why = check_id_matches(price, "price_1", &body).unwrap_err().to_string();
        assert!(why.contains("price price_1") && why.contains("price_2"), "{why}");
    }

    /// Answers of something other than Stripe.
    fn foreign() -> Vec<Json> {
        vec![
            json!({}),
            json!([]),
            json!(null),
            json!({"error": {"message": "x"}}),
            json!({"object": "portal", "id": "p_1"}),
            json!({"object": 7, "id": "p_1"}),
            json!({"id": "p_1"}),
            json!({"data": {}}),
        ]
    }

    #[test]
    fn what_is_no_object_of_a_type_is_refused_for_every_type() {
        for name in catalog().entities() {
            let entity = entity(name).unwrap();
            let good = json!({"object": entity.object, "id": "x_1"});
            check_entity(entity, &good).unwrap_or_else(|error| panic!("{name}: {error}"));
            for body in foreign() {
                assert!(check_entity(entity, &body).is_err(), "{name}: {body}");
                assert!(entities(entity, &mut json!({"data": [good, body]})).is_err(), "{name}: {body}");
                assert!(entities(entity, &mut body.clone()).is_err(), "{name}: {body}");
            }
            if entity.field("id").is_some_and(crate::catalog::Shape::is_required) {
                for id in [json!(null), json!(""), json!(5), json!(".."), json!("a/../b")] {
                    let body = json!({"object": entity.object, "id": id});
                    assert!(check_entity(entity, &body).is_err(), "{name}: {body}");
                }
                let slashed = json!({"object": entity.object, "id": "$6/month"});
                let is_taken = check_entity(entity, &slashed).is_ok();
                assert_eq!(is_taken, ids_may_be_chosen(&entity.object), "{name}");
            }
        }
        for (name, _) in catalog().actions() {
            let ActionRef { entity, action } = action(name).unwrap();
            let wrong = json!({"object": "portal", "id": "p_1"});
            let known = catalog().by_key(&action.returns).is_some();
            assert_eq!(check_action(entity, action, &wrong).is_err(), known, "{name}");
        }
    }

    #[test]
    fn the_error_says_what_came_instead() {
        let error = |body: &Json| check_entity(entity("Customer").unwrap(), body).unwrap_err().to_string();
        assert_eq!(
            error(&json!({"object": "charge", "id": "ch_1"})),
            r#"the response should be a customer but is "charge"; a proxy or another server may have sent it"#
        );
        assert!(error(&json!({"object": "customer"})).contains("one without an id"));
        let invoice = check_entity(entity("Invoice").unwrap(), &json!([])).unwrap_err().to_string();
        assert!(invoice.starts_with("the response should be an invoice but is JSON"), "{invoice}");
        for mut list in [json!({"object": "list"}), json!({"object": "search_result", "data": {}})] {
            let told = entities(entity("Invoice").unwrap(), &mut list).unwrap_err().to_string();
            assert!(told.starts_with("the response should be a list but is one without entities"), "{told}");
        }
    }
}
