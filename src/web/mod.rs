//! The browser's door: one file per screen or resource, every route in one table with who may ask for it. Holds no SQL.
//!
//! A new screen: its file with `pub fn routes() -> Vec<Route>`, one line in `access::table`, its templates. A handler takes
//! `state: State, visitor: Visitor`, asks once (`state.read(move |c| …)`, together with `Shell::read`), and ends in `page(&Page { shell, … })`
//! or, after a form, in `see(…)` or `see_saying(…, &Said::with_undo(…))`. Templates extend `layout/layout.html`; every form holds
//! `<input type="hidden" name="csrf" value="{{ shell.csrf }}">`, scripts may send it as header `x-csrf-token`. What a script
//! fetches by itself says so with a header `x-live: 1` (the session then counts as idle).

mod access;
mod actions;
mod agents;
mod ask;
mod assets;
mod at_desk;
mod attachments;
mod calls;
mod conversation;
mod custom_actions;
mod customers;
mod deliveries;
mod drafts;
mod errors;
mod fields;
mod follow_ups;
mod headers;
mod health;
mod inbox;
mod layout;
mod leads;
mod letter;
mod letters;
mod links;
mod live;
mod log;
mod login;
mod mailboxes;
mod notes;
mod order_keys;
mod order_post;
mod order_table;
mod orders;
mod pictures;
mod pieces;
mod policy;
mod present;
mod profile;
mod public;
mod quarantine;
mod replies;
mod return_fields;
mod return_settings;
mod returns;
mod rights;
mod said;
mod same_site;
mod search;
mod session;
mod settings;
mod setup;
mod state;
mod templates;
mod thumbnails;
mod words;
mod writing;

pub use access::{Access, Route, get, post, table};
pub use attachments::is_heic;
pub use errors::Error;
pub use fields::{Fields, Path};
pub use layout::{Plain, Shell, page, page_with_status, see, see_saying};
pub use pictures::{PHOTO_SIDE, Pixels, jpeg_name, photo};
pub use said::Said;
pub use session::Visitor;
pub use state::{ActionDraft, Options, ProbeDraft, Probed, State, TriedOut};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// Smaller answers are not worth the work of compressing them.
const COMPRESS_BYTES_MIN: u64 = 1024;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything a browser can ask for. Serve it with `into_make_service_with_connect_info::<SocketAddr>()`, so that
/// guesses at passwords are counted by network. Routes come from `table()` and from nowhere else.
pub fn router(state: State) -> Router {
    let mut router = Router::new();
    for route in table() {
        let guard = access::Guard {
            state: state.clone(),
            access: route.access,
            writes: route.method == "POST",
            body_bytes_max: route.body_bytes_max,
            streams: route.streams,
            from_anywhere: route.from_anywhere,
        };
        router = router.route(route.path, route.handler.route_layer(from_fn_with_state(guard, access::guard)));
    }
    let worth_compressing = SizeAbove::new(COMPRESS_BYTES_MIN).and(NotForContentType::SSE).and(NotForContentType::IMAGES);
    router
        .fallback(|| async { Error::NotFound })
        .method_not_allowed_fallback(|| async { Error::NoSuchMethod })
        .layer(DefaultBodyLimit::disable()) // the guard has counted already
        .layer(CatchPanicLayer::custom(errors::after_panic))
        .layer(from_fn_with_state(state.clone(), errors::as_pages))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_compressing))
        .layer(from_fn_with_state(state.clone(), headers::secure))
        .layer(from_fn(log::access))
        .with_state(state)
}

#[cfg(test)]
mod tests;
