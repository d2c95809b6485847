//! P32: it stays small while mail comes and goes. A few hundred mails on every run, for the descriptors; 10,000 with
//! `RESTANTE_FULL=1`, for the memory as well (what a soak of a day would show, without its pauses).

use crate::support::{Shop, Wire, eventually, within};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn p32_file_descriptors_and_memory_stay_where_they_were() {
    let full = std::env::var_os("RESTANTE_FULL").is_some();
    let third = if full { 3_334 } else { 60 };
    let shop = Shop::open(Wire::Plain);
    let owner = shop.owner();
    let mut inbox = shop.stack.open_box(&shop.address);
    let mut sizes = Vec::new();
    let mut arrived = 0;
    for _ in 0..3 {
        for _ in 0..third {
            arrived += 1;
            let mail = format!(
                "From: Mara <mara{arrived}@example.test>\r\nTo: <{}>\r\nSubject: Letter {arrived}\r\nMessage-ID: <soak.{arrived}@example.test>\r\n\r\n{}\r\n",
                shop.address,
                "A letter about a print. ".repeat(1 + arrived % 200)
            );
            inbox.append("INBOX", mail.as_bytes());
            if arrived % 20 == 0 {
                assert_eq!(owner.get("/inbox").status, 200);
                assert_eq!(owner.get(&format!("/search?q=mara{arrived}")).status, 200);
            }
        }
        within(PATIENCE, "every mail is a message", || (shop.question("SELECT count(*) FROM message", "")? == arrived as i64).then_some(()));
        within(PATIENCE, "every mail can be found", || {
            owner.get(&format!("/search?q=%22Letter+{arrived}%22")).html.contains(&format!("Letter {arrived}")).then_some(())
        });
        sizes.push((descriptors(shop.restante.pid()), resident_kb(shop.restante.pid())));
    }
    println!("{arrived} mails; descriptors and resident kB after each third: {sizes:?}");
    // A connection or a segment may be open at this moment that was not at that one, and the other way round.
    eventually("no more descriptors than after the first third", || (descriptors(shop.restante.pid()) <= sizes[0].0).then_some(()));
    let (first, last) = (sizes[0].1, sizes[2].1);
    assert!(!full || last * 10 < first * 11, "resident: {first} kB after a third, {last} kB at the end");
    shop.restante.stop();
}

fn descriptors(pid: u32) -> usize {
    std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count()
}

/// Our own memory, without the pages of mapped files.
fn resident_kb(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
