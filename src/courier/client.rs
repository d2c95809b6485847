//! The one guarded client (PROMISES P61). A name is resolved once, all its addresses are judged, and the connection goes to one that was
//! judged: there is no second look at the name, so nothing can be put in its place. No redirect is followed, no proxy is asked, and time,
//! bytes and headers are bounded.

use super::tls;
use crate::action::answer::Answer;
use crate::action::inside::Permit;
use crate::action::request::Request;
use crate::action::target::Where;
use crate::action::{Inside, Target};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::RETRY_AFTER;
use hyper_util::rt::TokioIo;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// More than an API answers; a whole order with all its lines.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
const HEADERS_MAX: usize = 100;
const HEADER_BYTES_MAX: usize = 64 * 1024;
/// Of the addresses of one name, so many are tried.
const ADDRESSES_TRIED: usize = 4;

/// How long each step may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Finding the address, connecting and agreeing on TLS, for each address.
    pub connect: Duration,
    /// From the first byte of the request to the last of the answer.
    pub answer: Duration,
}

impl Patience {
    pub const STANDARD: Patience = Patience { connect: Duration::from_secs(10), answer: Duration::from_secs(30) };
}

/// Who knows the addresses of names.
#[derive(Clone)]
pub enum Names {
    System,
    /// A test's: asked once for each connection.
    Given(Answering),
}

pub type Answering = Arc<dyn Fn(&str) -> Vec<IpAddr> + Send + Sync>;

pub struct Client {
    names: Names,
    patience: Patience,
}

/// Why nothing left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoWay {
    /// It must not be called.
    Forbidden(String),
    /// It could not be reached now.
    Unreachable(String),
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A way to one target, open and agreed; nothing was sent yet.
pub struct Connection {
    stream: Box<dyn Stream>,
    patience: Duration,
}

impl Client {
    pub fn new(names: Names, patience: Patience) -> Client {
        Client { names, patience }
    }

    /// Opens the way to `target`, if it may be called.
    pub async fn connect(&self, target: &Target, inside: &Inside) -> Result<Connection, NoWay> {
        let permit = inside.permit(target).map_err(NoWay::Forbidden)?;
        let ca_pem = if permit == Permit::Named { inside.ca_pem() } else { "" };
        let host = target.host_text();
        let late = |_| NoWay::Unreachable(format!("{host} was not reached in {} s.", self.patience.connect.as_secs()));
        let found = timeout(self.patience.connect, self.find(target))
            .await
            .map_err(late)?
            .map_err(|e| NoWay::Unreachable(format!("No address is known for {host} ({e}).")))?;
        let addresses = inside.judge(target, found).map_err(NoWay::Forbidden)?;
        let mut last = NoWay::Unreachable(format!("No address is known for {host}."));
        for ip in addresses.into_iter().take(ADDRESSES_TRIED) {
            match timeout(self.patience.connect, open(target, ip, ca_pem)).await.map_err(late) {
                Ok(Ok(stream)) => return Ok(Connection { stream, patience: self.patience.answer }),
                Ok(Err(words)) => last = NoWay::Unreachable(words),
                Err(late) => last = late,
            }
        }
        Err(last)
    }

    async fn find(&self, target: &Target) -> io::Result<Vec<IpAddr>> {
        let name = match &target.host {
            Where::Address(ip) => return Ok(vec![*ip]),
            Where::Name(name) => name,
        };
        match &self.names {
            Names::Given(names) => Ok(names(name)),
            Names::System => Ok(tokio::net::lookup_host((name.as_str(), target.port)).await?.map(|address| address.ip()).collect()),
        }
    }
}

async fn open(target: &Target, ip: IpAddr, ca_pem: &str) -> Result<Box<dyn Stream>, String> {
    let address = SocketAddr::new(ip, target.port);
    let host = target.host_text();
    let stream = TcpStream::connect(address).await.map_err(|e| format!("{host} could not be reached ({e})."))?;
    // What was judged is what we are connected to.
    if stream.peer_addr().ok() != Some(address) {
        return Err(format!("{host} is not where its address is, so nothing was sent."));
    }
    stream.set_nodelay(true).ok();
    if !target.https {
        return Ok(Box::new(stream));
    }
    Ok(Box::new(tls::agree(&tls::connector(ca_pem)?, &host, stream).await?))
}

impl Connection {
    /// Sends the request and reads the answer. An error says that it left and that no whole answer came.
    pub async fn exchange(self, request: &Request) -> Result<Answer, String> {
        let seconds = self.patience.as_secs();
        timeout(self.patience, self.talk(request)).await.unwrap_or_else(|_| Err(format!("No answer came in {seconds} s.")))
    }

    async fn talk(self, request: &Request) -> Result<Answer, String> {
        let broken = |e: hyper::Error| format!("The connection broke before the whole answer was there ({e}).");
        let mut builder = hyper::client::conn::http1::Builder::new();
        let (mut sender, connection) =
            builder.max_headers(HEADERS_MAX).max_buf_size(HEADER_BYTES_MAX).handshake(TokioIo::new(self.stream)).await.map_err(broken)?;
        let mut head = hyper::Request::builder().method(request.method).uri(&request.target.path);
        for (name, value) in &request.headers {
            head = head.header(name, value);
        }
        let request =
            head.body(Full::new(Bytes::from(request.body.clone()))).map_err(|_| "The request cannot be written down: look at its headers.".to_owned())?;
        let asking = async {
            let response = sender.send_request(request).await.map_err(broken)?;
            let (head, mut body) = response.into_parts();
            let (mut bytes, mut cut) = (Vec::new(), false);
            while let Some(frame) = body.frame().await {
                if let Ok(data) = frame.map_err(broken)?.into_data() {
                    bytes.extend_from_slice(&data[..data.len().min(ANSWER_BYTES_MAX - bytes.len())]);
                    cut = bytes.len() == ANSWER_BYTES_MAX;
                    if cut {
                        break;
                    }
                }
            }
            let retry_after = head.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
            Ok(Answer { status: head.status.as_u16(), body: bytes, cut, retry_after })
        };
        tokio::pin!(asking);
        tokio::select! {
            biased;
            answer = &mut asking => answer,
            // The connection has ended; what was read by then was handed over already, and `asking` says whether it is whole.
            _ = connection => asking.await,
        }
    }
}
