use serde_json::json;

use super::*;

#[test]
fn brackets_nest_and_percent_signs_are_bytes() {
    let form = decode("card%5Bnumber%5D=42+42&card[name]=J%C3%B6rg").unwrap();
    assert_eq!(Json::from(form), json!({"card": {"number": "42 42", "name": "Jörg"}}));
}

#[test]
fn empty_brackets_append_and_a_repeated_name_starts_the_next_element() {
    let form = decode("e[]=a&e[]=b&l[][p]=1&l[][q]=2&l[][p]=3").unwrap();
    assert_eq!(Json::from(form), json!({"e": ["a", "b"], "l": [{"p": "1", "q": "2"}, {"p": "3"}]}));
}

#[test]
fn the_last_value_of_a_name_wins() {
    assert_eq!(Json::from(decode("a=1&a=2").unwrap()), json!({"a": "2"}));
}

#[test]
fn a_name_is_found_at_once_however_many_there_are() {
    // Comparing all names with each other would take ten billion steps here.
    let names = |key: &dyn Fn(usize) -> String| {
        (0..100_000).map(|at| format!("{}=1", key(at))).collect::<Vec<_>>().join("&")
    };
    assert_eq!(decode(&names(&|at| format!("n{at}"))).unwrap().len(), 100_000);
    for key in [&(|at| format!("a[n{at}]")) as &dyn Fn(usize) -> String, &|at| format!("a[][n{at}]")] {
        let form = decode(&names(key)).unwrap();
        let inner = form["a"].get(0).unwrap_or(&form["a"]);
        assert_eq!(inner.as_object().unwrap().len(), 100_000);
    }
}

#[test]
fn broken_forms_are_refused() {
    assert_eq!(decode("a[b=1"), Err(FormError::Brackets("a[b".into())));
    assert_eq!(decode("a=%4"), Err(FormError::Encoding("%4".into())));
    assert_eq!(decode("a=1&a[b]=2"), Err(FormError::Mixed("a[b]".into())));
    assert!(decode(&format!("a{}=1", "[x]".repeat(40))).is_err());
}
