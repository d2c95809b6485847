//! What a server says about mails, as it may say it.

use crate::mailbox::answer::{Answer, Said, is_fetch, literal_after};

fn read(response: &[u8]) -> Option<(Said, Option<Vec<u8>>)> {
    let mut answer = Answer::default();
    answer.buffer().extend_from_slice(b"what came before ( \r\n");
    let start = answer.buffer().len();
    answer.buffer().extend_from_slice(response);
    answer.note(start).then(|| (answer.said()[0].clone(), answer.text(&answer.said()[0]).map(<[u8]>::to_vec)))
}

#[test]
fn a_body_is_the_bytes_that_were_announced_whatever_they_are() {
    let (said, text) = read(b"* 3 FETCH (UID 7 BODY[] {9}\r\na)\r\n\0{3}\xff)\r\n").unwrap();
    assert_eq!((said.uid, text.as_deref()), (Some(7), Some(&b"a)\r\n\0{3}\xff"[..])));
    let (said, text) = read(b"* 3 fetch (FLAGS (\\Seen $Forwarded) BODY[]<0> {0}\r\n MODSEQ (12) UID 8)\r\n").unwrap();
    assert_eq!((said.uid, text.as_deref()), (Some(8), Some(&b""[..])));
}

#[test]
fn short_texts_may_be_quoted_and_missing_ones_nil() {
    assert_eq!(read(b"* 3 FETCH (UID 7 BODY[] \"a \\\"b\\\\\")\r\n").unwrap().1.unwrap(), b"a \"b\\");
    assert_eq!(read(b"* 3 FETCH (UID 7 BODY[HEADER] \"\")\r\n").unwrap().1.unwrap(), b"");
    assert_eq!(read(b"* 3 FETCH (UID 7 BODY[] NIL)\r\n").unwrap().1, None);
    assert_eq!(read(b"* 3 FETCH (UID 7 BODY[] {2}\r\n\\\\)\r\n").unwrap().1.unwrap(), b"\\\\");
}

#[test]
fn facts_are_read_among_attributes_that_nobody_asked_for() {
    let line =
        b"* 12 FETCH (X-GM-LABELS (\"a b\" {2}\r\n)( NIL) RFC822.SIZE 4711 INTERNALDATE \" 5-Nov-2026 12:00:00 +0200\" BODY[HEADER.FIELDS (TO)] NIL UID 9)\r\n";
    let said = read(line).unwrap().0;
    assert_eq!((said.uid, said.size, said.internal_date), (Some(9), Some(4711), Some(1_793_872_800_000)));
    assert_eq!(read(b"* 12 FETCH (UID 9 INTERNALDATE NIL)\r\n").unwrap().0.internal_date, None);
}

#[test]
fn what_cannot_be_read_is_not_guessed_at() {
    for line in [
        &b"* 1 FETCH (UID 1 BODY[] {zzz}\r\n"[..],
        b"* 1 FETCH (UID 1 BODY[[ {1}\r\na)\r\n",
        b"* 1 FETCH (UID 1 BODY[] {2}\r\nabc)\r\n",
        b"* 1 FETCH (UID 1 BODY[] {9}\r\nabc)\r\n",
        b"* 1 FETCH (UID 1 RFC822.SIZE 99999999999)\r\n",
        b"* 1 FETCH (UID 1) and more\r\n",
        b"* 1 FETCH (UID 1\r\n",
        b"* 1 FETCH (UID one)\r\n",
        b"* 1 FETCH UID 1\r\n",
    ] {
        assert_eq!(read(line), None, "{}", String::from_utf8_lossy(line));
    }
    let deep = format!("* 1 FETCH (X {}{} UID 1)\r\n", "(".repeat(40), ")".repeat(40));
    assert_eq!(read(deep.as_bytes()), None);
}

#[test]
fn a_literal_is_announced_at_the_end_of_a_line() {
    assert_eq!(literal_after(b"* 1 FETCH (BODY[] {310}\r\n"), Some(310));
    assert_eq!(literal_after(b"* 1 FETCH (BODY[] {310})\r\n"), None);
    assert_eq!(literal_after(b"* 1 FETCH (BODY[] {}\r\n"), None);
    assert_eq!(literal_after(b"* 1 FETCH (BODY[] {4294967296}\r\n"), None);
    assert!(is_fetch(b"* 12 FETCH (UID 1)\r\n") && is_fetch(b"* 12 fetch (UID"));
    assert!(!is_fetch(b"* 12 EXISTS\r\n") && !is_fetch(b"* OK FETCH\r\n") && !is_fetch(b"a3 OK Fetch completed\r\n"));
}
