//! What is remembered of those who wrote to the demo's shop: what they like and wish for, in their words, and what they agreed to.

use crate::agent::AgentId;
use crate::consent::{self, Given, Purpose, Way};
use crate::conversation::message::{self, Message};
use crate::database::{Millis, Writer};
use crate::desk::{self, leads};
use crate::email::{EmailAddress, MessageId};
use crate::id::{CustomerId, MailboxId};
use crate::lead::interest::{self, Feature, Kind, Learned, Source};
use crate::lead::wish;
use crate::secret::SecretKey;
use crate::{customer, lead};

/// A letter, what it says that its writer likes (each with its sentence), the country, the wish, and what they agree to.
struct Told {
    letter: &'static str,
    likes: &'static [(Kind, &'static str, &'static str)],
    country: Option<(&'static str, &'static str)>,
    wish: Option<(&'static str, &'static [(Kind, &'static str)])>,
    agrees: Option<(Purpose, &'static str)>,
}

const TOLD: &[Told] = &[
    Told {
        letter: "7C1B0E52-greta-1@inbox.example",
        likes: &[(Kind::Title, "Fjäril", "När kommer fler tryck av “Fjäril”?"), (Kind::Medium, "print", "När kommer fler tryck av “Fjäril”?")],
        country: None,
        wish: None,
        agrees: None,
    },
    Told {
        letter: "7C1B0E52-greta-2@inbox.example",
        likes: &[(Kind::Size, "50 x 70 cm", "Gärna i 50 × 70 och utan ram.")],
        country: None,
        wish: Some((
            "Jag skulle gärna köpa två om de kommer tillbaka, ett till min syster.",
            &[(Kind::Title, "Fjäril"), (Kind::Medium, "print"), (Kind::Size, "50 x 70 cm")],
        )),
        agrees: Some((Purpose::SimilarPieces, "Skriv till mig när de är här!")),
    },
    Told {
        letter: "1187412399.883321.1@mail.yahoo.example",
        likes: &[
            (Kind::Title, "Harbour at Dusk", "is “Harbour at Dusk” in 50x70 coming back?"),
            (Kind::Size, "50 x 70 cm", "is “Harbour at Dusk” in 50x70 coming back?"),
            (Kind::Budget, "150 EUR", "My budget is around 150 euros."),
        ],
        country: None,
        wish: Some((
            "is “Harbour at Dusk” in 50x70 coming back? I missed it last month.",
            &[(Kind::Title, "Harbour at Dusk"), (Kind::Size, "50 x 70 cm"), (Kind::Budget, "150 EUR")],
        )),
        agrees: Some((Purpose::SimilarPieces, "You may write to me when it is, and also about other seascapes by the same artist, I collect those.")),
    },
    Told {
        letter: "CAB-joao-1@mail.gmail.example",
        likes: &[
            (Kind::Medium, "watercolour", "we move away in spring and would like a watercolour of the three houses where we lived"),
            (Kind::Size, "A3", "A3 or a little larger, loose and bright."),
            (Kind::Budget, "350 EUR", "Our budget is 300 to 350 euros and there is no hurry before March."),
        ],
        country: None,
        wish: None,
        agrees: None,
    },
    Told {
        letter: "VE1PR03MB-karin-1@VE1PR03MB5678.eurprd03.prod.galleri-syd.example",
        likes: &[
            (Kind::Medium, "card", "would like to sell your postcards and the small giclées from spring on"),
            (Kind::Medium, "giclee", "would like to sell your postcards and the small giclées from spring on"),
        ],
        country: None,
        wish: None,
        agrees: None,
    },
    Told { letter: "reto-1@post.example", likes: &[], country: Some(("CH", "Zoll und MwSt. in die Schweiz?")), wish: None, agrees: None },
];

const MARA: &str = "mara.okafor@example.test";
const DAY: Millis = 24 * 60 * 60 * 1000;

/// After the letters have arrived. What reading has found already is not told twice.
pub fn tell(tx: &Writer, key: &SecretKey, mailbox: MailboxId, (jules, yoko): (AgentId, AgentId), now: Millis) -> desk::Result<()> {
    for told in TOLD {
        let identifier = MessageId::parse(told.letter).expect("a constant identifier");
        let Some(letter) = message::find_by_identifier(tx, mailbox, &identifier)? else { continue };
        let Some(who) = customer_of(tx, &letter.from_address)? else { continue };
        tell_one(tx, key, told, &letter, who, now)?;
    }
    if let Some(mara) = customer_of(tx, MARA)? {
        for (kind, value) in [(Kind::Title, "Low Tide"), (Kind::Medium, "giclee")] {
            leads::add_interest(tx, mara, &Feature { kind, value: value.into() }, jules, now - DAY)?;
        }
        let noted = leads::Noted {
            address: MARA.into(),
            purpose: Purpose::Offers,
            words: "Yes, do write to me when there is something nice.".into(),
            reason: "on the telephone, about AT-10482".into(),
        };
        leads::note_consent(tx, key, mara, &noted, yoko, now - DAY)?;
    }
    leads::mark_supplier(tx, "@norrfrakt.example", jules, now - DAY)?;
    Ok(())
}

fn tell_one(tx: &Writer, key: &SecretKey, told: &Told, letter: &Message, who: CustomerId, now: Millis) -> desk::Result<()> {
    let feature = |(kind, value): &(Kind, &str)| Feature { kind: *kind, value: (*value).to_owned() };
    let (address, at) = (letter.from_address.to_lowercase(), letter.arrived_at);
    for (kind, value, sentence) in told.likes {
        let learned = Learned { sentence, source: Source::Mail, message_id: Some(letter.id), by: None };
        interest::add(tx, who, &feature(&(*kind, *value)), &learned, at)?;
    }
    if let Some((country, sentence)) = told.country {
        lead::note_country(tx, who, country, sentence)?;
    }
    if let Some((words, features)) = told.wish.filter(|_| wish::of_customer(tx, who).is_ok_and(|known| known.is_empty())) {
        let features: Vec<Feature> = features.iter().map(feature).collect();
        let new = wish::New {
            customer_id: who,
            address: &address,
            conversation_id: Some(letter.conversation_id),
            message_id: Some(letter.id),
            words,
            features: &features,
            source: Source::Mail,
            by: None,
        };
        wish::add(tx, &new, at)?;
    }
    if let Some((purpose, words)) = told.agrees {
        let given = Given {
            customer_id: who,
            address: &address,
            purpose,
            way: Way::Mail,
            words,
            policy_text: "",
            proof: "",
            message_id: Some(letter.id),
            at,
            by: None,
        };
        consent::grant(tx, key, &given, now)?;
    }
    Ok(())
}

fn customer_of(tx: &Writer, address: &str) -> desk::Result<Option<CustomerId>> {
    let Some(address) = EmailAddress::parse(address) else { return Ok(None) };
    Ok(customer::find_by_address(tx, &address)?)
}

#[cfg(test)]
pub fn identifiers() -> impl Iterator<Item = &'static str> {
    TOLD.iter().map(|told| told.letter)
}
