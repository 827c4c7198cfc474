use super::*;

#[test]
fn files_and_texts_are_told_apart() {
    let body = "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\ndispute_evidence\r\n\
                --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\
                Content-Type: text/plain\r\n\r\nhello\r\nyou\r\n--b--\r\n";
    let given = decode("multipart/form-data; boundary=b", body.as_bytes()).unwrap();
    let file = serde_json::json!({"filename": "a.txt", "content": "aGVsbG8NCnlvdQ=="});
    assert_eq!((&given["purpose"], &given["file"]), (&"dispute_evidence".into(), &file));
}

#[test]
fn a_body_without_its_end_is_refused() {
    assert!(decode("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data").is_err());
    assert!(decode("multipart/form-data", b"").is_err());
}

/// A body with one part that has this name between its quotes.
fn named(name: &str) -> Result<Body, FormError> {
    let body = format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"; x=y\r\n\r\n1\r\n--b--\r\n");
    decode("multipart/form-data; boundary=b", body.as_bytes())
}

#[test]
fn a_name_is_read_as_browsers_write_it() {
    let given = named("metadata[a%22; name=%22x%0D%0Ab 100%]").unwrap();
    assert_eq!(given["metadata"]["a\"; name=\"x\r\nb 100%"], "1");
}

#[test]
fn a_name_that_ends_its_quotes_or_its_line_is_refused() {
    for name in ["a\"b", "a\r\nb", "a\" b=\"c", "a\";b"] {
        assert!(named(name).is_err(), "{name:?}");
    }
}
