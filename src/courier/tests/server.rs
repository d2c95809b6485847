//! A server on loopback that answers as a story wants and remembers what it heard.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Answers each request as it was told, and remembers what it heard.
pub(super) struct Server {
    pub(super) port: u16,
    pub(super) heard: Arc<Mutex<Vec<String>>>,
    pub(super) stop: Arc<AtomicBool>,
}

impl Server {
    /// The last answer is given for ever; an empty one ends the connection.
    pub(super) fn answering(answers: &[&str]) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (heard, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (ears, ended) = (heard.clone(), stop.clone());
        let answers: Vec<String> = answers.iter().map(|answer| (*answer).to_owned()).collect();
        std::thread::spawn(move || {
            for (n, stream) in listener.incoming().map_while(Result::ok).enumerate() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let mut stream = stream;
                ears.lock().unwrap().push(read_request(&mut stream));
                let answer = &answers[n.min(answers.len() - 1)];
                let text = answer.replace("ECHO", ears.lock().unwrap().last().unwrap());
                let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
                if !answer.is_empty() {
                    write!(stream, "HTTP/1.1 {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", head.replace('\n', "\r\n"), body.len()).ok();
                }
            }
        });
        Server { port, heard, stop }
    }

    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    pub(super) fn keys(&self) -> Vec<String> {
        self.heard().iter().map(|request| header(request, "idempotency-key")).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        TcpStream::connect(("127.0.0.1", self.port)).ok();
    }
}

pub(super) fn read_request(stream: &mut TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok();
    let (mut text, mut piece) = (String::new(), [0; 4096]);
    loop {
        let whole = text.split_once("\r\n\r\n").is_some_and(|(_, body)| body.len() >= header(&text, "content-length").parse().unwrap_or(0));
        if whole {
            return text;
        }
        match stream.read(&mut piece) {
            Ok(n) if n > 0 => text.push_str(&String::from_utf8_lossy(&piece[..n])),
            _ => return text,
        }
    }
}

pub(super) fn header(request: &str, name: &str) -> String {
    let head = request.split("\r\n\r\n").next().unwrap_or_default();
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).next().unwrap_or_default()
}

pub(super) fn body(request: &str) -> &str {
    request.split_once("\r\n\r\n").unwrap().1
}
