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
