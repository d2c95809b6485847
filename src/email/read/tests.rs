//! Mails of our own, whole, and bombs.

use crate::email::{Email, attachment_bytes, read};

/// Seconds that this thread has had a processor: other work on the machine does not count.
fn cpu_seconds() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    told.split_whitespace().next().expect("a number").parse::<f64>().expect("nanoseconds") / 1e9
}

fn story(name: &str) -> (Vec<u8>, Email) {
    let path = format!("{}/tests/emails/{name}.eml", env!("CARGO_MANIFEST_DIR"));
    let raw = std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let email = read(&raw);
    (raw, email)
}

#[test]
fn every_attachment_can_be_fetched_by_its_number() {
    let folder = format!("{}/tests/emails", env!("CARGO_MANIFEST_DIR"));
    let folders = [folder.clone(), format!("{folder}/answers")];
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).expect("the folder is in the tree"));
    for path in entries.map(|entry| entry.expect("readable").path()).filter(|path| path.extension().is_some_and(|ending| ending == "eml")) {
        let raw = std::fs::read(path).expect("readable");
        let email = read(&raw);
        for (n, attachment) in email.attachments.iter().enumerate() {
            let bytes = attachment_bytes(&raw, n).unwrap_or_else(|| panic!("{} of {}", attachment.name, email.subject));
            assert_eq!((attachment.part, attachment.bytes), (n, bytes.len()), "{} of {}", attachment.name, email.subject);
            assert!(!attachment.name.is_empty() && !attachment.name.contains(['/', '\\', '\0']));
        }
        assert_eq!(attachment_bytes(&raw, email.attachments.len()), None);
        assert!(!email.text.contains('\0') && !email.subject.contains(char::is_control));
    }
}

#[test]
fn a_photo_by_signature_a_forwarded_mail_and_its_attachment_are_listed() {
    let (_, email) = story("forward-with-photos");
    let listed: Vec<_> = email.attachments.iter().map(|a| (a.name.as_str(), a.content_type.as_str())).collect();
    assert_eq!(listed, [("damage.jpg", "image/jpeg"), ("Broken frame.eml", "message/rfc822"), ("rechnung grün.pdf", "application/pdf")]);
    assert_eq!(email.text, "See the mail below.");
}

#[test]
fn text_of_unknown_charset_and_a_raw_subject_are_read() {
    let (_, email) = story("raw-latin1-without-charset");
    assert_eq!(email.subject, "Größe geändert");
    assert!(email.text.contains("Schöne Grüße"), "{}", email.text);
    assert_eq!(email.from.expect("one").name, "Jörg Müller");
}

#[test]
fn html_alone_is_read_as_text_and_its_history_is_folded() {
    let (_, email) = story("outlook-html-reply");
    assert_eq!(email.new_text, "The large one, please.\n\nAnna");
    assert!(email.text.contains("Which size"));
    assert!(email.attachments[0].inline);
}

#[test]
fn replies_of_other_countries_are_read() {
    let (_, japanese) = story("iso-2022-jp-reply");
    assert_eq!((japanese.from.expect("one").name.as_str(), japanese.subject.as_str()), ("山田", "Re: 注文"));
    assert_eq!((japanese.new_text.as_str(), japanese.language), ("大きい方をお願いします。", Some("ja")));
    let (_, swedish) = story("gmail-reply-swedish");
    assert_eq!(swedish.new_text, "Den stora, tack. Jag ångrar köpet om den inte finns.\n\nMvh\nBjörn");
    assert_eq!((swedish.date, swedish.date_offset), (Some(1_772_528_400_000), 3_600));
}

#[test]
fn answers_between_the_lines_stay_with_what_they_answer() {
    let (_, email) = story("inline-answers");
    assert!(email.new_text.contains("> Which frame?\n\nOak."), "{}", email.new_text);
    assert!(email.new_text.contains("in a very wide hall.") && !email.new_text.contains("Kind regards"), "{}", email.new_text);
}

#[test]
fn a_bounce_knows_whom_it_is_about_and_which_mail() {
    let (_, email) = story("exchange-bounce");
    let bounce = email.bounce.expect("it is one");
    assert_eq!((bounce.recipient.expect("named").as_str(), bounce.status.as_deref()), ("anna.lee@example.com", Some("5.1.10")));
    assert_eq!(bounce.original_message_id.expect("returned").as_str(), "answer-17@lowtide.example");
}

#[test]
fn a_body_line_that_begins_like_the_boundary_stays_text() {
    let (_, email) = story("boundary-prefix-and-no-close");
    assert!(email.text.contains("--b is not the boundary"), "{}", email.text);
    assert_eq!(email.attachments.len(), 1);
    assert_eq!(email.attachments[0].bytes, 10);
}

#[test]
fn two_authors_are_shown_as_a_forgery_may_be() {
    let email = read(b"From: Anna <anna@example.com>\nFrom: Mallory <m@evil.example>\nAuthentication-Results: mx; dmarc=pass\n\nx");
    assert_eq!(email.from.expect("the first").address.as_str(), "anna@example.com");
    assert_eq!(email.authentication.dmarc, None);
    assert!(email.complaints.iter().any(|c| c.contains("several From")));
    assert!(email.no_automatic_answer.is_some());
}

#[test]
fn a_list_of_people_that_is_cut_says_so() {
    let many: String = (0..1_000).map(|n| format!("p{n}@x.example, ")).collect();
    let email = read(format!("From: a@x.example\nTo: {many}\nCc: b@x.example\n\nx").as_bytes());
    assert_eq!(email.to.len(), super::addresses::ADDRESSES_MAX);
    assert_eq!(email.complaints, ["The To field names 500 people or more; those after them are left out."]);
}

#[test]
fn the_same_mail_has_the_same_hash_after_a_server_rewrote_it() {
    let one = read(b"Message-ID: <a@x>\nFrom: a@x\nDate: x\n\nbody").content_hash;
    assert_eq!(one, read(b"Received: by y\nMessage-ID: <a@x>\nDate: x\nFrom: a@x\nX-Spam: no\n\nbody").content_hash);
    assert_ne!(one, read(b"Message-ID: <a@x>\nFrom: a@x\nDate: x\n\nbody!").content_hash);
}

#[test]
fn nothing_at_all_is_read_too() {
    for raw in [
        &b""[..],
        b"\n",
        b"\0\0\0",
        b"x",
        b"From:",
        b"Content-Type: multipart/mixed\n\n",
        b"Content-Type: multipart/mixed; boundary=\n\n--\n--\n",
        b"\xff\xfe\n\n\xff",
    ] {
        let email = read(raw);
        assert!(email.from.is_none());
        assert!(!email.complaints.is_empty());
    }
}

/// P34: each bomb at a fixed price. The limit is for a debug build; a release build takes a tenth.
#[test]
fn p34_mime_bombs_cost_a_fixed_price() {
    let nested = |depth: usize| (0..depth).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")).collect::<String>();
    let messages = "Content-Type: message/rfc822\n\n".repeat(1_000);
    let pieces: String = (0..100_000).map(|n| format!(";\n filename*{n}=x")).collect();
    let bombs: Vec<(&str, String)> = vec![
        ("depth", nested(10_000)),
        ("parts", format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\nx\n".repeat(100_000))),
        ("header lines", "X: y\n".repeat(1_000_000)),
        ("one header", format!("Subject: {}\n\nx", "y".repeat(50_000_000))),
        ("references", format!("References: {}\n\nx", "<a@b> ".repeat(50_000))),
        ("authors", format!("{}\n\nx", "From: a@x\n".repeat(10_000))),
        ("pieces of a name", format!("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment{pieces}\n\nx\n--b--\n")),
        ("mails in mails", messages),
        ("escapes", format!("Content-Type: text/plain; charset=iso-2022-jp\n\n{}", "\x1b$B\x1b(B".repeat(500_000))),
        ("encoded words", format!("Subject: {}\n\nx", "=?utf-8?Q?=?= ".repeat(20_000))),
        ("open words", format!("Subject: {}\n\nx", "=?a".repeat(20_000))),
        ("quotes", format!("\n\n{}", "> > > a\nb\n".repeat(100_000))),
    ];
    for (name, bomb) in bombs {
        let begun = cpu_seconds();
        let email = read(bomb.as_bytes());
        let took = cpu_seconds() - begun;
        assert!(took < 8.0, "{name} took {took} s");
        assert!(email.attachments.len() <= super::parts::PARTS_MAX + 1, "{name}");
        if matches!(name, "depth" | "parts" | "header lines" | "one header" | "mails in mails" | "authors") {
            assert!(email.complaints.iter().any(|c| c.contains("Too complex") || c.contains("several From")), "{name}: {:?}", email.complaints);
        }
    }
}

/// P38: twenty-four charsets, each raw in the body, encoded in the body, and in the subject.
#[test]
fn p38_seventy_two_mails_in_other_charsets_are_read_whole() {
    let western = "Größe à la carte, naïve façade";
    let (russian, greek, hebrew) = ("Где мой заказ? Спасибо", "Πού είναι η παραγγελία μου;", "איפה ההזמנה שלי");
    let charsets = [
        ("utf-8", "Ünïcödé 測試 🙂"),
        ("iso-8859-1", western),
        ("iso-8859-15", "Größe für 5 €, œuvre"),
        ("windows-1252", "“Größe” – 5 €"),
        ("macintosh", western),
        ("iso-8859-2", "Žluťoučký kůň, zażółć"),
        ("windows-1250", "Žluťoučký kůň, zażółć"),
        ("iso-8859-4", "Šiauliai, ģimene"),
        ("windows-1257", "Šiauliai, ģimene"),
        ("iso-8859-5", russian),
        ("windows-1251", russian),
        ("koi8-r", russian),
        ("koi8-u", "Де моє замовлення? Дякую, їжак"),
        ("ibm866", russian),
        ("iso-8859-7", greek),
        ("windows-1253", greek),
        ("iso-8859-9", "Siparişim nerede? Teşekkürler, ığ"),
        ("windows-1255", hebrew),
        ("shift_jis", "注文はどこですか。カタカナ"),
        ("euc-jp", "注文はどこですか。カタカナ"),
        ("iso-2022-jp", "注文はどこですか。カタカナ"),
        ("gb18030", "我的订单在哪里？谢谢𠜎"),
        ("big5", "我的訂單在哪裡？謝謝"),
        ("euc-kr", "제 주문은 어디에 있나요"),
    ];
    for (label, text) in charsets {
        let (bytes, _, lost) = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap().encode(text);
        assert!(!lost, "{label} has no letters for {text}");
        let base64 = data_encoding::BASE64.encode(&bytes);
        let head = format!("From: a@x.example\r\nSubject: =?{label}?B?{base64}?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=\"{label}\"\r\n");
        let raw = read(&[format!("{head}Content-Transfer-Encoding: 8bit\r\n\r\n").as_bytes(), &bytes, b"\r\nthe end\r\n"].concat());
        let encoded = read(format!("{head}Content-Transfer-Encoding: base64\r\n\r\n{base64}\r\n").as_bytes());
        assert_eq!(raw.text.trim(), format!("{text}\nthe end"), "{label}, raw");
        assert_eq!((encoded.text.trim(), encoded.subject.as_str()), (text, text), "{label}, encoded");
    }
}
