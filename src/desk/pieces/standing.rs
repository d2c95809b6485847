//! Who would want a piece and whether they may be told: the consent that lives, or in words why not.

use crate::consent::{self, Purpose};
use crate::conversation;
use crate::customer::{self, Customer, CustomerId};
use crate::database::{self, Reader, params};
use crate::email::EmailAddress;
use crate::follow_up::{self, State};
use crate::id::{MailboxId, ReturnId};
use crate::lead::wish::Wish;
use crate::order;
use crate::piece::{self, Interested, Piece};
use crate::return_request::{self, request};
use crate::secret::SecretKey;
use std::collections::HashMap;

/// Orders of a customer that are looked through for the piece.
const ORDERS_MAX: usize = 100;

/// Why somebody is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hindrance {
    NoConsent,
    SaidStop,
    Told,
    /// It is planned, or its letter is being written.
    Planned,
    Bought,
    OpenReturn(ReturnId),
    CameBack,
    NoMailbox,
}

impl Hindrance {
    pub fn words(self) -> String {
        match self {
            Hindrance::NoConsent => "has not agreed to mails about similar pieces".into(),
            Hindrance::SaidStop => "asked for no more mails about similar pieces".into(),
            Hindrance::Told => "was told of this piece".into(),
            Hindrance::Planned => "will be told: the mail is planned".into(),
            Hindrance::Bought => "has bought it".into(),
            Hindrance::OpenReturn(id) => format!("has an open return ({})", request::name(id)),
            Hindrance::CameBack => "mail to their address came back".into(),
            Hindrance::NoMailbox => "no mailbox is there to write from".into(),
        }
    }
}

/// Somebody whom it would suit, with what is needed to write to them.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub interested: Interested,
    pub customer: Customer,
    /// Lower case: that of the wish, or one that agreed.
    pub address: String,
    /// From which they are written to.
    pub mailbox: Option<MailboxId>,
    pub hindrance: Option<Hindrance>,
}

/// Best first; of customers in `mailboxes` alone, where an agent sees some.
pub fn candidates(c: &Reader, key: &SecretKey, piece: &Piece, mailboxes: Option<&[MailboxId]>) -> database::Result<Vec<Candidate>> {
    standing_of(c, key, piece, piece::interested(c, piece)?, mailboxes)
}

/// Those of `customers` whom it would suit: what was ticked is asked for again without looking at everybody.
pub fn candidates_among(
    c: &Reader,
    key: &SecretKey,
    piece: &Piece,
    customers: &[CustomerId],
    mailboxes: Option<&[MailboxId]>,
) -> database::Result<Vec<Candidate>> {
    standing_of(c, key, piece, piece::interested_among(c, piece, customers)?, mailboxes)
}

fn standing_of(c: &Reader, key: &SecretKey, piece: &Piece, found: Vec<Interested>, mailboxes: Option<&[MailboxId]>) -> database::Result<Vec<Candidate>> {
    let open = open_returns(c)?;
    let mut candidates = Vec::new();
    for interested in found {
        let Some(customer) = customer::find(c, interested.customer_id)? else { continue };
        let mailbox = mailbox_of(c, &customer, interested.wish.as_ref())?;
        if mailboxes.is_some_and(|seen| !mailbox.is_some_and(|mailbox| seen.contains(&mailbox))) {
            continue;
        }
        let address = address_of(c, &customer, interested.wish.as_ref())?;
        let hindrance = if mailbox.is_none() { Some(Hindrance::NoMailbox) } else { hindrance_at(c, key, piece, &customer, &address, &open)? };
        candidates.push(Candidate { interested, customer, address, mailbox, hindrance });
    }
    Ok(candidates)
}

/// The same for one of them, asked again before anything is planned.
pub fn hindrance(c: &Reader, key: &SecretKey, piece: &Piece, customer: &Customer, address: &str) -> database::Result<Option<Hindrance>> {
    hindrance_at(c, key, piece, customer, address, &open_returns(c)?)
}

type OpenReturns = HashMap<CustomerId, ReturnId>;

fn hindrance_at(c: &Reader, key: &SecretKey, piece: &Piece, customer: &Customer, address: &str, open: &OpenReturns) -> database::Result<Option<Hindrance>> {
    let told = follow_up::of_customer(c, customer.id)?.into_iter().find(|told| told.piece_id == Some(piece.id) && told.state != State::Cancelled);
    if let Some(told) = told {
        return Ok(Some(if told.state == State::Sent { Hindrance::Told } else { Hindrance::Planned }));
    }
    if consent::live(c, address, Purpose::SimilarPieces)?.is_none() {
        let stop = consent::is_suppressed(c, key, address, Purpose::SimilarPieces)?;
        return Ok(Some(if stop { Hindrance::SaidStop } else { Hindrance::NoConsent }));
    }
    if has_bought(c, piece, customer)? {
        return Ok(Some(Hindrance::Bought));
    }
    if let Some(id) = open.get(&customer.id) {
        return Ok(Some(Hindrance::OpenReturn(*id)));
    }
    let came_back = customer.addresses.iter().any(|known| known.address.eq_ignore_ascii_case(address) && known.bounced_at.is_some());
    Ok(came_back.then_some(Hindrance::CameBack))
}

/// Consent is an address's: the wish's own where it lives, another of theirs that agreed, or the wish's all the same. That of a wish is not
/// theirs any more where two records that were one person are apart again.
fn address_of(c: &Reader, customer: &Customer, wish: Option<&Wish>) -> database::Result<String> {
    let theirs: Vec<String> = customer.addresses.iter().map(|known| known.address.to_lowercase()).collect();
    let wished = wish.map(|wish| wish.address.clone()).filter(|address| theirs.contains(address));
    let all: Vec<String> = wished.into_iter().chain(theirs).collect();
    for address in &all {
        if consent::live(c, address, Purpose::SimilarPieces)?.is_some() {
            return Ok(address.clone());
        }
    }
    Ok(all.into_iter().next().unwrap_or_default())
}

/// That in which they wished, else in which they wrote last, else the shop's first.
fn mailbox_of(c: &Reader, customer: &Customer, wish: Option<&Wish>) -> database::Result<Option<MailboxId>> {
    let wished = wish.and_then(|wish| wish.conversation_id).map(|id| conversation::find(c, id)).transpose()?.flatten();
    if let Some(wished) = wished {
        return Ok(Some(wished.mailbox_id));
    }
    let last = customer::earlier(c, customer.id, 1)?.into_iter().next().map(|last| conversation::find(c, last.conversation_id)).transpose()?.flatten();
    let first = || Ok::<_, database::Error>(crate::account::all(c)?.first().map(|account| account.id));
    last.map_or_else(first, |last| Ok(Some(last.mailbox_id)))
}

fn has_bought(c: &Reader, piece: &Piece, customer: &Customer) -> database::Result<bool> {
    for known in &customer.addresses {
        let orders = order::of_address(c, &EmailAddress::parse(&known.address).map_or_else(|| known.address.to_lowercase(), |a| a.key()), ORDERS_MAX)?;
        let is_it = |line: &order::Line| {
            (!piece.said.sku.is_empty() && line.sku == piece.said.sku)
                || ((line.sku.is_empty() || piece.said.sku.is_empty()) && line.title.eq_ignore_ascii_case(&piece.said.title))
        };
        if orders.iter().any(|order| order.lines.iter().any(is_it)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// One of each customer: asked once for all of them.
fn open_returns(c: &Reader) -> database::Result<OpenReturns> {
    let open: Vec<String> = return_request::State::ALL.iter().filter(|state| !state.is_closed()).map(|state| format!("'{}'", state.code())).collect();
    let sql = format!("SELECT customer_id, id FROM return_request WHERE state IN ({})", open.join(","));
    Ok(c.all(&sql, params![], |r| Ok((r.get(0)?, r.get(1)?)))?.into_iter().collect())
}
