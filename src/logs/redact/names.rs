//! The names whose values, including everything below them, are secret.

/// Secret names of params, fields and headers, in lower case with underscores.
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
/// Parts that make a name secret.
const SECRET_PARTS: &[&str] = &["secret", "password", "passwd", "passphrase", "private_key", "api_key"];
/// Endings that make a name secret.
const SECRET_ENDINGS: &[&str] = &["_token", "_cvc", "_cvv", "_pin"];
/// Names of parents whose `number` is that of a card or a bank account.
const NUMBERED: &[&str] =
    &["bank_account", "card", "card_present", "external_account", "payment_method_data", "source"];

/// Whether the last name of a path, or one above it, is secret.
pub(super) fn is_secret(path: &[&str]) -> bool {
    let Some(name) = path.last().map(|name| normalize(name)) else { return false };
    let numbered = || path.iter().rev().skip(1).any(|above| NUMBERED.contains(&normalize(above).as_str()));
    // A form has values only at the deepest names, so the names above must be checked too.
    is_secret_name(&name)
        || (name == "number" && numbered())
        || path.iter().any(|above| is_secret_name(&normalize(above)))
}

/// Whether the value of a header is secret.
pub(super) fn is_secret_header(name: &str) -> bool {
    let name = normalize(name);
    // An idempotency key gives no access to anything.
    name != "idempotency_key" && is_secret_name(&name)
}

fn is_secret_name(name: &str) -> bool {
    SECRET.contains(&name)
        || SECRET_PARTS.iter().any(|part| name.contains(part))
        || SECRET_ENDINGS.iter().any(|end| name.ends_with(end))
}

/// The path in a form's name: `card[number]` is `card`, `number`.
pub(super) fn form_path(name: &str) -> Vec<String> {
    name.split('[').map(|part| part.trim_end_matches(']').to_owned()).collect()
}

/// Converts a name to the spelling of [`SECRET`]: `X-Api-Key` and `xApiKey` become `x_api_key`.
fn normalize(name: &str) -> String {
    let mut normalized = String::with_capacity(name.len());
    let mut lower = false;
    for letter in name.trim().chars() {
        if letter.is_uppercase() && lower {
            normalized.push('_');
        }
        lower = letter.is_lowercase() || letter.is_ascii_digit();
        if letter.is_alphanumeric() {
            normalized.extend(letter.to_lowercase());
        } else {
            normalized.push('_');
        }
    }
    normalized
}
