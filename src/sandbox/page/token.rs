//! Pages in version 2 of the API: a token contains the start of the next page and the filters.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::fields::text;
use crate::sandbox::page::gather::gather;
use crate::sandbox::store::{Body, ObjectQuery};

/// The content of `page`.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::sandbox) struct Token {
    /// The position after which the page starts.
    at: i64,
    /// Whether the page goes towards newer objects.
    #[serde(default)]
    back: bool,
    /// The params of the first page.
    params: Body,
}

impl Token {
    /// Creates the token of a page with older objects.
    pub fn after(at: i64, params: &Body) -> Self {
        let mut params = params.clone();
        params.shift_remove("page");
        Self { at, back: false, params }
    }

    /// Returns the token as text.
    pub fn written(&self) -> String {
        URL_SAFE_NO_PAD.encode(json!(self).to_string())
    }

    /// Returns the token of a call, or `None` if it asks for the first page.
    pub fn of(params: &Body) -> ApiResult<Option<Self>> {
        let Some(text) = text(params, "page") else { return Ok(None) };
        let read = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        read.ok_or_else(|| ApiError::of("page_token_invalid", &[("given", &text)])).map(Some)
    }

    /// Returns where the page starts.
    pub fn start(&self) -> i64 {
        self.at
    }
}

/// Returns one page of a list in version 2.
pub(super) fn page(
    call: &Call<'_>,
    objects: &[&str],
    having: Vec<(String, String)>,
    also: impl Fn(&Body) -> bool,
) -> ApiResult<Json> {
    let token = Token::of(&call.params)?;
    let params = token.as_ref().map_or(&call.params, |token| &token.params);
    let back = token.as_ref().is_some_and(|token| token.back);
    let start = token.as_ref().map(Token::start);
    let walk =
        ObjectQuery { objects: objects.to_vec(), start, forward: back, having, ..ObjectQuery::default() };
    let (found, more) = gather(call, walk, params, also)?;
    let address = |at: Option<&(i64, Json)>, back: bool| {
        let token = Token { back, ..Token::after(at?.0, params) };
        Some(format!("{}?page={}", call.path, token.written()))
    };
    let next = if back || more { address(found.last(), false) } else { None };
    let previous =
        if (back && more) || (!back && token.is_some()) { address(found.first(), true) } else { None };
    let data: Vec<Json> = found.into_iter().map(|(_, body)| body).collect();
    Ok(json!({"data": data, "next_page_url": next, "previous_page_url": previous}))
}
