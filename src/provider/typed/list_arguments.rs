//! The arguments that select objects of a type: in `data "stripe_prices"` and in `list "stripe_price"`.

use serde_json::Value as Json;

use crate::catalog::{Entity, Operation, OperationKind, parents};
use crate::connector::{ListRequest, selectors};
use crate::engine::{Params, WrittenParams, parse};
use crate::provider::connection_settings::connection_attribute;
use crate::provider::messages::payload;
use crate::provider::payload::to_json;
use crate::provider::selection::{check_fields, check_order};
use crate::provider::sentence::sentence;
use crate::provider::typed::schema::of_member;
use crate::provider::typed::surface::{PREFIX, attribute_type};
use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::schema::{Attribute, BlockKind, Name, Presence, Rule};
use crate::terraform::value::{Type, Value};

/// The attributes of every list; a param with such a name gets the prefix `stripe_`.
const OWN: [&str; 6] = ["connection_handle", "filter", "ids", "limit", "sort_by", "sort_order"];

/// Returns the attribute that sets a param.
fn attribute_of(param: &str) -> Name {
    let name = BlockKind::DataSource.usable_name(param.to_owned(), PREFIX);
    if OWN.contains(&param) { format!("{PREFIX}_{param}").into() } else { name }
}

/// Returns the call that lists the objects.
pub(super) fn list_operation(entity: &Entity) -> Option<&Operation> {
    entity.operation(OperationKind::List)
}

/// Returns the faults of the arguments that select objects.
pub(super) fn check_list(entity: &'static Entity, config: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    if let Some(list) = list_operation(entity) {
        found.extend(params(list, config).err().unwrap_or_default());
    }
    found.extend(check_order(config));
    found.extend(check_fields(entity, config, Some(false)));
    found
}

/// Returns the request for the list call.
pub(super) fn list_request(entity: &'static Entity, config: &Value) -> Result<ListRequest, Diagnostics> {
    let text = |name: &str| config.get(name).as_str().map(str::to_owned);
    Ok(ListRequest {
        params: list_operation(entity).map(|list| params(list, config)).transpose()?.unwrap_or_default(),
        filter: text("filter"),
        sort_by: text("sort_by"),
        descending: text("sort_order").as_deref() == Some("DESC"),
        ..ListRequest::of(entity)
    })
}

/// Returns the arguments that select objects: the ids of their parents, the params of the call, and the
/// filter clause; and the ones that sort them.
pub(super) fn list_arguments(list: &'static Operation) -> Vec<Attribute> {
    let of_path = parents(&list.path)
        .map(|name| Attribute::required(name.to_owned(), Type::String, "The parent of the objects."));
    let mut attributes: Vec<Attribute> = of_path.collect();
    attributes.extend(selectors(list).map(|param| {
        let presence = if param.shape.is_required() { Presence::Required } else { Presence::Optional };
        let takes = of_member(&param.name, &param.shape);
        let description = format!("Only objects with this `{}`. {takes}.", param.name);
        Attribute::new(attribute_of(&param.name), attribute_type(&param.shape), presence, description)
    }));
    attributes.extend([
            connection_attribute(),
            Attribute::optional("filter", Type::String, "Filter clause, such as `Name = 'John' AND Created >= '2024-01-01'`; strings in single quotes. Stripe evaluates what it can, the rest is evaluated while paging."),
            Attribute::optional("sort_by", Type::String, "Field to sort by. Default: newest first, as Stripe lists them.").rule(Rule::NotEmpty),
            Attribute::optional("sort_order", Type::String, "`ASC` (default) or `DESC`; only together with `sort_by`.").rule(Rule::one_of(["ASC", "DESC"])),
    ]);
    attributes
}

/// Returns the params of the list that a configuration sets, checked.
fn params(list: &'static Operation, config: &Value) -> Result<Params, Diagnostics> {
    let mut written = WrittenParams::default();
    let mut of_path = Params::new();
    for name in parents(&list.path) {
        of_path.extend(config.get(name).as_str().map(|id| (name.to_owned(), Json::from(id))));
    }
    for param in selectors(list) {
        let value = config.get(&attribute_of(&param.name));
        if !value.is_null() {
            let json = to_json(value, &mut vec![param.name.clone()], &mut written.unknown);
            written.members.extend(json.map(|json| (param.name.clone(), json)));
        }
    }
    match parse(&written, &list.params) {
        Ok(desired) => Ok(of_path.into_iter().chain(desired.params).collect()),
        Err(faults) => Err(faults
            .iter()
            .map(|fault| {
                let name = fault.param().split('.').next().unwrap_or_default().to_owned();
                payload::payload_fault(&sentence(&fault.to_string())).at_attribute(&attribute_of(&name))
            })
            .collect()),
    }
}
