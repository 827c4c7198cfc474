//! `list "stripe_price"`: the objects of a type, for `terraform query`.

use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use serde_json::Value as Json;

use crate::catalog::Entity;
use crate::connector::{self, Connector, locator};
use crate::provider::explain::explain_list;
use crate::provider::runtime::Runtime;
use crate::provider::typed::list_arguments::{list_arguments, list_operation, list_request};
use crate::provider::typed::private_state::TypedPrivateData;
use crate::provider::typed::sentences::many;
use crate::provider::typed::surface::Surface;
use crate::provider::typed::surfaces::Surfaces;
use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::provider::{ListRequest, Listed};
use crate::terraform::schema::Schema;
use crate::terraform::value::Value;

/// Objects requested at a time: one less than Stripe's maximum, so that the last one in a response shows
/// whether there are more.
const PAGE: usize = 99;
/// Fields by which people recognize an object, best first.
const NAMES: [&str; 8] =
    ["name", "display_name", "nickname", "lookup_key", "email", "title", "description", "url"];

impl Surface {
    /// The arguments that select objects, as in the plural data source.
    pub(super) fn list_schema(&self) -> Option<Schema> {
        let mut attributes = list_arguments(list_operation(self.entity)?);
        attributes.sort_by(|a, b| a.name.cmp(&b.name));
        let description =
            format!("The {} in Stripe that match params and a filter clause.", many(self.entity));
        Some(Schema::new(description, attributes))
    }
}

/// Returns the objects that satisfy a configuration.
pub(super) fn list(
    surfaces: &'static Surfaces,
    runtime: Arc<Runtime>,
    request: ListRequest,
) -> BoxStream<'static, Listed> {
    match ListStream::of(surfaces, runtime, request) {
        Ok(listing) => stream::unfold(Some(listing), ListStream::step).flat_map(stream::iter).boxed(),
        Err(diagnostics) => stream::iter([Listed::from(diagnostics)]).boxed(),
    }
}

/// A list whose pages are being fetched.
struct ListStream {
    surfaces: &'static Surfaces,
    runtime: Arc<Runtime>,
    connector: Connector,
    request: ListRequest,
    /// The next page.
    page: connector::ListRequest,
    /// How many objects are still wanted.
    left: usize,
}

impl ListStream {
    fn of(
        surfaces: &'static Surfaces,
        runtime: Arc<Runtime>,
        request: ListRequest,
    ) -> Result<Self, Diagnostics> {
        let handle = request.config.get("connection_handle").as_str();
        let connector = runtime.known_connector(handle).map_err(|unusable| vec![unusable])?;
        let page = list_request(surfaces.own().entity, &request.config)?;
        let left = request.limit;
        // A sorted list is read as a whole.
        let size = if page.sort_by.is_some() { left } else { left.min(PAGE) };
        let page = connector::ListRequest { page_size: connector::PageSize::Of(size), ..page };
        Ok(Self { surfaces, runtime, connector, request, page, left })
    }

    /// Returns the objects of the next page, and the rest of the list.
    async fn step(listing: Option<Self>) -> Option<(Vec<Listed>, Option<Self>)> {
        let mut listing = listing?;
        let found = listing.connector.list(listing.page.clone()).await;
        let page = match found {
            Ok(page) => page,
            Err(error) => {
                let diagnostic = explain_list(&error, &listing.request.config, "filter", "filter");
                return Some((vec![Listed::from(vec![diagnostic])], None));
            }
        };
        let bodies = page.entities.into_iter().take(listing.left);
        let listed: Vec<Listed> = bodies.map(|body| listing.listed(body)).collect();
        listing.left -= listed.len();
        listing.page.page_token = page.next_page_token;
        let goes_on = listing.left > 0 && listing.page.page_token.is_some();
        Some((listed, goes_on.then_some(listing)))
    }

    /// Returns one object, as its import would show it.
    fn listed(&self, body: Json) -> Listed {
        let surface = self.surfaces.own();
        let place = locator(surface.entity, &self.page.params, &body, "");
        let mut private_state =
            TypedPrivateData { locator: Some(place.clone()), ..TypedPrivateData::default() };
        private_state.common.imported = true;
        // Without the connection, an import needs the account.
        let handle = self.request.config.get("connection_handle");
        private_state.common.account =
            self.connector.connection().account().filter(|_| !handle.is_null()).map(str::to_owned);
        let display_name = name_of(surface.entity, &body).unwrap_or(&place).to_owned();
        Listed {
            identity: self.surfaces.identity_at(surface, &place, private_state.common.account.clone()),
            display_name,
            resource: if self.request.include_resource {
                surface.first_seen(&self.runtime, private_state, body)
            } else {
                Value::Null
            },
            diagnostics: Diagnostics::new(),
        }
    }
}

/// Returns the name by which a person knows an object.
fn name_of<'b>(entity: &Entity, body: &'b Json) -> Option<&'b str> {
    let open = NAMES.iter().filter(|name| !entity.is_secret(name));
    let mut named = open.filter_map(|name| body.get(*name)?.as_str());
    named.find(|text| !text.is_empty())
}
