//! P27: locks do not reach users. Eight agents read, search, write and decide while mail arrives and backups are made:
//! some seconds on every run, ten minutes with `RESTANTE_FULL=1`, where the times count, too.

use crate::support::restante::run;
use crate::support::{Shop, Visitor, Wire, eventually};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const AGENTS: usize = 8;
const WAL_BYTES_MAX: u64 = 1024 * 1024 * 1024;
const WRITE_P99_MAX: Duration = Duration::from_secs(1);

/// What the agents saw.
#[derive(Default)]
struct Seen {
    notes: Vec<String>,
    writes: Vec<Duration>,
}

#[test]
fn p27_eight_agents_intake_backups_and_search_meet_no_lock() {
    let full = std::env::var_os("RESTANTE_FULL").is_some();
    let time = Duration::from_secs(if full { 600 } else { 5 });
    let shop = Shop::open(Wire::Plain);
    (0..AGENTS).for_each(|agent| shop.customer_writes(&mail(&shop, agent)));
    let conversations: Vec<i64> = (0..AGENTS).map(|agent| shop.conversation_of(&format!("p27.{agent}@example.test"))).collect();
    let (over, seen, arrived) = (AtomicBool::new(false), Mutex::new(Seen::default()), Mutex::new(AGENTS));
    let mut wal = 0;
    std::thread::scope(|scope| {
        let _over = Over(&over); // also when something fails
        let agents: Vec<_> = (0..AGENTS)
            .map(|agent| {
                scope.spawn({
                    let (shop, conversation, over, seen) = (&shop, conversations[agent], &over, &seen);
                    move || work(shop, conversation, agent, over, seen)
                })
            })
            .collect();
        scope.spawn(|| {
            let mut inbox = shop.stack.open_box(&shop.address);
            while !over.load(Ordering::Relaxed) {
                let mut count = arrived.lock().unwrap();
                inbox.append("INBOX", mail(&shop, *count).as_bytes());
                *count += 1;
            }
        });
        let place = tempfile::tempdir().unwrap();
        let begun = Instant::now();
        let mut backups = 0;
        while begun.elapsed() < time && agents.iter().all(|agent| !agent.is_finished()) {
            run(&shop.data, &["backup", place.path().join(format!("{}.tar", backups % 2)).to_str().unwrap()], "");
            backups += 1;
            wal = wal.max(std::fs::metadata(shop.data.join("restante.db-wal")).map_or(0, |file| file.len()));
            wal = wal.max(std::fs::metadata(shop.data.join("mail.db-wal")).map_or(0, |file| file.len()));
        }
        println!("{backups} backups");
    });
    assert!(wal < WAL_BYTES_MAX, "the WAL grew to {wal} bytes");
    let (mut seen, arrived) = (seen.into_inner().unwrap(), arrived.into_inner().unwrap());
    eventually("every mail is a message", || (shop.question("SELECT count(*) FROM message WHERE direction = 'inbound'", "")? == arrived as i64).then_some(()));
    assert!(seen.notes.len() >= AGENTS, "too little was done: {} notes", seen.notes.len());
    for note in &seen.notes {
        assert_eq!(shop.question("SELECT count(*) FROM message_text WHERE new_text = ?1", note), Some(1), "{note}");
    }
    seen.writes.sort();
    let p99 = seen.writes[seen.writes.len() * 99 / 100];
    println!("{arrived} mails, {} writes, p99 {p99:?}, WAL {wal} bytes", seen.writes.len());
    assert!(!full || p99 < WRITE_P99_MAX, "p99 of {} writes: {p99:?}", seen.writes.len());
}

struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// One agent's day: looks, searches, writes a note, decides.
fn work(shop: &Shop, conversation: i64, agent: usize, over: &AtomicBool, seen: &Mutex<Seen>) {
    let visitor = shop.owner();
    for round in 0.. {
        if over.load(Ordering::Relaxed) {
            return;
        }
        let page = look(&visitor, &format!("/conversations/{conversation}?view=inbox&write=note"));
        let note = format!("agent {agent} was here {round}");
        let mut form = page.form_with("name=\"text\"");
        form.action = format!("/conversations/{conversation}/notes");
        form.set("text", &note);
        let begun = Instant::now();
        let answer = visitor.post(&form);
        assert_eq!(answer.status, 303, "{}", answer.html);
        let took = begun.elapsed();
        let mut status = page.form_with("name=\"status\"");
        status.set("status", if round % 2 == 0 { "resolved" } else { "open" });
        let begun = Instant::now();
        let answer = visitor.post(&status);
        assert_eq!(answer.status, 303, "{}", answer.html);
        let mut seen = seen.lock().unwrap();
        seen.notes.push(note);
        seen.writes.extend([took, begun.elapsed()]);
        drop(seen);
        look(&visitor, "/search?q=letter");
        look(&visitor, "/inbox");
    }
}

fn look(visitor: &Visitor, path: &str) -> crate::support::visitor::Page {
    let page = visitor.get(path);
    assert_eq!(page.status, 200, "{path}: {}", page.html);
    page
}

fn mail(shop: &Shop, number: usize) -> String {
    format!(
        "From: Mara <mara{number}@example.test>\r\nTo: <{}>\r\nSubject: Letter {number}\r\nMessage-ID: <p27.{number}@example.test>\r\n\r\nA letter, number {number}\r\n",
        shop.address
    )
}
