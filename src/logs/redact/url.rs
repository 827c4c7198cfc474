//! Redacts the password and the secret query values of a URL.

use super::names;
use super::text::percent_decode;
use crate::secret::REDACTED;

/// Query names that are secret in an address but nowhere else.
const SECRET_IN_QUERY: [&str; 4] = ["auth", "key", "sig", "signature"];

/// Returns the text with every address in it redacted.
pub(super) fn without_secrets(text: &str) -> String {
    let ends_address = |letter: char| letter.is_whitespace() || "\"'`<>\\".contains(letter);
    let mut redacted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, from) = rest.split_at(at + "://".len());
        let (address, after) = from.split_at(from.find(ends_address).unwrap_or(from.len()));
        redacted.extend([before, &host(address), &query(address)]);
        rest = after;
    }
    redacted.push_str(rest);
    redacted
}

fn split(address: &str) -> (&str, &str) {
    address.split_at(address.find(['/', '?', '#']).unwrap_or(address.len()))
}

/// Returns the user and the host; a user without a password is a token and is redacted.
fn host(address: &str) -> String {
    let (authority, _) = split(address);
    match authority.rsplit_once('@') {
        None => authority.to_owned(),
        Some((user, host)) => match user.split_once(':') {
            Some((user, _)) => format!("{user}:{REDACTED}@{host}"),
            None => format!("{REDACTED}@{host}"),
        },
    }
}

/// Redacts the query of an address and returns it with the path.
fn query(address: &str) -> String {
    let (_, rest) = split(address);
    let Some((path, query)) = rest.split_once('?') else { return rest.to_owned() };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) if !value.is_empty() && is_secret(name) => format!("{name}={REDACTED}"),
        _ => pair.to_owned(),
    });
    format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
}

fn is_secret(name: &str) -> bool {
    let path = names::form_path(&percent_decode(name));
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    SECRET_IN_QUERY.iter().any(|secret| name.eq_ignore_ascii_case(secret)) || names::is_secret(&path)
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn an_address_shows_where_it_leads_and_lets_nobody_in() {
        for (text, shown) in [
            ("to https://u:PASS@a.test/h?token=TOK.", "to https://u:(redacted)@a.test/h?token=(redacted)"),
            ("https://TOK@a.test and https://b.test", "https://(redacted)@a.test and https://b.test"),
            ("https://u:P@SS@a.test:1?x=1&Sig=S&y=2", "https://u:(redacted)@a.test:1?x=1&Sig=(redacted)&y=2"),
            ("https://a.test/@ada?page=2#x", "https://a.test/@ada?page=2#x"),
            ("redis://:PASS@a.test/1", "redis://:(redacted)@a.test/1"),
            ("://", "://"),
        ] {
            assert_eq!(without_secrets(text), shown);
        }
    }
}
