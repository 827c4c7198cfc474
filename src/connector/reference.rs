//! Handles values that Stripe shows in place of others: an object in place of its
//! id, a page in place of a list.

use serde_json::Value as Json;

/// The id of an expanded object, otherwise the value itself.
pub fn reference(value: &Json) -> &Json {
    match (value.get("object"), value.get("id")) {
        (Some(_), Some(id)) => id,
        _ => value,
    }
}

/// The id in a field, whether or not the object is expanded.
pub fn id_at<'b>(body: &'b Json, field: &str) -> Option<&'b str> {
    reference(body.get(field)?).as_str()
}

/// The items of a page of a list, otherwise the value itself.
pub fn items_of(value: &Json) -> &Json {
    let is_page = value.get("object").is_some_and(|object| object == "list");
    value.get("data").filter(|_| is_page).unwrap_or(value)
}

/// The elements of a list, or of the first page of a list.
pub fn elements(value: &Json) -> Option<&[Json]> {
    items_of(value).as_array().map(Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{elements, id_at, items_of, reference};

    #[test]
    fn an_expanded_object_is_its_id_and_a_page_its_items() {
        let body = json!({"id": "sub_1", "object": "subscription", "customer": "cus_1", "plan": null,
            "product": {"id": "prod_1", "object": "product"}, "data": [1]});
        assert_eq!([id_at(&body, "customer"), id_at(&body, "product")], [Some("cus_1"), Some("prod_1")]);
        assert_eq!([id_at(&body, "plan"), id_at(&body, "nothing")], [None, None]);
        let [page, list] = [json!({"object": "list", "data": [1]}), json!([1])];
        assert_eq!((items_of(&page), items_of(&list), items_of(&body)), (&list, &list, &body));
        assert_eq!((elements(&page), elements(&list)), (Some(&[json!(1)][..]), Some(&[json!(1)][..])));
        assert_eq!((elements(&body), elements(&Json::Null)), (None, None));
        let part = json!({"id": "it has no type"});
        assert_eq!(reference(&part), &part);
    }
}
