//! Redacts the bytes of HTTP/1.1 messages.

use super::Redactor;

/// The maximum number of bytes that are written of something that is not HTTP.
const HEX: usize = 256;

/// Renders a message as text: the head as far as it is readable, and the body redacted by its content type.
pub(super) fn redacted(redactor: &Redactor, bytes: &[u8]) -> String {
    let (head, body) = match bytes.windows(4).position(|part| part == b"\r\n\r\n") {
        Some(end) => bytes.split_at(end + 4),
        None => (bytes, &[][..]),
    };
    let Some(lines) = head_of(head) else { return in_hex(redactor, bytes) };
    let mut output = Vec::new();
    let (mut content_type, mut chunked) = (String::new(), false);
    for (at, line) in lines.enumerate() {
        let line = match line.split_once(':') {
            _ if at == 0 => first_line(redactor, line),
            None => redactor.text(line),
            Some((name, value)) => {
                let value = value.trim();
                if name.eq_ignore_ascii_case("content-type") {
                    value.clone_into(&mut content_type);
                }
                chunked |= name.eq_ignore_ascii_case("transfer-encoding") && value.contains("chunked");
                format!("{name}: {}", redactor.header(name, value))
            }
        };
        output.push(line);
    }
    let body = if chunked { join_chunks(body) } else { body.to_vec() };
    if !body.is_empty() {
        output.extend([String::new(), redactor.body(&content_type, &body)]);
    }
    output.join("\n")
}

/// Returns the lines of a head, or `None` if the text is not the head of an HTTP message.
fn head_of(head: &[u8]) -> Option<std::str::Lines<'_>> {
    let head = str::from_utf8(head).ok()?;
    let first = head.lines().next()?;
    let is_head = first.starts_with("HTTP/1.") || first.contains(" HTTP/1.");
    is_head.then(|| head.trim_end().lines())
}

/// Returns the request line with its target redacted, or the status line.
fn first_line(redactor: &Redactor, line: &str) -> String {
    match line.splitn(3, ' ').collect::<Vec<_>>().as_slice() {
        [method, target, version] if version.starts_with("HTTP/") => {
            format!("{method} {} {version}", redactor.target(target))
        }
        _ => redactor.text(line),
    }
}

/// Joins the chunks of a body, as far as they are complete.
fn join_chunks(body: &[u8]) -> Vec<u8> {
    let (mut joined, mut rest) = (Vec::new(), body);
    while let Some(end) = rest.windows(2).position(|pair| pair == b"\r\n") {
        let size = rest.get(..end).and_then(|line| str::from_utf8(line).ok());
        let size = size.and_then(|line| line.split(';').next()).map(str::trim);
        let size = size.and_then(|digits| usize::from_str_radix(digits, 16).ok()).unwrap_or(0);
        let chunk = rest.get(end + 2..).unwrap_or_default();
        joined.extend_from_slice(chunk.get(..size).unwrap_or(chunk));
        if size == 0 {
            break;
        }
        rest = chunk.get(size + 2..).unwrap_or_default();
    }
    joined
}

/// Renders bytes in hexadecimal; if they contain a secret, only their length.
fn in_hex(redactor: &Redactor, bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if redactor.text(&text) != text {
        return format!("({} bytes, not shown)", bytes.len());
    }
    let digits = hex::encode(bytes.get(..HEX).unwrap_or(bytes));
    match bytes.len().saturating_sub(HEX) {
        0 => digits,
        rest => format!("{digits} and {rest} bytes more"),
    }
}
