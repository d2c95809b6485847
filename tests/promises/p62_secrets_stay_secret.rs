//! P62 and P70 on the real binary at its most talkative: after a day's work with hostile words in every place, no secret
//! stands in the log, the data folder, a backup or a page, and every line of the log is an event of ours.

use crate::support::restante::{OWNER, OWNER_PASSWORD, add_mailbox, add_owner, run};
use crate::support::{MailStack, Restante, Visitor, eventually, mail_stack, ports, unique};
use std::path::Path;

const WRONG_PASSWORD: &str = "canary-wrong-password";
const TOKEN: &str = "canary-token-in-an-address";
const BODY: &str = "canary-of-a-body";
/// What would forge a line or drive a terminal.
const NASTY: &str = "a\r\n2026-11-27T00:00:00.000000Z  INFO forged\u{1b}[31m\u{202e}\u{85}\u{2028}b";

#[test]
fn p62_p70_no_secret_is_written_down_and_every_line_is_an_event() {
    let (stack, folder) = (MailStack::shared(), tempfile::tempdir().unwrap());
    let (data, address) = (folder.path().join("data"), format!("{}@shop.test", unique("quiet")));
    add_owner(&data);
    add_mailbox(&data, &address, &stack.imap_url(&address), &stack.smtp_url(&address), &[]);
    // A mailbox whose server is not there: its failures are logged, too.
    let nowhere = format!("imap://idle%40shop.test@127.0.0.1:{}", ports::free());
    add_mailbox(&data, "idle@shop.test", &nowhere, &nowhere.replace("imap:", "smtp:"), &[]);
    let restante = Restante::serve_talkative(&data, "debug");
    let mut pages = a_day(&restante, &stack, &data, &address);
    let backup = folder.path().join("backup.tar");
    run(&data, &["backup", backup.to_str().unwrap()], "");
    pages.push(run(&data, &["export", "--json"], "").replace(BODY, ""));
    let log = {
        let path = data.with_extension("log");
        restante.stop();
        std::fs::read_to_string(path).unwrap()
    };
    let secrets = [mail_stack::PASSWORD, OWNER_PASSWORD, WRONG_PASSWORD];
    for secret in secrets.iter().flat_map(|s| [(*s).to_owned(), data_encoding::BASE64.encode(s.as_bytes())]) {
        assert!(!log.contains(&secret), "{secret} stands in the log");
        assert!(pages.iter().all(|page| !page.contains(&secret)), "{secret} stands on a page");
        for file in files_below(folder.path()) {
            let bytes = std::fs::read(&file).unwrap();
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} stands in {file:?}");
        }
    }
    for canary in [TOKEN, BODY] {
        assert!(!log.contains(canary), "{canary} stands in the log");
    }
    every_line_is_an_event(&log);
}

/// Sign-ins, refusals, hostile addresses and fields, a mail with hostile words: the pages that came of it.
fn a_day(restante: &Restante, stack: &MailStack, data: &Path, address: &str) -> Vec<String> {
    let stranger = Visitor::of(restante.port);
    let mut form = stranger.get("/").form_with("type=\"password\"");
    for email in [OWNER, "nobody@shop.test", NASTY] {
        form.set("email", email);
        form.set("password", WRONG_PASSWORD);
        stranger.submit(&form);
    }
    let owner = Visitor::owner(restante.port);
    let escaped: String = NASTY.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let mut pages = Vec::new();
    for path in ["/setup/", "/invite/", "/reset/", "/pictures/1/2/", "/nothing/"] {
        pages.push(stranger.look(&format!("{path}{TOKEN}")).html);
        pages.push(owner.look(&format!("{path}{escaped}")).html);
    }
    for path in ["/inbox", "/settings/mailboxes", "/settings/mailboxes/1", "/settings/agents", "/metrics", "/healthz", "/conversations/x"] {
        pages.push(owner.look(path).html);
    }
    pages.push(owner.look(&format!("/search?q={BODY}&x={TOKEN}")).html.replace(BODY, ""));
    pages.push(stranger.look("/inbox").html);
    let refused = owner.http.post(restante.url("/login")).header("origin", "http://evil.test").body(format!("name={BODY}")).send().unwrap();
    pages.push(refused.text().unwrap());
    let word = format!("=?utf-8?B?{}?=", data_encoding::BASE64.encode(NASTY.as_bytes()));
    let id = format!("{}@example.test", unique("nasty"));
    let mail = format!(
        "From: {word} <m@example.test>\r\nTo: <{address}>\r\nSubject: {word}\r\nMessage-ID: <{id}>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; name=\"{word}\"\r\n\r\n{BODY}\r\n"
    );
    stack.open_box(address).append("INBOX", mail.as_bytes());
    let conversation =
        eventually("the mail is a message", || crate::support::shop::question(data, "SELECT conversation_id FROM message WHERE identifier = ?1", &id));
    pages.push(owner.get(&format!("/conversations/{conversation}")).html);
    eventually("the other mailbox fails", || crate::support::shop::question(data, "SELECT 1 FROM mailbox WHERE failing_since IS NOT NULL", ""));
    pages.push(owner.get("/settings/mailboxes").html);
    pages
}

fn every_line_is_an_event(log: &str) {
    let year = |line: &str| line.len() > 27 && line.as_bytes()[4] == b'-' && line.as_bytes()[10] == b'T' && line[..4].bytes().all(|b| b.is_ascii_digit());
    for line in log.lines().filter(|line| !line.starts_with("Restante answers at ") && !line.starts_with("First visit: ")) {
        let level = line.split_whitespace().nth(1).unwrap_or_default();
        assert!(year(line) && ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"].contains(&level), "no event: {line:?}");
        assert!(!line.starts_with("2026-11-27T00:00:00.000000Z"), "forged: {line:?}");
        assert!(!line.chars().any(|c| c.is_control() || matches!(c, '\u{202e}' | '\u{2028}')), "{line:?}");
    }
    for event in ["sign-in refused", "signed in", "a form from another site was refused", "status=401", "status=404", "status=403", "DEBUG"] {
        assert!(log.contains(event), "the log does not say {event:?}");
    }
}

fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    crate::borders::source::walk(folder, &mut |path| files.push(path.to_owned()));
    assert!(files.iter().any(|f| f.ends_with("restante.db")) && files.iter().any(|f| f.ends_with("backup.tar")), "{files:?}");
    files
}
