//! The stream that tells browsers that something was written.

use super::*;
use tokio::time::{Duration, timeout};

async fn open(shop: &Shop, browser: &Browser<'_>) -> axum::body::BodyDataStream {
    let cookie = format!("{}={}", browser.cookies[0].0, browser.cookies[0].1);
    let request = Request::builder().uri("/live").header(header::COOKIE, cookie).body(Body::empty()).unwrap();
    let response = shop.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/event-stream"));
    response.into_body().into_data_stream()
}

/// The next words of the stream; nothing when it has ended.
async fn next(stream: &mut axum::body::BodyDataStream) -> Option<String> {
    let chunk = timeout(Duration::from_secs(5), tokio_stream::StreamExt::next(stream)).await.expect("within five seconds");
    chunk.map(|bytes| String::from_utf8_lossy(&bytes.unwrap()).into_owned())
}

#[tokio::test]
async fn a_commit_is_told_and_stopping_ends_the_stream() {
    let shop = Shop::new();
    let agent = shop.add_agent("jules@shop.test", Role::Agent);
    let browser = shop.browser_of(agent);
    let mut stream = open(&shop, &browser).await;
    assert!(next(&mut stream).await.unwrap().contains("event: ready"));
    for n in 0..20 {
        shop.write(move |tx| tx.execute("INSERT INTO tag(name) VALUES (?1)", [n.to_string()]));
    }
    assert!(next(&mut stream).await.unwrap().contains("event: change"));
    shop.state.close();
    while next(&mut stream).await.is_some() {}
}

#[tokio::test]
async fn p59_signing_out_ends_the_stream() {
    let shop = Shop::new();
    let agent = shop.add_agent("jules@shop.test", Role::Agent);
    let mut browser = shop.browser_of(agent);
    let mut stream = open(&shop, &browser).await;
    assert!(next(&mut stream).await.unwrap().contains("event: ready"));
    browser.submit("/settings/profile", "/logout", &[]).await;
    assert_eq!(next(&mut stream).await, None);
}

#[tokio::test]
async fn one_agent_cannot_take_all_the_streams() {
    let shop = Shop::new();
    let agent = shop.add_agent("jules@shop.test", Role::Agent);
    let mut browser = shop.browser_of(agent);
    let mut streams = Vec::new();
    for _ in 0..8 {
        streams.push(open(&shop, &browser).await);
    }
    assert_eq!(browser.get("/live").await.status, StatusCode::TOO_MANY_REQUESTS);
    drop(streams);
    timeout(Duration::from_secs(5), async {
        while browser.get("/live").await.status != StatusCode::OK {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("places are given back");
}
