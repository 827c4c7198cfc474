//! Uploads: `multipart/form-data`, as browsers and Stripe's SDKs send files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fields::Body;
use super::form::{Form, FormError};

/// One part: its name, the name of its file if it is one, its content.
struct Part<'b> {
    name: String,
    filename: Option<String>,
    content: &'b [u8],
}

/// Reads a body into params; a file becomes an object of `filename` and `content`, in base64.
pub(super) fn decode(content_type: &str, body: &[u8]) -> Result<Body, FormError> {
    let broken = || FormError::Encoding(content_type.to_owned());
    let boundary =
        parameter(content_type, "boundary").filter(|boundary| !boundary.is_empty()).ok_or_else(broken)?;
    let mut form = Form::default();
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

/// The parts between the boundaries; none if the body does not end as it should.
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
        name: parameter(disposition, "name")?,
        filename: parameter(disposition, "filename"),
        content: text.get(end + 4..)?,
    })
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// `; name="value"` or `; name=value` of a header.
fn parameter(header: &str, name: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|one| {
        let value = one.trim().strip_prefix(name)?.strip_prefix('=')?;
        Some(value.trim_matches('"').to_owned())
    })
}

#[cfg(test)]
mod tests;
