use super::sink::{Reaction, Sink, Step};
use super::*;
use std::sync::Mutex;
use std::time::Instant;

fn shop_for(sink: &Sink) -> Shop {
    Shop::by_smtp(&format!("smtp://support%40shop.test@127.0.0.1:{}", sink.port))
}

#[test]
fn a_letter_arrives_byte_for_byte_with_the_servers_words_kept() {
    let sink = Sink::usual();
    let shop = shop_for(&sink);
    let (_, id) = shop.queue(&["anna@example.test", "bo@exämple.test"]);
    assert_eq!(shop.round(), 1);
    let mails = sink.taken();
    assert_eq!(mails.len(), 1);
    assert_eq!((mails[0].from.as_str(), &mails[0].to[..]), ("support@shop.test", &["anna@example.test".to_owned(), "bo@xn--exmple-cua.test".to_owned()][..]));
    let unstuffed = String::from_utf8(mails[0].wire.clone()).unwrap().replace("\r\n..", "\r\n.");
    let raw: Vec<u8> = shop.office.db.read(|c| c.one("SELECT raw_hash FROM outbox", [], |r| r.get(0))).unwrap();
    assert_eq!(shop.office.blobs.get(crate::blobs::Hash::from_slice(&raw).unwrap()).unwrap(), unstuffed.as_bytes());
    assert_eq!(shop.state(id), State::Accepted);
    assert_eq!(shop.recipients(id)[0].2, "250 2.0.0 queued as 4711");
}

#[test]
fn a_folder_carrier_writes_whole_files_once() {
    let out = tempfile::tempdir().unwrap();
    let shop = Shop::with(Carrier::Folder { path: out.path().join("sent") }, None, QUICK);
    let (message, id) = shop.queue(&["anna@example.test"]);
    shop.round();
    assert_eq!(shop.state(id), State::Accepted);
    shop.office.db.write(move |tx| tx.execute("UPDATE outbox SET state = 'failed' WHERE message_id = ?1", [message])).unwrap();
    shop.office.db.write(move |tx| outbox::send_again(tx, message, BEGIN)).unwrap();
    shop.round();
    let names: Vec<String> = std::fs::read_dir(out.path().join("sent")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names, ["letter-0@shop.test.eml"]);
}

#[test]
fn p16_a_retry_is_byte_identical() {
    let sink = Sink::start(|step| if *step == Step::Dot { Reaction::Say("451 not now".into()) } else { Reaction::Usual });
    let shop = shop_for(&sink);
    for _ in 0..3 {
        shop.queue(&["anna@example.test"]);
    }
    shop.live_on();
    let mails = sink.book.lock().unwrap().mails.clone();
    assert!(mails.len() >= 99, "{} attempts", mails.len());
    let mut hashes: Vec<_> = mails.iter().map(|m| crate::secret::digest(&m.wire)).collect();
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), 3, "one for each letter");
}

#[test]
fn p17_a_server_that_takes_mail_and_never_says_so_gets_no_storm() {
    let sink = Sink::start(|step| if *step == Step::Dot { Reaction::TakeAndHangUp } else { Reaction::Usual });
    let shop = shop_for(&sink);
    let mut letters = Vec::new();
    for n in 0..100 {
        let address = format!("a{n}@example.test");
        letters.push((n % 2 == 1, address.clone(), shop.queue_at(&[&address], n % 2 == 1, shop.now())));
    }
    let moments = shop.live_on();
    assert_eq!(moments.len(), 2);
    assert!(moments[1] - moments[0] >= 10 * MINUTE);
    for (automatic, address, (message, id)) in letters {
        assert_eq!(sink.copies(&address), if automatic { 1 } else { 2 }, "{address}");
        assert_eq!(shop.state(id), State::Uncertain);
        assert_eq!(shop.failures(message).len(), 1, "the conversation says so, once");
    }
}

const CODES: [u16; 20] = [421, 430, 432, 441, 447, 450, 451, 452, 454, 471, 500, 501, 503, 510, 530, 541, 550, 552, 553, 554];
const THREE: [&str; 3] = ["a@example.test", "b@example.test", "c@example.test"];

#[test]
fn p18_each_recipient_gets_one_copy_or_a_visible_failure() {
    let now: Arc<Mutex<Option<(Step, u16)>>> = Arc::default();
    let script = now.clone();
    let sink = Sink::start(move |step| match &*script.lock().unwrap() {
        Some((at, code)) if at == step => Reaction::Say(format!("{code}-no\r\n{code} really no")),
        _ => Reaction::Usual,
    });
    let shop = shop_for(&sink);
    let steps = [Step::Mail, Step::Data, Step::Dot].into_iter().chain(THREE.map(|r| Step::Rcpt(r.into())));
    for (step, code) in steps.flat_map(|step| CODES.map(|code| (step.clone(), code))) {
        sink.book.lock().unwrap().mails.clear();
        *now.lock().unwrap() = Some((step.clone(), code));
        let (message, id) = shop.queue(&THREE);
        shop.round();
        if code < 500 {
            *now.lock().unwrap() = None; // later the server is in a better mood
        }
        shop.live_on();
        let hit = |address: &str| code >= 500 && (!matches!(step, Step::Rcpt(_)) || step == Step::Rcpt(address.into()));
        for (address, state, answer) in shop.recipients(id) {
            assert_eq!(sink.copies(&address), usize::from(!hit(&address)), "{address} after {code} to {step:?}");
            assert_eq!(state, if hit(&address) { "failed" } else { "accepted" }, "{address} after {code} to {step:?}: {answer}");
            assert_eq!(answer.starts_with(&code.to_string()), hit(&address));
        }
        let failed = THREE.iter().filter(|a| hit(a)).count();
        assert_eq!(shop.failures(message).len(), failed, "{code} to {step:?}");
        assert_eq!(shop.state(id), if failed > 0 { State::Failed } else { State::Accepted });
    }
}

#[test]
fn p19_one_hanging_recipient_in_five_hundred_holds_up_nobody() {
    let hanging = "hang@example.test";
    let sink = Sink::start(move |step| if *step == Step::Rcpt(hanging.into()) { Reaction::Hang } else { Reaction::Usual });
    // The hanging one is given up only long after this test: whoever waited for it would not arrive.
    let patience = Patience { command: Duration::from_secs(600), ..QUICK };
    let shop = Shop::with(Carrier::Smtp(ServerAddress::parse_smtp(&format!("smtp://support%40shop.test@127.0.0.1:{}", sink.port)).unwrap()), None, patience);
    shop.clock.store(world::now(), Ordering::SeqCst);
    let (_, first) = shop.queue(&[hanging]);
    for _ in 0..499 {
        shop.queue(&["anna@example.test"]);
    }
    let db = shop.office.db.clone();
    let Shop { office, folder, .. } = shop;
    let postman = Postman::open(office).unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while sink.copies("anna@example.test") < 499 {
        assert!(Instant::now() < deadline, "{} of 499 arrived", sink.copies("anna@example.test"));
        std::thread::sleep(Duration::from_millis(5));
    }
    let state: String = db.read(|c| c.one("SELECT state FROM outbox WHERE id = ?1", [first], |r| r.get(0))).unwrap();
    assert_eq!(state, "sending", "it hangs still");
    drop(sink);
    postman.stop();
    drop(folder);
}

#[test]
fn p20_an_address_with_a_command_inside_never_reaches_the_wire() {
    let sink = Sink::usual();
    let shop = shop_for(&sink);
    let nasty = ["a@b.test>\r\nRCPT TO:<evil@evil.test", "a@b.test\nDATA", "<evil@evil.test>", "x y@z.test", "", "jörg@example.test", "a@b.test> SIZE=1"];
    let (message, id) = shop.queue(&[&nasty[..], &["anna@example.test"]].concat());
    shop.live_on();
    assert_eq!(sink.taken()[0].to, ["anna@example.test"]);
    assert!(!sink.heard("evil"));
    assert_eq!(shop.recipients(id).iter().filter(|(_, state, _)| state == "failed").count(), nasty.len());
    assert_eq!(shop.failures(message).len(), nasty.len());
}

#[test]
fn p21_a_lenient_server_counts_one_mail_and_bare_line_ends_never_leave() {
    let sink = Sink::usual();
    let shop = shop_for(&sink);
    let (_, good) = shop.queue_bytes(b"Subject: dots\r\n\r\n.\r\n..\r\n.x\r\nno end", &["a@example.test"], false, BEGIN);
    let mut bad = Vec::new();
    for body in ["a\n.\nb", "a\r.\rb", "a\r\n.\nMAIL FROM:<x@y>\r\n", "\n", "a\r"] {
        bad.push(shop.queue_bytes(format!("Subject: bad\r\n\r\n{body}\r\n").as_bytes(), &["a@example.test"], false, BEGIN).1);
    }
    shop.live_on();
    assert_eq!(shop.state(good), State::Accepted);
    assert!(bad.iter().all(|id| shop.state(*id) == State::Failed || sink.taken().len() == 1));
    let mails = sink.taken();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].wire, b"Subject: dots\r\n\r\n..\r\n...\r\n..x\r\nno end\r\n");
    let ends = [&b"\n.\n"[..], b"\r.\r", b"\n.\r\n", b"\r\n.\n"];
    assert!(ends.iter().all(|end| !mails[0].wire.windows(end.len()).any(|w| w == *end)), "a lenient server would see an end");
}

#[test]
fn the_undo_window_ends_within_a_second_of_its_time_and_a_stop_is_prompt() {
    let sink = Sink::start(|step| if *step == Step::Rcpt("hang@example.test".into()) { Reaction::Hang } else { Reaction::Usual });
    let shop = shop_for(&sink);
    let Shop { office, folder, mailbox, .. } = shop;
    let db = office.db.clone();
    let office = Office::new(office.db, office.blobs, office.key, Patience::STANDARD, world::now);
    let window = Shop { folder: None, clock: Arc::new(AtomicI64::new(world::now())), office, mailbox };
    let due = world::now() + 1_200;
    window.queue_at(&["anna@example.test"], false, due);
    window.queue_at(&["hang@example.test"], false, due);
    let postman = Postman::open(window.office).unwrap();
    while sink.copies("anna@example.test") == 0 {
        assert!(world::now() < due + 1_000);
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(world::now() >= due);
    let began = Instant::now();
    postman.stop();
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    let states: Vec<String> = db.read(|c| c.all("SELECT state FROM outbox ORDER BY id", [], |r| r.get(0))).unwrap();
    assert_eq!(states, ["accepted", "queued"]);
    drop(folder);
}

#[test]
fn a_server_that_cannot_be_reached_is_said_on_the_mailbox_and_the_mail_waits() {
    let sink = Sink::start(|step| if *step == Step::Connected { Reaction::HangUp } else { Reaction::Usual });
    let shop = shop_for(&sink);
    let ids: Vec<_> = (0..20).map(|_| shop.queue(&["anna@example.test"]).1).collect();
    shop.round();
    assert_eq!(sink.book.lock().unwrap().connections, 1, "one try tells for all");
    let complaint = shop.complaint().unwrap();
    assert!(complaint.starts_with("Sending: 127.0.0.1 did not greet"), "{complaint}");
    assert!(ids.iter().all(|id| matches!(shop.state(*id), State::Deferred | State::Queued)));
    let night = shop.now() + 12 * 60 * MINUTE;
    while let Some(due) = shop.office.db.read(outbox::next_due).unwrap().filter(|due| *due < night) {
        shop.clock.fetch_max(due, Ordering::SeqCst);
        shop.round();
    }
    let tries = sink.book.lock().unwrap().connections;
    assert!((40..=120).contains(&tries), "{tries} tries in a night: not given up, and no storm");
    let good = Sink::usual();
    let url = format!("smtp://support%40shop.test@127.0.0.1:{}", good.port);
    let carrier = serde_json::to_string(&Carrier::Smtp(ServerAddress::parse_smtp(&url).unwrap())).unwrap();
    shop.office.db.write(move |tx| tx.execute("UPDATE mailbox SET smtp = ?1", [carrier])).unwrap();
    shop.live_on();
    assert_eq!(good.copies("anna@example.test"), 20);
    assert!(shop.now() - night <= 16 * MINUTE, "all left as soon as there was a way");
    assert_eq!(shop.complaint(), None);
}

#[test]
fn p68_a_letter_that_was_claimed_before_the_stop_does_not_leave_by_either_carrier() {
    let sink = Sink::usual();
    let out = tempfile::tempdir().unwrap();
    for shop in [shop_for(&sink), Shop::with(Carrier::Folder { path: out.path().join("sent") }, None, QUICK)] {
        let (_, id) = shop.queue(&["anna@example.test"]);
        shop.office
            .db
            .write(move |tx| {
                let consent = tx.insert(
                    "INSERT INTO consent(customer_id, address, purpose, way, words, at, recorded_at) VALUES (1, 'anna@example.test', 'offers', 'form', 'yes', 0, 0)",
                    [],
                )?;
                tx.execute("UPDATE outbox SET consent_id = ?2 WHERE id = ?1", crate::database::params![id, consent])
            })
            .unwrap();
        let letter = shop.office.claim().unwrap().unwrap();
        shop.office.db.write(|tx| tx.execute("UPDATE consent SET withdrawn_at = 1, withdrawn_way = 'page'", [])).unwrap();
        shop.office.deliver(&letter);
        let answer: String = shop.office.db.read(|c| c.one("SELECT answer FROM outbox WHERE id = ?1", [id], |r| r.get(0))).unwrap();
        assert_eq!((shop.state(id), answer.as_str()), (State::Cancelled, outbox::CONSENT_ENDED));
        assert_eq!((shop.live_on().len(), sink.taken().len(), out.path().join("sent").exists()), (0, 0, false));
    }
}
