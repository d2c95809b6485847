//! A web server that nobody should ever call: it counts who does. Mails in tests point their images here.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

pub struct Canary {
    pub port: u16,
    calls: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
}

impl Canary {
    pub fn start() -> Canary {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let (heard, ended) = (calls.clone(), stop.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                let mut stream = stream;
                stream.set_read_timeout(Some(std::time::Duration::from_secs(2))).ok();
                let mut request = [0; 4096];
                let length = stream.read(&mut request).unwrap_or(0);
                let first_line = String::from_utf8_lossy(&request[..length]).lines().next().unwrap_or("(said nothing)").to_owned();
                heard.lock().unwrap().push(first_line);
                stream
                    .write_all(
                        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                    )
                    .ok();
            }
        });
        Canary { port, calls, stop }
    }

    /// The first line of every request so far.
    pub fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        std::net::TcpStream::connect(("127.0.0.1", self.port)).ok();
    }
}
