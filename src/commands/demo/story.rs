//! What the people of the demo's shop did before you came: who took what, what they noted, what waits and what is done.

use super::{leads, returns};
use crate::agent::{self, Agent, AgentId, Role};
use crate::conversation::draft::{self, Draft, DraftKind};
use crate::conversation::{self, ConversationId, People, Status, message};
use crate::database::{self, Millis, Writer};
use crate::email::{EmailAddress, MessageId, NameAddr};
use crate::id::MailboxId;
use crate::secret::SecretKey;
use crate::{desk, reply_template};

pub const OWNER: &str = "jules@atelier.test";
const COLLEAGUE: &str = "yoko@atelier.test";
const MINUTE: Millis = 60 * 1000;
const HOUR: Millis = 60 * MINUTE;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Jules,
    Yoko,
}
use Who::{Jules, Nobody, Yoko};

/// Where a conversation stands.
#[derive(Clone, Copy)]
enum Stands {
    /// As its mail left it.
    AsItIs,
    Open,
    Waiting,
    /// For so many hours.
    Snoozed(i64),
    Resolved,
    Spam,
}
use Stands::{AsItIs, Open, Resolved, Snoozed, Spam, Waiting};

/// A message of the conversation, who has it, where it stands, its tags, and a note (who, how many minutes ago, what).
type Chapter = (&'static str, Who, Stands, &'static [&'static str], &'static [(Who, i64, &'static str)]);

const STORY: &[Chapter] = &[
    (
        "CAKx7Qm2vT9d+mara2@mail.gmail.example",
        Jules,
        Open,
        &["damaged", "return"],
        &[
            (Jules, 3, "Second dented tube from this carrier this week. @Yoko can we claim?"),
            (Yoko, 1, "Yes, claim 88213 is still open. I will add these photos to it."),
        ],
    ),
    ("AM7EUR06OOLQ1.riera-arquitectos.example@AS8PR07MB7735.eurprd07.prod.riera-arquitectos.example", Nobody, Open, &["wrong size"], &[]),
    ("7C1B0E52-greta-2@inbox.example", Nobody, Open, &["back in stock"], &[]),
    ("f1c2a9d0-ana-1@petrov.example", Yoko, Waiting, &["commission"], &[(Yoko, 1500, "Ida has the photo. She can begin in ten days, gouache, 40 × 50.")]),
    ("VI1PR0102MB-2291@VI1PR0102MB3117.eurprd01.prod.hotel-meridian.example", Nobody, Open, &["billing"], &[]),
    ("wen-1.glass@mail.yahoo.example", Jules, Open, &["damaged", "return"], &[(Jules, 4300, "Refund of 129.00 as soon as the parcel is scanned.")]),
    ("commission-update-jon@atelier.test", Yoko, AsItIs, &["commission"], &[]),
    ("VE1PR03MB-karin-1@VE1PR03MB5678.eurprd03.prod.galleri-syd.example", Jules, Waiting, &["wholesale"], &[]),
    ("campaign-118.8842@news.papermill.example", Nobody, Resolved, &[], &[]),
    (
        "5b1e77c2-oskar@post.example",
        Nobody,
        Open,
        &["return"],
        &[(Yoko, 200, "Original, arrived undamaged: final sale. But he is a kind regular, maybe an exchange?")],
    ),
    ("DB8P195MB-lucia-1@DB8P195MB0712.EURP195.PROD.example.test", Yoko, Open, &["not as described", "return"], &[]),
    ("a0c8-maison-1@maison-petit.example", Yoko, Resolved, &[], &[]),
    ("20260000.tanaka.1@kaisha.example", Nobody, Open, &["back in stock"], &[]),
    ("5D0F-sato@inbox.example", Yoko, Snoozed(20), &[], &[(Yoko, 2400, "He will send the new address. Hold the parcel until then.")]),
    ("7781@evil.example", Nobody, Spam, &[], &[]),
    ("77183@rankfast.example", Nobody, Spam, &[], &[]),
    ("jw-1@whitfield.example", Jules, Waiting, &["return", "wrong item"], &[]),
    ("claim-88213@norrfrakt.example", Jules, Resolved, &["carrier"], &[]),
    ("CAB-joao-1@mail.gmail.example", Yoko, Snoozed(70), &["commission"], &[]),
    (
        "HE1-petra-1@HE1PR0501MB2345.eurprd05.prod.koulukirja.example",
        Jules,
        Snoozed(118),
        &[],
        &[(Jules, 5000, "Ida holds the rights, she is back next week.")],
    ),
    ("birgit-1@post.example", Jules, Resolved, &[], &[]),
    ("birgit-work-1@rahmen-sommer.example", Jules, Waiting, &[], &[]),
    ("AM0P-samuel-1@AM0P190MB1234.EURP190.PROD.webmail.example", Jules, Open, &["billing"], &[]),
    ("chloe-1@mail.gmail.example", Jules, Waiting, &["return"], &[]),
    ("aino-1@koulu.example", Yoko, Resolved, &[], &[]),
    ("qx7-nina.1700000000@email.android.example", Nobody, Open, &["damaged"], &[]),
    ("reto-1@post.example", Nobody, Open, &["shipping"], &[]),
    ("CAB-layla-1@mail.gmail.example", Yoko, Open, &["shipping"], &[]),
    ("calendar-0b7e@calendar.example", Yoko, Resolved, &[], &[]),
    ("2B7E-mikael@kulturhuset.example", Yoko, Open, &["damaged"], &[]),
];

/// Letters that nobody has opened yet; all others Jules has seen.
const UNSEEN: &[&str] = &[
    "CAB-linnea-1@mail.gmail.example",
    "CAKx7Qm2vT9d+mara2@mail.gmail.example",
    "AM7EUR06OOLQ1.riera-arquitectos.example@AS8PR07MB7735.eurprd07.prod.riera-arquitectos.example",
    "7C1B0E52-greta-2@inbox.example",
];

const DRAFT: &str = "Hi Mara, I am sorry that “Low Tide” reached you creased. Your refund of €68.00 is on its way, and you can keep the print.";

const TEMPLATES: &[(&str, &str)] = &[
    (
        "Start a return",
        "Hello {{name}},\n\nI am sorry to hear that. So that we can put it right, please tell us:\n\n- your order number\n- what is damaged, with one photo of the print and one of the packaging\n- whether you would like a refund or a new print\n\nYou can simply answer this mail.\n\n{{agent}}",
    ),
    (
        "Refund on its way",
        "Hello {{name}},\n\nyour refund for order {{order}} left us today and should be on your account within five working days.\n\n{{agent}}",
    ),
    (
        "Where is my order",
        "Hello {{name}},\n\nprints are made to order, which takes us four to six working days. As soon as {{order}} leaves us, you get the tracking number by mail.\n\n{{agent}}",
    ),
    (
        "Back in stock: we tell you",
        "Hello {{name}},\n\nthank you for asking. It is sold out now, but a new edition is planned. May we write to you when it is here?\n\n{{agent}}\n{{shop}}",
    ),
    (
        "How a commission works",
        "Hello {{name}},\n\nthe artist needs a photo in daylight and about three weeks. Half is due when they begin, half when you have seen the finished work. Commissions are made for one person alone, so they cannot be returned.\n\n{{agent}}",
    ),
];

/// The owner and a colleague.
pub fn people(tx: &Writer, owners_hash: &str, colleagues_hash: &str, now: Millis) -> database::Result<Agent> {
    let address = |text: &str| EmailAddress::parse(text).expect("a constant address");
    let owner = agent::add(tx, &address(OWNER), "Jules Lindgren", Role::Owner, owners_hash, now)?;
    let colleague = agent::add(tx, &address(COLLEAGUE), "Yoko Oda", Role::Agent, colleagues_hash, now)?;
    agent::change(tx, owner, "Jules Lindgren", Role::Owner, "Jules\nAtelier Nord, art and print shop", false)?;
    agent::change(tx, colleague, "Yoko Oda", Role::Agent, "Yoko\nAtelier Nord, art and print shop", false)?;
    Ok(agent::find(tx, owner)?.expect("added just now"))
}

pub fn templates(tx: &Writer, by: AgentId, now: Millis) -> database::Result<()> {
    for (name, text) in TEMPLATES {
        reply_template::save(tx, None, name, text, by, now)?;
    }
    Ok(())
}

/// Tells the story over the letters that have arrived.
pub fn tell(tx: &Writer, key: &SecretKey, mailbox: MailboxId, now: Millis) -> desk::Result<()> {
    let find = |email: &str| agent::find_by_email(tx, email).map(|found| found.expect("added with the shop").0);
    let (jules, yoko) = (find(OWNER)?, find(COLLEAGUE)?);
    let of = |who: Who| if who == Yoko { &yoko } else { &jules };
    for (identifier, who, stands, tags, notes) in STORY {
        let Some(id) = conversation_of(tx, mailbox, identifier)? else { continue };
        let by = of(*who).id;
        if *who != Nobody {
            desk::assign(tx, id, Some(by), by, now - HOUR)?;
        }
        for tag in *tags {
            desk::tag(tx, id, tag, by, now - HOUR)?;
        }
        for (writer, minutes, text) in *notes {
            desk::note(tx, id, of(*writer), text, now - minutes * MINUTE)?;
        }
        stand(tx, id, *stands, by, now)?;
    }
    returns::tell(tx, mailbox, (&jules, &yoko), now)?;
    leads::tell(tx, key, mailbox, (jules.id, yoko.id), now)?;
    mark_seen(tx, mailbox, jules.id, now)?;
    keep_draft(tx, mailbox, jules.id, now)
}

fn stand(tx: &Writer, id: ConversationId, stands: Stands, by: AgentId, now: Millis) -> desk::Result<()> {
    match stands {
        AsItIs => None,
        Open => desk::set_status(tx, id, Status::Open, by, now - HOUR)?,
        Waiting => desk::set_status(tx, id, Status::Waiting, by, now - HOUR)?,
        Resolved => desk::set_status(tx, id, Status::Resolved, by, now - HOUR)?,
        Spam => desk::set_status(tx, id, Status::Spam, by, now - HOUR)?,
        Snoozed(hours) => desk::snooze(tx, id, now + hours * HOUR, by, now - HOUR)?,
    };
    Ok(())
}

fn mark_seen(tx: &Writer, mailbox: MailboxId, agent: AgentId, now: Millis) -> desk::Result<()> {
    let mut unseen = Vec::new();
    for identifier in UNSEEN {
        unseen.extend(conversation_of(tx, mailbox, identifier)?);
    }
    for id in tx.all("SELECT id FROM conversation WHERE merged_into IS NULL", [], |r| r.get::<_, ConversationId>(0))? {
        if let Some(newest) = message::newest(tx, id)?.filter(|_| !unseen.contains(&id)) {
            conversation::mark_seen(tx, id, agent, newest, now)?;
        }
    }
    Ok(())
}

/// The answer to Mara that Jules has begun.
fn keep_draft(tx: &Writer, mailbox: MailboxId, agent: AgentId, now: Millis) -> desk::Result<()> {
    let mara = "mara.okafor@example.test";
    let Some(id) = conversation_of(tx, mailbox, "CAKx7Qm2vT9d+mara2@mail.gmail.example")? else { return Ok(()) };
    let Some(seen) = message::newest(tx, id)? else { return Ok(()) };
    let to = vec![NameAddr { name: "Mara Okafor".into(), address: EmailAddress::parse(mara).expect("a constant address") }];
    let begun = Draft { people: People { to, ..People::default() }, text: DRAFT.into(), seen, updated_at: now - MINUTE };
    Ok(draft::keep(tx, id, agent, DraftKind::Reply, &begun)?)
}

pub fn conversation_of(tx: &Writer, mailbox: MailboxId, identifier: &str) -> database::Result<Option<ConversationId>> {
    let identifier = MessageId::parse(identifier).expect("a constant identifier");
    let Some(found) = message::find_by_identifier(tx, mailbox, &identifier)? else { return Ok(None) };
    Ok(Some(conversation::current(tx, found.conversation_id)?))
}

#[cfg(test)]
pub fn identifiers() -> impl Iterator<Item = &'static str> {
    STORY.iter().map(|chapter| chapter.0).chain(UNSEEN.iter().copied())
}
