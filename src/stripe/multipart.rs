//! Encodes params that include a file as `multipart/form-data`, the form in which Stripe accepts uploads.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};

use crate::stripe::form;

/// The known kinds of files: first bytes, extension, content type.
const KINDS: [(&[u8], &str, &str); 5] = [
    (b"\x89PNG", "png", "image/png"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"GIF8", "gif", "image/gif"),
    (b"%PDF", "pdf", "application/pdf"),
    (b"PK\x03\x04", "zip", "application/zip"),
];

/// Encodes the params as a request body; `file` names the param that is a base64-encoded file. A text that is
/// not base64 is sent as it is, and Stripe refuses it.
pub fn encode(params: &Map<String, Json>, file: &str, boundary: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in form::pairs(params, str::to_owned) {
        let content = STANDARD.decode(&value).ok().filter(|_| name == file);
        let head = match &content {
            Some(content) => {
                let (extension, kind) = kind(content);
                format!("; filename=\"upload.{extension}\"\r\nContent-Type: {kind}")
            }
            None => String::new(),
        };
        let name = quoted(&name);
        let start = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{head}\r\n\r\n");
        body.extend(start.into_bytes());
        body.extend(content.unwrap_or_else(|| value.into_bytes()));
        body.extend(b"\r\n");
    }
    body.extend(format!("--{boundary}--\r\n").into_bytes());
    body
}

/// Escapes a name for use between quotes, by the rule that browsers follow: percent-encodes whatever would
/// end the quotes or the line, and nothing else.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

fn kind(content: &[u8]) -> (&'static str, &'static str) {
    let known = KINDS.iter().find(|(start, ..)| content.starts_with(start));
    let text = || if content.is_ascii() { ("csv", "text/csv") } else { ("bin", "application/octet-stream") };
    known.map_or_else(text, |(_, extension, kind)| (*extension, *kind))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::encode;

    #[test]
    fn a_name_stays_between_its_quotes() {
        let params = json!({"metadata": {"a\"; x=\"\r\nb: ü 100%": "1"}});
        let body = encode(params.as_object().unwrap(), "file", "edge");
        let expected = "--edge\r\nContent-Disposition: form-data; \
             name=\"metadata[a%22; x=%22%0D%0Ab: ü 100%]\"\r\n\r\n1\r\n--edge--\r\n";
        assert_eq!(String::from_utf8(body).unwrap(), expected);
    }

    #[test]
    fn a_file_is_a_part_with_a_name_and_a_kind() {
        let params =
            json!({"purpose": "business_logo", "file": "iVBORw==", "file_link_data": {"create": true}});
        let body = encode(params.as_object().unwrap(), "file", "edge");
        let text = String::from_utf8_lossy(&body);
        let expected = "--edge\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbusiness_logo\r\n\
             --edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"upload.png\"\r\n\
             Content-Type: image/png\r\n\r\n\u{fffd}PNG\r\n\
             --edge\r\nContent-Disposition: form-data; name=\"file_link_data[create]\"\r\n\r\ntrue\r\n--edge--\r\n";
        assert_eq!(text, expected);
    }
}
