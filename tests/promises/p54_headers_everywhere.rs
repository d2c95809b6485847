//! P54: the protecting headers stand on every answer: every page that can be reached by links, and every kind of error.

use crate::support::visitor::Page;
use crate::support::{Shop, Visitor, Wire};
use std::collections::BTreeSet;

/// More pages than the product has kinds of; fewer than a loop would make.
const PAGES_MAX: usize = 300;

#[test]
fn p54_every_answer_carries_the_headers_that_protect_it() {
    let shop = Shop::open(Wire::Plain);
    let mail = "From: Mara <mara@example.test>\r\nTo: <shop@shop.test>\r\nSubject: One\r\nMessage-ID: <p54.1@example.test>\r\nMIME-Version: 1.0\r\n\
                Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\
                Content-Disposition: attachment; filename=a.pdf\r\n\r\n%PDF\r\n--b--\r\n";
    shop.stack.open_box(&shop.address).append("INBOX", mail.as_bytes());
    shop.conversation_of("p54.1@example.test");
    let (owner, stranger) = (shop.owner(), Visitor::of(shop.restante.port));

    let mut complaints = Vec::new();
    let seen = crawl(&owner, &mut complaints);
    for page in strange_requests(&shop) {
        complain(&page, &mut complaints);
    }
    for path in seen.iter().take(50) {
        complain(&stranger.look(path), &mut complaints);
    }
    assert!(seen.len() >= 20, "only {seen:?} was reached");
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// Follows links, GET only, from the inbox on.
fn crawl(owner: &Visitor, complaints: &mut Vec<String>) -> BTreeSet<String> {
    let mut waiting = vec!["/".to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(path) = waiting.pop() {
        let endless = path.contains("events") || path.contains("sign-out") || path.contains("live");
        if endless || seen.len() >= PAGES_MAX || !seen.insert(path.clone()) {
            continue;
        }
        let page = owner.look(&path);
        complain(&page, complaints);
        let location = page.header("location").to_owned();
        if page.header("content-type").starts_with("text/html") {
            waiting.extend(page.links());
        }
        waiting.extend(Some(location).filter(|l| l.starts_with('/')));
    }
    seen
}

/// 404, 405, 400, 413, and a POST that nobody may make.
fn strange_requests(shop: &Shop) -> Vec<Page> {
    let http = &shop.owner().http;
    let url = |path: &str| shop.restante.url(path);
    let answers = [
        http.get(url("/nothing-here")).send(),
        http.delete(url("/")).send(),
        http.get(url("/conversations/999999999")).send(),
        http.get(url("/conversations/x")).send(),
        http.get(url("/search?q=%FF%FE&before=%00")).send(),
        http.post(url("/nothing-here")).body("x").send(),
        http.post(url("/")).body(vec![b'x'; 40 << 20]).send(),
    ];
    let page = |answer: reqwest::blocking::Response| Page {
        path: answer.url().path().to_owned(),
        status: answer.status().as_u16(),
        headers: answer.headers().clone(),
        html: String::new(),
    };
    answers.into_iter().flatten().map(page).collect() // a body that is too large may end the connection instead
}

fn complain(page: &Page, complaints: &mut Vec<String>) {
    let mut say = |what: &str| complaints.push(format!("{} ({}): {what}", page.path, page.status));
    let policy = page.header("content-security-policy");
    if !policy.contains("default-src 'none'") && !policy.contains("default-src 'self'") {
        say(&format!("Content-Security-Policy is {policy:?}"));
    }
    if !policy.contains("frame-ancestors") {
        say("no frame-ancestors");
    }
    if policy.contains("unsafe-inline")
        && policy.contains("script-src")
        && policy.split(';').any(|part| part.trim().starts_with("script-src") && part.contains("unsafe"))
    {
        say("scripts are not held back");
    }
    if page.header("x-content-type-options") != "nosniff" {
        say("no nosniff");
    }
    if page.header("referrer-policy").is_empty() {
        say("no Referrer-Policy");
    }
    if !page.path.starts_with("/static/") && !page.header("cache-control").contains("no-store") {
        say(&format!("Cache-Control is {:?}", page.header("cache-control")));
    }
    if page.status >= 500 {
        say("an error of ours");
    }
}
