//! A bad network on command: a TCP proxy between the product and a server that passes, stalls, slows down, cuts after
//! so many bytes or at a word, or refuses.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What the network does from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Weather {
    Pass,
    /// Connections stay open and carry nothing.
    Stall,
    /// So many bytes per second in each direction.
    Slow(usize),
    /// Every connection ends after so many more bytes from the server.
    CutAfterBytes(u64),
    /// The connection ends just before the chunk from the server that holds this text.
    CutAtText(String),
    /// The connection ends just after the chunk from the client that holds this text: its answer is lost.
    CutAfterClientSays(String),
    /// New connections end at once; open ones too.
    Refuse,
}

pub struct FaultProxy {
    pub port: u16,
    state: Arc<State>,
}

struct State {
    to: u16,
    weather: Mutex<Weather>,
    open: Mutex<Vec<TcpStream>>,
    from_server: AtomicU64,
    connections: AtomicU64,
    cuts: AtomicU64,
    ended: AtomicBool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    Client,
    Server,
}

/// How often a stalled connection looks whether the weather changed.
const LOOK_EVERY: Duration = Duration::from_millis(20);

impl FaultProxy {
    /// Listens on a free port and forwards to `to`.
    pub fn start(to: u16) -> FaultProxy {
        let port = super::ports::free();
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let state = Arc::new(State {
            to,
            weather: Mutex::new(Weather::Pass),
            open: Mutex::default(),
            from_server: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            cuts: AtomicU64::new(0),
            ended: AtomicBool::new(false),
        });
        let accepting = state.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if accepting.ended.load(Ordering::Relaxed) {
                    return;
                }
                accepting.connections.fetch_add(1, Ordering::Relaxed);
                join(&accepting, client);
            }
        });
        FaultProxy { port, state }
    }

    pub fn set(&self, weather: Weather) {
        if weather == Weather::Refuse {
            self.state.cut_all();
        }
        self.state.from_server.store(0, Ordering::Relaxed);
        *lock(&self.state.weather) = weather;
    }

    /// Ends every open connection; new ones are taken.
    pub fn cut(&self) {
        self.state.cut_all();
    }

    /// How many connections were taken so far.
    pub fn connections(&self) -> u64 {
        self.state.connections.load(Ordering::Relaxed)
    }

    /// How many connections the weather ended.
    pub fn cuts(&self) -> u64 {
        self.state.cuts.load(Ordering::Relaxed)
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::Relaxed);
        self.state.cut_all();
        TcpStream::connect(("127.0.0.1", self.port)).ok();
    }
}

impl State {
    fn cut_all(&self) {
        for stream in lock(&self.open).drain(..) {
            stream.shutdown(Shutdown::Both).ok();
        }
    }
}

fn join(state: &Arc<State>, client: TcpStream) {
    if *lock(&state.weather) == Weather::Refuse {
        state.cuts.fetch_add(1, Ordering::Relaxed);
        return;
    }
    let Ok(server) = TcpStream::connect(("127.0.0.1", state.to)) else { return };
    for (from, to, side) in [(&client, &server, From::Client), (&server, &client, From::Server)] {
        let (from, to, state) = (from.try_clone().unwrap(), to.try_clone().unwrap(), state.clone());
        lock(&state.open).push(from.try_clone().unwrap());
        std::thread::spawn(move || {
            forward(&state, &from, &to, side);
            from.shutdown(Shutdown::Both).ok();
            to.shutdown(Shutdown::Both).ok();
        });
    }
}

/// Carries chunks one way until the end of the stream or of the weather's patience.
fn forward(state: &State, mut from: &TcpStream, mut to: &TcpStream, side: From) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let Ok(length @ 1..) = from.read(&mut buffer) else { return };
        let chunk = &buffer[..length];
        let weather = wait_while_stalled(state);
        if state.ended.load(Ordering::Relaxed) {
            return;
        }
        let (pass, go_on) = judge(state, &weather, side, chunk);
        if !send(&mut to, &chunk[..pass], &weather) {
            return;
        }
        if !go_on {
            state.cuts.fetch_add(1, Ordering::Relaxed);
            return;
        }
    }
}

fn wait_while_stalled(state: &State) -> Weather {
    loop {
        let weather = lock(&state.weather).clone();
        if weather != Weather::Stall || state.ended.load(Ordering::Relaxed) {
            return weather;
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// How many bytes of `chunk` pass, and whether the connection lives on.
fn judge(state: &State, weather: &Weather, side: From, chunk: &[u8]) -> (usize, bool) {
    match (weather, side) {
        (Weather::CutAfterBytes(limit), From::Server) => {
            let before = state.from_server.fetch_add(chunk.len() as u64, Ordering::Relaxed);
            let left = limit.saturating_sub(before) as usize;
            (chunk.len().min(left), chunk.len() < left)
        }
        (Weather::CutAtText(text), From::Server) if holds(chunk, text) => (0, false),
        (Weather::CutAfterClientSays(text), From::Client) if holds(chunk, text) => (chunk.len(), false),
        (Weather::Refuse, _) => (0, false),
        _ => (chunk.len(), true),
    }
}

fn send(to: &mut &TcpStream, chunk: &[u8], weather: &Weather) -> bool {
    let Weather::Slow(bytes_per_second) = weather else { return to.write_all(chunk).is_ok() };
    let portion = (bytes_per_second / 50).max(1);
    chunk.chunks(portion).all(|piece| {
        std::thread::sleep(Duration::from_secs_f64(piece.len() as f64 / (*bytes_per_second).max(1) as f64));
        to.write_all(piece).is_ok()
    })
}

fn holds(chunk: &[u8], text: &str) -> bool {
    chunk.windows(text.len().max(1)).any(|window| window == text.as_bytes())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that says `words` to everyone who says anything.
    fn echo(words: &'static [u8]) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                std::thread::spawn(move || {
                    let mut buffer = [0; 512];
                    while let Ok(1..) = stream.read(&mut buffer) {
                        stream.write_all(words).ok();
                    }
                });
            }
        });
        port
    }

    /// What comes back until `enough` bytes are there, the connection ends, or nobody could be that slow.
    fn ask(port: u16, enough: usize, patience: Duration) -> Vec<u8> {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return Vec::new() };
        stream.set_read_timeout(Some(patience)).unwrap();
        stream.write_all(b"hello\r\n").ok();
        let mut answer = Vec::new();
        let mut buffer = [0; 512];
        while answer.len() < enough
            && let Ok(length @ 1..) = stream.read(&mut buffer)
        {
            answer.extend_from_slice(&buffer[..length]);
        }
        answer
    }

    #[test]
    fn the_network_does_what_the_weather_says() {
        const SURE: Duration = Duration::from_secs(30);
        let proxy = FaultProxy::start(echo(b"0123456789"));
        assert_eq!(ask(proxy.port, 10, SURE), b"0123456789");
        proxy.set(Weather::CutAfterBytes(4));
        assert_eq!(ask(proxy.port, 10, SURE), b"0123");
        proxy.set(Weather::CutAtText("567".into()));
        assert_eq!(ask(proxy.port, 10, SURE), b"");
        assert_eq!(proxy.cuts(), 2);
        proxy.set(Weather::Stall);
        assert_eq!(ask(proxy.port, 10, Duration::from_millis(300)), b"");
        proxy.set(Weather::Refuse);
        assert_eq!(ask(proxy.port, 10, SURE), b"");
        // The stalled connection may wake in time to be refused as well.
        assert!(proxy.cuts() > 2, "a refusal counts");
        proxy.set(Weather::Slow(1000));
        assert_eq!(ask(proxy.port, 10, SURE), b"0123456789");
    }
}
