//! Real terraform, whose provider reads its key from Google as it would anywhere: by name,
//! through TLS, with every kind of credentials.

use std::path::PathBuf;
use std::process::Output;

use serde_json::json;

use super::google::{Answer, Google, READER};
use crate::support::harness::{Case, case};
use crate::support::workdir::{Workdir, everything, squeezed};

pub fn cases() -> Vec<Case> {
    vec![
        case!(a_service_account_key_reads_where_the_secret_is, Terraform),
        case!(the_service_account_of_a_connection_reads_its_secrets, Terraform),
        case!(acting_as_a_service_account_is_tried_again_and_not_waited_for, Terraform),
        case!(a_workload_identity_reads, Terraform),
        case!(the_metadata_server_gives_an_identity, Terraform),
        case!(the_next_run_takes_the_new_version, Terraform),
        case!(a_secret_that_cannot_be_read_is_told_at_its_attribute, Terraform),
        case!(without_credentials_the_error_says_what_to_set, Terraform),
        case!(credentials_that_do_not_work_are_named, Terraform),
        case!(another_address_of_secret_manager_can_be_named, Terraform),
    ]
}

const NAME: &str = "projects/p/secrets/stripe/versions/latest";
const REGIONAL: &str = "projects/p/locations/europe-west3/secrets/stripe/versions/1";

/// A working directory in front of a Google.
struct Run {
    workdir: Workdir,
    google: Google,
    environment: Vec<(&'static str, PathBuf)>,
}

impl Run {
    fn new(config: &str) -> Self {
        let workdir = Workdir::new(config);
        let google = Google::start();
        let environment = google.environment(&workdir.path(""));
        Self { workdir, google, environment }
    }

    /// Lets the provider find these credentials.
    fn credentials(mut self, json: &serde_json::Value) -> Self {
        let file = self.workdir.path("credentials.json");
        std::fs::write(&file, json.to_string()).unwrap();
        self.environment.push(("GOOGLE_APPLICATION_CREDENTIALS", file));
        self
    }

    /// Lets the provider find a service account key.
    fn with_key(self) -> Self {
        let key = self.google.key();
        self.credentials(&key)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = self.workdir.command(arguments);
        command.env_remove("STRIPE_API_KEY").env_remove("GOOGLE_APPLICATION_CREDENTIALS");
        command.envs(self.environment.iter().map(|(name, value)| (name, value))).output().unwrap()
    }

    /// Applies; answers all that was printed, on one line.
    #[track_caller]
    fn apply(&self) -> String {
        let output = self.run(&["apply", "-auto-approve", "-no-color"]);
        assert!(output.status.success(), "{}", everything(&output));
        squeezed(&everything(&output))
    }

    /// The connection works: its key came, and Stripe took it.
    #[track_caller]
    fn assert_active(&self) {
        let printed = self.apply();
        let connection = self.workdir.attributes("stripe_connection.main");
        assert_eq!(connection["status"]["state"], "ACTIVE", "{printed}");
    }

    /// Host, path and owner of the token of every call to Google.
    fn calls(&self) -> Vec<(String, String, String)> {
        self.google.calls().into_iter().map(|call| (call.host, call.path, call.token)).collect()
    }
}

fn connection(version: &str, more: &str) -> String {
    format!(
        "resource \"stripe_connection\" \"main\" {{\n  name = \"c\"\n  location = \"l\"\n  {more}\n  \
         auth_config {{\n    api_key_secret_version = \"{version}\"\n  }}\n}}\n"
    )
}

fn call(host: &str, path: &str, token: &str) -> (String, String, String) {
    (host.to_owned(), path.to_owned(), token.to_owned())
}

fn a_service_account_key_reads_where_the_secret_is() {
    for (name, host) in
        [(NAME, "secretmanager.googleapis.com"), (REGIONAL, "secretmanager.europe-west3.rep.googleapis.com")]
    {
        let run = Run::new(&connection(name, ""));
        let run = run.with_key();
        run.google.holds(name, Answer::Payload(b"sk_test_kept\n".to_vec()));
        run.assert_active();
        assert_eq!(run.calls(), [call(host, &format!("/v1/{name}:access"), READER)], "read once");
    }
}

fn the_service_account_of_a_connection_reads_its_secrets() {
    let account = "connector@p.iam.gserviceaccount.com";
    let run = Run::new(&connection(NAME, &format!("service_account = \"{account}\"")));
    let run = run.with_key();
    run.google.holds(NAME, Answer::Payload(b"sk_test_kept".to_vec()));
    run.assert_active();
    let act = format!("/v1/projects/-/serviceAccounts/{account}:generateAccessToken");
    assert_eq!(
        run.calls(),
        [
            call("iamcredentials.googleapis.com", &act, READER),
            call("secretmanager.googleapis.com", &format!("/v1/{NAME}:access"), account),
        ]
    );
}

fn acting_as_a_service_account_is_tried_again_and_not_waited_for() {
    for (account, state) in [("busy@p.iam.gserviceaccount.com", "ACTIVE"), ("silent@p.iam.x", "AUTH_ERROR")] {
        let config = connection(NAME, &format!("service_account = \"{account}\""));
        let run = Run::new(&config);
        let run = run.with_key();
        run.google.holds(NAME, Answer::Payload(b"sk_test_kept".to_vec()));
        let printed = run.apply();
        let status = &run.workdir.attributes("stripe_connection.main")["status"];
        assert_eq!(status["state"], state, "{printed}");
        let told =
            printed.contains("cannot act as the service account silent@p.iam.x: no answer came in time");
        assert_eq!(told, state == "AUTH_ERROR", "{printed}");
    }
}

fn a_workload_identity_reads() {
    let run = Run::new(&connection(NAME, ""));
    let subject = run.workdir.path("subject-token");
    std::fs::write(&subject, "token-of-the-platform").unwrap();
    let run = run.credentials(&json!({
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/ci",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": "https://sts.googleapis.com/v1/token",
        "credential_source": { "file": subject },
    }));
    run.google.holds(NAME, Answer::Payload(b"sk_test_kept".to_vec()));
    run.assert_active();
    assert_eq!(
        run.calls(),
        [
            call("sts.googleapis.com", "/v1/token", ""),
            call("secretmanager.googleapis.com", &format!("/v1/{NAME}:access"), "workload"),
        ]
    );
}

fn the_metadata_server_gives_an_identity() {
    let run = Run::new(&connection(NAME, ""));
    run.google.holds(NAME, Answer::Payload(b"sk_test_kept".to_vec()));
    run.assert_active();
    let calls = run.calls();
    let read = call("secretmanager.googleapis.com", &format!("/v1/{NAME}:access"), "metadata");
    assert_eq!(calls.last(), Some(&read), "{calls:?}");
}

fn the_next_run_takes_the_new_version() {
    let run = Run::new(&connection(NAME, ""));
    let run = run.with_key();
    run.google.holds(NAME, Answer::Payload(b"sk_test_first".to_vec()));
    run.assert_active();
    assert_eq!(run.workdir.attributes("stripe_connection.main")["livemode"], false);
    run.google.holds(NAME, Answer::Payload(b"sk_live_second".to_vec()));
    run.assert_active();
    let after = run.workdir.attributes("stripe_connection.main");
    assert_eq!((&after["livemode"], &after["connection_revision"]), (&json!(true), &json!(1)));
}

fn a_secret_that_cannot_be_read_is_told_at_its_attribute() {
    let denied = "service_account = \"denied@p.iam.gserviceaccount.com\"";
    for (more, answer, parts) in [
        ("", None, vec!["There is no projects/p/secrets/stripe/versions/latest"]),
        (
            "",
            Some(Answer::Error(403, "PERMISSION_DENIED", "Permission denied.")),
            vec!["roles/secretmanager.secretAccessor"],
        ),
        (
            denied,
            None,
            vec!["cannot act as the service account denied@", "roles/iam.serviceAccountTokenCreator"],
        ),
    ] {
        let run = Run::new(&connection(NAME, more));
        let run = run.with_key();
        if let Some(answer) = answer {
            run.google.holds(NAME, answer);
        }
        let printed = run.apply();
        for part in parts {
            assert!(printed.to_lowercase().contains(&part.to_lowercase()), "{part}: {printed}");
        }
        assert!(printed.contains("api_key_secret_version = \"projects"), "at the attribute: {printed}");
    }
}

fn without_credentials_the_error_says_what_to_set() {
    // In place of Google's metadata server, somebody who listens and never answers.
    let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let config = format!(
        "provider \"stripe\" {{\n  api_key_secret_version = \"{NAME}\"\n}}\n\
         data \"stripe_entities\" \"all\" {{\n  entity = \"Customer\"\n}}\n"
    );
    let mut run = Run::new(&config);
    run.environment.push(("GCE_METADATA_HOST", silent.local_addr().unwrap().to_string().into()));
    let output = run.run(&["plan", "-no-color"]);
    let printed = squeezed(&everything(&output));
    assert!(!output.status.success(), "{printed}");
    assert!(printed.contains("Secret Not Readable"), "{printed}");
    assert!(printed.contains("GOOGLE_APPLICATION_CREDENTIALS"), "{printed}");
}

fn credentials_that_do_not_work_are_named() {
    let run = Run::new(&connection(NAME, ""));
    let run = run.credentials(&json!({ "type": "service_account", "client_email": "x" }));
    let printed = run.apply();
    assert!(printed.contains("credentials.json do not work"), "{printed}");
}

fn another_address_of_secret_manager_can_be_named() {
    let run = Run::new(&connection(REGIONAL, ""));
    let mut run = run.with_key();
    run.google.holds(REGIONAL, Answer::Payload(b"sk_test_kept".to_vec()));
    run.environment.retain(|(name, _)| *name != "HTTPS_PROXY");
    run.environment.push(("STRIPE_PROVIDER_SECRET_MANAGER_ENDPOINT", run.google.base().into()));
    run.assert_active();
    assert_eq!(run.calls().len(), 1);
    run.environment.push(("STRIPE_PROVIDER_SECRET_MANAGER_ENDPOINT", "http://sm.example".into()));
    assert!(run.apply().contains("must be an https address"), "a token in the clear");
}
