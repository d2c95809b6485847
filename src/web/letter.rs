//! Their HTML as they laid it out: at its own address, with its own policy, in a frame without scripts and without an
//! origin (PROMISES P45 to P48). Each lock holds alone: the sanitiser, the frame's attribute, this header.

use super::ask::Ask;
use super::attachments::{may_be_picture, picture_address};
use super::state::blocking;
use super::{Access, Error, Path, Result, Route, State, Visitor, get};
use crate::conversation::message;
use crate::email;
use crate::email::html::{self, Pictures, SafeHtml};
use crate::id::MessageKey;
use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};

/// What the frame's attribute says, too.
pub const SANDBOX: &str = "allow-popups allow-popups-to-escape-sandbox";

pub fn routes() -> Vec<Route> {
    vec![get("/messages/{id}/html", Access::Agent, show)]
}

#[derive(Template)]
#[template(path = "letter/show.html")]
struct Page {
    body: SafeHtml,
}

async fn show(state: State, visitor: Visitor, ask: Ask, Path(id): Path<MessageKey>) -> Result<Response> {
    let remote = ask.get("pictures") == "remote";
    let (hash, attachments) = state
        .read(move |c| {
            let found = message::find(c, id)?.ok_or(Error::NotFound)?;
            visitor.visible(c, found.conversation_id)?;
            Ok((found.raw_hash.ok_or(Error::NotFound)?, message::attachments(c, id)?))
        })
        .await?;
    let inline = attachments.into_iter().filter(|(_, a)| may_be_picture(a));
    let inline = inline.filter_map(|(id, a)| Some((a.content_id?, picture_address(&state, id)))).collect();
    let blobs = state.blobs.clone();
    let body = blocking(move || {
        let email = email::read(&blobs.get(hash)?);
        let theirs = email.html.ok_or(Error::NotFound)?;
        Ok(html::safe(&theirs, &Pictures { remote, inline }))
    })
    .await?;
    let mut response = Html(Page { body }.render()?).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy(remote));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// Nothing but styles inside the letter and pictures of ours; remote pictures only when the reader asked for them.
fn policy(remote: bool) -> HeaderValue {
    let pictures = if remote { "'self' data: https: http:" } else { "'self' data:" };
    let text = format!(
        "default-src 'none'; style-src 'unsafe-inline'; img-src {pictures}; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox {SANDBOX}"
    );
    HeaderValue::from_str(&text).expect("all of it is ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p46_the_policy_has_no_scripts_no_origin_and_widens_for_pictures_only() {
        let closed = policy(false);
        assert_eq!(
            closed.to_str().unwrap(),
            "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
        );
        assert_eq!(policy(true).to_str().unwrap().replace(" https: http:", ""), closed.to_str().unwrap());
    }
}
