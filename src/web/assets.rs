//! Style sheets, scripts and icons, compiled into the binary. Their address holds a hash over all of them, so that
//! browsers may keep them for ever and an upgrade is seen at once.

use super::{Access, Error, Path, Result, Route, get};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use rust_embed::RustEmbed;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// Of the names and the contents of all files.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut all = Vec::new();
    for name in Files::iter() {
        let file = Files::get(&name).expect("its name was just listed");
        all.extend_from_slice(name.as_bytes());
        all.extend_from_slice(&file.metadata.sha256_hash());
    }
    data_encoding::HEXLOWER.encode(&crate::secret::digest(&all)[..6])
});

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// A page of another version asks: it gets today's file, but must not keep it under the old name.
const NOT_AT_ALL: HeaderValue = HeaderValue::from_static("no-store");

pub fn routes() -> Vec<Route> {
    vec![get("/static/{version}/{*name}", Access::Anyone, show), get("/robots.txt", Access::Anyone, robots)]
}

/// The address of a file under `static/`: `url("css/app.css")`.
pub fn url(name: &str) -> String {
    format!("/static/{}/{name}", *VERSION)
}

async fn show(Path((version, name)): Path<(String, String)>) -> Result<Response> {
    let file = Files::get(&name).ok_or(Error::NotFound)?;
    let mut response = Response::new(Body::from(file.data));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(&name)));
    headers.insert(header::CACHE_CONTROL, if version == *VERSION { FOR_EVER } else { NOT_AT_ALL });
    Ok(response)
}

async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webmanifest" => "application/manifest+json",
        _ => "text/plain; charset=utf-8",
    }
}
