use serde_json::json;

use super::*;
use crate::sandbox::call::entity;

fn fits(query: &str) -> Result<bool, String> {
    let customer = json!({
        "object": "customer", "name": "Ada Lovelace", "email": "ada@example.com", "phone": null,
        "created": 100, "metadata": {"team": "it's"}, "address": {"city": "London"},
    });
    let query = Query::read(query, entity("customer").unwrap());
    let said = |failure: ApiError| failure.error["message"].as_str().unwrap_or_default().to_owned();
    Ok(query.map_err(said)?.fits(customer.as_object().unwrap()))
}

#[test]
fn clauses_fit_by_value_part_size_and_absence() {
    for query in [
        "email:'ADA@example.com'",
        "name~'love'",
        "created>99",
        "created>=100 AND created<=100",
        "metadata['team']:'it\\'s'",
        "metadata[\"none\"]:null",
        "phone:null",
        "-phone:'1'",
        "name:'x' OR address.city:\"london\"",
        "-name:'x' AND -metadata['team']:null",
    ] {
        assert_eq!(fits(query), Ok(true), "{query}");
    }
    for query in ["email:'ada'", "created<100", "-email:'ada@example.com'", "name~'xyz'", "email:null"] {
        assert_eq!(fits(query), Ok(false), "{query}");
    }
}

#[test]
fn a_pattern_says_every_letter_literally() {
    assert_eq!(pattern("a_b%"), r"%a\_b\%%");
    assert_eq!(pattern(r#"say "\"#), r#"%say \\"\\\\%"#);
}

#[test]
fn what_is_no_query_is_refused() {
    for query in [
        "",
        "email",
        "email:",
        "email:'a",
        "email='a'",
        "nothing:'a'",
        "name~'ab'",
        "name>5",
        "created>'x'",
        "email:'a' AND",
        "email:'a' XOR name:'b'",
        "email:'a' AND name:'b' OR name:'c'",
        "email:'a')",
    ] {
        assert!(fits(query).is_err(), "{query}");
    }
}
