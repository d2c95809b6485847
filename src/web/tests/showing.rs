//! Mail of strangers on our pages: frames, files, names, links (PROMISES F).

use super::desk_screens::{JULES, mail, with_file};
use super::*;

const HTML_MAIL: &str = "From: Mara <mara@example.test>\nTo: support@shop.test\nSubject: Look\nMessage-ID: <html@example.test>\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html; charset=utf-8\n\n<p onclick=alert(1)>Hello</p><script>alert(1)</script><img src=\"cid:pic@x\"><img src=\"https://evil.test/track.gif\"><a href=\"javascript:alert(1)\">x</a><a href=\"https://example.test/\">y</a>\n--b\nContent-Type: image/png\nContent-ID: <pic@x>\nContent-Disposition: inline; filename=pic.png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==\n--b--\n";

#[tokio::test]
async fn p46_their_html_stands_in_a_frame_without_scripts_or_origin() {
    let (shop, mailbox) = Shop::with_mailbox();
    let (id, message) = shop.receive(mailbox, HTML_MAIL);
    let mut jules = shop.signed_in(JULES).await;
    let ours = jules.get(&format!("/conversations/{id}")).await.body;
    assert!(!ours.contains("<iframe"), "our reading comes first");
    let theirs = jules.get(&format!("/conversations/{id}?theirs={message}")).await.body;
    assert!(theirs.contains(&format!("src=\"/messages/{message}/html\" sandbox=\"allow-popups allow-popups-to-escape-sandbox\"")), "{theirs}");
    let frame = jules.get(&format!("/messages/{message}/html")).await;
    assert_eq!(frame.status, StatusCode::OK);
    let policy = frame.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; ") && policy.ends_with("; sandbox allow-popups allow-popups-to-escape-sandbox"), "{policy}");
    assert!(policy.contains("img-src 'self' data:;") && !policy.contains("allow-same-origin") && !policy.contains("script"), "{policy}");
    assert_eq!((frame.header("x-frame-options"), frame.header("x-content-type-options")), ("SAMEORIGIN", "nosniff"));
    for gone in ["<script", "onclick", "javascript:", "evil.test", "cid:"] {
        assert!(!frame.body.contains(gone), "{gone}: {}", frame.body);
    }
    let picture = frame.body.split("src=\"/pictures/").nth(1).expect("the inline picture").split('"').next().unwrap();
    let mut nobody = shop.browser();
    let answer = nobody.get(&format!("/pictures/{picture}")).await;
    assert_eq!((answer.status, answer.header("content-type"), answer.header("cross-origin-resource-policy")), (StatusCode::OK, "image/png", "cross-origin"));
    assert!(answer.header("content-security-policy").contains("sandbox"));
    let forged = picture.rsplit_once('/').unwrap().0.to_owned() + "/AAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(nobody.get(&format!("/pictures/{forged}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(nobody.get(&format!("/messages/{message}/html")).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn p47_remote_pictures_come_only_when_asked_for() {
    let (shop, mailbox) = Shop::with_mailbox();
    let (id, message) = shop.receive(mailbox, HTML_MAIL);
    let mut jules = shop.signed_in(JULES).await;
    let page = jules.get(&format!("/conversations/{id}?theirs={message}&pictures=remote")).await.body;
    assert!(page.contains(&format!("/messages/{message}/html?pictures=remote")));
    let frame = jules.get(&format!("/messages/{message}/html?pictures=remote")).await;
    assert!(frame.header("content-security-policy").contains("img-src 'self' data: https: http:;"));
    assert!(frame.body.contains("https://evil.test/track.gif"));
    assert_eq!(frame.header("referrer-policy"), "no-referrer");
}

#[tokio::test]
async fn p50_attachments_are_saved_and_never_run() {
    for (name, kind) in
        [("page.html", "text/html"), ("drawing.svg", "image/svg+xml"), ("fake.png", "image/png"), ("app.js", "text/javascript"), ("x.pdf", "application/pdf")]
    {
        let (shop, mailbox) = Shop::with_mailbox();
        // <script>alert(1)</script>
        shop.receive(mailbox, &with_file(name, kind, "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="));
        let mut jules = shop.signed_in(JULES).await;
        for way in ["", "/inline"] {
            let answer = jules.get(&format!("/attachments/1{way}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{name}");
            assert!(answer.header("content-disposition").starts_with("attachment; "), "{name}{way}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert!(answer.header("content-security-policy").contains("sandbox"));
            assert!(!["text/html", "image/svg+xml", "text/javascript"].contains(&answer.header("content-type")), "{name}: {}", answer.header("content-type"));
        }
        assert_eq!(jules.get("/attachments/1/thumbnail").await.status, StatusCode::NOT_FOUND, "{name} is no picture");
    }
}

#[tokio::test]
async fn a_phones_heic_is_shown_as_a_jpeg_and_saved_as_it_came() {
    let heic = include_bytes!("../../../tests/fixtures/photo.heic");
    for (name, kind) in [("IMG_2041.HEIC", "image/heic"), ("IMG_2042.heic", "application/octet-stream")] {
        let (shop, mailbox) = Shop::with_mailbox();
        let (id, _) = shop.receive(mailbox, &with_file(name, kind, &data_encoding::BASE64.encode(heic)));
        let mut jules = shop.signed_in(JULES).await;
        assert!(jules.get(&format!("/conversations/{id}")).await.body.contains("/attachments/1/thumbnail"));
        for way in ["/inline", "/thumbnail"] {
            let shown = jules.get(&format!("/attachments/1{way}")).await;
            assert_eq!((shown.status, shown.header("content-type")), (StatusCode::OK, "image/jpeg"), "{name}{way}");
        }
        assert!(jules.get("/attachments/1").await.header("content-disposition").starts_with("attachment; "));
    }
}

#[tokio::test]
async fn p66_a_heic_that_takes_its_time_keeps_no_other_picture_waiting() {
    let (begun, has_begun) = std::sync::mpsc::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let mut state = Shop::new().state.clone();
    state.decode = std::sync::Arc::new(move |bytes: &[u8]| {
        if !crate::web::is_heic(bytes) {
            return crate::commands::picture::decode(bytes);
        }
        begun.send(()).unwrap();
        released.lock().unwrap().recv().ok();
        None
    });
    let heic = include_bytes!("../../../tests/fixtures/photo.heic").to_vec();
    let slow = tokio::spawn({
        let state = state.clone();
        async move { crate::web::pictures::remade(&state, heic).await }
    });
    tokio::task::spawn_blocking(move || has_begun.recv().unwrap()).await.unwrap();
    let gif = b"GIF89a\x01\0\x01\0\x80\0\0\xff\0\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;".to_vec();
    assert!(matches!(crate::web::pictures::remade(&state, gif).await, Ok(Some(_))));
    release.send(()).unwrap();
    assert!(matches!(slow.await.unwrap(), Ok(None)));
}

#[tokio::test]
async fn p51_a_hostile_name_is_one_header_line_and_never_a_file() {
    for name in ["../../../etc/passwd", "C:\\\\evil.exe", "=?utf-8?q?a=0D=0ASet-Cookie:_x=3D1?=", "=?utf-8?q?=E2=80=AEgpj.exe?=", "CON", "=00nul.txt"] {
        let (shop, mailbox) = Shop::with_mailbox();
        let (id, _) = shop.receive(mailbox, &with_file(name, "text/plain", "aGVsbG8="));
        let mut jules = shop.signed_in(JULES).await;
        let answer = jules.get("/attachments/1").await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "hello"), "{name}");
        let disposition = answer.header("content-disposition");
        assert!(
            !disposition.contains(['/', '\\', '\r', '\n']) && answer.headers.get_all("set-cookie").iter().all(|c| !c.to_str().unwrap().starts_with("x=")),
            "{disposition}"
        );
        assert_eq!(jules.get(&format!("/conversations/{id}")).await.status, StatusCode::OK);
        for entry in std::fs::read_dir(shop.folder.path().join("blobs")).unwrap() {
            assert!(entry.unwrap().file_name().to_string_lossy().chars().all(|c| c.is_ascii_hexdigit()));
        }
    }
}

#[tokio::test]
async fn p52_the_real_address_stands_beside_a_name_that_pretends() {
    let (shop, mailbox) = Shop::with_mailbox();
    let (id, _) = shop.receive(mailbox, &mail("=?utf-8?q?support=40shop=2Etest=E2=80=AE?= <evil@xn--pple-43d.test>", "one", "Hi", "", "Hi"));
    let mut jules = shop.signed_in(JULES).await;
    let shown = jules.get(&format!("/conversations/{id}")).await.body;
    let message = shown.split("<article class=\"message").nth(1).unwrap();
    assert!(message.contains("<bdi>evil@xn--pple-43d.test</bdi>") && message.contains("look twice"), "{message}");
    assert!(!shown.contains('\u{202E}'), "no direction is left to work");
}

#[tokio::test]
async fn p53_links_of_a_letter_lead_to_the_web_or_nowhere() {
    let (shop, mailbox) = Shop::with_mailbox();
    let (id, message) = shop.receive(mailbox, HTML_MAIL);
    let mut jules = shop.signed_in(JULES).await;
    let frame = jules.get(&format!("/messages/{message}/html")).await.body;
    assert!(frame.contains("href=\"https://example.test/\"") && frame.contains("noopener noreferrer"), "{frame}");
    let (plain, _) = shop.mail(mailbox, "two", "Links", "javascript:alert(1) data:text/html,x https://example.test/a?b=1 file:///etc");
    for page in [id, plain] {
        let body = jules.get(&format!("/conversations/{page}")).await.body;
        for bad in ["href=\"javascript", "href=\"data:", "href=\"file"] {
            assert!(!body.contains(bad), "{bad}");
        }
    }
}

#[tokio::test]
async fn p38_no_name_subject_or_text_makes_a_fault() {
    let (shop, mailbox) = Shop::with_mailbox();
    let mut jules = shop.signed_in(JULES).await;
    let hostile = [
        "",
        "\u{0}",
        "<script>alert(1)</script>",
        "{{name}}",
        "%s%n",
        "'; DROP TABLE message;--",
        "\u{202E}abc",
        "👩‍🎨🏳️‍🌈",
        "Z̸̡a̛l͟g̨o",
        "ﷺ",
        "\u{FEFF}",
        "../../",
        "a\u{0}b",
        "日本語テスト",
    ];
    for (n, odd) in hostile.iter().enumerate() {
        let (id, _) = shop.receive(mailbox, &mail(&format!("{odd} <m{n}@example.test>"), &format!("m{n}"), odd, "", odd));
        for page in [
            format!("/conversations/{id}"),
            format!("/search?q={}", encoded(&[("", odd)]).trim_start_matches('=')),
            format!("/leads?q={}", encoded(&[("", odd)]).trim_start_matches('=')),
        ] {
            let answer = jules.get(&page).await;
            assert_eq!(answer.status, StatusCode::OK, "{odd:?} {page}");
            assert!(!answer.body.contains("<script>alert"), "{odd:?}");
        }
    }
    assert_eq!(jules.get("/inbox").await.status, StatusCode::OK);
}

#[tokio::test]
async fn p43_verified_is_shown_only_for_our_own_servers_word() {
    let (shop, mailbox) = Shop::with_mailbox();
    let more = "Authentication-Results: mx.evil.test; dmarc=pass header.from=example.test\n";
    let (id, _) = shop.receive(mailbox, &mail("Mara <mara@example.test>", "one", "Hi", more, "Hi"));
    let mut jules = shop.signed_in(JULES).await;
    assert!(!jules.get(&format!("/conversations/{id}")).await.body.contains("verified sender"));
    shop.state
        .db
        .write(move |tx| {
            let mut account = crate::account::find(tx, mailbox)?.unwrap();
            account.authserv_id = Some("mx.evil.test".into());
            crate::account::update(tx, &account)
        })
        .unwrap();
    assert!(jules.get(&format!("/conversations/{id}")).await.body.contains("verified sender"));
}

#[tokio::test]
async fn a_page_stays_small_and_older_messages_come_on_request() {
    let (shop, mailbox) = Shop::with_mailbox();
    let (id, _) = shop.mail(mailbox, "m0", "Long", "Begin");
    for n in 1..60 {
        let more = format!("In-Reply-To: <m{}@example.test>\n", n - 1);
        shop.receive(mailbox, &mail("Mara Okafor <mara@example.test>", &format!("m{n}"), "Re: Long", &more, &"word ".repeat(60)));
    }
    let mut jules = shop.signed_in(JULES).await;
    let shown = jules.get(&format!("/conversations/{id}")).await.body;
    assert!(shown.contains("Show 20 earlier messages") && shown.len() < 100_000, "{} bytes", shown.len());
}
