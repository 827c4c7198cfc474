//! Files, which are uploaded, stored, and can be downloaded.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::sandbox::behaviour::generic;
use crate::sandbox::behaviour::prelude::*;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { operations: &[(Create, create)], ..Behaviour::of(&["file"]) }];

/// Stored with a file: its content, in base64.
const CONTENT: &str = "_content";

/// `POST /v1/files`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    let upload = inner(&call.params, "file").ok_or_else(|| missing("file"))?;
    let mut body = call.build()?;
    let lacking = || missing("file");
    let name = text(upload, "filename").ok_or_else(lacking)?;
    let content = upload.get("content").and_then(Json::as_str).ok_or_else(lacking)?;
    let size = STANDARD.decode(content).map_err(|_| lacking())?.len();
    let extension = name.rsplit_once('.').map_or("bin", |(_, extension)| extension).to_lowercase();
    body.extend(body! {"filename": name, "type": extension, "size": size, (CONTENT): content});
    call.session.put(&body)?;
    links(call, &mut body)?;
    call.keep(body)
}

/// Returns the links of a file: none, or the one requested together with it.
fn links(call: &Call<'_>, body: &mut Body) -> ApiResult<()> {
    let wanted =
        inner(&call.params, "file_link_data").filter(|data| data.get("create") == Some(&Json::Bool(true)));
    let mut made = Vec::new();
    if let Some(data) = wanted {
        let mut params = data.clone();
        params.remove("create");
        set(&mut params, "file", id(body));
        made.push(generic::create(&call.about("file_link", params)?)?);
    }
    let url = format!("/v1/file_links?file={}", id(body));
    set(body, "links", page::embedded(&made, &url));
    Ok(())
}

/// Returns the content of the file.
pub(super) fn content(body: &Body) -> Option<Vec<u8>> {
    STANDARD.decode(text(body, CONTENT)?).ok()
}
