//! Webhook endpoints: an account has at most sixteen, and the secret is shown only once.

use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::webhook_delivery;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Update, update)],
    ..Behaviour::of(&["webhook_endpoint"])
}];

/// The maximum number of endpoints of an account.
const MOST: usize = 16;

/// `POST /v1/webhook_endpoints`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    check_url(call)?;
    let mut count = 0;
    call.session.walk(&ObjectQuery::of("webhook_endpoint"), |_| {
        count += 1;
        true
    })?;
    if count >= MOST {
        return Err(ApiError::of("too_many_endpoints", &[("most", &MOST)]));
    }
    warn_of_unreachable(text(&call.params, "url"));
    let mut body = call.build()?;
    let secret = identifier::random("whsec_", 32);
    call.update(&mut body, body! {"_secret": secret, "_connect": flag(&call.params, "connect")})?;
    set(&mut body, "secret", secret);
    Ok(Json::Object(body))
}

/// Logs a warning for a URL to which the sandbox cannot deliver.
pub(super) fn warn_of_unreachable(url: Option<&str>) {
    if let Some(url) = url.filter(|url| !webhook_delivery::reaches(url)) {
        log::warn!(
            "the sandbox delivers events to http:// addresses of this machine only, so nothing to {url}"
        );
    }
}

/// Refuses a URL without HTTPS in live mode.
fn check_url(call: &Call<'_>) -> ApiResult<()> {
    let Some(url) = text(&call.params, "url") else { return Ok(()) };
    let parsed: Option<http::Uri> = url.parse().ok();
    let parsed = parsed.filter(|url| url.host().is_some());
    let refusal = match parsed.as_ref().and_then(|url| url.scheme_str()) {
        Some("https") => return Ok(()),
        Some("http") if !call.caller.livemode => return Ok(()),
        Some("http") => "webhook_url_not_https",
        _ => "webhook_url_invalid",
    };
    Err(ApiError::of(refusal, &[]))
}

/// `POST /v1/webhook_endpoints/{id}`.
fn update(call: &Call<'_>) -> ApiResult<Json> {
    check_url(call)?;
    let mut body = call.revise()?;
    if call.params.contains_key("disabled") {
        let disabled = flag(&call.params, "disabled");
        set(&mut body, "status", if disabled { "disabled" } else { "enabled" });
    }
    call.keep(body)
}
