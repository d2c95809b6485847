//! Mail of strangers on our pages, in numbers: nasty strings, polyglots, hostile names (P38, P50, P51).

use super::desk_screens::{JULES, mail, with_file};
use super::nasty::{every, strings};
use super::*;
use crate::conversation::message;

pub fn word(text: &str) -> String {
    format!("=?utf-8?B?{}?=", data_encoding::BASE64.encode(text.as_bytes()))
}

#[tokio::test]
async fn p38_nasty_strings_go_through_list_view_search_and_reply_whole() {
    let (shop, mailbox) = Shop::with_mailbox();
    let mut jules = shop.signed_in(JULES).await;
    for (n, odd) in every(6).iter().enumerate() {
        let raw = mail(
            &format!("{} <m{n}@example.test>", word(odd)),
            &format!("m{n}"),
            &word(&format!("begin {odd} endsubject{n}")),
            "",
            &format!("{odd}\n\nendtext{n}"),
        );
        let (id, seen) = shop.receive(mailbox, &raw);
        let page = format!("/conversations/{id}");
        let query = encoded(&[("q", odd)]);
        for path in ["/inbox".to_owned(), page.clone(), format!("/search?{query}"), format!("/leads?{query}"), format!("{page}?{query}")] {
            let answer = jules.get(&path).await;
            assert_eq!(answer.status, StatusCode::OK, "{odd:?} {path}");
            for runs in ["<script>alert", "<img src=x", "<svg/onload"] {
                assert!(!answer.body.contains(runs), "{odd:?} {path}");
            }
            // A letter of a book's length is cut on the page, and the page says so.
            let whole = answer.body.contains(&format!("endtext{n}")) || (odd.len() > 20_000 && answer.body.contains("The letter goes on"));
            assert!(path != page || whole, "{odd:?}: the end of the text is missing");
        }
        let stored = shop.read(|c| message::find(c, seen)).unwrap();
        assert!(stored.subject.ends_with(&format!("endsubject{n}")) && stored.new_text.ends_with(&format!("endtext{n}")), "{odd:?}: {stored:?}");
        let text = format!("{odd} endreply{n}");
        let fields = [("kind", "reply"), ("to", &format!("m{n}@example.test")), ("text", &text), ("seen", &seen.to_string()), ("then", "wait")];
        let sent = jules.submit(&page, &format!("{page}/replies"), &fields).await;
        let placeholder = odd.contains("{{name}}");
        assert_eq!(sent.status, if placeholder { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::SEE_OTHER }, "{odd:?}: {}", sent.body);
        let newest = shop.read(|c| message::of_conversation(c, id)).pop().unwrap();
        assert!(placeholder || newest.new_text.ends_with(&format!("endreply{n}")), "{odd:?}: {:?}", newest.new_text);
        let raw = newest.raw_hash.map(|hash| shop.state.blobs.get(hash).unwrap()).unwrap();
        assert!(placeholder || crate::email::read(&raw).text.contains(&format!("endreply{n}")), "{odd:?}: what leaves is cut");
    }
}

/// First bytes that say one thing, and what follows that says another.
const HEADS: &[&[u8]] = &[
    b"GIF89a",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff\xe0",
    b"RIFF\x24\0\0\0WEBPVP8 ",
    b"%PDF-1.7\n",
    b"PK\x03\x04",
    b"BM",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"<!--",
];
const TAILS: &[&str] = &[
    "<script>alert(1)</script>",
    "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "/**/=1;alert(1)//",
    "<html><body onload=alert(1)>",
    "<?xml version='1.0'?><?xml-stylesheet href='javascript:alert(1)'?><x/>",
];
const SAID: &[&str] = &[
    "text/html",
    "image/svg+xml",
    "image/png",
    "image/gif",
    "text/xml",
    "application/xhtml+xml",
    "text/javascript",
    "application/pdf",
    "image/jpeg;x=\\\"y",
    "x",
];
const OURS: &[&str] = &[
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "application/pdf",
    "application/zip",
    "text/plain; charset=utf-8",
    "text/csv; charset=utf-8",
    "message/rfc822",
    "application/octet-stream",
];

#[tokio::test]
async fn p50_fifty_polyglots_are_saved_or_are_pictures_and_never_pages() {
    let (shop, mailbox) = Shop::with_mailbox();
    let mut jules = shop.signed_in(JULES).await;
    let mut made = 0;
    for head in HEADS {
        for tail in TAILS {
            made += 1;
            let kind = SAID[made % SAID.len()];
            let bytes = [head, tail.as_bytes()].concat();
            let raw = with_file(&format!("poly{made}.{}", ["png", "html", "svg", "gif"][made % 4]), kind, &data_encoding::BASE64.encode(&bytes));
            shop.receive(mailbox, &raw.replace("<file@", &format!("<file{made}@")));
            for way in ["", "/inline", "/thumbnail"] {
                let answer = jules.get(&format!("/attachments/{made}{way}")).await;
                let what = format!("{head:?} {tail} said to be {kind}{way}: {:?}", answer.headers);
                if answer.status == StatusCode::NOT_FOUND && way == "/thumbnail" {
                    continue;
                }
                assert_eq!(answer.status, StatusCode::OK, "{what}");
                let (shown, saved) = (answer.header("content-type"), answer.header("content-disposition").starts_with("attachment; "));
                assert!(OURS.contains(&shown), "{what}");
                assert!(saved || (shown.starts_with("image/") && !shown.contains("svg")), "{what}");
                assert!(saved || !way.is_empty(), "{what}");
                assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
                let policy = answer.header("content-security-policy");
                assert!(policy.contains("default-src 'none'") && policy.contains("sandbox") && !policy.contains("allow"), "{what}");
            }
        }
    }
    assert_eq!(made, 50);
}

#[tokio::test]
async fn p51_hostile_names_are_one_header_line_and_never_a_file() {
    const ODD: &[&str] = &[
        "../../../etc/passwd",
        "..\\..\\x",
        "/etc/shadow",
        "\u{200B}.htaccess",
        "CON",
        "aux.txt",
        ".",
        "..",
        "a\u{0}.png",
        "\u{202E}gpj.exe",
        "~/.ssh/id",
        "a;b=c",
        "a\"b",
        "%2e%2e%2f",
    ];
    let long = "x".repeat(4_096);
    let mut names: Vec<String> = strings();
    names.extend(strings().iter().map(|name| format!("../{name}.htaccess")));
    names.extend(ODD.iter().map(|name| (*name).to_owned()).chain([long]));
    assert!(names.len() >= 1_000);
    for name in &names {
        let header = crate::web::attachments::disposition("attachment", name);
        let line = header.to_str().expect("visible ASCII");
        let file = line.strip_prefix("attachment; filename=\"").and_then(|rest| rest.split_once("\"; filename*=UTF-8''")).expect("RFC 6266");
        let plain = |text: &str, more: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
        assert!(plain(file.0, " .-_()+") && plain(file.1, ".-_%") && !file.0.starts_with('.') && !file.1.starts_with('.'), "{name:?}: {line}");
        assert!(!file.0.is_empty() && line.len() < 2_500, "{name:?}: {line}");
    }
    let (shop, mailbox) = Shop::with_mailbox();
    let mut jules = shop.signed_in(JULES).await;
    let step = if std::env::var_os("RESTANTE_FULL").is_some() { 1 } else { 10 };
    for (n, name) in names.iter().step_by(step).enumerate() {
        shop.receive(mailbox, &with_file(&word(name), "text/plain", "aGVsbG8=").replace("<file@", &format!("<file{n}@")));
        let answer = jules.get(&format!("/attachments/{}", n + 1)).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "hello"), "{name:?}");
    }
    let mut folders = vec![shop.folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let (path, file) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            let below_blobs = path.strip_prefix(shop.folder.path()).unwrap().starts_with("blobs");
            assert!(!below_blobs || file == "blobs" || file.chars().all(|c| c.is_ascii_hexdigit()), "{path:?}");
            assert!(file.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c)) && !file.contains("htaccess"), "{path:?}");
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
}
