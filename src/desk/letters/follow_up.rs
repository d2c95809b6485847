//! A follow-up's letter: the words of its purpose in the person's language, always with a line below that ends such mails, and with both
//! headers by which a mail program does (RFC 2369, RFC 8058). It repeats nothing of a stranger's that leads anywhere.

use super::{Composed, Kind, Making, Waiting, stranger, words};
use crate::conversation::event::{self, What};
use crate::conversation::{self, ConversationId, Direction, MessageKey, message, threading};
use crate::customer::{self, CustomerId};
use crate::database::{Millis, Reader, Writer, params};
use crate::desk::{Result, body, returns};
use crate::email::compose::{File, Letter};
use crate::email::{self, Email, EmailAddress, Kind as MailKind, NameAddr};
use crate::follow_up::discount::Given;
use crate::follow_up::{self, FollowUp, State, discount, going, plan, words as around};
use crate::id::{PieceId, ReturnId};
use crate::reply_template::{self, Facts, FollowUpFacts, Purpose};
use crate::return_request::{request, words as return_words};
use crate::{account, consent, piece, setting};

/// A letter that could not be written for so long is looked at again first: it may be night meanwhile.
const STALE_AFTER: Millis = 60 * 60 * 1000;

/// What a follow-up's words are about.
#[derive(Clone, Debug)]
pub struct About<'a> {
    pub kind: follow_up::Kind,
    pub customer_id: CustomerId,
    pub return_id: Option<ReturnId>,
    pub piece_id: Option<PieceId>,
    pub discount: Option<Given>,
    /// The letter as an agent changed it.
    pub own_words: Option<&'a str>,
}

/// A letter as it will be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Where it begins a conversation of its own.
    pub subject: String,
    /// What an agent may change.
    pub words: String,
    /// The line below, which nobody may.
    pub below: String,
}

impl Preview {
    pub fn text(&self) -> String {
        format!("{}\n\n{}", self.words.trim_end(), self.below)
    }
}

/// Wants its letter written.
pub(in crate::desk) fn want(tx: &Writer, of: &FollowUp, there: ConversationId, now: Millis) -> Result<()> {
    tx.execute(
        "INSERT INTO wanted_letter(conversation_id, follow_up_id, kind, address, wanted_at, wanted_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![there, of.id, Kind::FollowUp.code(), of.address, now, of.planned_by],
    )?;
    Ok(())
}

/// The letter exactly as it will be sent, `unsubscribe` being the address that ends such mails; or in words why there is none.
pub fn compose_preview(c: &Reader, about: &About, unsubscribe: &str) -> Result<std::result::Result<Preview, String>> {
    let language = returns::language(c, None, about.customer_id)?;
    let shop = setting::shop_name(c)?;
    let of_piece = about.piece_id.map(|id| piece::find(c, id)).transpose()?.flatten();
    let title = of_piece.as_ref().map_or(String::new(), |piece| format!("“{}”", piece.said.title.trim()));
    let words = match about.own_words {
        Some(own) => {
            let left = reply_template::placeholders_left(own);
            if !left.is_empty() {
                return Ok(Err(format!("a place was left open in its words: {}.", left.join(", "))));
            }
            own.trim().to_owned()
        }
        None => {
            let template = reply_template::for_purpose(c, purpose(about.kind), &language)?;
            let facts = facts(c, about, of_piece.as_ref(), &shop, &language)?;
            words::without_unfilled(&reply_template::fill(&template, &facts).0)
        }
    };
    if let Some(given) = about.discount.as_ref().filter(|given| !words.contains(&given.code)) {
        return Ok(Err(format!("its words do not name the code {}.", given.code)));
    }
    let subject = around::subject(about.kind, &language, &shop, &title);
    Ok(Ok(Preview { subject, words, below: around::below(&language, unsubscribe) }))
}

/// The subject of one that begins a conversation.
pub(in crate::desk) fn subject(c: &Reader, of: &FollowUp) -> Result<String> {
    let title = of.piece_id.map(|id| piece::find(c, id)).transpose()?.flatten().map(|piece| format!("“{}”", piece.said.title.trim()));
    Ok(around::subject(of.kind, &returns::language(c, None, of.customer_id)?, &setting::shop_name(c)?, &title.unwrap_or_default()))
}

fn purpose(kind: follow_up::Kind) -> Purpose {
    match kind {
        follow_up::Kind::Discount => Purpose::FollowUpDiscount,
        follow_up::Kind::CheckIn => Purpose::FollowUpCheckIn,
        follow_up::Kind::WishMatch => Purpose::FollowUpWish,
    }
}

fn facts(c: &Reader, about: &About, piece: Option<&piece::Piece>, shop: &str, language: &str) -> Result<Facts> {
    let name = customer::find(c, about.customer_id)?.map(|customer| customer.name).unwrap_or_default();
    let name = stranger::first_name(&name).unwrap_or_default().to_owned();
    let mut facts = match about.return_id {
        Some(id) => stranger::harmless(words::facts(c, &returns::standing(c, id)?, &name, None, language)?),
        None => Facts { name: Some(name), shop: Some(shop.to_owned()), ..Facts::default() },
    };
    let said = piece.map(|piece| &piece.said);
    let plain = |text: &String| text.trim().to_owned();
    facts.of_return.link = said.map(|said| plain(&said.link));
    facts.of_follow_up = FollowUpFacts {
        piece: said.map(|said| format!("“{}”", said.title.trim())),
        artist: said.map(|said| plain(&said.artist)),
        size: said.map(|said| plain(&said.size)),
        price: said.and_then(|said| said.price).map(|price| price.to_string()),
        about: said.map(|said| plain(&said.words)),
        code: about.discount.as_ref().map(|given| given.code.clone()),
        worth: about.discount.as_ref().map(|given| given.worth.clone()),
        valid_until: about.discount.as_ref().and_then(|given| given.ends_on).map(|day| return_words::day(day, language)),
    };
    Ok(facts)
}

/// Composes it, or says in words why it is not written.
pub(super) fn compose(c: &Reader, waiting: &Waiting, making: &Making) -> Result<std::result::Result<Composed, String>> {
    let Some(of) = waiting.follow_up_id.map(|id| follow_up::find(c, id)).transpose()?.flatten().filter(|of| of.state == State::Wanted) else {
        return Ok(Err("it was cancelled meanwhile.".into()));
    };
    if is_stale(&of, making.now) {
        return Ok(Err("it could not be written in time.".into()));
    }
    if consent::live(c, &of.address, of.kind.purpose())? != Some(of.consent_id) {
        return Ok(Err("their consent ended.".into()));
    }
    let Some(url) = making.url.filter(|url| !url.trim().is_empty()) else { return Ok(Err("Restante does not know its own address.".into())) };
    let Some(account) = account::find(c, of.mailbox_id)? else { return Ok(Err("its mailbox is gone.".into())) };
    let Some(address) = EmailAddress::parse(&of.address) else { return Ok(Err("the address cannot be written to.".into())) };
    let unsubscribe = format!("{}/unsubscribe/{}", url.trim_end_matches('/'), making.token);
    let given = match of.discount_id.map(|id| discount::find(c, id)).transpose()?.flatten() {
        Some(discount) => discount::given(c, &discount, of.id, making.now)?,
        None => None,
    };
    if of.kind == follow_up::Kind::Discount && given.is_none() {
        return Ok(Err("it has no code.".into()));
    }
    let about = About {
        kind: of.kind,
        customer_id: of.customer_id,
        return_id: of.return_id,
        piece_id: of.piece_id,
        discount: given,
        own_words: of.own_words.as_deref(),
    };
    let preview = match compose_preview(c, &about, &unsubscribe)? {
        Ok(preview) => preview,
        Err(why) => return Ok(Err(why)),
    };
    let there = conversation::current(c, waiting.conversation_id)?;
    let letter = Letter {
        from: NameAddr { name: account.name.clone(), address: account.address.clone() },
        to: vec![NameAddr { name: String::new(), address: address.clone() }],
        files: picture(c, &of)?.into_iter().collect(),
        // What a plan sends is no answer and nobody pressed a key; what an agent ticked and previewed is theirs (RFC 3834 5).
        automatic: of.planned_by.is_none(),
        unsubscribe: Some(unsubscribe),
        ..in_thread(c, there, &preview, &account, making)?
    };
    let bytes = email::compose::compose(&letter)?;
    let email = Email { new_text: preview.text(), ..email::read(&bytes) };
    Ok(Ok(Composed { bytes, email, account, to: NameAddr { name: String::new(), address }, link: None, consent_link: None, follow_up: Some(of) }))
}

/// Words, subject and references: an answer in the conversation if it has messages, else its beginning.
fn in_thread(c: &Reader, there: ConversationId, preview: &Preview, account: &account::Account, making: &Making) -> Result<Letter> {
    let messages = message::of_conversation(c, there)?;
    let parent = messages.iter().rev().find(|m| m.direction != Direction::Note && m.identifier.is_some() && m.kind != MailKind::Bounce);
    let subject = conversation::find(c, there)?.map(|there| there.subject).filter(|_| parent.is_some());
    let text = preview.text();
    Ok(Letter {
        message_id: threading::own_message_id(making.key, there, making.word, account.address.domain()),
        date: making.now,
        from: NameAddr { name: account.name.clone(), address: account.address.clone() },
        to: Vec::new(),
        cc: Vec::new(),
        reply_to: None,
        subject: subject.and_then(|subject| stranger::reply_subject(&subject)).unwrap_or_else(|| preview.subject.clone()),
        in_reply_to: parent.and_then(|m| m.identifier.clone()),
        references: messages.iter().filter(|m| m.direction != Direction::Note).filter_map(|m| m.identifier.clone()).collect(),
        text: body::text(&text, "", None),
        html: Some(body::html(&text, "", None)),
        files: Vec::new(),
        automatic: false,
        unsubscribe: None,
        boundary: making.word.to_owned(),
    })
}

/// The piece as it looks.
fn picture(c: &Reader, of: &FollowUp) -> Result<Option<File>> {
    let Some(id) = of.piece_id else { return Ok(None) };
    let name = piece::find(c, id)?.map(|piece| piece.said.title).unwrap_or_default();
    Ok(c.optional("SELECT picture, content_type FROM piece_picture WHERE piece_id = ?1", [id], |r| {
        let content_type: String = r.get(1)?;
        let ending = if content_type == "image/png" { "png" } else { "jpg" };
        Ok(File { name: format!("{}.{ending}", name.trim()), bytes: r.get(0)?, content_type })
    })?)
}

/// Its letter is in the outbox: the link in it works from now on, and the timeline says why it went.
pub(super) fn queued(tx: &Writer, of: &FollowUp, there: ConversationId, message: MessageKey, token: &str, now: Millis) -> Result<()> {
    // Whoever presses "no more" in a mail like this means all of them.
    let link = consent::link::Link {
        customer_id: of.customer_id,
        address: of.address.clone(),
        purposes: consent::Purpose::ALL.to_vec(),
        words: String::new(),
        policy_text: String::new(),
        used_at: None,
    };
    consent::link::add(tx, token, consent::link::Act::Unsubscribe, &link, now)?;
    going::note_sent(tx, of.id, message, now)?;
    event::record(tx, there, of.planned_by, &What::FollowedUp { follow_up: of.id, message, because: because(tx, of)? }, now)?;
    Ok(())
}

/// Not written: it waits again if it only came too late, else it is cancelled with the reason.
pub(super) fn dropped(tx: &Writer, waiting: &Waiting, why: &str, now: Millis) -> Result<()> {
    let Some(of) = waiting.follow_up_id.map(|id| follow_up::find(tx, id)).transpose()?.flatten() else { return Ok(()) };
    if is_stale(&of, now) {
        going::put_back(tx, of.id)?;
    } else {
        follow_up::cancel(tx, of.id, why.trim_end_matches('.'), None, now)?;
    }
    Ok(())
}

fn is_stale(of: &FollowUp, now: Millis) -> bool {
    of.settled_at.is_none_or(|taken| now - taken > STALE_AFTER)
}

/// "“Thanks”, after R-0001", "“Low Tide”, which they wish for".
fn because(c: &Reader, of: &FollowUp) -> Result<String> {
    let plan = of.plan_id.map(|id| plan::find(c, id)).transpose()?.flatten().map(|plan| format!("“{}”", plan.said.name));
    let piece = of.piece_id.map(|id| piece::find(c, id)).transpose()?.flatten().map(|piece| format!("“{}”", piece.said.title));
    let what = plan.or(piece).unwrap_or_else(|| of.kind.words().to_owned());
    let after = of.return_id.map(|id| format!(", after {}", request::name(id))).unwrap_or_default();
    Ok(format!("{what}{after}"))
}
