//! Describes what the connector offers: names, operations, fields, and their JSON Schemas.

mod result;
mod schemas;

use schemars::Schema;

use crate::catalog::spelling::pascal_case;
use crate::catalog::{Entity, Kind, OperationKind, OutputShape, catalog};
use crate::connector::{ActionRef, action};
use result::ResultKeys;

/// An entity type as the connector describes it.
#[derive(Debug, Clone)]
pub struct EntityDescription {
    /// PascalCase: `PaymentIntent`.
    pub name: &'static str,
    /// Those of LIST, GET, CREATE, UPDATE and DELETE that Stripe has.
    pub operations: Vec<&'static str>,
    /// The parents of an entity, which are named in its payload and in the filter of a list: `CustomerId`.
    pub parents: Vec<String>,
    /// The top-level fields of an answer, sorted by name.
    pub fields: Vec<FieldDescription>,
    /// The JSON Schema of an entity.
    pub json_schema: Schema,
}

/// A field of an entity type.
#[derive(Debug, Clone)]
pub struct FieldDescription {
    /// Stripe's spelling.
    pub name: &'static str,
    /// The connector's data type: `VARCHAR`, `BIGINT`, `STRUCT` …
    pub data_type: &'static str,
    /// Whether it is the primary key.
    pub key: bool,
    /// Whether it may be null or absent.
    pub nullable: bool,
}

/// An action as the connector describes it.
#[derive(Debug, Clone)]
pub struct ActionDescription {
    /// PascalCase: `ConfirmPaymentIntent`.
    pub name: &'static str,
    /// The inputs that its payload may have.
    pub input_parameters: Vec<InputDescription>,
    /// The JSON Schema of the payload.
    pub input_json_schema: Schema,
    /// The JSON Schema of the output.
    pub result_json_schema: Schema,
}

/// An input of an action.
#[derive(Debug, Clone)]
pub struct InputDescription {
    /// `PaymentIntentId`, or Stripe's spelling of a param.
    pub name: &'static str,
    /// The connector's data type.
    pub data_type: &'static str,
    /// Whether the action can run without it.
    pub nullable: bool,
}

/// Every entity type, sorted by name.
pub fn describe_entities() -> Vec<EntityDescription> {
    catalog().entities().filter_map(|name| catalog().entity(name)).map(describe_entity).collect()
}

/// Every action, sorted by name.
pub fn describe_actions() -> Vec<ActionDescription> {
    catalog().actions().filter_map(|(name, _)| action(name).ok()).map(describe_action).collect()
}

/// The connector's description of an entity type.
pub fn describe_entity(entity: &'static Entity) -> EntityDescription {
    let fields = entity.fields.iter().map(|field| FieldDescription {
        name: &field.name,
        data_type: data_type(&field.shape.kind),
        key: field.name == "id",
        nullable: !field.shape.is_required(),
    });
    EntityDescription {
        name: &entity.name,
        operations: entity.operations.iter().filter_map(|operation| operation_name(operation.kind)).collect(),
        parents: entity.parents().into_iter().map(|parent| pascal_case(parent) + "Id").collect(),
        fields: fields.collect(),
        json_schema: schemas::entity(entity),
    }
}

/// The connector has five operations; a search is Stripe's way to evaluate some filters.
fn operation_name(kind: OperationKind) -> Option<&'static str> {
    match kind {
        OperationKind::List => Some("LIST"),
        OperationKind::Get => Some("GET"),
        OperationKind::Create => Some("CREATE"),
        OperationKind::Update => Some("UPDATE"),
        OperationKind::Delete => Some("DELETE"),
        OperationKind::Search => None,
    }
}

/// The connector's description of an action.
pub fn describe_action(found: ActionRef) -> ActionDescription {
    let ActionRef { entity, action } = found;
    let ids = action.path_inputs.iter().map(|name| InputDescription {
        name,
        data_type: "VARCHAR",
        nullable: false,
    });
    let params = action.params.iter().map(|param| InputDescription {
        name: action.renames.get(&param.name).unwrap_or(&param.name),
        data_type: data_type(&param.shape.kind),
        nullable: !param.shape.is_required() && !action.required_inputs.contains(&param.name),
    });
    ActionDescription {
        name: &action.name,
        input_parameters: ids.chain(params).collect(),
        input_json_schema: schemas::input(action),
        result_json_schema: match &action.output {
            OutputShape::Success => schemas::output(ResultKeys::default()),
            OutputShape::Field { name, .. } => schemas::output(ResultKeys::of_field(name)),
            OutputShape::Record => {
                let returned = catalog().by_key(&action.returns).unwrap_or(entity);
                schemas::output(ResultKeys::of(&returned.fields))
            }
        },
    }
}

/// The connector's data type of a param or a field.
fn data_type(kind: &Kind) -> &'static str {
    match kind {
        Kind::Currency | Kind::Enum(_) | Kind::Id(_) | Kind::Text { .. } => "VARCHAR",
        Kind::Integer | Kind::Time => "BIGINT",
        Kind::DateTime => "TIMESTAMP",
        Kind::Decimal => "DECIMAL",
        Kind::Number => "DOUBLE",
        Kind::Boolean => "BOOLEAN",
        Kind::List(_) | Kind::Set(_) => "ARRAY",
        Kind::Map(_) | Kind::Object(_) | Kind::Page(_) | Kind::Range | Kind::Whole(_) => "STRUCT",
        Kind::Union(shapes) => shapes.first().map_or("OTHER", |shape| data_type(&shape.kind)),
        Kind::File => "BINARY",
        Kind::Any => "OTHER",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{describe_actions, describe_entities};

    #[test]
    fn entity_types_tell_operations_fields_and_a_schema() {
        let all = describe_entities();
        let customer = all.iter().find(|entity| entity.name == "Customer").unwrap();
        assert_eq!(customer.operations, ["LIST", "GET", "CREATE", "UPDATE", "DELETE"]);
        let id = customer.fields.iter().find(|field| field.name == "id").unwrap();
        assert_eq!((id.data_type, id.key, id.nullable), ("VARCHAR", true, false));
        let schema = customer.json_schema.as_value();
        assert_eq!(schema["properties"]["email"]["type"], json!(["string", "null"]));
        assert_eq!(schema["properties"]["id"]["type"], json!("string"));
        assert!(schema["required"].as_array().unwrap().contains(&json!("id")));
    }

    #[test]
    fn the_nine_actions_of_the_connector_are_there_with_their_inputs() {
        let all = describe_actions();
        let inputs = |name: &str| {
            let action = all.iter().find(|action| action.name == name).unwrap();
            let required = action.input_parameters.iter().filter(|input| !input.nullable);
            required.map(|input| input.name).collect::<Vec<_>>()
        };
        for name in ["ConfirmPaymentIntent", "CapturePaymentIntent", "CancelPaymentIntent"] {
            assert_eq!(inputs(name), ["PaymentIntentId"]);
        }
        assert_eq!(inputs("AttachPaymentMethodToCustomer"), ["PaymentMethodId", "CustomerId"]);
        assert_eq!(inputs("DetachPaymentMethodFromCustomer"), ["PaymentMethodId"]);
        assert_eq!(inputs("FinalizeInvoice"), ["InvoiceId"]);
        for name in ["FinalizeQuote", "AcceptQuote", "CancelQuote"] {
            assert_eq!(inputs(name), ["QuoteId"]);
        }
    }

    /// Finds, in a payload's schema at any depth, the members with a name.
    fn members<'s>(schema: &'s Json, name: &str, found: &mut Vec<&'s Json>) {
        found.extend(schema.pointer(&format!("/properties/{name}")));
        let inner = schema.as_object().into_iter().flat_map(|members| members.values());
        for schema in inner.chain(schema.as_array().into_iter().flatten()) {
            members(schema, name, found);
        }
    }

    #[test]
    fn the_numbers_of_an_input_schema_have_the_range_that_is_refused_beyond() {
        let all = describe_actions();
        let found = |name: &str| {
            let mut found = Vec::new();
            for action in &all {
                members(action.input_json_schema.as_value(), name, &mut found);
            }
            found
        };
        let months = found("exp_month");
        assert!(!months.is_empty());
        for month in months {
            let month = month.pointer("/anyOf/0").unwrap_or(month);
            assert_eq!((&month["minimum"], &month["maximum"]), (&json!(1), &json!(12)), "{month}");
        }
        assert!(found("days_until_due").iter().any(|days| days["minimum"] == 0 && days["maximum"].is_null()));
    }

    #[test]
    fn an_output_schema_is_an_array_of_one_object_of_text() {
        let all = describe_actions();
        let accept = all.iter().find(|action| action.name == "AcceptQuote").unwrap();
        let schema = accept.result_json_schema.as_value();
        assert_eq!(schema["type"], "array");
        assert_eq!((&schema["minItems"], &schema["maxItems"]), (&json!(1), &json!(1)));
        assert_eq!(schema["items"]["properties"]["InvoiceId"]["type"], json!(["string", "null"]));
    }
}
