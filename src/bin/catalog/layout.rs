//! Formats facts: whatever fits on a line stays on it, so that a change of the API changes few lines.

use serde_json::Value;

const WIDTH: usize = 110;

/// Returns the text of a facts file, including the final newline.
pub(crate) fn lay_out(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value, 0, 0);
    text.push('\n');
    text
}

/// `taken` is the width already used on the line, including the comma that will follow.
fn write(text: &mut String, value: &Value, depth: usize, taken: usize) {
    let line = value.to_string();
    match value {
        _ if taken + line.chars().count() <= WIDTH => text.push_str(&line),
        Value::Array(items) => {
            let items = items.iter().map(|item| (String::new(), item));
            write_block(text, ('[', ']'), items, depth);
        }
        Value::Object(members) => {
            let members =
                members.iter().map(|(key, value)| (format!("{}:", Value::from(key.as_str())), value));
            write_block(text, ('{', '}'), members, depth);
        }
        _ => text.push_str(&line),
    }
}

fn write_block<'v>(
    text: &mut String,
    (open, close): (char, char),
    parts: impl Iterator<Item = (String, &'v Value)>,
    depth: usize,
) {
    text.push(open);
    for (index, (label, value)) in parts.enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.push_str(&" ".repeat(depth + 1));
        text.push_str(&label);
        write(text, value, depth + 1, depth + 2 + label.chars().count());
    }
    text.push('\n');
    text.push_str(&" ".repeat(depth));
    text.push(close);
}
