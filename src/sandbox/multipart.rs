//! Uploads: `multipart/form-data`, as browsers and Stripe's SDKs send files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::sandbox::fields::Body;
use crate::sandbox::form::{FormError, FormTree};

/// One part: its name, its file name if it is a file, and its content.
struct Part<'b> {
    name: String,
    filename: Option<String>,
    content: &'b [u8],
}

/// Decodes a body into params; a file becomes an object with `filename` and `content`, the latter in base64.
pub(super) fn decode(content_type: &str, body: &[u8]) -> Result<Body, FormError> {
    let broken = || FormError::Encoding(content_type.to_owned());
    let boundary =
        parameter(content_type, "boundary").filter(|boundary| !boundary.is_empty()).ok_or_else(broken)?;
    let mut form = FormTree::default();
    for part in parts(body, &boundary).ok_or_else(broken)? {
        if let Some(filename) = part.filename {
            form.put(&format!("{}[filename]", part.name), filename)?;
            form.put(&format!("{}[content]", part.name), STANDARD.encode(part.content))?;
        } else {
            form.put(&part.name, String::from_utf8(part.content.to_vec()).map_err(|_| broken())?)?;
        }
    }
    Ok(form.read())
}

/// Returns the parts between the boundaries, or `None` if the body does not end properly.
fn parts<'b>(body: &'b [u8], boundary: &str) -> Option<Vec<Part<'b>>> {
    let first = format!("--{boundary}");
    let next = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(first.as_bytes())?;
    let mut parts = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let end = find(rest, next.as_bytes())?;
        parts.push(part(rest.get(..end)?)?);
        rest = rest.get(end + next.len()..)?;
    }
}

fn part(text: &[u8]) -> Option<Part<'_>> {
    let end = find(text, b"\r\n\r\n")?;
    let head = std::str::from_utf8(text.get(..end)?).ok()?;
    let disposition =
        head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    Some(Part {
        name: unquoted(&parameter(disposition, "name")?),
        filename: parameter(disposition, "filename").as_deref().map(unquoted),
        content: text.get(end + 4..)?,
    })
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// Returns the value of `; name="value"` or `; name=value` in a header.
fn parameter(header: &str, name: &str) -> Option<String> {
    let all = parameters(header)?;
    all.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
}

/// Returns the names and values after the first word of a header. Returns `None` if a quote is not closed, or
/// if there is something between a value and the next name.
fn parameters(header: &str) -> Option<Vec<(&str, &str)>> {
    let (_, mut rest) = header.split_once(';')?;
    let mut found = Vec::new();
    loop {
        let (name, value) = rest.split_once('=')?;
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => value.split_at(value.find([';', '"']).unwrap_or(value.len())),
        };
        if name.contains(['"', ';']) {
            return None;
        }
        found.push((name.trim(), value.trim()));
        match after.trim_start() {
            "" => return Some(found),
            after => rest = after.strip_prefix(';')?,
        }
    }
}

/// Removes the quoting of a name: browsers and SDKs percent-encode what would end the quotes or the line, and
/// nothing else.
fn unquoted(name: &str) -> String {
    name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

#[cfg(test)]
mod tests;
