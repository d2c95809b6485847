//! The shell around every page: views with their counts, the mailboxes' health, banners, the status line. And how a
//! template becomes an answer.

use super::health::{self, Banner, Dot};
use super::said::Said;
use super::{Access, Result, Route, State, Visitor, assets, get};
use crate::agent::Agent;
use crate::conversation::list::{self, Counts, View};
use crate::database::Reader;
use crate::return_request::{State as Stands, request};
use crate::setting;
use crate::world;
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

pub fn routes() -> Vec<Route> {
    vec![get("/", Access::Agent, home)]
}

async fn home() -> Response {
    see("/inbox")
}

/// What `layout/layout.html` shows around a page. Read it in the same question as the page: `Shell::read(c, …)`.
pub struct Shell {
    pub shop: String,
    pub agent: Agent,
    pub csrf: String,
    /// "light", "dark" or "auto".
    pub theme: &'static str,
    pub views: Vec<NavItem>,
    /// Returns that wait for somebody.
    pub returns: Vec<NavItem>,
    /// Which entry of the sidebar stands out: a view's noun, "customers", "search", "settings" …
    pub here: String,
    pub mailboxes: Vec<Dot>,
    pub banners: Vec<Banner>,
    pub said: Option<Said>,
}

pub struct NavItem {
    pub href: String,
    pub name: &'static str,
    pub label: &'static str,
    /// Nothing is shown for zero, nor where a count says nothing (resolved, spam).
    pub count: Option<i64>,
}

impl Shell {
    pub fn read(c: &Reader, state: &State, visitor: &Visitor, here: &str) -> Result<Shell> {
        let now = world::now();
        let counts = list::counts(c, visitor.agent().id, visitor.mailboxes())?;
        let health = health::report(c, now, health::free_bytes(state))?;
        Ok(Shell {
            shop: setting::shop_name(c)?,
            agent: visitor.agent().clone(),
            csrf: visitor.csrf.clone(),
            theme: visitor.theme,
            views: nav(&counts),
            returns: returns(&request::tally(c, visitor.mailboxes())?),
            here: here.to_owned(),
            mailboxes: health.dots(visitor.agent(), now),
            banners: health.banners(visitor.agent(), now),
            said: visitor.said.clone(),
        })
    }

    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }
}

fn nav(counts: &Counts) -> Vec<NavItem> {
    let label = |view| match view {
        View::Inbox => "Inbox",
        View::Mine => "Mine",
        View::Unassigned => "Unassigned",
        View::Waiting => "Waiting on customer",
        View::Snoozed => "Snoozed",
        View::Resolved => "Resolved",
        View::Spam => "Spam",
    };
    let counted = |view| !matches!(view, View::Resolved | View::Spam) && counts.of(view) > 0;
    let view =
        |view: View| NavItem { href: format!("/{}", view.as_str()), name: view.as_str(), label: label(view), count: counted(view).then(|| counts.of(view)) };
    let mut nav: Vec<NavItem> = View::ALL.into_iter().map(view).collect();
    let quarantine = (counts.quarantine > 0).then_some(counts.quarantine);
    nav.push(NavItem { href: "/quarantine".into(), name: "quarantine", label: "Quarantine", count: quarantine });
    nav
}

fn returns(tally: &[(Stands, i64)]) -> Vec<NavItem> {
    let count = |states: &[Stands]| Some(tally.iter().filter(|(state, _)| states.contains(state)).map(|(_, n)| n).sum()).filter(|n: &i64| *n > 0);
    let item = |name, label, states: &[Stands]| NavItem { href: format!("/returns#{name}"), name, label, count: count(states) };
    vec![
        item("to_decide", "To decide", &[Stands::ToDecide]),
        item("awaiting_details", "Awaiting details", &[Stands::AwaitingDetails]),
        item("to_refund", "To refund", &[Stands::Received, Stands::ToRefund]),
    ]
}

/// What a page without the shell needs: sign-in, set-up, errors.
pub struct Plain {
    pub theme: &'static str,
}

impl Plain {
    pub fn new(theme: &'static str) -> Plain {
        Plain { theme }
    }

    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }
}

/// Marks an answer as a page that we made, so that an error status keeps it.
#[derive(Clone, Copy)]
pub struct Ours;

pub fn page(template: &impl Template) -> Result<Response> {
    page_with_status(StatusCode::OK, template)
}

/// A form that came back with complaints: 422, its fields kept.
pub fn page_with_status(status: StatusCode, template: &impl Template) -> Result<Response> {
    let mut response = (status, Html(template.render()?)).into_response();
    response.extensions_mut().insert(Ours);
    Ok(response)
}

/// After a form: 303 to the page that shows what became of it.
pub fn see(path: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_str(local(path)).unwrap_or(HeaderValue::from_static("/")));
    response
}

/// The same, and the next page says in its status line what happened.
pub fn see_saying(state: &State, path: &str, said: &Said) -> Response {
    let mut response = see(path);
    response.headers_mut().append(header::SET_COOKIE, said.cookie(state));
    response
}

/// A path of ours, or the start: nobody is ever sent to another site.
pub fn local(path: &str) -> &str {
    let ours = path.starts_with('/') && !path[1..].starts_with(['/', '\\']) && !path.contains(|c: char| c.is_control() || c == '\\');
    if ours { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for ours in ["/", "/inbox?after=1", "/conversations/4#reply"] {
            assert_eq!(local(ours), ours);
        }
        for theirs in ["//evil.test", "/\\evil.test", "https://evil.test", "", "/a\r\nSet-Cookie: x=1", "javascript:alert(1)", "/\t/evil.test"] {
            assert_eq!(local(theirs), "/", "{theirs}");
        }
    }
}
