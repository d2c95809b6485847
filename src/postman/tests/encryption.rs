//! TLS or nothing (PROMISES P12): servers that are not who they say, and the bytes of a password that they get to see: none.

use super::sink::{Manners, Reaction, Sink, Step};
use super::*;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::process::Command;

/// Certificates made by openssl for one test.
struct Authority {
    folder: tempfile::TempDir,
}

impl Authority {
    fn new() -> Authority {
        let authority = Authority { folder: tempfile::tempdir().unwrap() };
        authority.openssl(&format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 3650 -subj /CN=test-authority {}",
            "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign"
        ));
        std::fs::write(
            authority.path("ca.conf"),
            "[ca]\ndefault_ca=d\n[d]\nnew_certs_dir=.\ndatabase=index\nserial=serial\ndefault_md=sha256\npolicy=p\ncopy_extensions=copy\nunique_subject=no\n[p]\ncommonName=supplied\n",
        )
        .unwrap();
        std::fs::write(authority.path("index"), "").unwrap();
        std::fs::write(authority.path("serial"), "1000\n").unwrap();
        authority
    }

    fn pem(&self) -> String {
        std::fs::read_to_string(self.path("ca.pem")).unwrap()
    }

    /// A certificate for `name`, valid between the two dates (YYMMDD).
    fn issue(&self, name: &str, from: &str, until: &str) -> Arc<rustls::ServerConfig> {
        self.openssl(&format!(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr -subj /CN=server -addext subjectAltName={name} -addext extendedKeyUsage=serverAuth"
        ));
        self.openssl(&format!(
            "ca -batch -config ca.conf -cert ca.pem -keyfile ca.key -in server.csr -out server.pem -notext -startdate {from}000000Z -enddate {until}000000Z"
        ));
        self.config()
    }

    fn self_signed(&self) -> Arc<rustls::ServerConfig> {
        self.openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.pem -days 3650 -subj /CN=localhost -addext subjectAltName=DNS:localhost");
        self.config()
    }

    fn config(&self) -> Arc<rustls::ServerConfig> {
        let chain: Vec<_> = CertificateDer::pem_file_iter(self.path("server.pem")).unwrap().map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_file(self.path("server.key")).unwrap();
        let builder = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
        Arc::new(builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth().with_single_cert(chain, key).unwrap())
    }

    fn openssl(&self, words: &str) {
        let done = Command::new("openssl").args(words.split_whitespace()).current_dir(self.folder.path()).output().unwrap();
        assert!(done.status.success(), "openssl {words}: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }
}

fn shop(scheme: &str, port: u16, ca: Option<&Authority>) -> Shop {
    let address = ServerAddress::parse_smtp(&format!("{scheme}://support%40shop.test@localhost:{port}")).unwrap();
    Shop::with(Carrier::Smtp(address), ca.map(Authority::pem), QUICK)
}

fn secrets() -> [String; 3] {
    let base64 = |text: &str| data_encoding::BASE64.encode(text.as_bytes());
    [base64(&format!("\0support@shop.test\0{PASSWORD}")), base64(PASSWORD), PASSWORD.to_owned()]
}

/// Sends one letter; it must wait, nobody may have heard the password, and the owner must read `word`.
fn assert_refused(shop: &Shop, sink: &Sink, word: &str, what: &str) {
    let (_, id) = shop.queue(&["anna@example.test"]);
    shop.round();
    assert_eq!(shop.state(id), State::Deferred, "{what}");
    assert!(secrets().iter().all(|secret| !sink.heard(secret)) && !sink.heard("AUTH"), "{what}");
    assert_eq!(sink.taken().len(), 0, "{what}");
    let complaint = shop.complaint().unwrap_or_default();
    assert!(complaint.starts_with("Sending: ") && complaint.contains(word), "{what}: {complaint}");
}

#[test]
fn p12_a_server_that_is_not_who_it_says_hears_no_password() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let good = ("DNS:localhost", "250101", "491231");
    let cases = [
        ("expired", ours.issue(good.0, "200101", "210101"), "has expired"),
        ("not yet valid", ours.issue(good.0, "480101", "491231"), "clock"),
        ("wrong host", ours.issue("DNS:other.test", good.1, good.2), "another name"),
        ("unknown authority", theirs.issue(good.0, good.1, good.2), "vouches"),
        ("self-signed", ours.self_signed(), "vouches"),
    ];
    for (what, tls, word) in cases {
        for (scheme, tls_from_start) in [("smtps", true), ("smtp+starttls", false)] {
            let sink = Sink::with(Manners { tls: Some(tls.clone()), tls_from_start, ..Manners::default() }, |_| Reaction::Usual);
            assert_refused(&shop(scheme, sink.port, Some(&ours)), &sink, word, &format!("{what}, {scheme}"));
        }
    }
}

#[test]
fn p12_starttls_that_was_taken_away_or_mixed_with_other_words_ends_the_connection() {
    let ours = Authority::new();
    let tls = ours.issue("DNS:localhost", "250101", "491231");
    let hidden = Sink::with(Manners { tls: Some(tls.clone()), hide_starttls: true, ..Manners::default() }, |_| Reaction::Usual);
    assert_refused(&shop("smtp+starttls", hidden.port, Some(&ours)), &hidden, "does not offer STARTTLS", "stripped");
    let refused = Sink::with(Manners { tls: Some(tls.clone()), ..Manners::default() }, |step| match step {
        Step::StartTls => Reaction::Say("454 not now".into()),
        _ => Reaction::Usual,
    });
    assert_refused(&shop("smtp+starttls", refused.port, Some(&ours)), &refused, "refuses it", "refused");
    for step in [Step::Greeting, Step::Ehlo, Step::StartTls] {
        let at = step.clone();
        let manners = Manners { tls: Some(tls.clone()), ..Manners::default() };
        let injected = Sink::with(manners, move |step| if *step == at { Reaction::UsualAnd("235 welcome\r\n250 ok\r\n".into()) } else { Reaction::Usual });
        assert_refused(&shop("smtp+starttls", injected.port, Some(&ours)), &injected, "", &format!("injected at {step:?}"));
    }
    let plain = Sink::usual();
    assert_refused(&shop("smtps", plain.port, Some(&ours)), &plain, "Check the port", "TLS spoken to a plain port");
}

#[test]
fn p12_with_the_right_certificate_the_letter_leaves_both_ways() {
    let ours = Authority::new();
    let tls = ours.issue("DNS:localhost", "250101", "491231");
    for (scheme, tls_from_start) in [("smtps", true), ("smtp+starttls", false)] {
        let sink = Sink::with(Manners { tls: Some(tls.clone()), tls_from_start, ..Manners::default() }, |_| Reaction::Usual);
        let shop = shop(scheme, sink.port, Some(&ours));
        shop.queue(&["anna@example.test"]);
        shop.round();
        assert_eq!(sink.copies("anna@example.test"), 1, "{scheme}: {:?}", shop.complaint());
        assert!(sink.heard(&secrets()[0]));
        assert_eq!(shop.complaint(), None);
    }
}

#[test]
fn p12_plain_text_to_another_machine_is_not_even_tried() {
    let address = ServerAddress::parse_smtp("smtp://support%40shop.test@mail.shop.test:25").unwrap();
    let shop = Shop::with(Carrier::Smtp(address), None, QUICK);
    shop.queue(&["anna@example.test"]);
    shop.round();
    assert!(shop.complaint().unwrap().contains("without encryption"));
}

#[test]
fn a_live_test_says_each_step_in_words_and_what_to_do() {
    let ours = Authority::new();
    let manners = Manners { tls: Some(ours.issue("DNS:localhost", "250101", "491231")), ..Manners::default() };
    let try_out = |sink: &Sink, ca: Option<&str>| {
        let carrier = Carrier::Smtp(ServerAddress::parse_smtp(&format!("smtp+starttls://support%40shop.test@localhost:{}", sink.port)).unwrap());
        probe(&Draft { address: &EmailAddress::parse("support@shop.test").unwrap(), carrier: &carrier, ca_pem: ca }, PASSWORD)
    };
    let good = Sink::with(manners.clone(), |_| Reaction::Usual);
    let found = try_out(&good, Some(&ours.pem()));
    assert!(found.ok(), "{found:?}");
    assert_eq!(found.steps.last().unwrap().words, "SMTP: signed in as support@shop.test");
    let stranger = try_out(&good, None);
    assert!(!stranger.ok() && stranger.steps.last().unwrap().words.contains("CA file"), "{stranger:?}");
    let bad_pem = try_out(&good, Some("no certificate"));
    assert!(bad_pem.steps.last().unwrap().words.contains("PEM"), "{bad_pem:?}");
    let wrong = Sink::with(manners, |step| if *step == Step::Auth { Reaction::Say("535 5.7.8 no".into()) } else { Reaction::Usual });
    let refused = try_out(&wrong, Some(&ours.pem()));
    assert_eq!(refused.steps.iter().map(|s| s.ok).collect::<Vec<_>>(), [true, true, false]);
    assert!(refused.steps[2].words.contains("535 5.7.8 no") && refused.steps[2].words.contains("Enter the password again"));
    let port = good.port;
    drop(good);
    std::thread::sleep(Duration::from_millis(50));
    let carrier = Carrier::Smtp(ServerAddress::parse_smtp(&format!("smtps://a@localhost:{port}")).unwrap());
    let closed = probe(&Draft { address: &EmailAddress::parse("a@shop.test").unwrap(), carrier: &carrier, ca_pem: None }, "x");
    assert!(!closed.ok() && closed.steps[0].words.contains("refuses connections"), "{closed:?}");
}
