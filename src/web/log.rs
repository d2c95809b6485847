//! One line per request: what was asked, what came of it, how long it took. No query, no token, no body (PROMISES P70).

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;

pub async fn access(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let path = shown(request.extensions().get::<MatchedPath>().map(MatchedPath::as_str), request.uri().path());
    let response = next.run(request).await;
    tracing::info!(target: "restante::access", %method, path = ?path, status = response.status().as_u16(), milliseconds = began.elapsed().as_millis() as u64);
    response
}

/// The path, unless it holds a secret or is none of ours: then the pattern, or nothing.
fn shown(pattern: Option<&str>, path: &str) -> String {
    match pattern {
        None => "(no such page)".into(),
        Some(pattern) if pattern.contains("{token}") || pattern.contains("{signature}") => pattern.into(),
        Some(_) => path.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p70_a_token_in_the_address_is_never_logged() {
        assert_eq!(shown(Some("/setup/{token}"), "/setup/s3cret"), "/setup/{token}");
        assert_eq!(shown(Some("/pictures/{id}/{until}/{signature}"), "/pictures/1/2/s3cret"), "/pictures/{id}/{until}/{signature}");
        assert_eq!(shown(None, "/s3cret"), "(no such page)");
        assert_eq!(shown(Some("/settings/agents/{id}"), "/settings/agents/3"), "/settings/agents/3");
    }
}
