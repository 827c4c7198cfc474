//! Payments as Stripe takes and refuses them: tokens, types, authentication, what is told afterwards.

use serde_json::Value as Json;

use crate::client::{Client, Form, id};

const CARD: (&str, &str) = ("allowed_payment_method_types[]", "card");
const DOLLARS: [(&str, &str); 2] = [("amount", "500"), ("currency", "usd")];

fn form<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&DOLLARS[..], more].concat()
}

fn intent(client: &Client, more: Form<'_>) -> Json {
    client.post("/v1/payment_intents", &form(more))
}

fn code(client: &Client, path: &str, form: Form<'_>) -> String {
    let (status, body) = client.call("POST", path, form);
    assert!(status >= 400, "{path} {form:?}: {body:#}");
    body["error"]["code"].as_str().unwrap_or_default().to_owned()
}

fn token(client: &Client) -> String {
    let card = [("card[number]", "4242424242424242"), ("card[exp_month]", "12"), ("card[exp_year]", "2050")];
    id(&client.post("/v1/tokens", &card))
}

#[test]
fn a_token_is_charged_or_becomes_a_method_once() {
    let client = Client::new();
    let made = token(&client);
    let charge = client.post("/v1/charges", &form(&[("source", &made)]));
    assert_eq!(
        (&charge["paid"], &charge["payment_method_details"]["card"]["last4"]),
        (&true.into(), &"4242".into())
    );
    assert_eq!(code(&client, "/v1/charges", &form(&[("source", &made)])), "token_already_used");
    let method = client.post("/v1/payment_methods", &[("type", "card"), ("card[token]", &token(&client))]);
    assert_eq!((&method["card"]["brand"], &method["card"]["last4"]), (&"visa".into(), &"4242".into()));
    let source = client.post("/v1/sources", &[("type", "card"), ("token", "tok_visa")]);
    assert_eq!((&source["status"], &source["card"]["last4"]), (&"chargeable".into(), &"4242".into()));
    assert_eq!(client.post("/v1/charges", &form(&[("source", &id(&source))]))["paid"], true);
    for version in ["2020-08-27", stripe_provider::catalog::API_VERSION] {
        for token in ["tok_visa", &token(&client)] {
            let data =
                [CARD, ("payment_method_data[type]", "card"), ("payment_method_data[card][token]", token)];
            let form = [&form(&data)[..], &[("confirm", "true")]].concat();
            let headers = [("authorization", "Bearer sk_test_sandbox"), ("stripe-version", version)];
            let (status, body) = client.call_with(&headers, "POST", "/v1/payment_intents", &form);
            assert_eq!((status, &body["status"]), (200, &"succeeded".into()), "{body:#}");
        }
    }
}

#[test]
fn what_is_saved_with_an_authentication_needs_none_when_nobody_is_there() {
    let client = Client::new();
    for by_setup in [true, false] {
        let customer = id(&client.post("/v1/customers", &[]));
        let card = "pm_card_authenticationRequiredOnSetup";
        let both = [CARD, ("customer", customer.as_str()), ("payment_method", card), ("confirm", "true")];
        let (object, made) = if by_setup {
            ("setup_intents", client.post("/v1/setup_intents", &both))
        } else {
            let form = [&both[..], &[("setup_future_usage", "off_session")]].concat();
            ("payment_intents", intent(&client, &form))
        };
        assert_eq!(made["status"], "requires_action");
        let off = |method: &str| {
            let off = [
                CARD,
                ("customer", &customer),
                ("payment_method", method),
                ("confirm", "true"),
                ("off_session", "true"),
            ];
            client.call("POST", "/v1/payment_intents", &form(&off))
        };
        let method = made["payment_method"].as_str().unwrap().to_owned();
        client.post(&format!("/_sandbox/{object}/{}/authenticate", id(&made)), &[]);
        let (status, body) = off(&method);
        assert_eq!((status, &body["status"]), (200, &"succeeded".into()), "{body:#}");
        let (status, body) = off(&client.saves(&customer, card));
        assert_eq!((status, &body["error"]["code"]), (402, &"authentication_required".into()), "{body:#}");
    }
}

#[test]
fn who_confirms_by_hand_confirms_again() {
    let client = Client::new();
    let usual = [CARD, ("payment_method", "pm_card_authenticationRequired"), ("confirm", "true")];
    let made = intent(&client, &[&usual[..], &[("confirmation_method", "manual")]].concat());
    let shown = client.post(&format!("/_sandbox/payment_intents/{}/authenticate", id(&made)), &[]);
    assert_eq!((&shown["status"], &shown["next_action"]), (&"requires_confirmation".into(), &Json::Null));
    let paid = client.post(&format!("/v1/payment_intents/{}/confirm", id(&made)), &[]);
    assert_eq!(paid["status"], "succeeded");
}

#[test]
fn a_card_may_be_declined_after_the_authentication() {
    let client = Client::new();
    for (card, why) in [
        ("pm_card_threeDSecureRequiredChargeDeclined", "generic_decline"),
        ("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", "insufficient_funds"),
    ] {
        let made = intent(&client, &[CARD, ("payment_method", card), ("confirm", "true")]);
        assert_eq!(made["status"], "requires_action");
        let path = format!("/_sandbox/payment_intents/{}/authenticate", id(&made));
        let (status, body) = client.call("POST", &path, &[]);
        assert_eq!((status, &body["error"]["decline_code"]), (402, &why.into()), "{body:#}");
    }
    let paid = |card: &str, more: Form<'_>| {
        let usual = [CARD, ("payment_method", card), ("confirm", "true"), ("expand[]", "latest_charge")];
        intent(&client, &[&usual[..], more].concat())["latest_charge"].clone()
    };
    for (card, country) in
        [("pm_card_ca", "CA"), ("pm_card_de", "DE"), ("tok_in", "IN"), ("pm_card_mx", "MX")]
    {
        assert_eq!(paid(card, &[])["payment_method_details"]["card"]["country"], country);
    }
    let billing = [
        ("payment_method_data[type]", "card"),
        ("payment_method_data[card][token]", "tok_avsZipFail"),
        ("payment_method_data[billing_details][address][line1]", "1 Road"),
        ("payment_method_data[billing_details][address][postal_code]", "10001"),
    ];
    let usual = [CARD, ("confirm", "true"), ("expand[]", "latest_charge")];
    let charge = intent(&client, &[&usual[..], &billing].concat())["latest_charge"].clone();
    let checks = &charge["payment_method_details"]["card"]["checks"];
    assert_eq!(
        (&checks["address_line1_check"], &checks["address_postal_code_check"]),
        (&"pass".into(), &"fail".into())
    );
}

#[test]
fn cards_that_cannot_be_are_refused_as_cards() {
    let client = Client::new();
    let with = |name: &str, value: &str| {
        let mut form = [
            ("card[number]", "4242424242424242"),
            ("card[exp_month]", "12"),
            ("card[exp_year]", "2050"),
            ("card[cvc]", "123"),
        ];
        form.iter_mut().filter(|(known, _)| *known == name).for_each(|(_, own)| *own = value);
        [("/v1/tokens", None), ("/v1/payment_methods", Some(("type", "card")))].map(|(path, more)| {
            let form: Vec<(&str, &str)> = form.iter().copied().chain(more).collect();
            let (status, body) = client.call("POST", path, &form);
            (status, body["error"]["code"].as_str().unwrap_or_default().to_owned())
        })
    };
    for (name, value, code) in [
        ("card[exp_month]", "13", "invalid_expiry_month"),
        ("card[exp_year]", "1999", "invalid_expiry_year"),
        ("card[cvc]", "12", "invalid_cvc"),
        ("card[cvc]", "99", "invalid_cvc"),
        ("card[number]", "4242424242424241", "incorrect_number"),
    ] {
        let [token, method] = with(name, value);
        assert_eq!(token, (402, code.to_owned()), "{name}={value}");
        // what a month is, the documentation of a method says, and is refused before anybody looks at the card
        assert!(name == "card[exp_month]" || method == token, "{name}={value}: {method:?}");
    }
    assert_eq!(with("card[cvc]", "1234")[0].0, 200);
}

#[test]
fn an_intent_takes_the_types_that_it_was_told() {
    let client = Client::new();
    let bank = [CARD, ("payment_method", "pm_usBankAccount_success"), ("confirm", "true")];
    let message = client.refused(400, "POST", "/v1/payment_intents", &form(&bank));
    assert!(message.starts_with("The PaymentMethod provided (us_bank_account) is not allowed"), "{message}");
    let automatic = [("return_url", "https://a.example"), bank[1], bank[2]];
    assert_eq!(intent(&client, &automatic)["status"], "succeeded");
    let ideal = [("allowed_payment_method_types[]", "ideal")];
    let message = client.refused(400, "POST", "/v1/payment_intents", &form(&ideal));
    assert_eq!(
        message,
        "The currency provided (usd) is invalid. Payments with ideal support the following currencies: eur."
    );
    client.post("/v1/payment_intents", &[("amount", "500"), ("currency", "EUR"), ideal[0]]);
    let named = ("statement_descriptor", "SHOP");
    client.refused(400, "POST", "/v1/payment_intents", &form(&[CARD, named]));
    let pays = [("payment_method", "pm_card_visa"), ("return_url", "https://a.example")];
    let made = intent(&client, &[named]);
    client.post(&format!("/v1/payment_intents/{}/confirm", id(&made)), &pays);
    client.refused(400, "POST", &format!("/v1/payment_intents/{}", id(&intent(&client, &[CARD]))), &[named]);
    let suffix = [CARD, pays[0], ("confirm", "true"), ("statement_descriptor_suffix", "ABC123")];
    let made = intent(&client, &[&suffix[..], &[("expand[]", "latest_charge")]].concat());
    assert_eq!(made["latest_charge"]["calculated_statement_descriptor"], "SANDBOX* ABC123");
}

#[test]
fn a_fee_is_taken_of_payments_for_another_account() {
    let client = Client::new();
    let fee = [CARD, ("application_fee_amount", "50")];
    assert_eq!(code(&client, "/v1/payment_intents", &form(&fee)), "parameter_missing");
    let seller = id(&client.post("/v1/accounts", &[("type", "custom")]));
    let headers = [("authorization", "Bearer sk_test_sandbox"), ("stripe-account", seller.as_str())];
    let (status, body) = client.call_with(&headers, "POST", "/v1/payment_intents", &form(&fee));
    assert_eq!(status, 200, "{body:#}");
    let to_seller = [fee[0], ("transfer_data[destination]", seller.as_str())];
    let to = form(&to_seller);
    let made = client.post("/v1/payment_intents", &to);
    client.post(&format!("/v1/payment_intents/{}", id(&made)), &fee[1..]);
    let bare = intent(&client, &[CARD]);
    client.refused(400, "POST", &format!("/v1/payment_intents/{}", id(&bare)), &fee[1..]);
}

#[test]
fn what_becomes_of_a_charge_says_what_it_was() {
    let client = Client::new();
    let held = intent(
        &client,
        &[CARD, ("payment_method", "pm_card_visa"), ("confirm", "true"), ("capture_method", "manual")],
    );
    client.post(&format!("/v1/payment_intents/{}/capture", id(&held)), &[]);
    let too_much = [("payment_intent", held["id"].as_str().unwrap()), ("amount", "600")];
    let message = client.refused(400, "POST", "/v1/refunds", &too_much);
    assert_eq!(message, "Refund amount ($6.00) is greater than charge amount ($5.00)");
    client.post("/v1/refunds", &too_much[..1]);
    let former = |kind: &str| {
        client.ok("GET", "/v1/events", &[("type", kind)])["data"][0]["data"]["previous_attributes"].clone()
    };
    assert_eq!(former("charge.captured")["captured"], false);
    let refunded = former("charge.refunded");
    assert_eq!((&refunded["amount_refunded"], &refunded["refunded"]), (&0.into(), &false.into()));
    assert_eq!(former("payment_intent.succeeded"), Json::Null);
}

#[test]
fn a_version_that_cannot_be_is_refused() {
    let client = Client::new();
    let get = |version: &str| {
        let headers = [("authorization", "Bearer sk_test_sandbox"), ("stripe-version", version)];
        client.call_with(&headers, "GET", "/v1/customers", &[])
    };
    let (status, body) = get("bogus");
    assert_eq!((status, &body["error"]["message"]), (400, &"Invalid Stripe API version: bogus".into()));
    for version in ["2020-08-27", "2025-03-31.basil", "2026-10-28.preview", "2020-08-27;orders_beta=v4"] {
        assert_eq!(get(version).0, 200, "{version}");
    }
    assert_eq!(get("2020-13-27").0, 400);
}
