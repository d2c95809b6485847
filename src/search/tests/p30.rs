//! P30: the index is disposable.

use super::shop::{Mail, NOON, Shop, mail, open};
use crate::conversation::tag;
use crate::search::Error;
use crate::search::{Order, Query, Total};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const WORDS: [&str; 16] = [
    "refund",
    "poster",
    "frame",
    "crease",
    "tube",
    "dented",
    "late",
    "parcel",
    "invoice",
    "wholesale",
    "giclee",
    "mount",
    "colour",
    "signed",
    "edition",
    "gift",
];

/// A small stream of numbers that is the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

fn filled() -> Shop {
    let shop = Shop::new();
    let mut dice = Dice(0x5eed);
    for n in 0..300 {
        let text: Vec<&str> = (0..4).map(|_| WORDS[dice.roll(WORDS.len())]).collect();
        let new = Mail { at: NOON - n, language: None, ..mail(&format!("Order AT-{}", 10_000 + n), &text.join(" ")) };
        let (id, _) = shop.receive(&new);
        if n % 7 == 0 {
            shop.write(move |tx| tag::put(tx, id, "vip", None, NOON));
        }
        if n % 5 == 0 {
            shop.receive_in(id, &Mail { at: NOON - n + 1, ..mail("Re: order", WORDS[dice.roll(WORDS.len())]) });
        }
        if n % 100 == 99 {
            shop.catch_up();
        }
    }
    shop.catch_up();
    shop
}

/// 200 questions, each answered by the index and by reading every row.
fn answers_are_true(shop: &Shop) {
    some_answers_are_true(shop, 200, 0xd1ce);
}

fn some_answers_are_true(shop: &Shop, questions: usize, seed: u64) {
    let mut dice = Dice(seed);
    for round in 0..questions {
        let (a, b) = (WORDS[dice.roll(WORDS.len())], WORDS[dice.roll(WORDS.len())]);
        let number = 10_000 + dice.roll(320);
        let has = |word: &str| format!("' ' || new_text || ' ' LIKE '% {word} %'");
        let (text, sql) = match round % 6 {
            0 => (format!("{a} "), has(a)),
            1 => (format!("{a} {b} "), format!("{} AND {}", has(a), has(b))),
            2 => (format!("{a} -{b} "), format!("{} AND NOT {}", has(a), has(b))),
            3 => (format!("\"{a} {b}\""), has(&format!("{a} {b}"))),
            4 => (format!("AT-{number}"), format!("message.subject = 'Order AT-{number}'")),
            _ => (
                format!("{a} tag:vip "),
                format!("{} AND EXISTS (SELECT 1 FROM conversation_tag AS t WHERE t.conversation_id = message.conversation_id)", has(a)),
            ),
        };
        let mut truth: Vec<i64> = shop
            .db
            .read(|c| {
                c.all(&format!("SELECT DISTINCT conversation_id FROM message JOIN message_text ON message_id = message.id WHERE {sql} ORDER BY 1"), [], |r| {
                    r.get(0)
                })
            })
            .map_err(|e: crate::database::Error| e)
            .unwrap();
        let (query, _) = Query::parse(&text, &[], NOON, 0);
        let mut found = Vec::new();
        for page in 0.. {
            let one = shop.db.read(|c| shop.index.search(c, &query, &shop.agent, Order::Newest, page)).unwrap();
            assert_eq!(one.total, Total::Exact(truth.len()), "{text}");
            found.extend(one.hits.iter().map(|hit| hit.conversation_id.0));
            if !one.more {
                break;
            }
        }
        found.sort_unstable();
        truth.sort_unstable();
        assert_eq!(found, truth, "{text}");
    }
}

/// Opens the index as a start does, lets it rebuild alone, and checks its answers. Returns whether it rebuilt.
fn restart(shop: &mut Shop, questions: usize) -> bool {
    let began = Instant::now();
    shop.reopen();
    assert!(began.elapsed() < Duration::from_secs(5), "a start waits for nothing");
    let rebuilding = shop.index.progress().is_some();
    shop.catch_up();
    assert_eq!(shop.index.progress(), None);
    some_answers_are_true(shop, questions, 0xd1ce);
    rebuilding
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// A copy of a whole index to damage again and again.
fn put_back(shop: &mut Shop, copy: &Path) {
    shop.index.close(&shop.db);
    fs::remove_dir_all(shop.index_folder()).unwrap();
    fs::create_dir(shop.index_folder()).unwrap();
    for file in files(copy) {
        fs::copy(&file, shop.index_folder().join(file.file_name().unwrap())).unwrap();
    }
}

fn copied(shop: &Shop) -> PathBuf {
    shop.index.close(&shop.db);
    let copy = shop.folder.path().join("copy");
    fs::create_dir(&copy).unwrap();
    for file in files(&shop.index_folder()) {
        fs::copy(&file, copy.join(file.file_name().unwrap())).unwrap();
    }
    copy
}

#[test]
fn p30_a_whole_index_is_not_rebuilt_and_tells_the_truth() {
    let mut shop = filled();
    answers_are_true(&shop);
    assert!(!restart(&mut shop, 200));
}

#[test]
fn p30_any_file_of_the_index_may_be_deleted() {
    let mut shop = filled();
    let copy = copied(&shop);
    let names: Vec<PathBuf> = files(&copy).iter().map(|file| file.file_name().unwrap().into()).collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        put_back(&mut shop, &copy);
        fs::remove_file(shop.index_folder().join(&name)).unwrap();
        let lock = name.extension().is_some_and(|end| end == "lock");
        assert!(restart(&mut shop, 12) || lock, "{}", name.display());
    }
    put_back(&mut shop, &copy);
    fs::remove_dir_all(shop.index_folder()).unwrap();
    assert!(restart(&mut shop, 200));
}

#[test]
fn p30_two_hundred_random_bytes_may_be_flipped() {
    let mut shop = filled();
    let copy = copied(&shop);
    let mut dice = Dice(0xf11b);
    for round in 0..12 {
        put_back(&mut shop, &copy);
        let files: Vec<PathBuf> = files(&shop.index_folder()).into_iter().filter(|file| fs::metadata(file).unwrap().len() > 0).collect();
        // Spread over all files in some rounds, within one file in the others.
        let one = dice.roll(files.len());
        for _ in 0..200 {
            let file = &files[if round % 2 == 0 { dice.roll(files.len()) } else { one }];
            let mut bytes = fs::read(file).unwrap();
            let at = dice.roll(bytes.len());
            bytes[at] ^= 1 + dice.roll(255) as u8;
            fs::write(file, bytes).unwrap();
        }
        assert!(restart(&mut shop, 12), "round {round}");
    }
    // One byte alone, anywhere: rebuilt or harmless, never a wrong answer.
    for _ in 0..12 {
        put_back(&mut shop, &copy);
        let files: Vec<PathBuf> = files(&shop.index_folder()).into_iter().filter(|file| fs::metadata(file).unwrap().len() > 0).collect();
        let file = &files[dice.roll(files.len())];
        let mut bytes = fs::read(file).unwrap();
        let at = dice.roll(bytes.len());
        bytes[at] ^= 1 << dice.roll(8);
        fs::write(file, bytes).unwrap();
        restart(&mut shop, 30);
    }
}

#[test]
fn p30_an_index_of_an_old_schema_is_rebuilt() {
    let mut shop = filled();
    shop.index.close(&shop.db);
    let meta = shop.index_folder().join("meta.json");
    let old = fs::read_to_string(&meta).unwrap().replace("\"others\"", "\"remarks\"");
    fs::write(&meta, old).unwrap();
    assert!(restart(&mut shop, 200));
    shop.index.close(&shop.db);
    let old = fs::read_to_string(&meta).unwrap().replace(&format!("version\\\":{}", crate::search::schema::VERSION), "version\\\":0");
    fs::write(&meta, old).unwrap();
    assert!(restart(&mut shop, 200));
}

#[test]
fn p30_what_the_system_refuses_is_reported_and_not_wiped() {
    let mut shop = filled();
    shop.index.close(&shop.db);
    let (folder, away) = (shop.index_folder(), shop.folder.path().join("away"));
    fs::rename(&folder, &away).unwrap();
    fs::write(&folder, b"not a folder").unwrap();
    shop.index = open(&folder, &shop.db);
    let (query, _) = Query::parse("refund ", &[], NOON, 0);
    let refused = shop.db.read(|c| shop.index.search(c, &query, &shop.agent, Order::Newest, 0));
    let Err(Error::Unavailable(why)) = refused else { panic!("{refused:?}") };
    assert!(why.contains("is a file where a folder should be"), "{why}");
    assert!(shop.index.progress().unwrap().starts_with("search is unavailable: "));
    assert!(matches!(shop.index.catch_up(&shop.db), Err(Error::Unavailable(_))));
    assert_eq!(shop.search("tag:vip").hits.len(), 25, "what the database knows is still answered");
    shop.receive(&mail("Umbrella", "mail comes in meanwhile"));
    assert_eq!(fs::read(&folder).unwrap(), b"not a folder");
    fs::remove_file(&folder).unwrap();
    fs::rename(&away, &folder).unwrap();
    assert!(!restart(&mut shop, 200), "the index was not touched");
    assert_eq!(shop.ids("umbrella").len(), 1);
}

#[test]
fn p30_damage_while_running_heals() {
    let shop = filled();
    fs::remove_dir_all(shop.index_folder()).unwrap();
    shop.receive(&mail("Umbrella", "after the damage"));
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| crate::search::run_indexer(&shop.index, &shop.db, &stop));
        let deadline = Instant::now() + Duration::from_secs(30);
        let (query, _) = Query::parse("umbrella ", &[], NOON, 0);
        let found = || shop.db.read(|c| shop.index.search(c, &query, &shop.agent, Order::Newest, 0)).is_ok_and(|found| found.hits.len() == 1);
        while !(found() && shop.index.progress().is_none()) {
            assert!(Instant::now() < deadline, "{:?}", shop.index.progress());
            std::thread::yield_now();
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        shop.db.ticks().advance();
    });
    answers_are_true(&shop);
}
