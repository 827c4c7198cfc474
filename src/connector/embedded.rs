//! Reads the rest of the lists inside an object, because Stripe shows only the first items of each, and an
//! address for the others.
//!
//! An update identifies items by their ids. An item that Stripe did not show would seem to be missing.

use serde_json::{Map, Value as Json};

use crate::catalog::Entity;
use crate::connector::list::STRIPE_PAGE;
use crate::connector::{Connector, Error, answer, id_of};
use crate::stripe::{Call, CallKind};

impl Connector {
    /// Adds the missing items to those lists of an object that its params set.
    pub(super) async fn read_all_items(&self, entity: &'static Entity, body: &mut Json) -> Result<(), Error> {
        let id = id_of(body, "").to_owned();
        for param in entity.params().iter().filter(|param| param.shape.item().is_some()) {
            let Some(list) = body.get_mut(&param.name) else { continue };
            while let Some(call) = rest_of(list, &id) {
                let page = self.connection.send(call).await?.body;
                if !append(list, page)? {
                    return Err(Error::Cursor { entity: &entity.name });
                }
            }
        }
        Ok(())
    }

    /// Adds the missing items after a write, if possible. An error is ignored, because the result of the
    /// write must not be lost with a page; the next read adds the rest.
    pub(super) async fn show_all_items(&self, entity: &'static Entity, body: &mut Json) {
        drop(self.read_all_items(entity, body).await);
    }
}

/// The call that continues an embedded list where it ends. Returns `None` if the list is complete. Stripe's
/// address of the list may have a query of its own.
fn rest_of(list: &Json, id: &str) -> Option<Call> {
    let text = |member: &Json| member.as_str().map(str::to_owned);
    list.get("has_more")?.as_bool()?.then_some(())?;
    let url = list.get("url")?.as_str().filter(|url| url.starts_with("/v1/"))?;
    let behind = list.get("data")?.as_array()?.last()?.get("id").and_then(text)?;
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let mut params = Map::from_iter([
        ("limit".to_owned(), Json::from(STRIPE_PAGE)),
        ("starting_after".to_owned(), Json::from(behind)),
    ]);
    let named = query.split('&').filter_map(|pair| pair.split_once('='));
    params.extend(named.map(|(name, value)| (name.to_owned(), Json::from(value))));
    let endpoint = if id.is_empty() { path.to_owned() } else { path.replace(id, "{id}") };
    Some(Call { kind: CallKind::List, ..Call::get(path) }.of_endpoint(&endpoint).params(params))
}

/// Adds the items of the next page to a list. Returns false if the list would not end, because the page has
/// no items but says that there are more.
fn append(list: &mut Json, mut page: Json) -> Result<bool, Error> {
    let more = answer::items(&mut page)?;
    let grows = !more.is_empty();
    if let Some(Json::Array(items)) = list.get_mut("data") {
        items.extend(more);
    }
    if let Some(has_more) = list.get_mut("has_more") {
        *has_more = page.get("has_more").cloned().unwrap_or(Json::Bool(false));
    }
    Ok(grows || list.get("has_more") != Some(&Json::Bool(true)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{append, rest_of};

    #[test]
    fn a_list_goes_on_behind_its_last_item_at_its_own_address() {
        let mut list = json!({"object": "list", "data": [{"id": "si_1"}], "has_more": true,
            "url": "/v1/subscription_items?subscription=sub_1"});
        let call = rest_of(&list, "sub_1").unwrap();
        assert_eq!(call.path, "/v1/subscription_items");
        assert_eq!(
            (&call.params["subscription"], &call.params["starting_after"]),
            (&json!("sub_1"), &json!("si_1"))
        );
        let page = json!({"object": "list", "data": [{"id": "si_2"}], "has_more": false});
        assert!(append(&mut list, page).unwrap());
        assert_eq!((&list["data"][1]["id"], rest_of(&list, "sub_1").is_none()), (&json!("si_2"), true));
    }

    #[test]
    fn a_list_that_does_not_move_on_and_another_server_are_not_followed() {
        let mut list = json!({"data": [{"id": "li_1"}], "has_more": true, "url": "/v1/payment_links/plink_1/line_items"});
        let page = json!({"object": "list", "data": [], "has_more": true});
        assert!(!append(&mut list, page).unwrap());
        assert!(append(&mut list, json!({"object": "login"})).is_err());
        list["url"] = json!("https://elsewhere.example/v1/x");
        assert!(rest_of(&list, "plink_1").is_none());
        assert!(rest_of(&json!(["a"]), "plink_1").is_none() && rest_of(&json!(null), "").is_none());
    }
}
