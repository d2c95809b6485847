//! How fast a real server's mailbox comes in: `RESTANTE_TEST_IMAP=imap://user%40host@127.0.0.1:143 cargo test --release
//! --lib first_sync -- --ignored --nocapture`, with the password "secret".

use super::shop::{Shop, account};
use crate::account::{ServerAddress, Source};
use std::time::Instant;

#[test]
#[ignore = "a measurement: needs a server that is running already"]
fn first_sync_of_a_running_server() {
    let url = std::env::var("RESTANTE_TEST_IMAP").expect("RESTANTE_TEST_IMAP names the server");
    let mut new = account(Source::Imap(ServerAddress::parse_imap(&url).unwrap()));
    new.ca_pem = std::env::var("RESTANTE_TEST_CA").ok().map(|path| std::fs::read_to_string(path).unwrap());
    let mut shop = Shop::closed(new);
    shop.pace = crate::mailbox::Pace::default();
    let shop = shop.open();
    let began = Instant::now();
    while shop.folder("INBOX").history_below != Some(0) {
        std::thread::sleep(std::time::Duration::from_millis(50));
        assert_eq!(shop.health().last_error, None);
    }
    let (rows, seconds) = (shop.rows(), began.elapsed().as_secs_f64());
    println!("{rows} mails in {seconds:.1} s: {:.0} mails/s", rows as f64 / seconds);
    assert!(rows > 0);
}
