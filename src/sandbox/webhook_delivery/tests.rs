use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Mutex;
use std::sync::mpsc::channel;

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

#[test]
fn a_parcel_does_not_wait_for_the_note_of_another() {
    let endpoint = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", endpoint.local_addr().unwrap());
    let (arrived, arrivals) = channel();
    std::thread::spawn(move || {
        for stream in endpoint.incoming() {
            let mut stream = stream.unwrap();
            let mut start = [0; 4];
            stream.read_exact(&mut start).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
            arrived.send(()).unwrap();
        }
    });
    let (go, wait) = channel::<()>();
    let wait = Mutex::new(wait);
    // The callback ends only when the test lets it.
    let sender = start(move |_| assert!(wait.lock().unwrap().recv().is_err())).unwrap();
    for event in ["evt_1", "evt_2"] {
        sender.send(Delivery::new("space", event, &url, "").unwrap()).unwrap();
        arrivals.recv_timeout(Duration::from_secs(4)).unwrap();
        std::thread::sleep(Duration::from_millis(100));
    }
    drop(go);
}
