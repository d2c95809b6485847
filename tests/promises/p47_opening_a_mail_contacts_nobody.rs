//! P47: opening a mail contacts nobody, in either reading of it; and P46's exact strings on the wire. A canary listens on
//! loopback, and a hostile mail tries every way that is known to make a browser call it.

use crate::stories::agent_at_work::Agent;
use crate::support::visitor::attribute_values;
use crate::support::{Browser, Canary, Shop, Wire, eventually, look_for, unique};
use std::time::Duration;

/// `@` is the canary's address.
const VECTORS: &[&str] = &[
    "<img src=\"@/img\">",
    "<img srcset=\"@/srcset 2x\">",
    "<img src=x style=\"background:url(@/style)\">",
    "<IMG SRC=//@h/scheme-relative>",
    "<img src=\"\thttp&#58;//@h/entity\">",
    "<img lowsrc=\"@/lowsrc\" dynsrc=\"@/dynsrc\">",
    "<picture><source srcset=\"@/picture\"><img src=x></picture>",
    "<video src=\"@/video\" poster=\"@/poster\" autoplay></video>",
    "<audio src=\"@/audio\" autoplay></audio>",
    "<video><source src=\"@/source\"><track src=\"@/track\" default></video>",
    "<input type=image src=\"@/input\">",
    "<body background=\"@/body\">",
    "<table background=\"@/table\"><tr><td background=\"@/td\">x</table>",
    "<link rel=stylesheet href=\"@/link\">",
    "<link rel=prefetch href=\"@/prefetch\"><link rel=preload as=image href=\"@/preload\"><link rel=dns-prefetch href=\"@/dns\">",
    "<link rel=icon href=\"@/icon\"><link rel=manifest href=\"@/manifest\"><link rel=modulepreload href=\"@/module\">",
    "<style>@import url(@/import);</style>",
    "<style>@font-face{font-family:f;src:url(@/font)} *{font-family:f}</style>",
    "<style>:root{--x:url(@/var)} body{background:var(--x)} li{list-style-image:url(@/list)}</style><ul><li>x</ul>",
    "<style>*{background:image-set('@/set' 1x);cursor:url(@/cursor),auto;content:url(@/content)}</style>",
    "<div style=\"background-image:url('@/div')\">x</div>",
    "<div style=\"background:\\75\\72\\6c(@/escaped)\">x</div>",
    "<div style=\"border-image:url(@/border) 1;mask:url(@/mask);filter:url(@/filter#f)\">x</div>",
    "<meta http-equiv=refresh content=\"0;url=@/refresh\">",
    "<base href=\"@/base/\"><img src=relative>",
    "<iframe src=\"@/iframe\"></iframe><iframe srcdoc=\"<img src='@/srcdoc'>\"></iframe>",
    "<object data=\"@/object\"></object><embed src=\"@/embed\">",
    "<applet code=x archive=\"@/applet\"></applet>",
    "<svg><image href=\"@/svg\"/><use href=\"@/use#x\"/><feImage href=\"@/fe\"/></svg>",
    "<svg><style>@import '@/svgimport';</style><rect fill=\"url(@/fill#a)\" width=9 height=9 /></svg>",
    "<svg><image xlink:href=\"@/xlink\"/><animate attributeName=href values=\"@/animate\"/></svg>",
    "<math><maction actiontype=statusline xlink:href=\"@/math\">x</maction></math>",
    "<form action=\"@/form\"><button autofocus formaction=\"@/formaction\">go</button></form>",
    "<a href=\"@/a\" ping=\"@/ping\" autofocus>a link</a>",
    "<img src=\"cid:x\" onerror=\"fetch('@/onerror')\">",
    "<script src=\"@/script\"></script><script>fetch('@/fetch');new Image().src='@/js'</script>",
    "<noscript><img src=\"@/noscript\"></noscript><template><img src=\"@/template\"></template>",
    "<!--[if mso]><img src=\"@/mso\"><![endif]--><![CDATA[<img src=\"@/cdata\">]]>",
    "<p title=\"</p><img src=@/broken>\">x",
    "<noembed><img src=\"@/noembed\"></noembed><xmp><img src=\"@/xmp\"></xmp><portal src=\"@/portal\"></portal>",
];

fn hostile(canary: &Canary) -> String {
    let host = format!("127.0.0.1:{}", canary.port);
    let at = |vector: &&str| {
        vector
            .replace("@import", "\u{1}")
            .replace("@font-face", "\u{2}")
            .replace("//@h", &format!("//{host}"))
            .replace('@', &format!("http://{host}"))
            .replace('\u{1}', "@import")
            .replace('\u{2}', "@font-face")
    };
    VECTORS.iter().map(at).collect::<Vec<_>>().join("\n")
}

#[test]
fn p47_a_hostile_mail_calls_nobody_and_is_framed_as_p46_says() {
    let canary = Canary::start();
    let shop = Shop::open(Wire::Plain);
    let id = format!("{}@example.test", unique("hostile"));
    let mail = format!(
        "From: Mallory <mallory@example.test>\r\nTo: <{}>\r\nSubject: Open me\r\nMessage-ID: <{id}>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
         <html><body><p>Words that can be read</p>{}</body></html>\r\n",
        shop.address,
        hostile(&canary).replace('\n', "\r\n")
    );
    shop.stack.open_box(&shop.address).append("INBOX", mail.as_bytes());
    let conversation = shop.conversation_of(&id);
    let owner = shop.owner();
    let page = owner.get(&format!("/conversations/{conversation}"));

    let browser = Browser::start();
    let agent = Agent { browser: &browser, restante: &shop.restante };
    agent.sign_in();
    agent.open(conversation);
    browser.sees("Words that can be read");
    let theirs = page.links().into_iter().find(|link| link.contains("theirs=") && !link.contains("pictures="));
    let theirs = theirs.unwrap_or_else(|| panic!("the HTML reading is offered nowhere: {:?}", page.links()));
    browser.open(&shop.restante.url(&theirs));
    let framed = owner.get(&theirs);
    p46_frames(&framed.html);
    let frame = attribute_values(framed.html.split("<iframe").nth(1).expect("their reading is framed"), " src=\"").remove(0);
    browser.open(&shop.restante.url(&frame));
    browser.sees("Words that can be read");
    p46_headers(&owner.look(&frame));
    p46_frames(&page.html);
    look_for(Duration::from_secs(2), || (!canary.calls().is_empty()).then_some(()));
    assert_eq!(canary.calls(), Vec::<String>::new());
}

/// Shows that the canary would have been called: the same HTML, as a page that nobody cleaned.
#[test]
fn p47_the_same_html_uncleaned_does_call() {
    let (canary, browser) = (Canary::start(), Browser::start());
    browser.open(&format!("http://127.0.0.1:{}/page", canary.port));
    let before = canary.calls().len();
    let html = serde_json::to_string(&hostile(&canary)).unwrap();
    browser.run(&format!("document.open(); document.write({html}); document.close();"));
    eventually("many of the vectors call", || (canary.calls().len() > before + 15).then_some(()));
}

/// The document of a mail: sandboxed by its own header, whoever opens it.
fn p46_headers(page: &crate::support::visitor::Page) {
    let policy = page.header("content-security-policy");
    assert_eq!(page.status, 200);
    let sandbox = policy.split(';').find_map(|part| part.trim().strip_prefix("sandbox")).unwrap_or_else(|| panic!("no sandbox: {policy}"));
    assert!(!sandbox.contains("script") && !sandbox.contains("same-origin"), "{policy}");
    assert!(policy.contains("default-src 'none'"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
}

/// Every frame on a page is sandboxed without scripts and without our origin.
fn p46_frames(html: &str) {
    for frame in html.split("<iframe").skip(1) {
        let tag = format!(" {}", frame.split('>').next().unwrap_or_default());
        let sandbox = attribute_values(&tag, " sandbox=\"");
        assert!(sandbox.len() == 1 || tag.trim_end().ends_with(" sandbox"), "a frame without sandbox: {tag}");
        assert!(sandbox.iter().all(|words| !words.contains("script") && !words.contains("same-origin")), "{tag}");
    }
}
