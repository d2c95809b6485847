//! P12: TLS or nothing. Whatever is wrong with the server at the other end, no byte of the password reaches it.

use crate::support::fake_mail::{FakeMail, Manner, Speech};
use crate::support::mail_stack::{PASSWORD, make_certificates};
use crate::support::restante::try_run;
use std::path::Path;

const ADDRESS: &str = "support@shop.test";

/// What is wrong: how the server behaves, which certificate it has, whether the owner gave its authority.
const WRONG: &[(&str, Manner, &str, bool)] = &[
    ("expired", Manner::Implicit, "expired", true),
    ("expired, STARTTLS", Manner::StartTls, "expired", true),
    ("made for another host", Manner::Implicit, "wrong_host", true),
    ("made for another host, STARTTLS", Manner::StartTls, "wrong_host", true),
    ("signed by itself", Manner::Implicit, "self_signed", true),
    ("signed by itself, STARTTLS", Manner::StartTls, "self_signed", true),
    ("an unknown authority", Manner::Implicit, "server", false),
    ("an unknown authority, STARTTLS", Manner::StartTls, "server", false),
    ("STARTTLS taken away", Manner::Stripped, "server", true),
    ("words slipped in before TLS", Manner::Injected, "server", true),
];

#[test]
fn p12_no_byte_of_a_password_reaches_a_server_that_cannot_prove_itself() {
    let folder = tempfile::tempdir().unwrap();
    make_certificates(folder.path());
    let mut complaints = Vec::new();
    for (what, manner, certificate, with_ca) in WRONG {
        let imap = FakeMail::start(Speech::Imap, *manner, folder.path(), certificate);
        let smtp = FakeMail::start(Speech::Smtp, *manner, folder.path(), certificate);
        let (passed, words) = check(folder.path(), &imap, &smtp, *manner, *with_ca);
        for (name, server) in [("IMAP", &imap), ("SMTP", &smtp)] {
            if server.heard_password(ADDRESS, PASSWORD) {
                complaints.push(format!("{what}: the {name} server heard the password"));
            }
        }
        if passed || words.trim().len() < 20 {
            complaints.push(format!("{what}: `check` says {words:?}"));
        }
    }
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// Shows that the fake servers would have heard it.
#[test]
fn p12_a_server_that_proves_itself_is_told_the_password() {
    let folder = tempfile::tempdir().unwrap();
    make_certificates(folder.path());
    for manner in [Manner::Implicit, Manner::StartTls] {
        let imap = FakeMail::start(Speech::Imap, manner, folder.path(), "server");
        let smtp = FakeMail::start(Speech::Smtp, manner, folder.path(), "server");
        let (_, words) = check(folder.path(), &imap, &smtp, manner, true);
        assert!(imap.heard_password(ADDRESS, PASSWORD), "{manner:?}, IMAP: {words}");
        assert!(smtp.heard_password(ADDRESS, PASSWORD), "{manner:?}, SMTP: {words}");
    }
}

/// Connects a mailbox to both servers and asks `restante check`; whether it was content, and its words.
fn check(certificates: &Path, imap: &FakeMail, smtp: &FakeMail, manner: Manner, with_ca: bool) -> (bool, String) {
    let data = tempfile::tempdir().unwrap();
    let data = data.path().join("data");
    let (imap_scheme, smtp_scheme) = if manner == Manner::Implicit { ("imaps", "smtps") } else { ("imap+starttls", "smtp+starttls") };
    let imap_url = format!("{imap_scheme}://support%40shop.test@localhost:{}", imap.port);
    let smtp_url = format!("{smtp_scheme}://support%40shop.test@localhost:{}", smtp.port);
    let authority = certificates.join("ca.pem");
    let mut arguments = vec!["mailbox", "add", "--address", ADDRESS, "--name", "Shop", "--imap", &imap_url, "--smtp", &smtp_url, "--password-stdin"];
    if with_ca {
        arguments.extend(["--ca-file", authority.to_str().unwrap()]);
    }
    let added = try_run(&data, &arguments, PASSWORD);
    let checked = try_run(&data, &["check"], "");
    let words = [added.stdout, added.stderr, checked.stdout, checked.stderr].concat();
    (checked.status.success(), String::from_utf8_lossy(&words).into_owned())
}
