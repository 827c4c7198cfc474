//! Counts the objects that use an object that is about to end.

use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, catalog};
use crate::connector::{Connector, Error, ListRequest, PageSize};
use crate::engine::Object;
use crate::engine::restore::has_ended;

/// The largest number of users that are counted. With one more, which shows that there are more, they fill a
/// page of Stripe's.
const COUNTED: usize = 99;

/// The number of objects of a type that use an object, at least.
#[derive(Debug, Clone, Copy)]
pub struct UsageCount {
    /// The type of the users.
    pub by: &'static Entity,
    /// How many were counted.
    pub count: usize,
    /// Whether there may be more than were counted.
    pub more: bool,
}

impl Object {
    /// The types of objects that may use this one, each with the param by which they are listed.
    pub fn users(&self) -> impl Iterator<Item = (&'static Entity, &'static str)> {
        let users = self.entity.used_by.iter();
        users.filter_map(|(object, param)| Some((catalog().by_key(object)?, param.as_str())))
    }

    /// Counts the objects of a type that use this one, in one call.
    pub async fn usage(
        &self,
        connector: &Connector,
        (by, param): (&'static Entity, &'static str),
    ) -> Result<UsageCount, Error> {
        let params = Map::from_iter([(param.to_owned(), Json::from(self.locator.as_str()))]);
        let page_size = PageSize::Of(COUNTED);
        let request = ListRequest { params, page_size, without_ended: true, ..ListRequest::of(by) };
        let found = connector.list(request).await?;
        let count = found.entities.iter().filter(|body| !has_ended(by, body)).count();
        Ok(UsageCount { by, count, more: found.next_page_token.is_some() })
    }
}

/// Whether the list of a type shows any object.
pub async fn is_any(connector: &Connector, entity: &'static Entity) -> Result<bool, Error> {
    let request = ListRequest { page_size: PageSize::Of(1), ..ListRequest::of(entity) };
    Ok(!connector.list(request).await?.entities.is_empty())
}
