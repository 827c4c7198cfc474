//! Configurations of boxes.

use stripe_provider::terraform::value::Value;

/// A wooden box.
pub fn plain(name: &str) -> Value {
    text(&[("name", name), ("kind", "wood")])
}

/// A box with something in every attribute and block.
pub fn full() -> Value {
    let hinges = ["brass", "steel"].map(|metal| text(&[("metal", metal)])).to_vec();
    let mut lid = text(&[("color", "red")]);
    lid.set("hinge", Value::List(hinges));
    let mut config = plain("toys");
    config.set("lid", Value::List(vec![lid]));
    config.set("tags", text(&[("room", "attic")]));
    config.set("labels", Value::Set(vec!["b".into(), "a".into()]));
    config.set("sticker", stickers(["sun", "moon"]));
    config.set("drawer", Value::map([("top", drawer(1)), ("bottom", drawer(2))]));
    config.set("code", "1234".into());
    config
}

/// The full box after changing everything that can change.
pub fn changed() -> Value {
    let mut config = full();
    config.set("name", "tools".into());
    config.set("size", Value::from(3));
    config.set("tags", Value::Null);
    config.set("sticker", stickers(["star", "moon"]));
    config.set("drawer", Value::map([("top", drawer(3)), ("middle", drawer(2))]));
    config.set("code", Value::Null);
    config
}

/// The changed box of another kind, which requires a new one.
pub fn of_tin() -> Value {
    let mut config = changed();
    config.set("kind", "tin".into());
    config
}

fn stickers(motifs: [&str; 2]) -> Value {
    Value::Set(motifs.map(|motif| text(&[("motif", motif)])).to_vec())
}

fn drawer(handles: i64) -> Value {
    Value::map([("left_handles", Value::from(handles))])
}

fn text(pairs: &[(&str, &str)]) -> Value {
    Value::map(pairs.iter().map(|(name, value)| (*name, Value::from(*value))))
}
