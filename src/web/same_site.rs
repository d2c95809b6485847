//! Whether a form was sent by one of our own pages, by what browsers say of it (Sec-Fetch-Site, Origin). The session's
//! token is the second lock; the sign-in form has only this one.

use super::{Error, Result};
use axum::http::{HeaderMap, header};

/// Refuses what another site sent. A client that says nothing at all is no browser, and has no cookie to be abused.
pub fn check(headers: &HeaderMap, public_url: &str) -> Result<()> {
    let text = |name: &str| headers.get(name).map(|v| v.to_str().unwrap_or("unreadable"));
    let ours = match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        // "none" is a person who typed the address or reloaded the page.
        (Some("same-origin" | "none"), origin) => origin.is_none_or(|o| o == "null" || is_ours(o, headers, public_url)),
        (Some(_), _) => false,
        (None, Some(origin)) => is_ours(origin, headers, public_url),
        (None, None) => true,
    };
    if ours {
        return Ok(());
    }
    tracing::warn!("a form from another site was refused");
    Err(Error::CrossSite)
}

/// The public address, or the host that this request itself was sent to.
fn is_ours(origin: &str, headers: &HeaderMap, public_url: &str) -> bool {
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok());
    origin.eq_ignore_ascii_case(public_url) || origin.split_once("://").is_some_and(|(_, o)| host.is_some_and(|h| h.eq_ignore_ascii_case(o)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs.iter().map(|(n, v)| (n.parse().unwrap(), v.parse().unwrap())).collect();
        check(&headers, "https://help.shop.test").is_ok()
    }

    #[test]
    fn only_our_own_pages_may_send_forms() {
        assert!(allowed(&[("sec-fetch-site", "same-origin"), ("origin", "https://help.shop.test")]));
        assert!(allowed(&[("origin", "https://help.shop.test")]));
        assert!(allowed(&[("origin", "http://10.0.0.5:8080"), ("host", "10.0.0.5:8080")]));
        assert!(allowed(&[]));
        assert!(!allowed(&[("sec-fetch-site", "cross-site"), ("origin", "https://help.shop.test")]));
        assert!(!allowed(&[("sec-fetch-site", "same-site")]));
        assert!(!allowed(&[("origin", "https://evil.test"), ("host", "help.shop.test")]));
        assert!(!allowed(&[("origin", "null"), ("host", "help.shop.test")]));
        assert!(!allowed(&[("origin", "https://help.shop.test.evil.test"), ("host", "help.shop.test")]));
        assert!(!allowed(&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.test"), ("host", "help.shop.test")]));
    }
}
