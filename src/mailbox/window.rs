//! Fetching a list of UIDs so that no mail stops the others: in windows bounded in count and bytes; a window that fails is
//! fetched again mail by mail; a mail that cannot be had after three attempts is noted as unfetched.

use super::fetch::{Bodies, Facts};
use super::keep::{Batch, Kept, Origin};
use super::round::Desk;
use super::session::Session;
use super::trouble::{Cause, Result};
use super::{MAIL_BYTES_MAX, PIECE_BYTES, UID_ATTEMPTS_MAX, WINDOW_BYTES_MAX, WINDOW_MAILS_MAX};
use crate::account::{Folder, Mark};
use crate::blobs::Hash;
use crate::id::FolderId;
use std::collections::{HashMap, HashSet};

/// A server whose sizes were wrong this often, with the same bytes each time, is not doubted any more.
const WRONG_SIZES_BELIEVED: u32 = 8;

/// What is known of mails that made a window fail; outlives connections.
#[derive(Default)]
pub struct Suspects {
    /// Fetched alone from now on.
    alone: HashSet<(FolderId, u32)>,
    attempts: HashMap<(FolderId, u32), u32>,
    /// What is being fetched at this moment: when the connection breaks (or the library panics), one of these did it.
    in_hand: Vec<(FolderId, u32)>,
}

impl Suspects {
    /// A connection ended; `broken` if it broke, so that what was in hand may have done it.
    pub fn blame(&mut self, broken: bool) {
        let hand = std::mem::take(&mut self.in_hand);
        if !broken {
            return;
        }
        if let [one] = hand[..] {
            *self.attempts.entry(one).or_default() += 1;
        }
        self.alone.extend(hand);
    }

    /// These are in hand at a fault that did not come from the connection.
    pub fn suspect(&mut self, mails: Vec<(FolderId, u32)>) {
        self.in_hand = mails;
    }

    fn clear(&mut self, folder: FolderId, uids: impl IntoIterator<Item = u32>) {
        for uid in uids {
            self.alone.remove(&(folder, uid));
            self.attempts.remove(&(folder, uid));
        }
        self.in_hand.clear();
    }
}

/// What to fetch of which folder, and how the mark moves with it.
pub struct Errand<'a> {
    pub folder: &'a Folder,
    pub uid_validity: u32,
    pub origin: Origin,
    /// Where the folder stands once all up to (New) or down to (History) this UID is safe.
    pub mark: &'a dyn Fn(u32) -> Option<Mark>,
    pub progress: Option<(i64, i64)>,
}

/// Fetches `uids` of the open folder, in their order, which must be ascending or descending; at most one window of them.
/// New mail and suspects are kept before this returns; the rest is handed over, to be kept while more is fetched. Returns
/// how many were dealt with and which are safe now.
pub fn fetch_window(desk: &mut Desk, session: &mut Session, errand: &Errand, uids: &[u32]) -> Result<(usize, Kept)> {
    let id = errand.folder.id;
    let alone = |uid: &u32| desk.suspects.alone.contains(&(id, *uid));
    let suspected = alone(&uids[0]);
    let count = if suspected { 1 } else { uids.iter().take(WINDOW_MAILS_MAX).take_while(|uid| !alone(uid)).count() };
    let uids = &uids[..count];
    if count == 1 && desk.suspects.attempts.get(&(id, uids[0])).is_some_and(|tried| *tried >= UID_ATTEMPTS_MAX) {
        return give_up(desk, errand, uids[0]).map(|kept| (1, kept));
    }
    desk.suspects.in_hand = uids.iter().map(|uid| (id, *uid)).collect();
    let facts = match session.facts(uids) {
        Err(trouble) if trouble.cause == Cause::Refused => uids.iter().map(|uid| Facts { uid: *uid, ..Facts::default() }).collect(),
        facts => facts?,
    };
    let mut safe = Vec::new();
    for group in groups(&facts) {
        let large = bytes_of(group) > WINDOW_BYTES_MAX;
        if large {
            desk.settle()?;
        }
        let batch = fetch_group(desk, session, errand, group)?;
        if large || suspected || errand.origin == Origin::New {
            safe.extend(desk.commit(&batch)?.safe);
        } else {
            desk.hand_over(batch)?;
        }
        desk.suspects.clear(id, group.iter().map(|facts| facts.uid));
    }
    Ok((count, Kept { safe }))
}

/// Splits a window so that the bodies of a group fit into memory together; a large mail stands alone.
fn groups(facts: &[Facts]) -> Vec<&[Facts]> {
    let mut groups = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, one) in facts.iter().enumerate() {
        let size = one.size.unwrap_or(0);
        if at > start && bytes + size > WINDOW_BYTES_MAX {
            groups.push(&facts[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes += size;
    }
    if start < facts.len() {
        groups.push(&facts[start..]);
    }
    groups
}

fn bytes_of(group: &[Facts]) -> u64 {
    group.iter().filter_map(|facts| facts.size).sum()
}

fn fetch_group(desk: &mut Desk, session: &mut Session, errand: &Errand, group: &[Facts]) -> Result<Batch> {
    let id = errand.folder.id;
    desk.suspects.in_hand = group.iter().map(|facts| (id, facts.uid)).collect();
    let one_by_one = matches!(group, [one] if one.size.is_none_or(|size| size > PIECE_BYTES));
    let bodies = if one_by_one {
        None
    } else {
        let uids: Vec<u32> = group.iter().map(|facts| facts.uid).collect();
        match session.bodies(&uids, bytes_of(group)) {
            Err(trouble) if trouble.cause == Cause::Refused => None,
            bodies => Some(bodies?),
        }
    };
    let mut batch = Batch::of(errand.folder, errand.uid_validity, errand.origin);
    batch.facts = group.to_vec();
    batch.mark = (errand.mark)(group[group.len() - 1].uid);
    batch.progress = errand.progress.map(|(server, ledger)| (server, ledger + group.len() as i64));
    let doubtful = doubtful(group, bodies.as_ref(), session);
    for facts in group.iter().filter(|facts| doubtful.contains_key(&facts.uid)) {
        desk.suspects.in_hand = vec![(id, facts.uid)];
        fetch_one(session, &mut batch, facts, doubtful[&facts.uid])?;
    }
    batch.bodies = bodies;
    Ok(batch)
}

/// Mails that were not served, or not with the size that the server gave: with the hash of what was served.
fn doubtful(group: &[Facts], bodies: Option<&Bodies>, session: &Session) -> HashMap<u32, Option<Hash>> {
    let served = bodies.map(Bodies::by_uid).unwrap_or_default();
    let believed = session.wrong_sizes >= WRONG_SIZES_BELIEVED;
    let judge = |facts: &Facts| match served.get(&facts.uid) {
        None => Some((facts.uid, None)),
        Some(body) if believed || facts.size == Some(body.len() as u64) => None,
        Some(body) => Some((facts.uid, Some(Hash::of(body)))),
    };
    group.iter().filter_map(judge).collect()
}

/// One mail by itself. It is accepted with the right size, or when it is served the same twice.
fn fetch_one(session: &mut Session, batch: &mut Batch, facts: &Facts, before: Option<Hash>) -> Result<()> {
    let uid = facts.uid;
    if facts.size.is_some_and(|size| size > MAIL_BYTES_MAX) {
        match refusable(session.header(uid))?.flatten() {
            Some(header) => batch.headers.insert(uid, header).map_or((), drop),
            None => not_served(session, batch, uid, "the server does not give its header")?,
        }
        return Ok(());
    }
    let mut before = before;
    for _ in 0..UID_ATTEMPTS_MAX {
        let Some(mail) = refusable(session.one_body(uid))?.flatten() else { break };
        let hash = Hash::of(&mail);
        let right = facts.size == Some(mail.len() as u64);
        if right || before == Some(hash) {
            session.wrong_sizes += u32::from(!right);
            batch.singles.insert(uid, mail);
            return Ok(());
        }
        before = Some(hash);
    }
    not_served(session, batch, uid, "the server does not give it whole")
}

/// A mail that vanished needs no note; one that is there but cannot be had does.
fn not_served(session: &mut Session, batch: &mut Batch, uid: u32, reason: &str) -> Result<()> {
    let there = refusable(session.uids(&format!("UID {uid}")))?;
    if there.is_none_or(|found| found.contains(&uid)) {
        batch.unfetched.push((uid, reason.to_owned()));
    }
    Ok(())
}

/// NO to one mail is about that mail; all else is about the connection.
fn refusable<T>(outcome: Result<T>) -> Result<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(trouble) if trouble.cause == Cause::Refused => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

/// A mail that broke the connection each time it was asked for.
fn give_up(desk: &mut Desk, errand: &Errand, uid: u32) -> Result<Kept> {
    let mut batch = Batch::of(errand.folder, errand.uid_validity, errand.origin);
    batch.unfetched.push((uid, "the connection breaks whenever it is fetched".into()));
    batch.mark = (errand.mark)(uid);
    let kept = desk.commit(&batch)?;
    desk.suspects.clear(errand.folder.id, [uid]);
    Ok(kept)
}
