//! Renders an object for an answer, with every field that it always has and nothing hidden.

use serde_json::{Value as Json, json};

use crate::catalog::catalog;
use crate::sandbox::complete::complete;
use crate::sandbox::fields::{Body, member, object, take_out};
use crate::sandbox::shape::is_includable;

/// Renders a value with nothing expanded.
pub(super) fn render(mut body: Json) -> Json {
    render_in_place(&mut body);
    body
}

/// Completes every object, and removes fields that are hidden or only shown when expanded.
pub(super) fn render_in_place(value: &mut Json) {
    match value {
        Json::Array(items) => items.iter_mut().for_each(render_in_place),
        Json::Object(body) => {
            complete(body);
            let object = object(body).to_owned();
            body.retain(|name, _| !name.starts_with('_') && !is_includable(&object, name));
            for path in inner_hidden(&object) {
                take_out(body, path);
            }
            body.values_mut().for_each(render_in_place);
        }
        _ => {}
    }
}

/// Returns the nested fields of an object that are only shown when expanded.
pub(super) fn inner_hidden(object: &str) -> impl Iterator<Item = &'static str> {
    let hidden = catalog().by_key(object).map_or(&[][..], |entity| entity.omitted.as_slice());
    hidden.iter().map(String::as_str).filter(|path| path.contains('.'))
}

/// Renders the remainder of a deleted object.
pub(super) fn stub(body: &Body) -> Json {
    json!({"id": member(body, "id"), "object": member(body, "object"), "deleted": true})
}
