//! P49 in a real browser: what the sanitiser let pass is read by Chromium as the same tree. Written out by the browser and
//! judged again, it is the same bytes; so nothing that was judged as text becomes an element on its way.

use crate::support::Browser;
use crate::support::stage::{armed, vectors};
use restante::email::html::{Pictures, safe};

/// Everyday HTML of mails beside the vectors: most of those leave little behind.
const PIECES: &[&str] = &[
    "<p>One</p>",
    "<div style=\"color:red\">",
    "</div>",
    "<table><tr><td>",
    "</table>",
    "<b><i>",
    "</b>",
    "<pre>\n\nx",
    "</pre>",
    "<a href=https://x.example/?a=b&c>",
    "</a>",
    "&lt;b&gt; &amp;amp; &nbsp;",
    "<ul><li>x<li>y",
    "</ul>",
    "<img alt='\"<b>\"' src=cid:a>",
    "<blockquote>",
    "<font color=red>",
    "<h1>",
    "<select><option>",
    "<svg><p>",
    "<math><mi>",
    "<template>",
    "<noscript>",
    "<!-- x -->",
    "<textarea>",
    "<title>",
    "<style>",
    "</style>",
    "<caption>",
    "<col>",
    "</p>",
    "</br>",
    "<table><form>",
    "text\u{a0}",
];

#[test]
fn p49_a_browser_reads_the_same_tree_that_was_judged() {
    let count = if std::env::var_os("RESTANTE_FULL").is_some() { 100_000 } else { 2_000 };
    let mixed = (0..count).map(|n: usize| (0..1 + n % 9).map(|k| PIECES[(n * 31 + k * k * 17 + n / 7 * k) % PIECES.len()]).collect::<String>());
    let inputs: Vec<String> = vectors().iter().map(|vector| armed(vector, "x()")).chain(mixed).collect();
    let cleaned: Vec<String> = inputs.iter().map(|html| safe(html, &Pictures::default()).as_str().to_owned()).collect();
    let browser = Browser::start();
    browser.open("about:blank");
    let mut judged = 0;
    for (batch, originals) in cleaned.chunks(500).zip(inputs.chunks(500)) {
        let script = format!("return {}.map(html => new DOMParser().parseFromString(html, 'text/html').body.innerHTML)", serde_json::json!(batch));
        let read = browser.run(&script);
        for ((ours, theirs), original) in batch.iter().zip(read.as_array().expect("the browser read them")).zip(originals) {
            let theirs = theirs.as_str().unwrap();
            assert_eq!(safe(theirs, &Pictures::default()).as_str(), ours, "from {original:?} the browser made {theirs:?}");
            assert_eq!(theirs.matches('<').count(), ours.matches('<').count(), "another tree from {original:?}: {theirs:?} and {ours:?}");
            judged += 1;
        }
    }
    assert_eq!(judged, inputs.len());
}
