//! P61: what Restante calls by HTTP cannot reach inside. Every way to write an inside address, names that lead there, redirects and names
//! that change their address: a listener that is inside is connected to 0 times, and once when the owner has named it.

use crate::support::Canary;
use restante::action::answer::Fate;
use restante::action::{Action, ActionId, BodyKind, Definition, Facts, Inside, Kind, Method};
use restante::courier::{Client, Names, Patience, Tried, try_out};
use restante::secret::SecretKey;
use std::io::{Read, Write};
use std::net::{IpAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Hosts that are this machine, its network, or nobody's; names as the resolver below answers them.
const INSIDE: &[&str] = &[
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "127.0.0.2",
    "127.255.255.254",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7F.0x0.0x0.0x1",
    "017700000001",
    "0177.0.0.1",
    "0177.1",
    "%31%32%37.0.0.1",
    "127%2e0%2e0%2e1",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "１２７.0.0.1",
    "0",
    "0x0",
    "0.0.0.0",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "api.localhost",
    "10.0.0.1",
    "10.255.255.254",
    "0x0a.1",
    "172.16.0.1",
    "172.31.255.254",
    "192.168.0.1",
    "3232235521",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "100.64.0.1",
    "100.127.255.254",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:0001]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[ff02::1]",
    "127.0.0.1.nip.io",
    "www.inside.test",
    "mapped.inside.test",
    "mixed.inside.test",
    "pay.example@127.0.0.1",
    "pay.example:443@127.0.0.1",
    "127.0.0.1#@pay.example",
    "127.0.0.1\\@pay.example",
    "127.0.0.1?@pay.example",
];

fn resolve(name: &str) -> Vec<IpAddr> {
    let addresses: &[&str] = match name {
        "mapped.inside.test" => &["::ffff:127.0.0.1"],
        // A public one first, for whoever looks at one only.
        "mixed.inside.test" => &["2000::1", "127.0.0.1"],
        _ => &["127.0.0.1"],
    };
    addresses.iter().map(|ip| ip.parse().unwrap()).collect()
}

fn call_by(client: &Client, url: &str, inside: &Inside) -> Tried {
    let definition = Definition { url: url.into(), method: Method::Get, body_kind: BodyKind::Nothing, ..Definition::default() };
    let action = Action { id: ActionId(1), kind: Kind::Call, name: "Look".into(), definition, sealed: None };
    try_out(client, &SecretKey::from_bytes([1; 32]), &action, &Facts::new(), inside, 0)
}

fn client(names: impl Fn(&str) -> Vec<IpAddr> + Send + Sync + 'static) -> Client {
    let patience = Patience { connect: Duration::from_millis(300), answer: Duration::from_secs(5) };
    Client::new(Names::Given(Arc::new(names)), patience)
}

/// Waits until the listener has seen all that came before this connection of our own; returns how many those were.
fn calls_before(canary: &Canary) -> usize {
    TcpStream::connect(("127.0.0.1", canary.port)).unwrap().write_all(b"the end\r\n").unwrap();
    crate::support::eventually("the listener has heard the end", || canary.calls().iter().position(|line| line == "the end"))
}

#[test]
fn p61_no_way_to_write_an_inside_address_leads_there() {
    let canary = Canary::start();
    let client = client(resolve);
    assert!(INSIDE.len() >= 60, "{}", INSIDE.len());
    for host in INSIDE {
        // With the port where somebody listens, and with those that need not be named.
        for port in [format!(":{}", canary.port), ":8443".into(), ":8080".into(), String::new()] {
            for scheme in ["http", "https", "HTTPS", "ftp", "gopher", "file", "unix"] {
                let url = match host.split_once(['#', '\\', '?']) {
                    Some((before, _)) => format!("{scheme}://{before}{port}{}/", &host[before.len()..]),
                    None => format!("{scheme}://{host}{port}/"),
                };
                let tried = call_by(&client, &url, &Inside::default());
                assert_eq!(tried.outcome.fate, Fate::Refused, "{url}: {}", tried.outcome.words);
            }
        }
    }
    assert_eq!(calls_before(&canary), 0, "{:?}", canary.calls());
}

#[test]
fn p61_where_port_and_scheme_are_allowed_the_address_alone_decides() {
    // One of the ports that need not be named, where it is free on this machine.
    let Some(listener) = [8443, 8080].iter().find_map(|port| TcpListener::bind(("127.0.0.1", *port)).ok()) else {
        eprintln!("8443 and 8080 are taken here: the address alone was not tried");
        return;
    };
    let port = listener.local_addr().unwrap().port();
    listener.set_nonblocking(true).unwrap();
    let client = client(resolve);
    for host in INSIDE {
        let url = match host.split_once(['#', '\\', '?']) {
            Some((before, _)) => format!("https://{before}:{port}{}/", &host[before.len()..]),
            None => format!("https://{host}:{port}/"),
        };
        assert_eq!(call_by(&client, &url, &Inside::default()).outcome.fate, Fate::Refused, "{url}");
    }
    assert!(listener.accept().is_err(), "somebody connected");
    let named = Inside::read(&format!("127.0.0.1:{port}")).unwrap();
    assert_eq!(call_by(&client, &format!("https://2130706433:{port}/"), &named).outcome.fate, Fate::NotNow, "it connects, and finds nobody who speaks TLS");
    assert!(listener.accept().is_ok(), "this listener would have noticed");
}

#[test]
fn p61_the_owner_s_list_opens_one_host_and_port_and_no_other() {
    let canary = Canary::start();
    let inside = Inside::read(&format!("www.inside.test:{}", canary.port)).unwrap();
    let client = client(resolve);
    let named = call_by(&client, &format!("http://www.inside.test:{}/named", canary.port), &inside);
    assert_eq!((named.outcome.fate, named.outcome.status), (Fate::Done, Some(200)), "{}", named.outcome.words);
    for other in [
        format!("http://127.0.0.1:{}/", canary.port),
        format!("http://other.inside.test:{}/", canary.port),
        format!("http://x.www.inside.test:{}/", canary.port),
    ] {
        assert_eq!(call_by(&client, &other, &inside).outcome.fate, Fate::Refused, "{other}");
    }
    assert_eq!(calls_before(&canary), 1, "{:?}", canary.calls());
}

#[test]
fn p61_a_redirect_is_an_answer_and_is_not_followed() {
    let canary = Canary::start();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, there) = (listener.local_addr().unwrap().port(), canary.port);
    let statuses = [301, 302, 303, 307, 308];
    let server = std::thread::spawn(move || {
        for status in statuses {
            let (mut stream, _) = listener.accept().unwrap();
            assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
            write!(stream, "HTTP/1.1 {status} Elsewhere\r\nLocation: http://127.0.0.1:{there}/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        }
    });
    // Both are named: following would be allowed by the list, and is still not done.
    let inside = Inside::read(&format!("127.0.0.1:{port}\n127.0.0.1:{there}")).unwrap();
    for status in statuses {
        let tried = call_by(&client(resolve), &format!("http://127.0.0.1:{port}/"), &inside);
        assert_eq!((tried.outcome.fate, tried.outcome.status), (Fate::Refused, Some(status)), "{}", tried.outcome.words);
    }
    server.join().unwrap();
    assert_eq!(calls_before(&canary), 0);
}

#[test]
fn p61_a_name_that_changes_its_address_is_judged_by_the_one_that_is_connected_to() {
    let canary = Canary::start();
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    // Public for the first question, this machine for every later one: each connection asks once, and goes where that answer said.
    let rebinding = client(move |_| {
        let first = counted.fetch_add(1, Ordering::SeqCst).is_multiple_of(2);
        vec![if first { "2000::1" } else { "127.0.0.1" }.parse().unwrap()]
    });
    for attempt in 0..6 {
        let before = asked.load(Ordering::SeqCst);
        for url in [format!("https://rebind.test:{}/", canary.port), "https://rebind.test:8443/".into()] {
            let fate = call_by(&rebinding, &url, &Inside::default()).outcome.fate;
            assert!(matches!(fate, Fate::Refused | Fate::NotNow), "attempt {attempt}: {fate:?}");
        }
        assert!(asked.load(Ordering::SeqCst) - before <= 1, "a name is asked for once for each connection");
    }
    // A name that the owner allowed: the first answer is where it goes, although the second would be the listener.
    let asked = AtomicUsize::new(0);
    let allowed = client(move |_| vec![if asked.fetch_add(1, Ordering::SeqCst) == 0 { "::1" } else { "127.0.0.1" }.parse().unwrap()]);
    let inside = Inside::read(&format!("rebind.test:{}", canary.port)).unwrap();
    assert_eq!(call_by(&allowed, &format!("http://rebind.test:{}/", canary.port), &inside).outcome.fate, Fate::NotNow);
    assert_eq!(calls_before(&canary), 0, "{:?}", canary.calls());
}
