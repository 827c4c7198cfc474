mod meanings;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::expression::ScalarType;
use super::operand::{NameLookup, named};
use super::{Filter, FilterError};
use crate::catalog::names::resolve;
use crate::catalog::spelling::pascal_case;
use crate::catalog::{Entity, Kind, Member, OperationKind, at, catalog, parents};
use crate::connector::{entity, selectors};

fn customers() -> Vec<Json> {
    vec![
        json!({"id": "cus_1", "name": "John", "email": "john@a.example", "balance": 10, "created": 1_700_000_000,
            "delinquent": false, "metadata": {"order.id": "7"}, "address": {"city": "Bern"}}),
        json!({"id": "cus_2", "name": "Jane O'Hara", "email": null, "balance": -5, "created": 1_710_000_000,
            "delinquent": true, "metadata": {}, "address": null}),
        json!({"id": "cus_3", "name": null, "email": "x@b.example", "balance": 9, "created": 1_720_000_000,
            "delinquent": false, "metadata": {"order.id": "8"}, "address": {"city": null},
            "default_source": {"id": "src_1", "object": "source"}}),
    ]
}

/// Parses a clause about the entities of a type, which are listed.
fn parse(clause: &str, entity: &Entity) -> Result<Filter, FilterError> {
    Filter::parse(clause, entity, entity.operation(OperationKind::List))
}

fn found(clause: &str) -> Vec<usize> {
    let filter = parse(clause, entity("Customer").unwrap()).unwrap_or_else(|error| panic!("{error}"));
    let rows = customers().into_iter().enumerate();
    rows.filter(|(_, body)| filter.matches(body)).map(|(at, _)| at + 1).collect()
}

#[test]
fn clauses_find_their_rows() {
    for (clause, rows) in [
        ("", vec![1, 2, 3]),
        ("Name = 'John'", vec![1]),
        ("name = 'john'", vec![]),
        ("Name = 'Jane O''Hara'", vec![2]),
        ("Name <> 'John'", vec![2]),
        ("Name != 'John'", vec![2]),
        ("NOT Name = 'John'", vec![2]),
        ("Name IS NULL", vec![3]),
        ("Name is not null", vec![1, 2]),
        ("Balance > 9", vec![1]),
        ("Balance >= 9.0", vec![1, 3]),
        ("Balance < -4.5", vec![2]),
        ("Balance = '10'", vec![1]),
        ("Balance BETWEEN -5 AND 9", vec![2, 3]),
        ("Balance NOT BETWEEN -5 AND 9", vec![1]),
        ("Created >= '2024-03-01'", vec![2, 3]),
        ("Created >= 2024-03-01 AND Created < 2024-07-03T09:46:40Z", vec![2]),
        ("Created = 1700000000", vec![1]),
        ("Delinquent = true", vec![2]),
        ("Delinquent = 'FALSE'", vec![1, 3]),
        ("Email LIKE '%@A.example'", vec![1]),
        ("Email LIKE '_@b.%'", vec![3]),
        ("Email NOT LIKE '%@a.example'", vec![3]),
        ("Name CONTAINS 'Jo'", vec![1]),
        ("Name contains 'o''h'", vec![2]),
        ("Name CONTAINS '%'", vec![]),
        ("Name NOT CONTAINS 'jo'", vec![2]),
        ("MetadataAggregate CONTAINS 'order'", vec![1, 3]),
        ("Name == 'John'", vec![1]),
        ("Name IN ('John', 'Joe')", vec![1]),
        ("Name NOT IN ('John', 'Joe')", vec![2]),
        ("metadata.order.id = 7", vec![1]),
        ("[Metadata.order.id] = '8'", vec![3]),
        ("Address.City = 'Bern'", vec![1]),
        ("Address.City IS NULL", vec![2, 3]),
        ("DefaultSource = 'src_1'", vec![3]),
        ("Name = 'John' OR Email IS NULL", vec![1, 2]),
        ("Name = 'John' OR Name = 'x' AND Balance = 9", vec![1]),
        ("(Name = 'John' OR Balance = 9) AND Balance = 9", vec![3]),
        ("NOT (Name = 'John' OR Balance = -5)", vec![]),
        ("NOT (Name = 'John' AND Balance = 9)", vec![1, 2]),
        ("id = 'cus_2'", vec![2]),
    ] {
        assert_eq!(found(clause), rows, "{clause}");
    }
}

fn error(clause: &str) -> String {
    parse(clause, entity("Customer").unwrap()).unwrap_err().to_string()
}

#[test]
fn an_error_shows_the_place() {
    let expected = "Customer has no field \"Nmae\"; did you mean \"name\"? (position 17)\n\n  Email = 'é' AND Nmae = 'x'\n                  ^\n";
    assert_eq!(error("Email = 'é' AND Nmae = 'x'"), expected);
    let expected = "an operator should stand here: =, <>, <, <=, >, >=, LIKE, CONTAINS, IN, BETWEEN or IS NULL (position 21)\n\n  AND Email\n           ^\n";
    assert_eq!(error("Name = 'a'\nAND Email"), expected);
}

#[test]
fn every_mistake_has_its_own_words() {
    for (clause, message) in [
        ("Name = John", "`John` should stand in single quotes: 'John' (position 8)"),
        ("Name = \"John\"", "text stands in single quotes (position 8)"),
        ("Name = 'John", "the text has no closing quote (position 8)"),
        ("Name = NULL", "nothing equals NULL; write IS NULL or IS NOT NULL (position 8)"),
        ("Name", "an operator should stand here"),
        ("Name =", "a value should stand here"),
        ("= 'x'", "the name of a field should stand here (position 1)"),
        ("Name = 'a' Email = 'b'", "AND, OR or the end of the clause should stand here (position 12)"),
        ("(Name = 'a'", "\")\" should stand here"),
        ("Name IN 'a'", "\"(\" should stand here (position 9)"),
        ("Balance > 'many'", "\"balance\" must be compared with a number, not \"many\" (position 11)"),
        ("Created > 'soon'", "\"created\" must be compared with a date"),
        ("Delinquent = 1", "\"delinquent\" must be compared with true or false, not \"1\" (position 14)"),
        ("Balance BETWEEN 1 9", "AND should stand here: BETWEEN low AND high (position 19)"),
        ("Name NOT = 'a'", "LIKE, CONTAINS, IN or BETWEEN should stand here (position 10)"),
        ("Name.first = 'a'", "\"name\" has no fields of its own (position 1)"),
        ("Name CONTAINS 5", "a text in single quotes should stand here (position 15)"),
        (
            "AccountId = 'acct_1'",
            "Customer has no field \"AccountId\": a connected account is chosen by the account id of the connection (position 1)",
        ),
        ("Name # 'a'", "'#' means nothing here; text stands in single quotes (position 6)"),
        ("[Name = 'a'", "the name has no closing bracket (position 1)"),
        ("Name = 12x", "12x is neither a number nor a date"),
    ] {
        assert!(error(clause).starts_with(message), "{clause}: {}", error(clause));
    }
    assert!(error(&"(".repeat(10_000)).starts_with("the clause is nested deeper than 64"));
    assert!(error(&"x".repeat(10_001)).starts_with("the clause is longer than 10000 characters"));
}

#[test]
fn what_stripe_can_evaluate_is_pushed_down() {
    let pushed = |name: &str, clause: &str| {
        let entity = entity(name).unwrap();
        let filter = parse(clause, entity).unwrap();
        let list = entity.operation(OperationKind::List).unwrap();
        let pushdown = filter.pushdown(list, &Map::new()).unwrap();
        (Json::Object(pushdown.params), pushdown.rest)
    };
    for (name, clause, params, rest) in [
        ("Customer", "", json!({}), false),
        ("Customer", "Email = 'a@b.example'", json!({"email": "a@b.example"}), false),
        ("Customer", "Email = 'a' AND Name = 'b'", json!({"email": "a"}), true),
        ("Customer", "Email = 'a' AND Email = 'b'", json!({"email": "a"}), true),
        ("Customer", "Email = 'a' OR Email = 'b'", json!({}), true),
        ("Customer", "NOT Email = 'a'", json!({}), true),
        ("Customer", "Created >= 5 AND Created < 9", json!({"created": {"gte": 5, "lt": 9}}), false),
        ("Customer", "Created BETWEEN 5 AND 9", json!({"created": {"gte": 5, "lte": 9}}), false),
        ("Customer", "Created = 5", json!({"created": {"gte": 5, "lte": 5}}), false),
        ("Price", "LookupKey IN ('a', 'b')", json!({"lookup_keys": ["a", "b"]}), false),
        ("Price", "LookupKey = 'a' AND Active = true", json!({"lookup_keys": ["a"], "active": true}), false),
        (
            "Price",
            "Type = 'recurring' AND Product = 'prod_1'",
            json!({"type": "recurring", "product": "prod_1"}),
            false,
        ),
        ("Price", "Type = 'sometimes'", json!({}), true),
        (
            "Invoice",
            "Status = 'open' AND Customer = 'cus_1'",
            json!({"status": "open", "customer": "cus_1"}),
            false,
        ),
    ] {
        assert_eq!(pushed(name, clause), (params, rest), "{name}: {clause}");
    }
}

/// The params of a list, including the given ones, or the message of the refusal.
fn params(name: &str, clause: &str, given: &Json) -> Result<Json, String> {
    let entity = entity(name).unwrap();
    let list = entity.operation(OperationKind::List).unwrap();
    let pushed = parse(clause, entity).and_then(|filter| filter.pushdown(list, given.as_object().unwrap()));
    pushed.map(|it| Json::Object(it.params)).map_err(|error| error.message)
}

#[test]
fn what_only_stripe_can_compare_is_said_to_it_or_refused() {
    for (name, clause, said) in [
        ("PromotionCode", "Coupon = 'a'", json!({"coupon": "a"})),
        ("PromotionCode", "Coupon IN ('a')", json!({"coupon": "a"})),
        ("PromotionCode", "Coupon = 'a' AND Coupon = 'a'", json!({"coupon": "a"})),
        ("Product", "Ids IN ('a', 'b')", json!({"ids": ["a", "b"]})),
        ("Product", "Ids = 'a'", json!({"ids": ["a"]})),
        (
            "V2CommerceProductCatalogImport",
            "CreatedGte = '2026-01-31'",
            json!({"created_gte": "2026-01-31T00:00:00Z"}),
        ),
        (
            "CreditNotePreviewLine",
            "Invoice = 'in_1' AND ShippingCostShippingRate = 'shr_1'",
            json!({"invoice": "in_1", "shipping_cost": {"shipping_rate": "shr_1"}}),
        ),
    ] {
        assert_eq!(params(name, clause, &json!({})), Ok(said), "{clause}");
    }
    let many = format!("Ids IN ({})", ["'a'"; 11].join(", "));
    for (name, clause, why) in [
        ("PromotionCode", "Coupon IN ('a', 'b')", "\"coupon\", and takes one value at a time: write ="),
        ("PromotionCode", "Coupon = 'a' AND Coupon = 'b'", "\"coupon\", and takes one condition on it"),
        ("PromotionCode", "Coupon = ''", "\"coupon\", and takes no empty text"),
        ("Product", &many, "\"ids\", and takes at most 10 values at a time, not 11"),
        ("CreditNotePreviewLine", "Refunds = 'x'", "\"refunds\", and takes no single value"),
        ("CreditNotePreviewLine", "ShippingCost = 'x'", "\"shipping_cost\", and takes no single value"),
        ("PromotionCode", "Coupon LIKE 'a%'", "\"coupon\": it must be equal to a value"),
    ] {
        let told = params(name, clause, &json!({})).unwrap_err();
        assert!(told.starts_with("only Stripe can compare ") && told.contains(why), "{clause}: {told}");
    }
}

#[test]
fn a_param_that_is_given_already_stays() {
    let price = |clause: &str, given: Json| params("Price", clause, &given);
    let (one, other) = (json!({"product": "prod_1"}), json!({"created": {"gte": 5}}));
    assert_eq!(price("Product = 'prod_2'", one.clone()), Ok(one));
    assert_eq!(price("Created >= 1 AND Created < 9", other), Ok(json!({"created": {"gte": 5, "lt": 9}})));
    let keys = json!({"lookup_keys": ["a"]});
    assert_eq!(price("LookupKeys IN ('a')", keys.clone()), Ok(keys.clone()));
    let told = price("LookupKeys IN ('b')", keys).unwrap_err();
    assert!(told.contains("an argument gives it another value"), "{told}");
}

/// A value with which a field of this type can be compared, and another one.
fn values(holds: ScalarType) -> [&'static str; 2] {
    match holds {
        ScalarType::Boolean => ["true", "false"],
        ScalarType::Number | ScalarType::Time => ["1700000001", "1700000002"],
        ScalarType::Text | ScalarType::Currency | ScalarType::Any => ["'one'", "'two'"],
    }
}

#[test]
fn no_condition_that_only_stripe_can_compare_is_dropped() {
    let mut tried = 0;
    let lists = catalog().entities().filter_map(|name| catalog().entity(name));
    for (entity, list) in lists.filter_map(|it| Some((it, it.operation(OperationKind::List)?))) {
        let names = NameLookup { entity, call: Some(list) };
        let chosen = selectors(list).map(|param| param.name.as_str()).chain(parents(&list.path));
        let fields = chosen.filter_map(|name| named(name, 0, names).ok());
        for field in fields.filter(|field| field.server_only) {
            let (name, [one, two]) = (field.path.join("."), values(field.holds));
            for clause in [
                format!("{name} = {one}"),
                format!("{name} IN ({one}, {two})"),
                format!("{name} = {one} AND {name} = {two}"),
                format!("{name} IN ({})", [one; 11].join(", ")),
            ] {
                let Ok(said) = params(&entity.name, &clause, &json!({})) else { continue };
                let wanted = [one, two].into_iter().filter(|value| clause.contains(value));
                for value in wanted.map(|value| value.trim_matches('\'')) {
                    // Version 2 of the API takes moments as text.
                    let moment = value.parse().ok().and_then(|it| Timestamp::from_second(it).ok());
                    let said = said[&name].to_string();
                    let is_said =
                        said.contains(value) || moment.is_some_and(|it| said.contains(&it.to_string()));
                    assert!(is_said, "{}: {clause}: {said}", entity.name);
                }
                tried += 1;
            }
        }
    }
    assert!(tried > 50, "{tried}");
}

#[test]
fn a_clause_beside_a_search_names_no_params_of_the_list() {
    let invoice = entity("Invoice").unwrap();
    let search = invoice.operation(OperationKind::Search);
    let told = |clause| Filter::parse(clause, invoice, search).map(drop).map_err(|error| error.message);
    let why = "only a list can compare \"Subscription\", not a search: leave the search query out";
    assert_eq!(told("Subscription = 'sub_1'"), Err(why.to_owned()));
    assert!(told("Query = 'x'").unwrap_err().contains("no field"));
    assert_eq!(told("Status = 'open'"), Ok(()));
}

#[test]
fn an_id_is_asked_for_by_itself() {
    let only = |clause: &str| {
        let filter = parse(clause, entity("Customer").unwrap()).unwrap();
        filter.only_id().map(str::to_owned)
    };
    assert_eq!(only("Id = 'cus_1' AND Name = 'x'").as_deref(), Some("cus_1"));
    assert_eq!(only("Id = 'cus_1' OR Name = 'x'"), None);
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(clause in "\\PC{0,60}") {
        let _ = parse(&clause, entity("Customer").unwrap()).map_err(|error| error.to_string());
    }

    #[test]
    fn no_words_make_the_parser_panic(words in prop::collection::vec(
        prop::sample::select(vec!["Name", "Balance", "=", "(", ")", "AND", "OR", "NOT", "'x'", "5", "IN", "LIKE", "CONTAINS", ",", "IS", "NULL", "BETWEEN"]), 0..12)) {
        let _ = parse(&words.join(" "), entity("Customer").unwrap()).map_err(|error| error.to_string());
    }
}

#[test]
fn bare_numbers_compare_as_numbers_with_the_keys_of_maps() {
    let rows = [
        json!({"metadata": {"rank": "10"}}),
        json!({"metadata": {"rank": "9"}}),
        json!({"metadata": {"rank": "x"}}),
    ];
    let found = |clause: &str| {
        let filter = parse(clause, entity("Customer").unwrap()).unwrap();
        (1..=3).filter(|at| filter.matches(&rows[at - 1])).collect::<Vec<_>>()
    };
    assert_eq!(found("metadata.rank > 9"), [1]);
    assert_eq!(found("metadata.rank = 10.0"), [1]);
    assert_eq!(found("metadata.rank <> 10"), [2, 3]);
    assert_eq!(found("metadata.rank BETWEEN 1 AND 9.5"), [2]);
    assert_eq!(found("metadata.rank IN (9, 10)"), [1, 2]);
    assert_eq!(found("metadata.rank > '9'"), [3], "text in quotes compares as text");
}

/// The paths of params that are also paths of fields.
fn shared_paths(entity: &Entity) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut open: Vec<(Vec<String>, &[Member])> = vec![(Vec::new(), entity.params())];
    while let Some((above, members)) = open.pop() {
        for member in members {
            let path = [above.clone(), vec![member.name.clone()]].concat();
            if entity.field_at(&path.join(".")).is_none() {
                continue;
            }
            open.extend(member.shape.members().map(|inside| (path.clone(), inside)));
            found.push(path);
        }
    }
    found
}

#[test]
fn every_name_that_a_payload_takes_works_in_a_filter_and_in_a_sort() {
    let mut tried = 0;
    for entity in catalog().entities().filter_map(|name| catalog().entity(name)) {
        for path in shared_paths(entity) {
            let pascal: Vec<String> = path.iter().map(|name| pascal_case(name)).collect();
            let names = [path.join("."), pascal.join("."), pascal.concat()];
            let refers = at(entity.params(), &names[0])
                .is_some_and(|shape| matches!(shape.kind, Kind::Id(_)))
                && entity.field_at(&names[0]).is_some_and(|field| field.members().is_none());
            for name in names.into_iter().chain(refers.then(|| pascal.concat() + "Id")) {
                // A name means one thing in a payload, so filters and sorts must agree with it.
                let Ok(taken) = resolve(&name, entity.params()) else { continue };
                if entity.field_at(&taken.path.join(".")).is_none() {
                    continue;
                }
                let filter = parse(&format!("{name} IS NULL"), entity);
                let filter = filter.unwrap_or_else(|error| panic!("{}: {error}", entity.name));
                let sort = resolve(&name, &entity.fields).unwrap().path;
                let found = filter.terms.iter().find_map(|term| term.find_field(|_| true)).unwrap();
                assert_eq!((&found.path, &sort), (&taken.path, &taken.path), "{}: {name}", entity.name);
                tried += 1;
            }
        }
    }
    assert!(tried > 5000, "{tried}");
}
