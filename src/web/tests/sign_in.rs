//! Signing in and out, and what guessing brings.

use super::*;

#[tokio::test]
async fn an_agent_signs_in_and_out_again() {
    let shop = Shop::new();
    shop.add_agent("jules@shop.test", Role::Agent);
    let mut browser = shop.browser();
    let refused = browser.get("/").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.body.contains("<h1>Sign in</h1>"), "{}", refused.body);
    let answer = browser.post("/login", &[("email", "jules@shop.test"), ("password", PASSWORD), ("to", "/settings")]).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/settings"));
    assert!(answer.header("set-cookie").contains("; HttpOnly") && answer.header("set-cookie").contains("SameSite=Lax"));
    assert_eq!(browser.get("/").await.header("location"), "/inbox");
}
