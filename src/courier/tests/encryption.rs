//! TLS or nothing (PROMISES P12): a server that is not who it says hears no secret; one that is answers.

use super::*;
use crate::action::answer::Fate;
use crate::action::{Secrets, Target};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::process::Command;

/// Certificates made by openssl for one test.
struct Authority {
    folder: tempfile::TempDir,
}

impl Authority {
    fn new() -> Authority {
        let authority = Authority { folder: tempfile::tempdir().unwrap() };
        let usage = "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign";
        authority.openssl(&format!("req -x509 {KEY} -keyout ca.key -out ca.pem -days 3650 -subj /CN=test-authority {usage}"));
        authority
    }

    fn pem(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("ca.pem")).unwrap()
    }

    /// For this name, expired or good for ten years.
    fn issue(&self, name: &str, expired: bool) -> Arc<ServerConfig> {
        self.openssl(&format!(
            "req {KEY} -keyout server.key -out server.csr -subj /CN=server -addext subjectAltName=DNS:{name} -addext extendedKeyUsage=serverAuth"
        ));
        let days = if expired { "-1" } else { "3650" };
        self.openssl(&format!("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -copy_extensions copy -days {days} -out server.pem"));
        let file = |name: &str| self.folder.path().join(name);
        let chain: Vec<_> = CertificateDer::pem_file_iter(file("server.pem")).unwrap().map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
        let builder = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
        Arc::new(builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth().with_single_cert(chain, key).unwrap())
    }

    fn openssl(&self, words: &str) {
        let done = Command::new("openssl").args(words.split_whitespace()).current_dir(self.folder.path()).output().unwrap();
        assert!(done.status.success(), "openssl {words}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

const KEY: &str = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";

/// Calls a server with this certificate once, as `erp.test`; what came of it, and what the server could read.
fn called(tls: Arc<ServerConfig>, ca_pem: &str) -> (Tried, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let mut stream = StreamOwned::new(ServerConnection::new(tls).unwrap(), socket);
        let (mut heard, mut piece) = (Vec::new(), [0; 4096]);
        while !heard.windows(4).any(|window| window == b"\r\n\r\n") {
            match stream.read(&mut piece) {
                Ok(n) if n > 0 => heard.extend_from_slice(&piece[..n]),
                _ => return String::from_utf8_lossy(&heard).into_owned(),
            }
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n").ok();
        stream.flush().ok();
        String::from_utf8_lossy(&heard).into_owned()
    });
    let key = SecretKey::from_bytes([2; 32]);
    let definition = Definition {
        url: format!("https://erp.test:{port}/"),
        method: action::Method::Get,
        secret_headers: vec!["Authorization".into()],
        ..Definition::default()
    };
    let mut secrets = Secrets::default();
    secrets.set(BEARER.0, BEARER.1);
    let sealed = secrets.seal(&key, &Target::parse(&definition.url).unwrap(), [1; 24]);
    let action = Action { id: ActionId(1), kind: Kind::Call, name: "Look".into(), definition, sealed };
    let inside = Inside::read(&format!("erp.test:{port}")).unwrap().vouched_for_by(ca_pem).unwrap();
    let client = Client::new(Names::Given(Arc::new(|_| vec!["127.0.0.1".parse().unwrap()])), Patience::STANDARD);
    let tried = try_out(&client, &key, &action, &action::Facts::new(), &inside, NOON);
    (tried, server.join().unwrap())
}

#[test]
fn p12_a_server_that_is_not_who_it_says_hears_no_secret() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    for (what, tls, ca) in [
        ("expired", ours.issue("erp.test", true), ours.pem()),
        ("another name", ours.issue("other.test", false), ours.pem()),
        ("unknown authority", theirs.issue("erp.test", false), ours.pem()),
        ("no authority of our own", ours.issue("erp.test", false), String::new()),
    ] {
        let (tried, heard) = called(tls, &ca);
        assert_eq!((tried.outcome.fate, heard.as_str()), (Fate::NotNow, ""), "{what}: {}", tried.outcome.words);
        assert!(tried.outcome.words.contains("nothing was sent"), "{what}: {}", tried.outcome.words);
    }
}

#[test]
fn p12_with_the_right_certificate_the_call_is_made_and_its_answer_read() {
    let ours = Authority::new();
    let (tried, heard) = called(ours.issue("erp.test", false), &ours.pem());
    assert_eq!((tried.outcome.fate, tried.outcome.status, tried.outcome.answer.as_str()), (Fate::Done, Some(200), "abc"), "{}", tried.outcome.words);
    assert!(heard.starts_with("GET / HTTP/1.1\r\n") && heard.contains(BEARER.1), "{heard}");
    assert!(!tried.request.contains(CANARY));
}
