//! The letter that asks somebody to confirm what was ticked for their address (double opt-in).

use super::compose::{Composed, Making};
use super::{Waiting, stranger};
use crate::consent::asked;
use crate::consent::link::{Act, Link};
use crate::conversation::threading;
use crate::database::Reader;
use crate::desk::{Result, body};
use crate::email::compose::Letter;
use crate::email::{self, Email, EmailAddress, NameAddr};
use crate::reply_template::{self, Facts, Purpose, ReturnFacts};
use crate::{account, conversation, customer, setting};

/// Composes, or says in words why this letter is not written. It stands alone: what it asks is about no thread.
pub fn compose(c: &Reader, waiting: &Waiting, making: &Making) -> Result<std::result::Result<Composed, String>> {
    let asked = waiting.data["asked"].as_i64().map(|id| asked::find(c, id)).transpose()?.flatten();
    let Some(asked) = asked else { return Ok(Err("what it asked is gone.".into())) };
    let conversation = conversation::find(c, conversation::current(c, asked.conversation_id)?)?;
    let account = conversation.as_ref().map(|found| account::find(c, found.mailbox_id)).transpose()?.flatten();
    let (Some(conversation), Some(account)) = (conversation, account) else { return Ok(Err("its mailbox is gone.".into())) };
    let Some(address) = EmailAddress::parse(&asked.address) else { return Ok(Err("the address cannot be written to.".into())) };
    let Some(url) = making.url else { return Ok(Err("nobody has said under which address this helpdesk is reached.".into())) };
    let name = customer::find(c, asked.customer_id)?.map(|c| c.name).unwrap_or_default();
    let facts = Facts {
        name: stranger::first_name(&name).map(str::to_owned),
        shop: Some(setting::shop_name(c)?),
        of_return: ReturnFacts {
            link: Some(format!("{}/confirm/{}", url.trim_end_matches('/'), making.token)),
            details: Some(asked.words.lines().map(|line| format!("– {line}")).collect::<Vec<_>>().join("\n")),
            ..ReturnFacts::default()
        },
        ..Facts::default()
    };
    let template = reply_template::for_purpose(c, Purpose::ConfirmConsent, &asked.language)?;
    let text = super::words::without_unfilled(&reply_template::fill(&template, &facts).0);
    let to = NameAddr { name: String::new(), address };
    let title = crate::return_request::words::consent("confirm_title", &asked.language);
    let letter = Letter {
        message_id: threading::own_message_id(making.key, conversation.id, making.word, account.address.domain()),
        date: making.now,
        from: NameAddr { name: account.name.clone(), address: account.address.clone() },
        to: vec![to.clone()],
        cc: Vec::new(),
        reply_to: None,
        subject: format!("{}: {title}", facts.shop.as_deref().unwrap_or_default()),
        in_reply_to: None,
        references: Vec::new(),
        text: body::text(&text, "", None),
        html: Some(body::html(&text, "", None)),
        files: Vec::new(),
        automatic: waiting.by.is_none(),
        unsubscribe: None,
        boundary: making.word.to_owned(),
    };
    let bytes = email::compose::compose(&letter)?;
    let email = Email { new_text: text.trim().to_owned(), ..email::read(&bytes) };
    let link = Link {
        customer_id: asked.customer_id,
        address: asked.address,
        purposes: asked.purposes,
        words: asked.words,
        policy_text: asked.policy_text,
        used_at: None,
    };
    Ok(Ok(Composed { bytes, email, account, to, link: None, consent_link: Some((Act::Confirm, link)), follow_up: None }))
}
