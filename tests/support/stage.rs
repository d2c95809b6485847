//! A stage for hostile HTML: a server on loopback that shows every vector of `tests/hostile/scripts.txt` in a frame of its
//! own, behind one lock at a time, and hears whose script ran.

use super::Visitor;
use restante::email::html::{Pictures, safe};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const VECTORS: &str = include_str!("../hostile/scripts.txt");
const PAGE: &str = include_str!("../hostile/stage.html");
/// What the letter says whose place the vectors take.
const SLOT: &str = "<p>Here stands the vector</p>";
const REQUEST_PATIENCE: Duration = Duration::from_secs(5);

/// Which of the locks is there; all others are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// The bare HTML in a bare frame: shows that the vectors do run.
    Nothing,
    Sanitiser,
    Header,
    Sandbox,
}

pub const LOCKS: [Lock; 4] = [Lock::Nothing, Lock::Sanitiser, Lock::Header, Lock::Sandbox];

/// How the product shows a letter: taken from its own answers, not written down again.
#[derive(Clone)]
pub struct Letter {
    before: String,
    after: String,
    headers: String,
    frame: String,
}

pub struct Stage {
    pub port: u16,
    calls: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
}

impl Letter {
    /// The text of a mail whose reading `Letter::of` looks at.
    pub fn html() -> &'static str {
        SLOT
    }

    /// `page` shows the frame, `document` is what stands in it.
    pub fn of(visitor: &Visitor, page: &str) -> Letter {
        let shown = visitor.get(page);
        let tag = shown.html.split_once("<iframe").expect("their reading is framed").1.split_once('>').unwrap().0.to_owned();
        let (before_source, rest) = tag.split_once(" src=\"").unwrap();
        let (source, after_source) = rest.split_once('"').unwrap();
        let document = visitor.look(source);
        let (before, after) = document.html.split_once(SLOT).expect("the letter shows its text");
        let own = ["content-length", "transfer-encoding", "date", "set-cookie", "content-encoding", "connection"];
        let kept = document.headers.iter().filter(|(name, _)| !own.contains(&name.as_str()));
        let headers = kept.map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap())).collect();
        // Frames that are not seen would not load.
        let frame = format!("{before_source}{after_source}").replace(" loading=\"lazy\"", "");
        Letter { before: before.to_owned(), after: after.to_owned(), headers, frame }
    }
}

impl Stage {
    pub fn start(letter: Letter) -> Stage {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (calls, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (heard, ended) = (calls.clone(), stop.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                let (heard, letter) = (heard.clone(), letter.clone());
                std::thread::spawn(move || serve(stream, &heard, &letter, port));
            }
        });
        Stage { port, calls, stop }
    }

    /// The page on which all vectors stand behind `lock`; with `on` it goes from lock to lock by itself.
    pub fn page(&self, lock: Lock, on: bool) -> String {
        format!("http://127.0.0.1:{}/stage/{lock:?}/{}", self.port, if on { "on" } else { "stay" })
    }

    /// One vector alone in the window.
    pub fn document(&self, lock: Lock, vector: usize) -> String {
        format!("http://127.0.0.1:{}/frame/{lock:?}/{vector}", self.port)
    }

    /// Whether the page behind `lock` has told what it heard.
    pub fn has_told(&self, lock: Lock) -> bool {
        self.calls.lock().unwrap().iter().any(|path| path.starts_with(&format!("/told/{lock:?}/")))
    }

    /// The vectors whose script ran behind `lock`, by message or by call.
    pub fn hits(&self, lock: Lock) -> BTreeSet<String> {
        let calls = self.calls.lock().unwrap();
        let told = calls.iter().filter_map(|path| path.strip_prefix(&format!("/told/{lock:?}/"))).flat_map(|list| list.split(','));
        let called = calls.iter().filter_map(|path| path.strip_prefix(&format!("/hit/{lock:?}/")));
        let all = vectors();
        told.chain(called).filter_map(|n| n.parse::<usize>().ok()).map(|n| all[n].to_owned()).collect()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        TcpStream::connect(("127.0.0.1", self.port)).ok();
    }
}

/// The vectors as they stand in the file.
pub fn vectors() -> Vec<&'static str> {
    VECTORS.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).collect()
}

/// A vector that runs `script`: control characters instead of their symbols.
pub fn armed(vector: &str, script: &str) -> String {
    let encoded = data_encoding::BASE64.encode(format!("<script>{script}</script>").as_bytes());
    let plain = |c: char| match c {
        '\u{2400}'..='\u{241F}' => char::from_u32(u32::from(c) - 0x2400).unwrap(),
        '\u{2420}' => '\u{A0}',
        '\u{2421}' => '\u{FEFF}',
        _ => c,
    };
    vector.chars().map(plain).collect::<String>().replace("BASE64", &encoded).replace("HIT", script).replace("&#72;IT;", script)
}

fn serve(mut stream: TcpStream, heard: &Mutex<Vec<String>>, letter: &Letter, port: u16) {
    stream.set_read_timeout(Some(REQUEST_PATIENCE)).ok();
    let mut request = [0; 4096];
    let length = stream.read(&mut request).unwrap_or(0);
    let path = String::from_utf8_lossy(&request[..length]).split_whitespace().nth(1).unwrap_or_default().to_owned();
    heard.lock().unwrap().push(path.clone());
    let (headers, body) = answer(&path, letter, port).unwrap_or_else(|| ("Content-Type: text/plain\r\n".into(), String::new()));
    let head = format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).ok();
}

fn answer(path: &str, letter: &Letter, port: u16) -> Option<(String, String)> {
    let mut parts = path.trim_start_matches('/').split('/');
    let (kind, lock, which) = (parts.next()?, parts.next()?, parts.next()?);
    let index = LOCKS.iter().position(|known| format!("{known:?}") == lock)?;
    let html = "Content-Type: text/html; charset=utf-8\r\n".to_owned();
    match kind {
        "stage" => {
            let attributes = if LOCKS[index] == Lock::Sandbox { letter.frame.as_str() } else { "" };
            let frames: String = (0..vectors().len()).map(|n| format!("<iframe src=\"/frame/{lock}/{n}\" {attributes}></iframe>\n")).collect();
            let next = LOCKS.get(index + 1).filter(|_| which == "on").map_or(String::new(), |next| format!("location = '/stage/{next:?}/on'"));
            Some((html, PAGE.replace("RUN", lock).replace("NEXT", &next).replace("FRAMES", &frames)))
        }
        "frame" => {
            let n: usize = which.parse().ok()?;
            let raw = armed(vectors().get(n)?, &format!("top.postMessage({n},`*`),fetch(`http://127.0.0.1:{port}/hit/{lock}/{n}`)"));
            let body = if LOCKS[index] == Lock::Sanitiser { safe(&raw, &Pictures::default()).as_str().to_owned() } else { raw };
            let headers = if LOCKS[index] == Lock::Header { letter.headers.clone() } else { html };
            Some((headers, format!("{}{body}{}", letter.before, letter.after)))
        }
        _ => None,
    }
}
