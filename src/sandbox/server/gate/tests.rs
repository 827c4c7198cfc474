use super::*;

fn refused(path: &str, host: &str, origin: Option<&str>, remote: bool) -> bool {
    let mut request = http::Request::post(path).header(HOST, host);
    if let Some(origin) = origin {
        request = request.header(ORIGIN, origin);
    }
    refusal(&request.body(()).unwrap().into_parts().0, remote).is_some()
}

#[test]
fn a_host_is_this_machine_an_address_or_stripe() {
    for host in ["localhost:1", "LOCALHOST", "shop.localhost", "127.0.0.1:12111", "[::1]:2", "api.stripe.com"]
    {
        assert!(!refused("/v1/customers", host, None, false), "{host}");
    }
    for host in ["evil.example", "localhost.evil.example:12111", "evilstripe.com", "127.0.0.1.evil.example"] {
        assert!(refused("/v1/customers", host, None, false), "{host}");
        assert!(!refused("/v1/customers", host, None, true), "{host}");
    }
}

#[test]
fn a_page_of_somebody_else_changes_nothing_that_stripe_does_not_have() {
    let own = "127.0.0.1:12111";
    for origin in ["http://127.0.0.1:12111", "http://localhost:3000"] {
        assert!(!refused("/_sandbox/faults", own, Some(origin), false), "{origin}");
    }
    for origin in ["https://evil.example", "null", "", "file://", "http://localhost.evil.example"] {
        assert!(refused("/_sandbox/faults", own, Some(origin), false), "{origin}");
        assert!(refused("/_sandbox/faults", own, Some(origin), true), "{origin}");
        assert!(!refused("/v1/customers", own, Some(origin), false), "{origin}");
    }
    assert!(!refused("/_sandbox/faults", "box.example:1", Some("http://box.example:1"), true));
}
