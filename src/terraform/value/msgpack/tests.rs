//! Fixed vectors, broken bytes, and round trips of random values.

use proptest::prelude::*;

use super::{decode, encode};
use crate::terraform::value::{Number, Type, Value};

fn number(text: &str) -> Value {
    Value::Number(Number::parse(text).unwrap())
}

fn text(text: &str) -> Value {
    Value::from(text)
}

fn dynamic(ty: Type, value: Value) -> Value {
    Value::Dynamic(Box::new((ty, value)))
}

fn pair() -> Type {
    Type::object([("a", Type::String), ("b", Type::Number)])
}

/// Values that encode to these bytes and decode from them.
fn both_ways() -> Vec<(Type, Value, &'static str)> {
    let n = |number_text: &str, hex| (Type::Number, number(number_text), hex);
    let s = |value: &str, hex| (Type::String, text(value), hex);
    vec![
        (Type::String, Value::Null, "c0"),
        (pair(), Value::Null, "c0"),
        (Type::String, Value::Unknown, "d40000"),
        (Type::set(Type::String), Value::Unknown, "d40000"),
        (Type::Bool, Value::Bool(false), "c2"),
        (Type::Bool, Value::Bool(true), "c3"),
        n("0", "a130"),
        n("127", "a3313237"),
        n("-33", "a32d3333"),
        n("9223372036854775807", "b339323233333732303336383534373735383037"),
        n("9223372036854775808", "b339323233333732303336383534373735383038"),
        n("0.1", "a3302e31"),
        n("1.5", "a3312e35"),
        n("-2.50", "a52d322e3530"),
        s("", "a0"),
        s("hi", "a26869"),
        s("café", "a5636166c3a9"),
        s(
            "abcdefghijklmnopqrstuvwxyz01234",
            "bf6162636465666768696a6b6c6d6e6f707172737475767778797a3031323334",
        ),
        s(
            "abcdefghijklmnopqrstuvwxyz012345",
            "d9206162636465666768696a6b6c6d6e6f707172737475767778797a303132333435",
        ),
        (Type::list(Type::String), Value::List(vec![]), "90"),
        (
            Type::list(Type::String),
            Value::List(vec![text("a"), Value::Null, Value::Unknown]),
            "93a161c0d40000",
        ),
        (Type::set(Type::Number), Value::Set(vec![number("1"), number("2")]), "92a131a132"),
        (Type::set(Type::String), Value::Set(vec![Value::Unknown, Value::Unknown]), "92d40000d40000"),
        (Type::map(Type::Bool), Value::map([("x", Value::Bool(true))]), "81a178c3"),
        (Type::map(Type::String), Value::Map(crate::terraform::value::Entries::new()), "80"),
        (pair(), Value::map([("a", text("x")), ("b", number("1"))]), "82a161a178a162a131"),
        (pair(), Value::map([("a", Value::Null), ("b", Value::Unknown)]), "82a161c0a162d40000"),
        (
            Type::Tuple(vec![Type::String, Type::Bool]),
            Value::List(vec![text("x"), Value::Bool(true)]),
            "92a178c3",
        ),
        (Type::Tuple(vec![]), Value::List(vec![]), "90"),
        (Type::Dynamic, Value::Null, "c0"),
        (Type::Dynamic, Value::Unknown, "d40000"),
        (Type::Dynamic, dynamic(Type::String, text("s")), "92c40822737472696e6722a173"),
        (Type::Dynamic, dynamic(Type::String, Value::Null), "92c40822737472696e6722c0"),
        (Type::Dynamic, dynamic(Type::Bool, Value::Unknown), "92c40622626f6f6c22d40000"),
        (
            Type::list(Type::Dynamic),
            Value::List(vec![dynamic(Type::Number, number("7"))]),
            "9192c408226e756d62657222a137",
        ),
    ]
}

/// Values that decode from these bytes, but that we encode differently.
fn read_only() -> Vec<(Type, Value, &'static str)> {
    let n = |number_text: &str, hex| (Type::Number, number(number_text), hex);
    vec![
        n("0", "00"),
        n("127", "7f"),
        n("128", "cc80"),
        n("255", "ccff"),
        n("256", "cd0100"),
        n("65535", "cdffff"),
        n("65536", "ce00010000"),
        n("4294967295", "ceffffffff"),
        n("4294967296", "cf0000000100000000"),
        n("9223372036854775807", "cf7fffffffffffffff"),
        n("-1", "ff"),
        n("-32", "e0"),
        n("-33", "d0df"),
        n("-128", "d080"),
        n("-129", "d1ff7f"),
        n("-32768", "d18000"),
        n("-32769", "d2ffff7fff"),
        n("-2147483648", "d280000000"),
        n("-2147483649", "d3ffffffff7fffffff"),
        n("-9223372036854775808", "d38000000000000000"),
        (Type::Number, number("1"), "cf0000000000000001"),
        (Type::Number, number("18446744073709551615"), "cfffffffffffffffff"),
        (Type::Number, number("-1"), "d3ffffffffffffffff"),
        (Type::Number, number("0.5"), "cb3fe0000000000000"),
        (Type::Number, number("0.5"), "ca3f000000"),
        (Type::Number, number("1500"), "a6313530302e30"),
        (Type::set(Type::Number), Value::Set(vec![number("1"), number("2")]), "920102"),
        (Type::String, Value::Unknown, "c7090c8201c202a4707265 2d"),
        (Type::String, Value::Unknown, "c70000"),
        (Type::String, Value::Unknown, "d40c80"),
        (Type::String, text("é"), "a365cc81"),
        (Type::String, text("a"), "d90161"),
        (Type::String, text("a"), "da000161"),
        (Type::String, text("a"), "db0000000161"),
        (Type::list(Type::Bool), Value::List(vec![Value::Bool(true)]), "dc0001c3"),
        (Type::list(Type::Bool), Value::List(vec![Value::Bool(true)]), "dd00000001c3"),
        (Type::map(Type::Bool), Value::map([("a", Value::Bool(true))]), "de0001a161c3"),
        (Type::map(Type::Bool), Value::map([("a", Value::Bool(true))]), "df00000001a161c3"),
        (Type::set(Type::Number), Value::Set(vec![number("1")]), "930101a131"),
        (pair(), Value::map([("a", text("x")), ("b", number("1"))]), "82a16201a161a178"),
        (Type::Dynamic, dynamic(Type::String, text("s")), "92a822737472696e6722a173"),
    ]
}

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex.replace(' ', "")).unwrap()
}

#[test]
fn vectors_are_written_and_read() {
    for (ty, value, hex) in both_ways() {
        assert_eq!(hex::encode(encode(&value, &ty).unwrap()), hex, "{value:?}");
        assert_eq!(decode(&bytes(hex), &ty).unwrap(), value, "{hex}");
    }
    for (ty, value, hex) in read_only() {
        assert_eq!(decode(&bytes(hex), &ty).unwrap(), value, "{hex}");
    }
}

#[test]
fn a_decimal_leaves_as_the_text_it_came_as() {
    for literal in ["0.1", "1.50", "3.14159265358979323846264338327950288", "-0.000001"] {
        let written = encode(&number(literal), &Type::Number).unwrap();
        let Value::Number(back) = decode(&written, &Type::Number).unwrap() else { panic!("{literal}") };
        assert_eq!(back.as_str(), literal);
    }
}

#[test]
fn every_strict_prefix_of_a_vector_is_an_error() {
    for (ty, _, hex) in both_ways().into_iter().chain(read_only()) {
        let whole = bytes(hex);
        for end in 0..whole.len() {
            assert!(decode(&whole[..end], &ty).is_err(), "{end} bytes of {hex}");
        }
    }
}

#[test]
fn bytes_behind_a_value_are_an_error() {
    let error = decode(&bytes("c3c3"), &Type::Bool).unwrap_err();
    assert_eq!(error.to_string(), "the value: 1 more bytes follow (byte 1)");
}

#[test]
fn flipped_bytes_never_panic() {
    for (ty, _, hex) in both_ways().into_iter().chain(read_only()) {
        let whole = bytes(hex);
        for at in 0..whole.len() {
            for flipped in 0..=u8::MAX {
                let mut broken = whole.clone();
                broken[at] = flipped;
                // Some flips produce another legal value; none may panic.
                let _ = decode(&broken, &ty);
            }
        }
    }
}

#[test]
fn hostile_lengths_are_refused_before_anything_is_reserved() {
    let nested = Type::list(Type::list(Type::String));
    for (ty, hex) in [
        (Type::list(Type::String), "ddffffffff"),
        (nested, "dd00000001ddffffffff"),
        (Type::map(Type::String), "dfffffffff"),
        (Type::String, "dbffffffffaa"),
        (Type::Dynamic, "92c6ffffffff22"),
        (Type::String, "c9ffffffff0c00"),
        (Type::Number, "dbffffffff31"),
    ] {
        let error = decode(&bytes(hex), &ty).unwrap_err();
        assert_eq!(error.reason, "the bytes end too early", "{hex}");
    }
}

#[test]
fn errors_name_the_path_and_the_offset() {
    let items = Type::object([("items", Type::list(pair()))]);
    let says = |hex: &str| decode(&bytes(hex), &items).unwrap_err().to_string();
    assert_eq!(says("81a56974656d739182a16101a16201"), "items[0].a: a number is not a string (byte 11)");
    let infinite = says("81a56974656d739182a161a178a162cb7ff0000000000000");
    assert_eq!(infinite, "items[0].b: an infinite number cannot be used (byte 15)");
    assert_eq!(
        says("81a56974656d739181a161a178"),
        "items[0]: a map of 1 is not an object of 2 attributes (byte 8)"
    );
    assert_eq!(says("81a56974656d739182a161a178a16301"), "items[0]: it has no attribute \"c\" (byte 13)");
    assert_eq!(says("81a56974656d739182a161a178a161a178"), "items[0]: it lacks the attribute \"b\" (byte 8)");
    assert_eq!(says("81a56974656d739182a161a1ff"), "items[0].a: its text is not UTF-8 (byte 11)");
}

#[test]
fn what_is_no_value_is_refused() {
    let refinement = format!("c8{:04x}0c{}", 1025, "00".repeat(1025));
    for (ty, hex) in [
        (Type::Bool, "c1"),
        (Type::Bool, "01"),
        (Type::Number, "c3"),
        (Type::Number, "a178"),
        (Type::Number, "cb7ff0000000000000"),
        (Type::Number, "cb7ff8000000000000"),
        (Type::String, "c40161"),
        (Type::list(Type::String), "80"),
        (Type::Tuple(vec![Type::Bool]), "92c3c3"),
        (Type::map(Type::Bool), "8101c3"),
        (Type::String, "d50b0000"),
        (Type::String, refinement.as_str()),
        (Type::Dynamic, "a173"),
        (Type::Dynamic, "9201a173"),
        (Type::Dynamic, "92c40822737472696e677aa173"),
    ] {
        assert!(decode(&bytes(hex), &ty).is_err(), "{hex}");
    }
}

#[test]
fn depth_is_bounded() {
    let mut ty = Type::String;
    for _ in 0..1000 {
        ty = Type::list(ty);
    }
    let error = decode(&[0x91; 1000], &ty).unwrap_err();
    assert_eq!(error.reason, "it is nested deeper than 128");
}

#[test]
fn a_value_that_does_not_fit_is_not_written() {
    let says = |value: Value, ty: &Type| encode(&value, ty).unwrap_err().to_string();
    assert_eq!(says(text("x"), &Type::Bool), "the value: a string is not a bool");
    let wrong = Value::map([("a", number("1"))]);
    assert_eq!(says(wrong, &pair()), "a: a number is not a string");
    let stray = Value::map([("c", Value::Null)]);
    assert_eq!(says(stray, &pair()), "c: it is not an attribute of the schema");
}

/// Random types, each with a value.
fn typed() -> impl Strategy<Value = (Type, Value)> {
    let leaf = prop_oneof![
        Just((Type::Bool, Value::Null)),
        Just((Type::Number, Value::Unknown)),
        any::<bool>().prop_map(|truth| (Type::Bool, Value::Bool(truth))),
        any::<i64>().prop_map(|n| (Type::Number, Value::from(n))),
        "-?[1-9][0-9]{0,30}\\.[0-9]{0,20}[1-9]".prop_map(|n| (Type::Number, number(&n))),
        "[a-z é]{0,40}".prop_map(|s| (Type::String, Value::String(s))),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            (inner.clone(), 0usize..4)
                .prop_map(|((ty, value), n)| (Type::list(ty), Value::List(vec![value; n]))),
            inner.clone().prop_map(|(ty, value)| (Type::set(ty), Value::Set(vec![value]))),
            (inner.clone(), "[a-z]{1,3}")
                .prop_map(|((ty, value), key)| (Type::map(ty), Value::map([(key, value)]))),
            inner.clone().prop_map(|(ty, value)| (Type::Dynamic, dynamic(ty, value))),
            prop::collection::btree_map("[a-z]{1,4}", inner.clone(), 0..4).prop_map(|fields| {
                let types = fields.iter().map(|(name, (ty, _))| (name.clone(), ty.clone()));
                let ty = Type::object(types);
                (ty, Value::map(fields.into_iter().map(|(name, (_, value))| (name, value))))
            }),
            prop::collection::vec(inner, 0..3).prop_map(|items| {
                let (types, values) = items.into_iter().unzip();
                (Type::Tuple(types), Value::List(values))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back((ty, value) in typed()) {
        let written = encode(&value, &ty).unwrap();
        prop_assert_eq!(decode(&written, &ty).unwrap(), value);
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..64), (ty, _) in typed()) {
        let _ = decode(&bytes, &ty);
    }
}
