//! What a run leaves of the secrets it was given: nothing, but where Terraform itself must
//! hold what the configuration says inline.

use std::collections::BTreeSet;
use std::process::Output;

use serde_json::Value as Json;

use super::google::{Answer, Google};
use super::grep::{Needle, files, places};
use crate::support::harness::{Case, case};
use crate::support::workdir::{Workdir, everything};

pub fn cases() -> Vec<Case> {
    vec![case!(a_run_leaves_no_secret_behind, Terraform)]
}

const VERSION: &str = "projects/p/secrets/stripe/versions/latest";
const READER: &str = "connector@p.iam.gserviceaccount.com";

/// Given by reference; nothing may keep them.
const BY_REFERENCE: [(&str, &str); 7] = [
    ("key of the environment", "sk_test_everyone0123456789"),
    ("key in a variable", "sk_test_variable0123456789"),
    ("key in a file", "sk_test_file0123456789"),
    ("key in Secret Manager", "sk_test_version0123456789"),
    ("proxy password in a file", "proxyfile0123456789"),
    ("proxy password in a variable", "proxyvariable0123456789"),
    ("token of the reader", "token-of-connector@p.iam"),
];
/// Given inline; Terraform keeps what a configuration says.
const INLINE_KEY: &str = "sk_test_inline0123456789";
const INLINE_PASSWORD: &str = "proxyinline0123456789";
const REDIS_PASSWORD: &str = "redisinline0123456789";

/// Files that the test itself puts secrets into.
const GIVEN: [&str; 3] = ["credentials.json", "key", "password"];

fn config(workdir: &Workdir, broken: bool) -> String {
    let (host, port) = workdir.base().strip_prefix("http://").unwrap().split_once(':').unwrap();
    let key = workdir.path("key").display().to_string();
    let password = workdir.path("password").display().to_string();
    let logged = "verbosity = 5\n  log_config {\n    enabled = true\n    level = \"DEBUG\"\n  }";
    // A sandbox takes requests in the form a proxy is sent them, so it can stand in for one.
    let proxied = format!(
        "proxy_enabled = true\n  proxy_auth_scheme = \"BASIC\"\n  proxy_user = \"svc\"\n  \
         destination_config {{\n    host = \"{host}\"\n    port = {port}\n  }}"
    );
    let connections = [
        ("inline", "api_key = var.key".to_owned(), String::new()),
        ("variable", "api_key_env = \"KEY_VARIABLE\"".to_owned(), String::new()),
        ("file", format!("api_key_file = \"{key}\""), String::new()),
        (
            "version",
            format!("api_key_secret_version = \"{VERSION}\""),
            format!("service_account = \"{READER}\""),
        ),
        (
            "proxy_inline",
            "api_key_env = \"KEY_VARIABLE\"".to_owned(),
            format!("{proxied}\n  proxy_password = var.password"),
        ),
        (
            "proxy_file",
            "api_key_env = \"KEY_VARIABLE\"".to_owned(),
            format!("{proxied}\n  proxy_password_file = \"{password}\""),
        ),
        (
            "proxy_variable",
            "api_key_env = \"KEY_VARIABLE\"".to_owned(),
            format!("{proxied}\n  proxy_password_env = \"PASSWORD_VARIABLE\""),
        ),
        ("redis", "api_key_env = \"KEY_VARIABLE\"".to_owned(), "throttle_scope = var.redis".to_owned()),
    ];
    let connections = connections.map(|(name, auth, more)| {
        let label = name.replace('_', "-");
        format!(
            "resource \"stripe_connection\" \"{name}\" {{\n  name = \"{label}\"\n  location = \"l\"\n  {more}\n  {logged}\n  \
             auth_config {{\n    {auth}\n  }}\n}}\n\
             resource \"stripe_entity\" \"on_{name}\" {{\n  connection_handle = stripe_connection.{name}.handle\n  \
             entity = \"Customer\"\n  input_payload = jsonencode({{ Name = \"{name}\" }})\n}}\n"
        )
    });
    let variables = ["key", "password", "redis"]
        .map(|name| format!("variable \"{name}\" {{\n  type = string\n  sensitive = true\n}}\n"));
    let card = if broken { "pm_card_chargeDeclined" } else { "pm_card_visa" };
    format!(
        "{}provider \"stripe\" {{\n  {logged}\n}}\n{}\
         resource \"stripe_entity\" \"intent\" {{\n  entity = \"PaymentIntent\"\n  input_payload = jsonencode({{ Amount = 100, \
         Currency = \"usd\", PaymentMethod = \"pm_card_visa\", AllowedPaymentMethodTypes = [\"card\"] }})\n}}\n\
         resource \"stripe_entity\" \"paid\" {{\n  entity = \"PaymentIntent\"\n  input_payload = jsonencode({{ Amount = 100, \
         Currency = \"usd\", PaymentMethod = \"{card}\", AllowedPaymentMethodTypes = [\"card\"], Confirm = true }})\n}}\n\
         resource \"stripe_action\" \"confirm\" {{\n  action = \"ConfirmPaymentIntent\"\n  input_payload = jsonencode({{ \
         PaymentIntentId = stripe_entity.intent.id, ReturnUrl = \"https://shop.example\" }})\n}}\n\
         data \"stripe_entities\" \"all\" {{\n  connection_handle = stripe_connection.inline.handle\n  entity = \"Customer\"\n  \
         depends_on = [stripe_entity.on_inline]\n}}\n",
        variables.concat(),
        connections.concat(),
    )
}

struct Leaks {
    workdir: Workdir,
    google: Google,
    /// Everything every command printed, with terraform's log of it.
    printed: Vec<(String, String)>,
}

impl Leaks {
    fn new() -> Self {
        let workdir = Workdir::new("");
        let google = Google::start();
        for (file, secret) in [("key", BY_REFERENCE[2].1), ("password", BY_REFERENCE[4].1)] {
            std::fs::write(workdir.path(file), secret).unwrap();
        }
        std::fs::write(workdir.path("credentials.json"), google.key().to_string()).unwrap();
        google.holds(VERSION, Answer::Payload(BY_REFERENCE[3].1.into()));
        for folder in ["runtime", "tmp"] {
            std::fs::create_dir(workdir.path(folder)).unwrap();
        }
        Self { workdir, google, printed: Vec::new() }
    }

    fn run(&mut self, arguments: &[&str]) -> Output {
        let output = self
            .workdir
            .command(arguments)
            .envs(self.google.environment(&self.workdir.path("")))
            .env("GOOGLE_APPLICATION_CREDENTIALS", self.workdir.path("credentials.json"))
            .env("TF_LOG", "TRACE")
            .env("TMPDIR", self.workdir.path("tmp"))
            .env("XDG_RUNTIME_DIR", self.workdir.path("runtime"))
            .env("STRIPE_API_KEY", BY_REFERENCE[0].1)
            .env("KEY_VARIABLE", BY_REFERENCE[1].1)
            .env("PASSWORD_VARIABLE", BY_REFERENCE[5].1)
            .env("TF_VAR_key", INLINE_KEY)
            .env("TF_VAR_password", INLINE_PASSWORD)
            // Nobody listens there: what is said of a Redis that is away is looked at too.
            .env("TF_VAR_redis", format!("redis://:{REDIS_PASSWORD}@127.0.0.1:9/"))
            .output()
            .unwrap();
        self.printed.push((format!("terraform {arguments:?}"), everything(&output)));
        output
    }

    #[track_caller]
    fn ok(&mut self, arguments: &[&str]) {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}\n{}", without_log(&output));
    }

    /// What `show -json` says; it is Terraform's own way to show everything, so it is looked
    /// at place by place.
    #[track_caller]
    fn shown(&mut self, arguments: &[&str]) -> Json {
        let output = self.run(arguments);
        self.printed.pop();
        assert!(output.status.success(), "{arguments:?}\n{}", without_log(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// No needle in what was printed and logged.
    #[track_caller]
    fn assert_silent(&self, needles: &[Needle]) {
        for (command, text) in &self.printed {
            for needle in needles {
                let line = text.lines().find(|line| needle.is_in(line));
                assert!(line.is_none(), "{} is in what {command} printed:\n{}", needle.name, line.unwrap());
            }
            let leaked = text.match_indices("_secret_").find(|(at, _)| {
                let before =
                    text[..*at].rsplit(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
                before.into_iter().next().is_some_and(|word| word.starts_with("pi_"))
            });
            assert!(
                leaked.is_none(),
                "a client secret is in what {command} printed: {:?}",
                leaked.map(|(at, _)| &text[at.saturating_sub(200)..at])
            );
        }
    }

    /// No needle in any file but the states.
    #[track_caller]
    fn assert_unwritten(&self, needles: &[Needle]) {
        for (file, text) in files(&self.workdir.path(""), &GIVEN) {
            if file.starts_with("terraform.tfstate") || file == "plan" {
                continue;
            }
            for needle in needles {
                assert!(!needle.is_in(&text), "{} is in {file}", needle.name);
            }
        }
    }

    /// Every secret was needed: the connections work, and the reader read.
    #[track_caller]
    fn assert_used(&self) {
        for resource in self.state()["resources"].as_array().unwrap() {
            if resource["type"] == "stripe_connection" {
                let status = &resource["instances"][0]["attributes"]["status"];
                assert_eq!(status["state"], "ACTIVE", "{}: {status}", resource["name"]);
            }
        }
        assert!(self.google.calls().iter().any(|call| call.token == READER), "nobody read the version");
    }

    fn state(&self) -> Json {
        serde_json::from_slice(&std::fs::read(self.workdir.path("terraform.tfstate")).unwrap()).unwrap()
    }
}

/// What went wrong, without the trace.
fn without_log(output: &Output) -> String {
    let printed = everything(output);
    printed.lines().filter(|line| !line.contains(" [")).collect::<Vec<_>>().join("\n")
}

fn references() -> Vec<Needle> {
    BY_REFERENCE.iter().map(|(name, secret)| Needle::new(name, secret)).collect()
}

fn inline() -> [Needle; 3] {
    [
        Needle::new("inline key", INLINE_KEY),
        Needle::new("inline proxy password", INLINE_PASSWORD),
        Needle::new("password of the Redis", REDIS_PASSWORD),
    ]
}

/// Where the state may hold the inline secrets: the attribute itself, the handle made of it,
/// and whatever runs on that handle. Nothing more, and nothing of it is missing.
fn assert_inline_places(state: &Json) {
    let of = |resource: &str, attributes: &[&str]| -> Vec<String> {
        attributes.iter().map(|attribute| format!("resources.{resource}.instances.0.{attribute}")).collect()
    };
    let user = ["attributes.connection_handle", "private"];
    let [key, password, redis] = inline();
    for (needle, name, attribute, data) in [
        (key, "inline", "attributes.auth_config.0.api_key", vec!["attributes.connection_handle"]),
        (password, "proxy_inline", "attributes.proxy_password", vec![]),
        (redis, "redis", "attributes.throttle_scope", vec![]),
    ] {
        let mut expected: BTreeSet<String> =
            of(name, &[attribute, "attributes.handle"]).into_iter().collect();
        expected.extend(of(&format!("on_{name}"), &user));
        expected.extend(of("all", &data));
        assert_eq!(places(state, &needle), expected, "{}", needle.name);
    }
}

fn a_run_leaves_no_secret_behind() {
    let mut leaks = Leaks::new();
    leaks.workdir.write(&config(&leaks.workdir, false));
    leaks.ok(&["plan", "-out", "plan", "-no-color"]);
    let plan = leaks.shown(&["show", "-json", "plan"]);
    leaks.ok(&["apply", "-no-color", "plan"]);
    let state = leaks.state();
    for needle in references() {
        assert_eq!(places(&plan, &needle), BTreeSet::new(), "{} in the plan", needle.name);
        assert_eq!(places(&state, &needle), BTreeSet::new(), "{} in the state", needle.name);
    }
    assert_inline_places(&state);
    leaks.assert_used();
    let holders = ["value", "api_key", "proxy_password", "throttle_scope", "handle", "connection_handle"];
    for needle in inline() {
        for place in places(&plan, &needle) {
            assert!(holders.contains(&place.rsplit('.').next().unwrap()), "{} at {place}", needle.name);
        }
    }
    let payload = leaks.workdir.attributes("stripe_entity.intent")["output_payload"].clone();
    let payload: Json = serde_json::from_str(payload.as_str().unwrap()).unwrap();
    let client_secret = Needle::new("client secret", payload["client_secret"].as_str().unwrap());
    for place in places(&state, &client_secret) {
        assert!(place.ends_with(".attributes.output_payload"), "a client secret at {place}");
    }

    leaks.ok(&["plan", "-refresh-only", "-no-color"]);
    leaks.workdir.write(&config(&leaks.workdir, true));
    assert!(!leaks.run(&["apply", "-auto-approve", "-no-color"]).status.success(), "the card is declined");
    for needle in references() {
        assert_eq!(places(&leaks.state(), &needle), BTreeSet::new(), "{} after a failure", needle.name);
    }
    leaks.ok(&["destroy", "-auto-approve", "-no-color"]);

    let needles: Vec<Needle> = references().into_iter().chain(inline()).chain([client_secret]).collect();
    leaks.assert_silent(&needles);
    leaks.assert_unwritten(&needles);
    let backup = std::fs::read_to_string(leaks.workdir.path("terraform.tfstate.backup")).unwrap();
    assert!(references().iter().all(|needle| !needle.is_in(&backup)), "a reference in the backup");
}
