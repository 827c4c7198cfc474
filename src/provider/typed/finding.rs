//! Finds the one object that has certain values.

use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, OperationKind};
use crate::connector::{Connector, ListRequest, PageSize};
use crate::engine::has_ended;
use crate::provider::explain::explain_connector;
use crate::provider::messages::found;
use crate::provider::typed::lookup::Lookup;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};

/// How many objects are requested at once, although only one of them may match.
const ASKED: usize = 100;
/// How many of the matching objects an error names.
const NAMED: usize = 5;

/// Finds the only object with these values.
pub(super) async fn found(
    entity: &'static Entity,
    connector: &Connector,
    given: &[(Lookup, Json)],
) -> Result<Json, Diagnostics> {
    found_in(entity, connector, Map::new(), given).await
}

/// Finds the only object with these values, among the children of the parents in `params`.
pub(super) async fn found_in(
    entity: &'static Entity,
    connector: &Connector,
    mut params: Map<String, Json>,
    given: &[(Lookup, Json)],
) -> Result<Json, Diagnostics> {
    let list = entity.operation(OperationKind::List);
    let mut clauses = Vec::new();
    for (lookup, value) in given {
        match list.and_then(|list| lookup.param(list, value)) {
            Some((name, value)) => drop(params.insert(name, value)),
            None => clauses.push(lookup.clause(value)),
        }
    }
    let request = ListRequest {
        params,
        filter: (!clauses.is_empty()).then(|| clauses.join(" AND ")),
        page_size: PageSize::Of(ASKED),
        ..ListRequest::of(entity)
    };
    let mut found = meant(connector, request).await?;
    match (found.len(), found.pop()) {
        (1, Some(one)) => Ok(one),
        (0, _) | (_, None) => Err(vec![none_found(entity, given)]),
        (_, Some(other)) => Err(vec![several_found(entity, given, &found, &other)]),
    }
}

/// Returns the candidates in a list: active objects take precedence over archived or canceled ones. The
/// list is read until two active ones are found.
async fn meant(connector: &Connector, mut request: ListRequest) -> Result<Vec<Json>, Diagnostics> {
    let (mut living, mut ended) = (Vec::new(), Vec::new());
    loop {
        let page = connector.list(request.clone()).await;
        let page = page.map_err(|error| vec![explain_connector(&error, "id")])?;
        for body in page.entities {
            let alike = if has_ended(request.entity, &body) { &mut ended } else { &mut living };
            if alike.len() <= NAMED {
                alike.push(body);
            }
        }
        request.page_token = page.next_page_token;
        if request.page_token.is_none() || living.len() > 1 {
            return Ok(if living.is_empty() { ended } else { living });
        }
    }
}

fn none_found(entity: &Entity, given: &[(Lookup, Json)]) -> Diagnostic {
    found::nothing_found(&entity.name, &spelled(given)).at_attribute(first(given))
}

fn several_found(entity: &Entity, given: &[(Lookup, Json)], others: &[Json], last: &Json) -> Diagnostic {
    let all = others.iter().chain([last]);
    let ids: Vec<&str> = all.take(NAMED).filter_map(|it| it.get("id")?.as_str()).collect();
    let more = if others.len() >= NAMED { " and others" } else { "" };
    let ids = format!("{}{more}", ids.join(", "));
    found::several_found(&entity.name, &spelled(given), &ids).at_attribute(first(given))
}

fn spelled(given: &[(Lookup, Json)]) -> String {
    let pairs = given.iter().map(|(lookup, value)| format!("`{}` {value}", lookup.slot.name));
    pairs.collect::<Vec<_>>().join(" and ")
}

fn first(given: &[(Lookup, Json)]) -> &str {
    given.first().map_or("id", |(lookup, _)| &lookup.slot.name)
}
