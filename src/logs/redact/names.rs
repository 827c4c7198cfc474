//! Names below which everything is secret.

/// Names of params, fields and headers, lower case, with underscores.
const SECRET: &[&str] = &[
    "account_number",
    "api_key",
    "apikey",
    "authorization",
    "bank_account_number",
    "client_secret",
    "cookie",
    "credentials",
    "cryptogram",
    "cvc",
    "cvv",
    "hosted_invoice_url",
    "iban",
    "id_number",
    "invoice_pdf",
    "pan",
    "personal_id_number",
    "pin",
    "private_key",
    "proxy_authorization",
    "receipt_url",
    "secret",
    "set_cookie",
    "social_security_number",
    "ssn",
    "ssn_last_4",
    "stripe_signature",
    "token",
    "track_data",
];
/// Parts that make any name a secret one.
const TELLING: &[&str] = &["secret", "password", "passwd", "passphrase", "private_key", "api_key"];
/// Ends that make any name a secret one.
const ENDINGS: &[&str] = &["_token", "_cvc", "_cvv", "_pin"];
/// What has a `number` that is a card's or an account's.
const NUMBERED: &[&str] =
    &["bank_account", "card", "card_present", "external_account", "payment_method_data", "source"];

/// Whether the last name of a path is a secret one.
pub(super) fn is_secret(path: &[&str]) -> bool {
    let Some(name) = path.last().map(|name| plain(name)) else { return false };
    let numbered = || path.iter().rev().skip(1).any(|above| NUMBERED.contains(&plain(above).as_str()));
    // A form may stop at any depth: what is above was hidden only if it had a value of its own.
    is_secret_name(&name)
        || (name == "number" && numbered())
        || path.iter().any(|above| is_secret_name(&plain(above)))
}

/// Whether a header is.
pub(super) fn is_secret_header(name: &str) -> bool {
    let name = plain(name);
    // Under this key a call is made once; it opens nothing.
    name != "idempotency_key" && is_secret_name(&name)
}

fn is_secret_name(name: &str) -> bool {
    SECRET.contains(&name)
        || TELLING.iter().any(|part| name.contains(part))
        || ENDINGS.iter().any(|end| name.ends_with(end))
}

/// Whether a path ends with one of these dotted names; the numbers of lists do not count.
pub(super) fn ends_with_any(path: &[&str], names: &[String]) -> bool {
    let is_index = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    let path: Vec<&str> = path.iter().copied().filter(|name| !is_index(name)).collect();
    names.iter().any(|dotted| {
        let wanted: Vec<&str> = dotted.split('.').collect();
        // Somewhere on the way down, since everything below is secret too.
        path.windows(wanted.len()).any(|part| part == wanted)
    })
}

/// The names in `card[number]`; `items[][price]` has an empty one.
pub(super) fn of_form(name: &str) -> Vec<String> {
    name.split('[').map(|part| part.trim_end_matches(']').to_owned()).collect()
}

/// `X-Api-Key` and `xApiKey` as `x_api_key`.
fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut lower = false;
    for letter in name.trim().chars() {
        if letter.is_uppercase() && lower {
            plain.push('_');
        }
        lower = letter.is_lowercase() || letter.is_ascii_digit();
        if letter.is_alphanumeric() {
            plain.extend(letter.to_lowercase());
        } else {
            plain.push('_');
        }
    }
    plain
}
