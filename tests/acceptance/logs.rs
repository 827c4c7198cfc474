//! What a connection logs, as a practitioner gets it from a real terraform.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use prost::Message as _;
use serde_json::Value as Json;

use crate::support::harness::{Case, case};
use crate::support::workdir::{Workdir, everything, squeezed};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;

pub fn cases() -> Vec<Case> {
    vec![
        case!(terraform_shows_the_lines_with_their_fields, Terraform),
        case!(terraforms_own_log_shows_requests_without_a_log_of_the_connection, Terraform),
        case!(the_file_of_two_runs_has_whole_lines_and_no_secret, Terraform),
        case!(a_secret_that_stripe_repeats_is_in_no_line, Terraform),
        case!(a_file_that_cannot_be_opened_is_a_warning_at_its_attribute, Terraform),
        case!(a_run_leaves_its_spans_with_the_collector, Terraform),
    ]
}

/// A card and a customer through a connection whose log has these settings.
fn config(verbosity: u8, log: &str) -> String {
    format!(
        r#"
provider "stripe" {{}}

resource "stripe_connection" "main" {{
  name      = "shop"
  location  = "here"
  verbosity = {verbosity}
  log_config {{
    {log}
  }}
  auth_config {{
    api_key = "sk_test_inlineZQX9"
  }}
}}

resource "stripe_entity" "customer" {{
  connection_handle    = stripe_connection.main.handle
  entity        = "Customer"
  input_payload = jsonencode({{ Name = "John", Metadata = {{ api_key = "ZQX9meta" }} }})
}}

resource "stripe_entity" "intent" {{
  connection_handle    = stripe_connection.main.handle
  entity        = "PaymentIntent"
  input_payload = jsonencode({{ Amount = 1500, Currency = "usd" }})
}}
"#
    )
}

/// All that an apply printed, with the provider's log shown.
#[track_caller]
fn logged(workdir: &Workdir, level: &str) -> String {
    let mut command = workdir.command(&["apply", "-auto-approve", "-no-color"]);
    let output = command.env("TF_LOG_PROVIDER", level).output().unwrap();
    assert!(output.status.success(), "{}", everything(&output));
    everything(&output)
}

#[track_caller]
fn line<'t>(text: &'t str, part: &str) -> &'t str {
    text.lines().find(|line| line.contains(part)).unwrap_or_else(|| panic!("no {part:?} in\n{text}"))
}

fn terraform_shows_the_lines_with_their_fields() {
    let workdir = Workdir::new(&config(2, "enabled = true\n    level = \"INFO\""));
    let text = logged(&workdir, "DEBUG");
    let request = line(&text, "POST /v1/customers: 200");
    assert!(request.contains("[INFO]"), "{request}");
    for field in [
        "connection=locations/here/connections/shop",
        "entity=Customer",
        "operation=Create",
        "attempt=1",
        "nodes=2",
        "request_id=req_",
        "duration_ms=",
        "waited_ms=",
    ] {
        assert!(request.contains(field), "{field}: {request}");
    }
    line(&text, "Create Customer: 1 row");
    let summary = line(&text, "3 calls of Stripe's API: 1 read, 2 creates; 0 retries;");
    assert!(summary.contains("[INFO]"), "{summary}");
    assert!(!text.contains("sandbox request"), "{text}");
    assert!(!text.contains("request: POST /v1/customers"), "bodies are for verbosity 3");
}

fn terraforms_own_log_shows_requests_without_a_log_of_the_connection() {
    let workdir = Workdir::new(&config(5, "enabled = false\n    level = \"DEBUG\""));
    let text = logged(&workdir, "INFO");
    assert!(!text.contains("/v1/customers: 200"), "{text}");
    let summary = line(&text, "of Stripe's API: ");
    assert!(summary.contains(" creates; 0 retries;"), "{summary}");

    workdir.write(&config(5, "enabled = false").replace("John", "Jane"));
    let text = logged(&workdir, "DEBUG");
    let request = line(&text, "POST /v1/customers/");
    for part in
        ["[DEBUG]", ": 200", "operation=Update", "attempt=1", "nodes=", "waited_ms=", "request_id=req_"]
    {
        assert!(request.contains(part), "{part}: {request}");
    }
    assert!(!text.contains("request: POST") && !text.contains("connected to"), "{text}");

    workdir.write(&config(5, "enabled = false").replace("John", "June"));
    let text = logged(&workdir, "TRACE");
    let body = line(&text, "request: POST /v1/customers/");
    assert!(body.contains("[TRACE]") && body.contains("June"), "{body}");
    assert!(!text.contains("sk_test_inlineZQX9"), "the key is redacted");
}

fn the_file_of_two_runs_has_whole_lines_and_no_secret() {
    let workdir = Workdir::new("");
    let file = workdir.path("log.jsonl");
    let log = format!("enabled = true\n    level = \"DEBUG\"\n    file = {:?}", file.display().to_string());
    workdir.write(&config(5, &log));
    let other = workdir.beside(&config(5, &log));
    let runs = [&workdir, &other].map(|it| {
        let mut command = it.command(&["apply", "-auto-approve", "-no-color"]);
        command.env("TF_LOG_PROVIDER", "TRACE").stderr(std::process::Stdio::piped());
        command.stdout(std::process::Stdio::piped()).spawn().unwrap()
    });
    for run in runs {
        let output = run.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", everything(&output));
        // A plan shows what the configuration says; the log does not.
        let log = String::from_utf8_lossy(&output.stderr);
        assert!(!log.contains("ZQX9"), "{log}");
        line(&log, "received ");
    }
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains("ZQX9"), "{text}");
    let entries: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let having = |part: &str| {
        let found = entries.iter().filter(|entry| entry["message"].as_str().unwrap().starts_with(part));
        found.collect::<Vec<_>>()
    };
    let requests = having("POST /v1/customers: 200");
    assert_eq!(requests.len(), 2);
    let http = &requests[0]["httpRequest"];
    assert_eq!((http["requestMethod"].as_str(), http["status"].as_i64()), (Some("POST"), Some(200)));
    assert_eq!(http["serverIp"], "127.0.0.1");
    assert_eq!(requests[0]["severity"], "INFO");
    assert_eq!(requests[0]["logging.googleapis.com/labels"]["entity"], "Customer");
    assert!(!having("connected to ").is_empty() && !having("received ").is_empty());
    let created = having("response 200 to POST /v1/payment_intents");
    assert!(created[0]["body"].as_str().unwrap().contains(r#""client_secret":"(redacted)""#));
}

fn a_secret_that_stripe_repeats_is_in_no_line() {
    let config = r#"
provider "stripe" {}
resource "stripe_account" "shop" {
  account_token_wo         = "ct_unheardZQX9"
  account_token_wo_version = 1
}
"#;
    let workdir = Workdir::new(config);
    let mut command = workdir.command(&["apply", "-auto-approve", "-no-color"]);
    let output = command.env("TF_LOG_PROVIDER", "TRACE").output().unwrap();
    let text = everything(&output);
    assert!(!output.status.success(), "{text}");
    assert!(line(&text, "response 400 to POST /v1/accounts").contains("No such token"), "{text}");
    assert!(!text.contains("ZQX9"), "{text}");
}

fn a_file_that_cannot_be_opened_is_a_warning_at_its_attribute() {
    let workdir = Workdir::new(&config(1, "enabled = true\n    file = \"no/such/folder/log\""));
    let text = squeezed(&workdir.apply());
    assert!(text.contains("Warning: Log File Not Written"), "{text}");
    assert!(text.contains("cannot write the log file no/such/folder/log"), "{text}");
    assert!(text.contains("stripe_connection.main"), "{text}");
    assert_eq!(workdir.count("customer"), 1);
    workdir.write("provider \"stripe\" {\n  log_config {\n    enabled = true\n    file = \"/\"\n  }\n}\n");
    let text = squeezed(&workdir.apply());
    assert!(text.contains("it is no regular file"), "{text}");
}

/// A collector that takes everything; bodies of requests to `/v1/traces` arrive at the receiver.
fn collector() -> (String, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let sender = sender.clone();
            std::thread::spawn(move || while answer(&mut stream, &sender).is_some() {});
        }
    });
    (address, receiver)
}

/// Takes one request; none when there are no more.
fn answer(stream: &mut std::net::TcpStream, sender: &mpsc::Sender<Vec<u8>>) -> Option<()> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.extend(byte);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).ok()?;
    if head.starts_with("post /v1/traces ") {
        sender.send(body).ok()?;
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()
}

fn a_run_leaves_its_spans_with_the_collector() {
    let workdir = Workdir::new(&config(1, "enabled = true\n    level = \"INFO\""));
    let (address, traces) = collector();
    let mut command = workdir.command(&["apply", "-auto-approve", "-no-color"]);
    let output = command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &address).output().unwrap();
    assert!(output.status.success(), "{}", everything(&output));
    // The plugin has ended, and before it ended it has sent everything.
    let mut names = Vec::new();
    while let Ok(body) = traces.recv_timeout(Duration::from_millis(200)) {
        let request = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
        let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
        names.extend(scopes.flat_map(|scope| scope.spans).map(|span| span.name));
    }
    for name in ["Check Account", "Create Customer", "POST /v1/customers", "Create PaymentIntent"] {
        assert!(names.iter().any(|found| found == name), "{name}: {names:?}");
    }
}
