//! PROMISES P12: TLS or nothing. Not one byte of the password reaches a server whose certificate is not right, or one
//! that somebody stands in front of; and the words say which it was.

use super::shop::{PATIENCE, Shop, account};
use crate::account::{Security, ServerAddress, Source};
use crate::mailbox::probe;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

/// How the server begins, before or instead of TLS.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    Tls,
    StartTls,
    /// Does not offer STARTTLS: stripped by somebody in between.
    Stripped,
    /// Offers it and refuses.
    Refuses,
    /// Says more than OK to STARTTLS, before TLS is up.
    Injects,
    /// Claims that we are signed in already.
    Preauth,
}

/// A server with the certificate `name`; what it received in clear (inside and outside of TLS) is remembered.
struct Server {
    port: u16,
    heard: Arc<Mutex<String>>,
}

fn serve(name: &str, manner: Manner) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::new(Mutex::new(String::new()));
    let (config, log) = (config(name), heard.clone());
    std::thread::spawn(move || {
        for tcp in listener.incoming().flatten() {
            let (config, log) = (config.clone(), log.clone());
            std::thread::spawn(move || attend(tcp, manner, config, &log));
        }
    });
    Server { port, heard }
}

fn attend(mut tcp: TcpStream, manner: Manner, config: Arc<ServerConfig>, log: &Mutex<String>) -> Option<()> {
    tcp.set_read_timeout(Some(PATIENCE)).ok()?;
    if manner != Manner::Tls {
        tcp.write_all(if manner == Manner::Preauth { b"* PREAUTH welcome\r\n" } else { b"* OK ready\r\n" }).ok()?;
        loop {
            let line = line(&mut tcp, log)?;
            let (tag, command) = line.split_once(' ')?;
            match (command, manner) {
                ("CAPABILITY", Manner::Stripped) => tcp.write_all(format!("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK\r\n").as_bytes()).ok()?,
                ("CAPABILITY", _) => tcp.write_all(format!("* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n{tag} OK\r\n").as_bytes()).ok()?,
                ("STARTTLS", Manner::Refuses) => tcp.write_all(format!("{tag} NO not today\r\n").as_bytes()).ok()?,
                ("STARTTLS", Manner::Injects) => tcp.write_all(format!("{tag} OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nt3 OK\r\n").as_bytes()).ok()?,
                ("STARTTLS", _) => {
                    tcp.write_all(format!("{tag} OK go\r\n").as_bytes()).ok()?;
                    break;
                }
                _ => tcp.write_all(format!("{tag} OK anything\r\n").as_bytes()).ok()?,
            }
        }
    }
    let mut tls = StreamOwned::new(ServerConnection::new(config).unwrap(), tcp);
    if manner == Manner::Tls {
        tls.write_all(b"* OK ready\r\n").ok()?;
    }
    let mut lines = BufReader::new(tls);
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).ok()? == 0 {
            return None;
        }
        log.lock().unwrap().push_str(&line);
        let tag = line.split(' ').next()?.to_owned();
        let answer = if line.contains("CAPABILITY") {
            format!("* CAPABILITY IMAP4rev1\r\n{tag} OK\r\n")
        } else if line.contains("EXAMINE") {
            format!("* 0 EXISTS\r\n* OK [UIDVALIDITY 1] v\r\n* OK [UIDNEXT 1] n\r\n{tag} OK\r\n")
        } else {
            format!("{tag} OK\r\n")
        };
        lines.get_mut().write_all(answer.as_bytes()).ok()?;
    }
}

fn line(tcp: &mut TcpStream, log: &Mutex<String>) -> Option<String> {
    let mut line = Vec::new();
    while !line.ends_with(b"\n") {
        let mut byte = [0];
        tcp.read_exact(&mut byte).ok()?;
        log.lock().unwrap().push(char::from(byte[0]));
        line.push(byte[0]);
    }
    Some(String::from_utf8_lossy(&line).trim_end().to_owned())
}

fn config(name: &str) -> Arc<ServerConfig> {
    let folder = CERTIFICATES.path();
    let chain = CertificateDer::pem_file_iter(folder.join(format!("{name}.pem"))).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(folder.join(format!("{name}.key"))).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider())).with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_no_client_auth().with_single_cert(chain, key).unwrap())
}

/// A test authority and certificates that are right and wrong in every way, made by openssl when first needed.
static CERTIFICATES: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    for authority in ["ca", "other"] {
        let authority_words = format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {authority}.key -out {authority}.pem -days 30 -subj /CN={authority} \
             -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign"
        );
        openssl(folder.path(), &authority_words);
    }
    let now = jiff::Timestamp::now();
    let at = |days: i64| (now + jiff::SignedDuration::from_hours(24 * days)).strftime("%y%m%d%H%M%SZ").to_string();
    for (name, authority, host, from, until) in [
        ("good", "ca", "localhost", -2, 20),
        ("expired", "ca", "localhost", -20, -2),
        ("wrong", "ca", "elsewhere.test", -2, 20),
        ("unknown", "other", "localhost", -2, 20),
    ] {
        let path = folder.path();
        std::fs::write(path.join("serial"), "1000\n").unwrap();
        std::fs::write(path.join("index.txt"), "").unwrap();
        let settings = format!(
            "[ca]\ndefault_ca=d\n[d]\ndir=.\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\nprivate_key={authority}.key\ncertificate={authority}.pem\n\
             default_md=sha256\npolicy=p\nunique_subject=no\nx509_extensions=e\n[p]\ncommonName=supplied\n\
             [e]\nsubjectAltName=DNS:{host}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n"
        );
        std::fs::write(path.join("settings"), settings).unwrap();
        openssl(path, &format!("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {name}.key -out {name}.req -subj /CN={host}"));
        openssl(path, &format!("ca -batch -notext -config settings -startdate {} -enddate {} -in {name}.req -out {name}.pem", at(from), at(until)));
    }
    let alone = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout self.key -out self.pem -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
                 -addext basicConstraints=critical,CA:FALSE";
    openssl(folder.path(), alone);
    folder
});

fn openssl(folder: &Path, words: &str) {
    let out = Command::new("openssl").current_dir(folder).args(words.split_whitespace()).output().expect("openssl is installed");
    assert!(out.status.success(), "openssl {words}: {}", String::from_utf8_lossy(&out.stderr));
}

fn authority() -> PathBuf {
    CERTIFICATES.path().join("ca.pem")
}

/// What the owner reads, and what the server heard.
fn tried(certificate: &str, manner: Manner, security: Security) -> (String, String) {
    let server = serve(certificate, manner);
    let address = ServerAddress { host: "localhost".into(), port: server.port, security, user: "anna".into(), insist_on_plain: false };
    let mut new = account(Source::Imap(address.clone()));
    new.ca_pem = Some(std::fs::read_to_string(authority()).unwrap());
    let shop = Shop::closed(new).open();
    shop.wait("an outcome", |shop| shop.health().last_error.is_some() || shop.health().connected_at.is_some());
    // A few more attempts: it stays that way.
    std::thread::sleep(Duration::from_millis(300));
    let words = shop.health().last_error.unwrap_or_default();
    drop(shop);
    let probed = probe(&Source::Imap(address), Some(&std::fs::read_to_string(authority()).unwrap()), "secret", &[]);
    assert_eq!(probed.ok(), words.is_empty(), "the test of the set-up form says the same: {probed:?}");
    let heard = server.heard.lock().unwrap().clone();
    (words, heard)
}

#[test]
fn p12_no_byte_of_a_password_without_a_certificate_that_is_right() {
    for (certificate, expected) in [("expired", "expired"), ("wrong", "not for this name"), ("unknown", "CA file"), ("self", "CA file")] {
        for (manner, security) in [(Manner::Tls, Security::Tls), (Manner::StartTls, Security::StartTls)] {
            let (words, heard) = tried(certificate, manner, security);
            assert!(words.contains(expected), "{certificate}: {words}");
            assert!(words.contains("no password was sent"), "{words}");
            assert_no_secret(&heard);
        }
    }
}

#[test]
fn p12_starttls_that_is_stripped_refused_or_tampered_with_ends_the_attempt() {
    for (manner, expected) in [
        (Manner::Stripped, "does not offer STARTTLS"),
        (Manner::Refuses, "refused STARTTLS"),
        (Manner::Injects, "before encryption was up"),
        (Manner::Preauth, "signed us in before we said who we are"),
    ] {
        let (words, heard) = tried("good", manner, Security::StartTls);
        assert!(words.contains(expected), "{words}");
        assert_no_secret(&heard);
    }
}

#[test]
fn p12_a_right_certificate_is_accepted_and_the_password_goes_through_tls() {
    for (manner, security) in [(Manner::Tls, Security::Tls), (Manner::StartTls, Security::StartTls)] {
        let (words, heard) = tried("good", manner, security);
        assert_eq!(words, "");
        assert!(heard.contains("LOGIN \"anna\" \"secret\""), "{heard}");
    }
}

#[test]
fn p12_tls_spoken_to_a_plain_port_is_explained() {
    let (words, heard) = tried("good", Manner::StartTls, Security::Tls);
    assert!(words.contains("does not speak TLS on port"), "{words}");
    assert_no_secret(&heard);
}

fn assert_no_secret(heard: &str) {
    for word in ["secret", "anna", "AUTHENTICATE", "LOGIN", "AGFubmEAc2VjcmV0"] {
        assert!(!heard.contains(word), "{word} in {heard}");
    }
}
