//! A caller of a sandbox in process: a path and a form, a status and an answer.

use bytes::Bytes;
use serde_json::Value as Json;
use stripe_provider::sandbox::Sandbox;
use tokio::runtime::Runtime;

use crate::announced::Watch;

/// A sandbox of one test.
pub struct Client {
    pub sandbox: Sandbox,
    runtime: Runtime,
    watch: Option<Watch>,
}

const KEY: &str = "Bearer sk_test_sandbox";

/// A form: names and values.
pub type Form<'a> = &'a [(&'a str, &'a str)];

impl Client {
    pub fn new() -> Self {
        Self::over(Sandbox::memory().unwrap())
    }

    /// A caller of that sandbox.
    pub fn over(sandbox: Sandbox) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { sandbox, runtime, watch: None }
    }

    /// A caller of a sandbox whose file somebody looks at after each call.
    pub fn watched(sandbox: Sandbox, watch: Watch) -> Self {
        Self { watch: Some(watch), ..Self::over(sandbox) }
    }

    /// Makes a call; `GET` and `DELETE` send the form as a query.
    pub fn call(&self, method: &str, path: &str, form: Form<'_>) -> (u16, Json) {
        self.call_with(&[("authorization", KEY)], method, path, form)
    }

    /// The same with these headers, the key among them.
    pub fn call_with(&self, headers: Form<'_>, method: &str, path: &str, form: Form<'_>) -> (u16, Json) {
        let escaped =
            |text: &str| {
                text.bytes()
                    .map(|b| {
                        if b.is_ascii_alphanumeric() {
                            char::from(b).to_string()
                        } else {
                            format!("%{b:02X}")
                        }
                    })
                    .collect::<String>()
            };
        let form: Vec<String> =
            form.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
        let form = form.join("&");
        let (target, body) = if method == "POST" {
            (path.to_owned(), form)
        } else {
            (format!("{path}?{form}"), String::new())
        };
        let mut request = http::Request::builder().method(method).uri(target);
        let usual = ("content-type", "application/x-www-form-urlencoded");
        for (name, value) in [usual].iter().chain(headers) {
            request = request.header(*name, *value);
        }
        let request = request.body(Bytes::from(body)).unwrap();
        let response = self.runtime.block_on(self.sandbox.handle(request)).unwrap();
        if let Some(watch) = &self.watch {
            watch.look(&format!("{method} {path}"));
        }
        (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
    }

    /// A call that succeeds.
    pub fn ok(&self, method: &str, path: &str, form: Form<'_>) -> Json {
        let (status, body) = self.call(method, path, form);
        assert_eq!(status, 200, "{method} {path} {form:?}: {body:#}");
        body
    }

    pub fn post(&self, path: &str, form: Form<'_>) -> Json {
        self.ok("POST", path, form)
    }

    /// A call of version 2 that succeeds.
    pub fn json(&self, path: &str, body: &Json) -> Json {
        let request = http::Request::post(path).header("authorization", KEY);
        let request = request.header("content-type", "application/json");
        let request = request.body(Bytes::from(body.to_string())).unwrap();
        let response = self.runtime.block_on(self.sandbox.handle(request)).unwrap();
        let answer = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(response.status().as_u16(), 200, "{path} {body}: {answer:#}");
        answer
    }

    pub fn get(&self, path: &str) -> Json {
        self.ok("GET", path, &[])
    }

    /// The message of a call that is refused with that status.
    pub fn refused(&self, status: u16, method: &str, path: &str, form: Form<'_>) -> String {
        let (given, body) = self.call(method, path, form);
        assert_eq!(given, status, "{method} {path} {form:?}: {body:#}");
        body["error"]["message"].as_str().unwrap().to_owned()
    }

    /// A customer with a card that is charged by default.
    pub fn payer(&self, card: &str) -> String {
        let customer = id(&self.post("/v1/customers", &[("name", "Ada"), ("email", "ada@example.com")]));
        self.saves(&customer, card);
        customer
    }

    /// A test clock from that time, and a customer at its time with a card that is charged by default.
    pub fn payer_at(&self, time: i64, card: &str) -> (String, String) {
        let clock = id(&self.post("/v1/test_helpers/test_clocks", &[("frozen_time", &time.to_string())]));
        let customer = id(&self.post("/v1/customers", &[("test_clock", &clock)]));
        self.saves(&customer, card);
        (clock, customer)
    }

    /// Saves a test card and makes it the customer's default.
    pub fn saves(&self, customer: &str, card: &str) -> String {
        let method = id(&self.post(&format!("/v1/payment_methods/{card}/attach"), &[("customer", customer)]));
        let form = [("invoice_settings[default_payment_method]", method.as_str())];
        self.post(&format!("/v1/customers/{customer}"), &form);
        method
    }

    /// A price in dollars, charged every month.
    pub fn monthly(&self, amount: &str) -> String {
        let product = id(&self.post("/v1/products", &[("name", "Plan")]));
        let form = [
            ("product", product.as_str()),
            ("currency", "usd"),
            ("unit_amount", amount),
            ("recurring[interval]", "month"),
        ];
        id(&self.post("/v1/prices", &form))
    }

    /// The kinds of the events so far, oldest first.
    pub fn events(&self) -> Vec<String> {
        let page = self.ok("GET", "/v1/events", &[("limit", "100")]);
        let kinds = page["data"].as_array().unwrap().iter().rev();
        kinds.map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }
}

pub fn id(body: &Json) -> String {
    body["id"].as_str().unwrap().to_owned()
}
