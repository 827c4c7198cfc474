use super::*;

fn reaches(url: &str) -> bool {
    Delivery::new("space", "evt_1", url, "").is_some()
}

#[test]
fn only_this_machine_is_reached() {
    assert!(
        reaches("http://127.0.0.1:8080/hook") && reaches("http://localhost/") && reaches("http://[::1]:9/")
    );
    assert!(
        !reaches("http://example.com/") && !reaches("http://10.0.0.1/") && !reaches("https://127.0.0.1/")
    );
    assert!(!reaches("http://127.0.0.1.example.com/") && !reaches("http://localhost@example.com/"));
}

#[test]
fn a_signature_is_the_code_of_time_and_content() {
    let code = "35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91";
    assert_eq!(signature("whsec_test", 1_700_000_000, "{}"), format!("t=1700000000,v1={code}"));
}
