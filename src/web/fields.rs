//! What a form holds. The guard reads it before any handler runs; handlers take `Fields`, and ask by name.

use super::{Error, Result, State};
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Form, FromRequest, FromRequestParts, Multipart};
use axum::http::request::Parts;
use axum::http::{Request, header};
use std::convert::Infallible;
use std::sync::Arc;

/// A part of the address, as a type; what does not parse is not found.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Error))]
pub struct Path<T>(pub T);

impl From<PathRejection> for Error {
    fn from(_: PathRejection) -> Error {
        Error::NotFound
    }
}

/// Names and texts in the order sent; files are left to `Multipart`.
#[derive(Clone, Debug, Default)]
pub struct Fields(Arc<Vec<(String, String)>>);

impl Fields {
    /// The first field of that name without blanks around it; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, text)| text.trim())
    }

    /// As typed, blanks included: passwords, bodies of letters. Line ends become `\n`.
    pub fn text(&self, name: &str) -> String {
        self.0.iter().find(|(n, _)| n == name).map_or(String::new(), |(_, text)| text.replace("\r\n", "\n"))
    }

    /// Every field of that name: ticked boxes.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, text)| text.trim())
    }

    /// Whether a box was ticked.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }
}

impl FromRequestParts<State> for Fields {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Fields, Infallible> {
        Ok(parts.extensions.get::<Fields>().cloned().unwrap_or_default())
    }
}

/// Reads a body of at most `bytes_max`, leaves its fields in the request's extensions and gives the body back.
pub async fn read(parts: &mut Parts, body: Body, bytes_max: usize) -> Result<Body> {
    let announced = parts.headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > bytes_max) {
        return Err(Error::TooLarge);
    }
    let bytes = axum::body::to_bytes(body, bytes_max).await.map_err(|e| {
        // Two things go wrong here: the limit, and a browser that went away in the middle.
        let is_limit = std::error::Error::source(&e).is_some_and(|s| s.to_string().contains("length limit"));
        if is_limit { Error::TooLarge } else { Error::Unreadable }
    })?;
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let copy = || {
        let mut request = Request::new(Body::from(bytes.clone()));
        *request.method_mut() = axum::http::Method::POST;
        if let Some(kind) = parts.headers.get(header::CONTENT_TYPE) {
            request.headers_mut().insert(header::CONTENT_TYPE, kind.clone());
        }
        request
    };
    let fields = if kind.starts_with("application/x-www-form-urlencoded") {
        Form::<Vec<(String, String)>>::from_request(copy(), &()).await.map_err(|_| Error::Unreadable)?.0
    } else if kind.starts_with("multipart/form-data") {
        texts_of(Multipart::from_request(copy(), &()).await.map_err(|_| Error::Unreadable)?).await?
    } else {
        Vec::new()
    };
    parts.extensions.insert(Fields(Arc::new(fields)));
    Ok(Body::from(bytes))
}

async fn texts_of(mut form: Multipart) -> Result<Vec<(String, String)>> {
    let mut texts = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| Error::Unreadable)? {
        let (Some(name), None) = (field.name().map(str::to_owned), field.file_name()) else { continue };
        texts.push((name, field.text().await.map_err(|_| Error::Unreadable)?));
    }
    Ok(texts)
}

/// What somebody wrote into a form that cannot be taken, so that they can copy it. Never passwords or tokens.
pub fn kept(parts: &Parts) -> Vec<(String, String)> {
    let secret = |name: &str| name == "csrf" || ["password", "token", "secret"].iter().any(|word| name.contains(word));
    let Some(Fields(fields)) = parts.extensions.get::<Fields>() else { return Vec::new() };
    fields.iter().filter(|(name, text)| !secret(name) && text.contains(char::is_whitespace)).cloned().collect()
}
