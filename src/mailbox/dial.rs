//! From an address to a protected stream: every address of the host in turn, TLS from the first byte or after STARTTLS.
//! Until TLS is up nothing but `CAPABILITY` and `STARTTLS` is said.

use super::Pace;
use super::stream::{GLANCE, Guarded, Inner, Signals};
use super::trouble::{Cause, Result, Trouble};
use crate::account::{Security, ServerAddress};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{self, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What an answer before sign-in may have.
const PREAMBLE_BYTES_MAX: u64 = 64 * 1024;
/// A peer that vanished without a word is noticed by the kernel after this.
const PEER_LOST: Duration = Duration::from_secs(60);

/// A stream on which the server has greeted us and a password may be sent.
pub fn dial(server: &ServerAddress, ca_pem: Option<&str>, pace: &Pace, signals: &Arc<Signals>) -> Result<Guarded> {
    server.may_connect().map_err(|words| Trouble::new(Cause::Encryption, words))?;
    let tcp = connect(server, pace, signals)?;
    let plain = Guarded::new(Inner::Plain(tcp), pace.silence, signals.clone());
    match server.security {
        Security::Plain => greeted(plain, server, pace),
        Security::Tls => {
            let tcp = plain.into_plain().expect("nothing was read yet");
            greeted(protect(tcp, server, ca_pem, pace, signals)?, server, pace)
        }
        Security::StartTls => {
            let tcp = start_tls(greeted(plain, server, pace)?, server, pace)?;
            protect(tcp, server, ca_pem, pace, signals)
        }
    }
}

fn connect(server: &ServerAddress, pace: &Pace, signals: &Signals) -> Result<TcpStream> {
    let (host, port) = (&server.host, server.port);
    let addresses = (host.as_str(), port)
        .to_socket_addrs()
        .map_err(|e| Trouble::new(Cause::Unreachable, format!("There is no server called {host} ({e}). Check the name and this machine's network.")))?;
    let mut last = None;
    for address in addresses {
        if signals.quitting() {
            return Err(Trouble::stopped());
        }
        match TcpStream::connect_timeout(&address, pace.connect).and_then(|tcp| prepare(&tcp, pace).map(|()| tcp)) {
            Ok(tcp) => return Ok(tcp),
            Err(e) => last = Some(e),
        }
    }
    let why = match last {
        Some(e) if e.kind() == io::ErrorKind::ConnectionRefused => "nobody listens there".to_owned(),
        Some(e) if e.kind() == io::ErrorKind::TimedOut => "no answer; a firewall may be in the way".to_owned(),
        Some(e) => e.to_string(),
        None => "the name has no address".to_owned(),
    };
    Err(Trouble::new(Cause::Unreachable, format!("{host} cannot be reached on port {port}: {why}. Check host and port.")))
}

fn prepare(tcp: &TcpStream, pace: &Pace) -> io::Result<()> {
    tcp.set_nodelay(true)?;
    tcp.set_read_timeout(Some(GLANCE))?;
    tcp.set_write_timeout(Some(pace.silence))?;
    let socket = socket2::SockRef::from(tcp);
    let alive = socket2::TcpKeepalive::new().with_time(PEER_LOST).with_interval(Duration::from_secs(15)).with_retries(4);
    socket.set_tcp_keepalive(&alive)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(PEER_LOST))?;
    Ok(())
}

/// Reads the greeting (RFC 3501 7.1): OK goes on, all else is a reason not to.
fn greeted(mut stream: Guarded, server: &ServerAddress, pace: &Pace) -> Result<Guarded> {
    stream.allow(PREAMBLE_BYTES_MAX, pace.silence);
    let line = next(&mut stream, server, pace)?;
    let upper = line.to_uppercase();
    if upper.starts_with("* OK") {
        return Ok(stream);
    }
    let host = &server.host;
    Err(if upper.starts_with("* BYE") {
        Trouble::new(Cause::Unreachable, format!("{host} turned us away: {}", line[5..].trim()))
    } else if upper.starts_with("* PREAUTH") {
        Trouble::new(Cause::Encryption, format!("{host} signed us in before we said who we are; that is not safe, so nothing was fetched."))
    } else {
        Trouble::new(Cause::Unreachable, format!("{host} does not speak IMAP on port {}. Check host and port.", server.port))
    })
}

/// STARTTLS on the bare socket (RFC 3501 6.2.1). Bytes that follow the OK before TLS is up were put there by somebody
/// who wants us to take them for protected ones.
fn start_tls(mut stream: Guarded, server: &ServerAddress, pace: &Pace) -> Result<TcpStream> {
    let offered = ask(&mut stream, server, pace, "t1", "CAPABILITY")?;
    if !offered.iter().any(|line| line.to_uppercase().split_whitespace().any(|word| word == "STARTTLS")) {
        return Err(Trouble::new(
            Cause::Encryption,
            format!("{} does not offer STARTTLS on port {}. Use TLS (port 993) instead; no password was sent.", server.host, server.port),
        ));
    }
    ask(&mut stream, server, pace, "t2", "STARTTLS")?;
    let injected =
        || Trouble::new(Cause::Encryption, format!("{} sent data before encryption was up: somebody may be in between. No password was sent.", server.host));
    let tcp = stream.into_plain().ok_or_else(injected)?;
    let lost = |e: io::Error| Trouble::lost(&server.host, &e);
    tcp.set_nonblocking(true).map_err(lost)?;
    if tcp.peek(&mut [0]).is_ok_and(|count| count > 0) {
        return Err(injected());
    }
    tcp.set_nonblocking(false).map_err(lost)?;
    Ok(tcp)
}

/// One command before sign-in; its untagged lines, if it is answered with OK.
fn ask(stream: &mut Guarded, server: &ServerAddress, pace: &Pace, tag: &str, command: &str) -> Result<Vec<String>> {
    stream.allow(PREAMBLE_BYTES_MAX, pace.silence);
    stream.write_all(format!("{tag} {command}\r\n").as_bytes()).map_err(|e| Trouble::lost(&server.host, &e))?;
    let mut untagged = Vec::new();
    loop {
        let line = next(stream, server, pace)?;
        match line.split_once(' ') {
            Some((first, rest)) if first == tag && rest.to_uppercase().starts_with("OK") => return Ok(untagged),
            Some((first, rest)) if first == tag => {
                return Err(Trouble::new(Cause::Encryption, format!("{} refused {command}: {}. No password was sent.", server.host, rest.trim())));
            }
            _ => untagged.push(line),
        }
    }
}

fn next(stream: &mut Guarded, server: &ServerAddress, pace: &Pace) -> Result<String> {
    let line = stream.read_line(Instant::now() + pace.silence, false).map_err(|e| Trouble::lost(&server.host, &e))?;
    let line = line.ok_or_else(|| {
        Trouble::new(
            Cause::Unreachable,
            format!("{} accepted the connection on port {} but says nothing. With this port, is TLS right?", server.host, server.port),
        )
    })?;
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

fn protect(mut tcp: TcpStream, server: &ServerAddress, ca_pem: Option<&str>, pace: &Pace, signals: &Arc<Signals>) -> Result<Guarded> {
    let name = ServerName::try_from(server.host.clone())
        .map_err(|_| Trouble::new(Cause::Encryption, format!("{} is no name that a certificate could be for.", server.host)))?;
    let mut tls = ClientConnection::new(config(ca_pem)?, name).map_err(|e| Trouble::new(Cause::Encryption, e.to_string()))?;
    let deadline = Instant::now() + pace.silence;
    while tls.is_handshaking() {
        match tls.complete_io(&mut tcp) {
            Ok(_) => {}
            Err(_) if signals.quitting() => return Err(Trouble::stopped()),
            Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) && Instant::now() < deadline => {}
            Err(e) => return Err(Trouble::handshake(server, ca_pem.is_some(), &e)),
        }
    }
    Ok(Guarded::new(Inner::Tls(Box::new(StreamOwned::new(tls, tcp))), pace.silence, signals.clone()))
}

/// The public authorities and, where given, the account's own.
fn config(ca_pem: Option<&str>) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for certificate in CertificateDer::pem_slice_iter(ca_pem.unwrap_or_default().as_bytes()) {
        let certificate = certificate.map_err(|e| Trouble::new(Cause::Encryption, format!("The CA file is not PEM ({e}).")))?;
        roots.add(certificate).map_err(|e| Trouble::new(Cause::Encryption, format!("The CA file holds no usable authority ({e}).")))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| Trouble::new(Cause::Encryption, e.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
