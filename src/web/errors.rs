//! One error for all pages. It is logged once and becomes a page that says what to do next and nothing else: no type
//! names, no paths, no SQL (PROMISES P57).

use super::layout::{self, Ours, Plain};
use super::{State, session};
use crate::{blobs, database};
use askama::Template;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug)]
pub enum Error {
    NotFound,
    /// It was here and is not any more: a link used up or expired.
    Gone,
    NoSuchMethod,
    /// Nobody is signed in. `to`: the page wanted; `kept`: what was typed.
    SignIn {
        to: String,
        kept: Vec<(String, String)>,
    },
    OwnersOnly,
    /// A program without a key that we know.
    NoKey,
    /// The form came from another site.
    CrossSite,
    /// The form's token is of another session.
    StaleForm {
        kept: Vec<(String, String)>,
    },
    TooLarge,
    TooSlow,
    TooMany,
    /// The form could not be understood; a browser does not send such a thing.
    Unreadable,
    Busy,
    DiskFull,
    /// Ours to mend: logged, never shown.
    Internal(anyhow::Error),
}

/// The words of an error page.
struct Words {
    status: StatusCode,
    title: &'static str,
    text: &'static str,
    way_out: (&'static str, &'static str),
}

#[derive(Template)]
#[template(path = "errors/show.html")]
struct Page {
    plain: Plain,
    words: Words,
    kept: Vec<(String, String)>,
}

impl Error {
    fn words(&self) -> Words {
        let home = ("/", "Go to the inbox");
        let say = |status, title, text, way_out| Words { status, title, text, way_out };
        match self {
            Error::NotFound => say(StatusCode::NOT_FOUND, "Nothing is here", "The address may be misspelt, or what was here is not yours to see.", home),
            Error::Gone => say(
                StatusCode::GONE,
                "This link has done its work",
                "It was used already, or its time is over. An owner of the shop can make a new one.",
                ("/login", "Go to the sign-in page"),
            ),
            Error::NoSuchMethod => say(StatusCode::METHOD_NOT_ALLOWED, "That cannot be done here", "The page exists, but not for this kind of request.", home),
            Error::SignIn { .. } => {
                say(StatusCode::UNAUTHORIZED, "Please sign in", "You are not signed in, or have been away for long.", ("/login", "Sign in"))
            }
            Error::OwnersOnly => say(StatusCode::FORBIDDEN, "Only owners may do this", "Ask an owner of the shop to do it, or to make you one.", home),
            Error::NoKey => say(
                StatusCode::UNAUTHORIZED,
                "This key is not known",
                "Send “Authorization: Bearer …” with a key that an owner made in the settings, under Orders, and has not revoked.",
                home,
            ),
            Error::CrossSite => say(
                StatusCode::FORBIDDEN,
                "This form came from somewhere else",
                "Restante takes forms only from its own pages. If you wrote here yourself, open the page again and repeat it there.",
                home,
            ),
            Error::StaleForm { .. } => {
                say(StatusCode::FORBIDDEN, "This form is from an earlier sign-in", "Nothing was changed. Open the page again and repeat it there.", home)
            }
            Error::TooLarge => {
                say(StatusCode::PAYLOAD_TOO_LARGE, "That is too large", "A form may have 1 MB, a reply with its files 25 MB. Send large files as a link.", home)
            }
            Error::TooSlow => say(StatusCode::REQUEST_TIMEOUT, "That took too long to arrive", "The connection may be bad. Please try again.", home),
            Error::TooMany => say(StatusCode::TOO_MANY_REQUESTS, "That is too much at once", "Wait a little, then try again.", home),
            Error::Unreadable => say(StatusCode::BAD_REQUEST, "This could not be understood", "Open the page again and repeat it there.", home),
            Error::Busy => say(StatusCode::SERVICE_UNAVAILABLE, "Restante is busy", "Please try again in a moment.", home),
            Error::DiskFull => say(
                StatusCode::INSUFFICIENT_STORAGE,
                "The disk is full",
                "Nothing was changed and nothing is lost. Free some space on the server; Restante then goes on by itself.",
                home,
            ),
            Error::Internal(_) => say(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong here",
                "It is not your fault, and nothing was changed. The server's log says more.",
                home,
            ),
        }
    }

    fn of_status(status: StatusCode) -> Error {
        match status {
            StatusCode::NOT_FOUND => Error::NotFound,
            StatusCode::GONE => Error::Gone,
            StatusCode::METHOD_NOT_ALLOWED => Error::NoSuchMethod,
            StatusCode::UNAUTHORIZED => Error::SignIn { to: "/".into(), kept: Vec::new() },
            StatusCode::FORBIDDEN => Error::OwnersOnly,
            StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
            StatusCode::REQUEST_TIMEOUT => Error::TooSlow,
            StatusCode::TOO_MANY_REQUESTS => Error::TooMany,
            StatusCode::SERVICE_UNAVAILABLE => Error::Busy,
            status if status.is_client_error() => Error::Unreadable,
            status => Error::Internal(anyhow::anyhow!("a handler answered {status} without a page")),
        }
    }
}

/// What was typed into a form that failed inside: it is shown again, because it is saved nowhere.
#[derive(Clone)]
pub struct Kept(pub Vec<(String, String)>);

/// An error on its way out, waiting to become a page.
#[derive(Clone)]
struct Failure(Arc<Mutex<Option<Error>>>);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.words().status;
        response.extensions_mut().insert(Failure(Arc::new(Mutex::new(Some(self)))));
        response
    }
}

/// Every answer that is an error and not a page of ours becomes one, whoever made it.
pub async fn as_pages(axum::extract::State(state): axum::extract::State<State>, request: Request, next: Next) -> Response {
    let theme = session::theme(request.headers());
    let is_head = request.method() == Method::HEAD;
    let for_programs = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || response.extensions().get::<Ours>().is_some() {
        return response;
    }
    let failure = response.extensions_mut().remove::<Failure>();
    let error = failure.and_then(|f| f.0.lock().unwrap_or_else(PoisonError::into_inner).take()).unwrap_or_else(|| Error::of_status(status));
    if let Error::Internal(cause) = &error {
        tracing::error!(cause = ?format!("{cause:#}"), "a page could not be made");
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let kept = response.extensions_mut().remove::<Kept>().map_or(Vec::new(), |kept| kept.0);
    let mut page = if for_programs { as_json(&error.words(), is_head) } else { show(&state, theme, error, kept, is_head).await };
    if let Some(allow) = allow {
        page.headers_mut().insert(header::ALLOW, allow);
    }
    page
}

/// For programs: the same words. The scheme is said as RFC 6750 3 has it.
fn as_json(words: &Words, is_head: bool) -> Response {
    let body = serde_json::json!({ "error": format!("{}. {}", words.title, words.text) }).to_string();
    let mut response = (words.status, [(header::CONTENT_TYPE, "application/json")], if is_head { String::new() } else { body }).into_response();
    if words.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"orders\""));
    }
    response
}

async fn show(state: &State, theme: &'static str, error: Error, typed: Vec<(String, String)>, is_head: bool) -> Response {
    let words = error.words();
    let status = words.status;
    let plain = Plain::new(theme);
    let page = match error {
        Error::SignIn { to, kept } => super::login::sign_in_first(state, plain, to, kept).await,
        Error::StaleForm { kept } => layout::page_with_status(status, &Page { plain, words, kept }),
        _ => layout::page_with_status(status, &Page { plain, words, kept: typed }),
    };
    let mut page = page.unwrap_or_else(|_| (status, "Something went wrong here.").into_response());
    if is_head {
        *page.body_mut() = Body::empty();
    }
    page
}

/// A panic in a handler: its words go to the log by the panic hook, never to the page.
pub fn after_panic(_: Box<dyn Any + Send + 'static>) -> Response {
    Error::Internal(anyhow::anyhow!("a handler panicked")).into_response()
}

impl From<database::Error> for Error {
    fn from(error: database::Error) -> Error {
        match error {
            database::Error::DiskFull => Error::DiskFull,
            database::Error::Closed => Error::Busy,
            other => Error::Internal(other.into()),
        }
    }
}

impl From<blobs::Error> for Error {
    fn from(error: blobs::Error) -> Error {
        match error {
            blobs::Error::Database(e) => e.into(),
            other => Error::Internal(other.into()),
        }
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Error {
        Error::Internal(error)
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Error {
        Error::Internal(error.into())
    }
}
