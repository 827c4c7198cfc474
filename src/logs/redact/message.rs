//! HTTP/1.1 messages as they go over the wire, with what is secret in them hidden.

use super::Redactor;

/// Bytes that are shown of something that is no HTTP.
const HEX: usize = 256;

/// A message as text. A head that breaks off is shown as far as it goes; a body is shown by
/// its content type.
pub(super) fn shown(redactor: &Redactor, bytes: &[u8]) -> String {
    let (head, body) = match bytes.windows(4).position(|part| part == b"\r\n\r\n") {
        Some(end) => bytes.split_at(end + 4),
        None => (bytes, &[][..]),
    };
    let Some(lines) = head_of(head) else { return hex(redactor, bytes) };
    let mut shown = Vec::new();
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
        shown.push(line);
    }
    let whole = if chunked { joined(body) } else { body.to_vec() };
    if !whole.is_empty() {
        shown.extend([String::new(), redactor.body(&content_type, &whole)]);
    }
    shown.join("\n")
}

/// The lines of a head; none when it is no head.
fn head_of(head: &[u8]) -> Option<std::str::Lines<'_>> {
    let head = str::from_utf8(head).ok()?;
    let first = head.lines().next()?;
    let is_head = first.starts_with("HTTP/1.") || first.contains(" HTTP/1.");
    is_head.then(|| head.trim_end().lines())
}

/// The request line with its target redacted, or the status line.
fn first_line(redactor: &Redactor, line: &str) -> String {
    match line.splitn(3, ' ').collect::<Vec<_>>().as_slice() {
        [method, target, version] if version.starts_with("HTTP/") => {
            format!("{method} {} {version}", redactor.target(target))
        }
        _ => redactor.text(line),
    }
}

/// The chunks of a body in one piece, as far as they came.
fn joined(body: &[u8]) -> Vec<u8> {
    let (mut whole, mut rest) = (Vec::new(), body);
    while let Some(end) = rest.windows(2).position(|pair| pair == b"\r\n") {
        let size = rest.get(..end).and_then(|line| str::from_utf8(line).ok());
        let size = size.and_then(|line| line.split(';').next()).map(str::trim);
        let size = size.and_then(|digits| usize::from_str_radix(digits, 16).ok()).unwrap_or(0);
        let chunk = rest.get(end + 2..).unwrap_or_default();
        whole.extend_from_slice(chunk.get(..size).unwrap_or(chunk));
        if size == 0 {
            break;
        }
        rest = chunk.get(size + 2..).unwrap_or_default();
    }
    whole
}

/// Bytes nobody can read, unless something secret can be read in them.
fn hex(redactor: &Redactor, bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let text = String::from_utf8_lossy(bytes);
    if redactor.text(&text) != text {
        return format!("({} bytes, not shown)", bytes.len());
    }
    let mut shown = String::new();
    for byte in bytes.iter().take(HEX) {
        // Writing to a String cannot fail.
        let _ = write!(shown, "{byte:02x}");
    }
    match bytes.len().saturating_sub(HEX) {
        0 => shown,
        more => format!("{shown} and {more} bytes more"),
    }
}
