//! Telling those who wished for it: a follow-up for each, in the thread of their wish. What was planned can be held back until it left.

use super::sell::known;
use super::standing::{Candidate, candidates_among, hindrance};
use crate::conversation;
use crate::customer::CustomerId;
use crate::database::{Millis, Reader, Writer};
use crate::desk::follow_ups::{self, About, Match};
use crate::desk::{Error, Result, returns};
use crate::follow_up::{self, Kind};
use crate::id::{AgentId, FollowUpId, MailboxId};
use crate::piece::{Piece, PieceId};
use crate::secret::SecretKey;

/// Letters that are planned at once: each was read before.
pub const OFFERED_MAX: usize = 50;
const HELD_BACK: &str = "held back before it left";

/// To whom, and the letter as an agent changed it; `None`: as it was shown.
#[derive(Clone, Debug)]
pub struct Letter {
    pub customer: CustomerId,
    pub own_words: Option<String>,
}

/// A letter as it will look.
#[derive(Clone, Debug)]
pub struct Preview {
    pub letter: follow_ups::Preview,
    /// ISO 639-1.
    pub language: String,
    /// The subject of the conversation that it joins.
    pub thread: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Offered {
    pub planned: Vec<FollowUpId>,
    /// Who is not told after all, and why.
    pub refused: Vec<(String, String)>,
}

/// Plans a letter to each. Whether they may be told is asked again now: what was true when the page was shown may be so no more.
pub fn offer(tx: &Writer, key: &SecretKey, id: PieceId, letters: &[Letter], mailboxes: Option<&[MailboxId]>, by: AgentId, now: Millis) -> Result<Offered> {
    let piece = known(tx, id)?;
    if let Some(why) = not_now(&piece) {
        return Err(Error::Refused(why.into()));
    }
    let mut offered = Offered::default();
    let asked: Vec<CustomerId> = letters.iter().take(OFFERED_MAX).map(|letter| letter.customer).collect();
    let candidates = candidates_among(tx, key, &piece, &asked, mailboxes)?;
    for letter in letters.iter().take(OFFERED_MAX) {
        let Some(candidate) = candidates.iter().find(|candidate| candidate.customer.id == letter.customer) else { continue };
        match plan(tx, key, &piece, candidate, letter, by, now)? {
            Ok(planned) => offered.planned.push(planned),
            Err(why) => offered.refused.push((candidate.customer.shown().to_owned(), why)),
        }
    }
    Ok(offered)
}

/// Why nobody is told of it.
pub fn not_now(piece: &Piece) -> Option<&'static str> {
    match piece {
        Piece { removed_at: Some(_), .. } => Some("This piece was removed."),
        Piece { sold_at: Some(_), .. } => Some("This piece is sold."),
        Piece { draft: true, .. } => Some("Look first at what the mail made of it, and save it."),
        _ => None,
    }
}

fn plan(
    tx: &Writer,
    key: &SecretKey,
    piece: &Piece,
    candidate: &Candidate,
    letter: &Letter,
    by: AgentId,
    now: Millis,
) -> Result<std::result::Result<FollowUpId, String>> {
    // Asked again, because the letter before this one may have been to the same person.
    if let Some(hindrance) = candidate.hindrance.or(hindrance(tx, key, piece, &candidate.customer, &candidate.address)?) {
        return Ok(Err(hindrance.words()));
    }
    let Some(mailbox_id) = candidate.mailbox else { return Ok(Err("no mailbox is there to write from".into())) };
    let wish = candidate.interested.wish.as_ref();
    let ticked = Match {
        customer_id: candidate.customer.id,
        address: &candidate.address,
        piece_id: piece.id,
        wish_id: wish.map(|wish| wish.id),
        conversation_id: wish.and_then(|wish| wish.conversation_id),
        mailbox_id,
        own_words: letter.own_words.as_deref(),
        by,
    };
    Ok(follow_ups::plan_match(tx, &ticked, now)?.ok_or_else(|| "was told of this piece, or agrees no more".to_owned()))
}

/// How the letter to a candidate will look; or in words why there is none. `url`: where Restante is found, for the line below.
pub fn preview(c: &Reader, piece: &Piece, candidate: &Candidate, url: &str) -> Result<std::result::Result<Preview, String>> {
    let id = candidate.customer.id;
    let about = About { kind: Kind::WishMatch, customer_id: id, return_id: None, piece_id: Some(piece.id), discount: None, own_words: None };
    let letter = follow_ups::compose_preview(c, &about, &format!("{url}/unsubscribe/…"))?;
    let language = returns::language(c, None, id)?;
    let thread = candidate.interested.wish.as_ref().and_then(|wish| wish.conversation_id).map(|id| conversation::find(c, id)).transpose()?.flatten();
    Ok(letter.map(|letter| Preview { letter, language, thread: thread.map(|thread| thread.subject) }))
}

/// Before it left, it does not.
pub fn hold_back(tx: &Writer, piece: PieceId, id: FollowUpId, by: AgentId, now: Millis) -> Result<()> {
    let told = follow_up::find(tx, id)?.filter(|told| told.piece_id == Some(piece)).ok_or_else(|| Error::Refused("This mail does not exist.".into()))?;
    let held = follow_ups::take_back(tx, &told, HELD_BACK, Some(by), now)?;
    if held { Ok(()) } else { Err(Error::Refused("This mail has left already and cannot be held back.".into())) }
}
