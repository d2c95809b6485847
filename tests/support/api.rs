//! Somebody's API on loopback: answers each call as it was told, and remembers what it heard.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub struct Api {
    pub port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
}

impl Api {
    /// Status line and JSON of each answer; the last one is given for ever.
    pub fn answering(answers: &[(&str, &str)]) -> Api {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (heard, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (ears, ended) = (heard.clone(), stop.clone());
        let answers: Vec<(String, String)> = answers.iter().map(|(status, json)| ((*status).to_owned(), (*json).to_owned())).collect();
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().map_while(Result::ok).enumerate() {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                let mut stream = stream;
                let request = read(&mut stream);
                ears.lock().unwrap().push(request);
                let (status, json) = &answers[number.min(answers.len() - 1)];
                let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", json.len());
                stream.write_all(format!("{head}{json}").as_bytes()).ok();
            }
        });
        Api { port, heard, stop }
    }

    /// Every request so far, head and body.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        TcpStream::connect(("127.0.0.1", self.port)).ok();
    }
}

fn read(stream: &mut TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok();
    let (mut text, mut piece) = (String::new(), [0; 4096]);
    loop {
        let length = super::header(&text, "content-length").parse().unwrap_or(0);
        if text.split_once("\r\n\r\n").is_some_and(|(_, body)| body.len() >= length) {
            return text;
        }
        match stream.read(&mut piece) {
            Ok(n) if n > 0 => text.push_str(&String::from_utf8_lossy(&piece[..n])),
            _ => return text,
        }
    }
}
