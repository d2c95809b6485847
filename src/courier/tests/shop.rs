//! A shop with a return, a clock that the story moves, and the refund that it calls.

use super::server::Server;
use crate::account;
use crate::action::call::{self, Call};
use crate::action::{self, ActionId, Definition, Good, Inside, Kind, New, Secrets, Target, Then};
use crate::agent::{self, Agent, Role};
use crate::blobs::Hash;
use crate::courier::{Client, Names, Office, Patience};
use crate::database::{Database, Millis};
use crate::desk::returns::{self, Deciding, Sent};
use crate::email::{EmailAddress, NameAddr};
use crate::id::ReturnId;
use crate::money::{Amount, Currency};
use crate::return_request::fields::{self, Value};
use crate::return_request::reading::Found;
use crate::return_request::{Decision, State as Stands, request};
use crate::secret::SecretKey;
use crate::setting;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

pub(super) const NOON: Millis = 1_790_000_000_000;

/// A shop with a return of 68 euros, and a clock that the story moves.
pub(super) struct Shop {
    pub(super) folder: tempfile::TempDir,
    pub(super) db: Database,
    pub(super) key: SecretKey,
    pub(super) jules: Agent,
    pub(super) the_return: ReturnId,
    pub(super) now: Arc<AtomicI64>,
}

impl Shop {
    pub(super) fn open(server: &Server) -> Shop {
        let folder = tempfile::tempdir().unwrap();
        let (db, key) = (Database::open(&folder.path().join("restante.db")).unwrap(), SecretKey::from_bytes([9; 32]));
        let (inside, own) = (Inside::read(&format!("127.0.0.1:{}", server.port)).unwrap(), key.clone());
        let (jules, the_return) = db
            .write::<_, crate::desk::Error>(move |tx| {
                setting::set(tx, setting::INSIDE_HOSTS, &inside, None, NOON)?;
                let jules = agent::add(tx, &EmailAddress::parse("jules@shop.test").unwrap(), "Jules", Role::Owner, "x", NOON)?;
                let mailbox = account::add(tx, &account::tests::mailbox("support@shop.test"), NOON)?;
                let account = account::find(tx, mailbox)?.unwrap();
                let found = |field: &str, value| Found { field: field.into(), value, sentence: String::new(), certain: true };
                let amount = Amount::new(6800, Currency::parse("EUR"));
                let facts = vec![
                    found(fields::ORDER_NUMBER, Value::Text("AT-10482".into())),
                    found(fields::ITEM, Value::Text("“Low Tide”".into())),
                    found(fields::REASON, Value::Text("damaged".into())),
                    found(fields::WISH, Value::Text("refund".into())),
                    found(fields::AMOUNT, Value::Amount(amount)),
                ];
                let from = NameAddr { name: "Mara Okafor".into(), address: EmailAddress::parse("mara@example.test").unwrap() };
                let sent = Sent { from, language: "en".into(), text: "It came creased.".into(), facts, photos: Vec::new() };
                let composed = returns::compose_form(&own, &account, None, &sent, "word", NOON)?;
                let hash = Hash::of(&composed.bytes);
                let id = returns::started(tx, ("filled", "token"), &account, &sent, &composed, hash, NOON)?.expect("sent once");
                Ok((agent::find(tx, jules)?.unwrap(), id))
            })
            .unwrap();
        Shop { folder, db, key, jules, the_return, now: Arc::new(AtomicI64::new(NOON)) }
    }

    pub(super) fn defines(&self, kind: Kind, definition: Definition, secrets: &[(&str, &str)]) -> ActionId {
        let mut sealed = Secrets::default();
        secrets.iter().for_each(|(name, value)| sealed.set(name, value));
        let sealed = sealed.seal(&self.key, &Target::of_template(&definition.url).unwrap(), [4; 24]);
        let (new, by) = (New { kind, name: format!("Issue the refund ({})", kind.code()), definition, sealed }, self.jules.id);
        self.db.write(move |tx| action::save(tx, None, &new, by, NOON)).unwrap()
    }

    /// Agreed: the return stands at "to refund", and what that fires waits out the undo window.
    pub(super) fn decides(&self) {
        let (id, by, now) = (self.the_return, self.jules.clone(), self.now.load(Ordering::SeqCst));
        let deciding = Deciding { decision: Decision::Refund, amount: Some(Amount::new(6800, Currency::parse("EUR"))), comes_back: false };
        self.db.write(move |tx| returns::decide(tx, id, deciding, &by, now)).unwrap();
    }

    pub(super) fn office(&self) -> Office {
        let now = self.now.clone();
        Office::new(self.db.clone(), self.key.clone(), Client::new(Names::System, Patience::STANDARD), move || now.load(Ordering::SeqCst))
    }

    pub(super) fn later(&self, by: Millis) {
        self.now.fetch_add(by, Ordering::SeqCst);
    }

    /// Makes every call that is due.
    pub(super) fn calls(&self) {
        let office = self.office();
        while let Some((call, action)) = office.claim().unwrap() {
            office.deliver(&call, &action);
        }
    }

    pub(super) fn the_calls(&self) -> Vec<Call> {
        self.db.read(|c| call::of_return(c, self.the_return)).unwrap()
    }

    pub(super) fn state(&self) -> Stands {
        self.db.read(|c| request::find(c, self.the_return)).unwrap().unwrap().state
    }

    pub(super) fn timeline(&self) -> String {
        let events = self.db.read(|c| {
            let there = request::find(c, self.the_return)?.unwrap().conversation_id;
            crate::conversation::event::of_conversation(c, there)
        });
        format!("{:?}", events.unwrap())
    }
}

pub(super) fn refund(server: &Server) -> Definition {
    Definition {
        url: format!("http://127.0.0.1:{}/orders/{{{{order_number}}}}/refunds", server.port),
        body: r#"{"amount": {{amount_minor}}, "currency": "{{currency}}", "item": "{{item}}"}"#.into(),
        secret_headers: vec!["Authorization".into()],
        good: Good { pointer: "/status".into(), value: "succeeded".into(), ..Good::default() },
        reference: "/id".into(),
        fired_by: Some(Stands::ToRefund),
        decisions: vec![Decision::Refund],
        then: Some(Then::AsDecided),
        ..Definition::default()
    }
}

pub(super) const GOOD: &str = "200 OK\nContent-Type: application/json\n\n{\"id\": \"re_17\", \"status\": \"succeeded\"}";
pub(super) const BEARER: (&str, &str) = ("Authorization", "Bearer canary-secret-of-the-provider");
