//! P32: one writer; quick, clean start and stop.

use crate::support::restante::{add_owner, command, terminate};
use crate::support::{PATIENCE, Restante, Shop, Wire, look_for};
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

#[test]
fn p32_a_second_process_on_the_same_folder_ends_at_once_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    add_owner(&data);
    let first = Restante::serve(&data);
    let (status, words) = Restante::spawn(&data, &[]).wait(Duration::from_secs(2));
    assert!(!status.success());
    assert!(words.contains("another Restante"), "{words}");
    assert!(first.stop() < Duration::from_secs(10));
}

#[test]
fn p32_it_stops_within_ten_seconds_of_sigterm_while_a_mailbox_is_watched() {
    let shop = Shop::open(Wire::Plain);
    shop.customer_writes("From: <mara@example.test>\r\nTo: <shop@shop.test>\r\nSubject: One\r\nMessage-ID: <p32.1@example.test>\r\n\r\nOne\r\n");
    shop.conversation_of("p32.1@example.test");
    assert!(shop.restante.stop() < Duration::from_secs(10));
}

/// The first line that it prints is heard at once; its own first writes are still to come.
#[test]
fn p32_a_stop_in_the_first_moment_is_a_clean_stop() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut process = command(&data).args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
    let first = lines.next();
    terminate(&process);
    let ended = look_for(PATIENCE, || process.try_wait().unwrap());
    process.kill().ok();
    process.wait().unwrap();
    assert!(first.as_ref().is_some_and(|line| line.contains("Restante answers at")), "{first:?}");
    assert_eq!(ended.and_then(|status| status.code()), Some(0), "{ended:?}");
}

#[test]
fn p32_it_starts_again_after_the_plug_was_pulled() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    add_owner(&data);
    Restante::serve(&data).kill();
    let begun = Instant::now();
    let restante = Restante::serve(&data);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    restante.stop();
}

/// glibc keeps what was freed unless it was told at the start; a few mails of 90 MB would cost 300 MB for good.
#[cfg(target_env = "gnu")]
#[test]
fn p32_the_server_starts_with_an_allocator_that_gives_large_pieces_back() {
    let folder = tempfile::tempdir().unwrap();
    let restante = Restante::serve(&folder.path().join("data"));
    let environment = std::fs::read(format!("/proc/{}/environ", restante.pid())).unwrap();
    assert!(environment.split(|b| *b == 0).any(|v| v == b"MALLOC_MMAP_THRESHOLD_=4194304"), "{}", String::from_utf8_lossy(&environment));
}
