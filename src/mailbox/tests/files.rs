//! A folder of files in the place of a server.

use super::shop::{Shop, account, mail};
use crate::account::Source;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

fn shop(path: &Path) -> Shop {
    Shop::closed(account(Source::Folder { path: path.to_owned() }))
}

#[test]
fn a_file_that_is_dropped_arrives_within_a_second_and_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("INBOX")).unwrap();
    for n in 0..40 {
        fs::write(folder.path().join(format!("INBOX/{n:02}.eml")), mail(n)).unwrap();
    }
    let mut shop = shop(folder.path()).open();
    shop.wait_for_rows(40);
    let began = Instant::now();
    fs::write(folder.path().join("INBOX/late.eml"), mail(99)).unwrap();
    shop.wait_for_rows(41);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    shop.wait("the counts", |shop| shop.folder("INBOX").ledger_count == Some(41) && shop.folder("INBOX").server_count == Some(41));
    shop.close();
    fs::write(folder.path().join("INBOX/meanwhile.eml"), mail(100)).unwrap();
    let shop = shop.open();
    shop.wait_for_rows(42);
    assert!(shop.entries().iter().all(|entry| !entry.rescan && !entry.history));
    assert_eq!(shop.kept()[&41], mail(99));
}

#[test]
fn a_file_that_still_grows_is_left_until_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let shop = shop(folder.path()).open();
    let path = folder.path().join("slow.eml");
    for length in (0..mail(39).len()).step_by(20) {
        fs::write(&path, &mail(39)[..length]).unwrap();
        std::thread::sleep(Duration::from_millis(60));
        assert_eq!(shop.rows(), 0);
    }
    fs::write(&path, mail(39)).unwrap();
    shop.wait_for_rows(1);
    assert_eq!(shop.kept()[&1], mail(39));
}

#[test]
fn a_lost_list_of_numbers_means_reading_again_and_saying_so() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("one.eml"), mail(1)).unwrap();
    fs::write(folder.path().join("note.txt"), "not a mail").unwrap();
    let mut shop = shop(folder.path()).open();
    shop.wait_for_rows(1);
    shop.close();
    std::thread::sleep(Duration::from_millis(1_100));
    fs::remove_file(folder.path().join(".uids")).unwrap();
    let shop = shop.open();
    shop.wait_for_rows(2);
    assert!(shop.entries()[1].rescan);
    assert_eq!(shop.blobs.count().unwrap().0, 1);
    assert!(shop.health().notice.is_some());
}
