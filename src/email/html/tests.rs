//! The sanitiser against the attacks that mail really carries, and against itself.

use super::{Pictures, has_remote_pictures, safe};
use proptest::prelude::*;

fn cleaned(html: &str) -> String {
    safe(html, &Pictures::default()).as_str().to_owned()
}

#[test]
fn nothing_that_runs_or_reaches_out_survives() {
    for html in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href=\"java\nscript:alert(1)\">x</a>",
        "<a href=\"&#106;avascript:alert(1)\">x</a>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
        "<iframe src=//x></iframe><object data=x></object><embed src=x>",
        "<form action=//x><input name=a><button>b</button></form>",
        "<meta http-equiv=refresh content='0;url=//x'><base href=//x><link rel=stylesheet href=//x>",
        "<div style=\"background:url(//x)\" class=c id=i>",
        "<img src=\"http://tracker.example/x.gif\"><img srcset=\"//x 1x\"><table background=//x>",
        "<img src=\"data:image/svg+xml,<svg onload=alert(1)>\">",
        "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<video src=//x poster=//x></video><audio src=//x></audio>",
    ] {
        let out = cleaned(html).to_lowercase();
        for bad in [
            "script", "onerror", "onload", "<svg", "<math", "<iframe", "<object", "<embed", "<form", "<input", "<meta", "<base", "<link", "url(", "class=",
            "id=", "//x", "tracker", "srcset", "data:",
        ] {
            assert!(!out.contains(bad), "{bad} in {out} from {html}");
        }
    }
}

#[test]
fn what_makes_a_mail_look_right_survives() {
    let html = "<table width=\"600\" bgcolor=\"#ffffff\"><tbody><tr><td style=\"color:red;padding:4px\">Hi <b>you</b></td></tr></tbody></table>";
    assert_eq!(cleaned(html), html);
    assert_eq!(cleaned("<a href=https://x.example/>x</a>"), "<a href=\"https://x.example/\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">x</a>");
}

#[test]
fn inline_pictures_come_from_us_and_remote_ones_on_request() {
    let html = "<img src=\"cid:logo@x\" alt=\"logo\"><img src=\"https://x.example/p.png\" alt=\"p\"><img src=\"/our/own\">";
    let pictures = Pictures { remote: false, inline: vec![("logo@x".into(), "/messages/1/attachments/0".into())] };
    let once = safe(html, &pictures);
    assert_eq!(once.as_str(), "<img src=\"/messages/1/attachments/0\" alt=\"logo\"><img alt=\"p\"><img>");
    assert_eq!(safe(once.as_str(), &pictures), once);
    assert!(safe(html, &Pictures { remote: true, ..pictures }).as_str().contains("https://x.example/p.png"));
    assert!(has_remote_pictures(html) && !has_remote_pictures("<img src=cid:x>http://x"));
}

fn text(html: &str) -> String {
    super::to_text(html)
}

#[test]
fn html_reads_like_the_page_looks() {
    for (html, meant) in [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>a<br></div><div><br></div><div>b</div>", "a\n\nb"),
        ("a<br>b &amp; c&nbsp;d", "a\nb & c d"),
        ("<ul><li>one</li><li>two<ol><li>x</ol></ul>", "- one\n- two\n  1. x"),
        ("<table><tr><td>Print</td><td>40 €</td></tr><tr><td>Frame</td></tr></table>", "Print  40 €\nFrame"),
        ("<head><title>t</title><style>p{}</style></head><body>x<script>y</script></body>", "x"),
        ("<a href='https://shop.example/x'>our shop</a>!", "our shop <https://shop.example/x>!"),
        ("<a href='https://x.y'>https://x.y</a>", "https://x.y"),
        ("On Monday Bob wrote:<blockquote>one<br>two<blockquote>three</blockquote></blockquote>four", "On Monday Bob wrote:\n> one\n> two\n>> three\n\nfour"),
        ("1 < 2 and <!-- hidden --> 3", "1 < 2 and 3"),
        ("<span style='display:none'>secret</span>seen", "seen"),
        ("<div style='display:none'>never closed", "never closed"),
        ("<img alt='logo' src=x>", "logo"),
        ("<pre>a\n  b</pre>", "a\n  b"),
    ] {
        assert_eq!(text(html), meant, "{html}");
    }
}

#[test]
fn deep_and_endless_html_costs_little() {
    let deep = "<blockquote type=cite>x".repeat(50_000);
    assert!(text(&deep).len() < 20 * 50_000);
    assert_eq!(text(&"<".repeat(100_000)).len(), 100_000);
    assert_eq!(text(&"<a ".repeat(100_000)), "");
}

/// P35.
#[test]
fn p35_html_bombs_are_shown_as_text_at_once() {
    let nested = format!("{}hello", "<div>".repeat(100_000));
    let attributes = format!("<p {}>hello", "a=1 ".repeat(250_000));
    let style = format!("<style>{}</style>hello", "p{color:red}".repeat(1_700_000));
    let fonts = format!("{}hello", (0..5_000).map(|n| format!("<font size={n}>")).collect::<String>());
    let repeated = format!("{}{}", (0..190).map(|n| format!("<p><font color={n}>")).collect::<String>(), "<p>".repeat(15_000)) + "hello";
    for html in [nested, attributes, style, fonts, repeated] {
        // Text in its place, and quickly: a parser given these would still be at work when the test runner gives up.
        assert!(cleaned(&html).len() < 100);
    }
}

/// P53: only four schemes lead anywhere.
#[test]
fn p53_links_lead_to_the_web_a_mail_or_a_telephone() {
    const OTHERS: &str = "javascript vbscript data file ftp ftps sftp ssh telnet gopher ws wss about blob filesystem view-source chrome chrome-extension \
        moz-extension resource jar feed mid cid sms smsto skype callto facetime facetime-audio tg whatsapp intent android-app itms itms-services ms-settings \
        ms-word ms-excel ms-msdt search-ms ms-officecmd shell res mhtml steam vscode slack zoommtg magnet bitcoin ldap ldaps dict imap nntp news smb nfs afp \
        webcal x-apple.systempreferences livescript mocha unknown h http:javascript httpx https+x";
    let others: Vec<&str> = OTHERS.split_whitespace().collect();
    assert!(others.len() >= 50);
    for scheme in others {
        for link in [format!("{scheme}:alert(1)"), format!("{scheme}://x.example/"), format!(" {}:x", scheme.to_uppercase()), format!("&#1;{scheme}:x")] {
            let out = cleaned(&format!("<a href=\"{link}\">x</a>"));
            assert!(!out.contains("href"), "{link}: {out}");
            let shown = super::reading(&link.replace("&#1;", "\u{1}"));
            assert!(!shown.as_str().contains("href=\"") || shown.as_str().contains("href=\"http"), "{link}: {}", shown.as_str());
        }
    }
    for link in ["http://x.example/", "https://x.example/?a=b#c", "mailto:a@x.example", "tel:+4612345"] {
        let out = cleaned(&format!("<a href=\"{link}\" target=_top rel=opener ping=//x>x</a>"));
        assert_eq!(out, format!("<a href=\"{link}\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">x</a>"));
    }
}

/// P49 wants 100,000.
fn cases() -> u32 {
    if std::env::var_os("RESTANTE_FULL").is_some() { 100_000 } else { 256 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    /// P49, on strings made of what parsers stumble over.
    #[test]
    fn p49_cleaning_twice_is_cleaning_once(pieces in prop::collection::vec(piece(), 0..30)) {
        let html = pieces.concat();
        for pictures in [Pictures::default(), Pictures { remote: true, inline: vec![("a".into(), "/a".into())] }] {
            let once = safe(&html, &pictures);
            prop_assert_eq!(safe(once.as_str(), &pictures), once);
        }
    }
}

fn piece() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "<p>",
        "</p>",
        "<a href=x>",
        "<a href='http://x'>",
        "</a>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<b>",
        "</b>",
        "<i>",
        "<pre>\n\n",
        "</pre>",
        "<svg>",
        "</svg>",
        "<math>",
        "<style>",
        "</style>",
        "<img src=cid:a>",
        "<img src=/a alt='<b>'>",
        "<ul><li>",
        "</ul>",
        "<form>",
        "<select>",
        "<option>",
        "<title>",
        "</title>",
        "<textarea>",
        "<!--",
        "-->",
        "<font color=red>",
        "&lt;",
        "&amp;lt;",
        "&nbsp;",
        "\0",
        "\n",
        " ",
        "text",
        "<div style='color:red;x'>",
        "</div>",
        "<h1>",
        "<h2>",
        "<blockquote>",
        "<noscript>",
        "<template>",
        "<iframe>",
        "<plaintext>",
        "<caption>",
        "<col>",
        "<br>",
        "</br>",
        "<hr>",
    ]);
    prop_oneof![4 => fixed.prop_map(str::to_owned), 1 => "[ -~äß🙂<>&\"']{0,8}"]
}
