//! The customer's card: name, addresses, since when, what else they wrote about.

use crate::conversation::{self, Status};
use crate::customer;
use crate::database::Reader;
use crate::id::{ConversationId, CustomerId};
use crate::web::leads;
use crate::web::present::{Clock, Person, When, language, status, status_class, visible};
use crate::web::{Error, Result, Visitor};

pub struct CustomerCard {
    pub id: CustomerId,
    pub person: Person,
    pub since: String,
    /// Each with whether mail to it came back.
    pub addresses: Vec<(String, bool)>,
    pub language: Option<String>,
    pub earlier: Vec<EarlierView>,
    /// What they like and agreed to; nothing for a machine.
    pub lead: Option<leads::Card>,
}

pub struct EarlierView {
    pub id: ConversationId,
    pub subject: String,
    pub when: When,
    pub status: &'static str,
    pub status_class: &'static str,
}

impl CustomerCard {
    /// `but`: the conversation that is open already. Conversations of other mailboxes are not this agent's to see.
    pub fn read(c: &Reader, visitor: &Visitor, id: CustomerId, but: Option<ConversationId>, limit: usize, clock: &Clock) -> Result<CustomerCard> {
        let customer = customer::find(c, id)?.ok_or(Error::NotFound)?;
        let mut earlier = Vec::new();
        for e in customer::earlier(c, id, limit + 1)? {
            let visible_here = conversation::find(c, e.conversation_id)?.is_some_and(|found| visitor.agent().may_see(found.mailbox_id));
            if visible_here && Some(e.conversation_id) != but && earlier.len() < limit {
                let known = Status::from_name(&e.status).unwrap_or(Status::Open);
                let subject = if e.subject.trim().is_empty() { "(no subject)".into() } else { visible(&e.subject) };
                earlier.push(EarlierView {
                    id: e.conversation_id,
                    subject,
                    when: clock.short(e.last_message_at),
                    status: status(known),
                    status_class: status_class(known),
                });
            }
        }
        let address = customer.addresses.first().map_or("", |a| a.address.as_str());
        Ok(CustomerCard {
            id,
            person: Person::new(&customer.name, address),
            since: clock.month(customer.created_at),
            addresses: customer.addresses.iter().map(|a| (visible(&a.address), a.bounced_at.is_some())).collect(),
            language: customer.language.as_deref().map(|code| visible(language(code))),
            earlier,
            lead: leads::card(c, visitor, id, clock)?,
        })
    }
}
