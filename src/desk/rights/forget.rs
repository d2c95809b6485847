//! Goes through everything that is about a person and does what `steps` says, others' conversations in which they wrote or were written
//! to included.

use super::erase::Erasure;
use super::scope::Scope;
use super::steps::{
    BEFORE_CONSENTS, BEFORE_MESSAGE, EVENTS_OF_RETURN, OF_ADDRESS, OF_CONVERSATION, OF_CUSTOMER, OF_MESSAGE, OF_ORDER, OF_RETURN, OF_SHARED,
    REMOVE_CONVERSATION, REMOVE_MESSAGE, REMOVE_RETURN,
};
use crate::blobs::Hash;
use crate::conversation::{self, ConversationId, MessageKey, message};
use crate::database::{Result, Writer, params};
use std::collections::BTreeSet;

pub fn everything(tx: &Writer, scope: &Scope, erasure: Erasure) -> Result<()> {
    scope.orders.iter().try_for_each(|order| run(tx, OF_ORDER, order.0))?;
    for hash in uploads(tx, scope)? {
        super::erased::doom(tx, hash)?;
    }
    for address in &scope.addresses {
        OF_ADDRESS.iter().try_for_each(|sql| tx.execute(sql, [address]).map(|_| ()))?;
    }
    // What two records of one person shared may still lie with the emptied one.
    scope.records.iter().try_for_each(|record| run(tx, BEFORE_CONSENTS, record.0))?;
    scope.records.iter().try_for_each(|record| run(tx, OF_CUSTOMER, record.0))?;
    let (here, elsewhere) = parts(tx, scope)?;
    let others = places_of_others(tx, scope, &elsewhere)?;
    subjects_in_events(tx, scope, &others, erasure)?;
    scope.returns.iter().try_for_each(|id| tx.execute(EVENTS_OF_RETURN, [id]).map(|_| ()))?;
    let subjects = subjects(tx, &elsewhere)?;
    scope.messages.iter().try_for_each(|message| run(tx, BEFORE_MESSAGE, message.0))?;
    // What they wrote in somebody else's conversation leaves its place there.
    elsewhere.iter().try_for_each(|message| run(tx, OF_MESSAGE, message.0))?;
    scope.letters.iter().try_for_each(|letter| take_off(tx, *letter, &scope.addresses))?;
    let shared: Vec<ConversationId> = scope.shared.iter().map(|shared| shared.conversation).collect();
    let theirs: Vec<ConversationId> = scope.conversations.iter().chain(&scope.told).copied().filter(|id| !shared.contains(id)).collect();
    match erasure {
        Erasure::Kept => {
            here.iter().try_for_each(|message| run(tx, OF_MESSAGE, message.0))?;
            scope.returns.iter().try_for_each(|id| run(tx, OF_RETURN, id.0))?;
            theirs.iter().try_for_each(|id| run(tx, OF_CONVERSATION, id.0))?;
        }
        Erasure::Removed => {
            scope.returns.iter().try_for_each(|id| run(tx, REMOVE_RETURN, id.0))?;
            here.iter().try_for_each(|message| remove_message(tx, *message))?;
            theirs.iter().try_for_each(|id| run(tx, OF_CONVERSATION, id.0))?;
            theirs.iter().try_for_each(|id| remove_conversation(tx, *id))?;
        }
    }
    for shared in &scope.shared {
        run(tx, OF_SHARED, shared.conversation.0)?;
        tx.execute("UPDATE conversation SET customer_id = ?2 WHERE id = ?1", params![shared.conversation, shared.heir])?;
    }
    if erasure == Erasure::Removed {
        scope.records.iter().try_for_each(|record| tx.execute("DELETE FROM customer WHERE id = ?1", [record]).map(|_| ()))?;
    }
    subjects.iter().try_for_each(|(place, subject)| forget_subject(tx, *place, subject))?;
    others.into_iter().chain(shared).try_for_each(|id| show_anew(tx, id))
}

fn run(tx: &Writer, steps: &[&str], id: i64) -> Result<()> {
    steps.iter().try_for_each(|sql| tx.execute(sql, [id]).map(|_| ()))
}

/// Their messages in conversations that are theirs, and elsewhere.
fn parts(tx: &Writer, scope: &Scope) -> Result<(Vec<MessageKey>, Vec<MessageKey>)> {
    let (mut here, mut elsewhere) = (Vec::new(), Vec::new());
    for message in &scope.messages {
        let place = place_of(tx, *message)?;
        if scope.conversations.contains(&place) || scope.told.contains(&place) { here.push(*message) } else { elsewhere.push(*message) }
    }
    Ok((here, elsewhere))
}

fn place_of(tx: &Writer, message: MessageKey) -> Result<ConversationId> {
    tx.one("SELECT conversation_id FROM message WHERE id = ?1", [message], |r| r.get(0))
}

fn places_of_others(tx: &Writer, scope: &Scope, elsewhere: &[MessageKey]) -> Result<BTreeSet<ConversationId>> {
    let mut places: BTreeSet<ConversationId> = elsewhere.iter().chain(&scope.letters).map(|message| place_of(tx, *message)).collect::<Result<_>>()?;
    places.retain(|place| !scope.conversations.contains(place) && !scope.told.contains(place));
    Ok(places)
}

/// The subjects of what they wrote in others' conversations, with the place: one that was split off is called after its first mail.
fn subjects(tx: &Writer, elsewhere: &[MessageKey]) -> Result<Vec<(ConversationId, String)>> {
    let sql = "SELECT conversation_id, subject FROM message WHERE id = ?1";
    elsewhere.iter().map(|message| tx.one(sql, [message], |r| Ok((r.get(0)?, r.get(1)?)))).collect()
}

/// Where nobody who stays calls it so: our answers repeat what they answer.
fn forget_subject(tx: &Writer, place: ConversationId, subject: &str) -> Result<()> {
    let says = "SELECT EXISTS (SELECT 1 FROM message WHERE conversation_id = ?1 AND direction = 'inbound' AND instr(subject, ?2) > 0)";
    if subject.is_empty() || tx.one(says, params![place, subject], |r| r.get(0))? {
        return Ok(());
    }
    let answers = "UPDATE message SET subject = '(erased)' WHERE conversation_id = ?1 AND direction = 'reply' AND instr(subject, ?2) > 0";
    tx.execute(answers, params![place, subject])?;
    let named = "UPDATE conversation SET subject = coalesce((SELECT subject FROM message WHERE conversation_id = ?1 AND direction <> 'note' AND subject <> ''
        ORDER BY direction <> 'inbound', arrived_at, id LIMIT 1), '(erased)') WHERE id = ?1 AND subject = ?2";
    tx.execute(named, params![place, subject])?;
    Ok(())
}

/// What was merged from here or split off to here is named in the timeline of the other conversation.
fn subjects_in_events(tx: &Writer, scope: &Scope, others: &BTreeSet<ConversationId>, erasure: Erasure) -> Result<()> {
    let mut places: BTreeSet<ConversationId> = scope.conversations.iter().chain(others).copied().collect();
    for id in scope.conversations.iter().chain(others) {
        let beside = "SELECT merged_into FROM conversation WHERE id = ?1 AND merged_into IS NOT NULL
            UNION SELECT coalesce(json_extract(data, '$.into'), json_extract(data, '$.from')) FROM event WHERE conversation_id = ?1 AND kind IN ('merged_into', 'split_from')";
        places.extend(tx.all(beside, [id], |r| r.get::<_, ConversationId>(0))?);
    }
    let (conversations, messages) = (serde_json::to_string(&scope.conversations)?, serde_json::to_string(&scope.messages)?);
    for place in places {
        tx.execute(
            "UPDATE event SET data = json_set(data, '$.subject', '(erased)') WHERE conversation_id = ?1 AND kind IN ('merged', 'split')
               AND (coalesce(json_extract(data, '$.from'), json_extract(data, '$.to')) IN (SELECT value FROM json_each(?2))
                 OR EXISTS (SELECT 1 FROM json_each(data, '$.messages') WHERE value IN (SELECT value FROM json_each(?3))))",
            params![place, conversations, messages],
        )?;
        if erasure == Erasure::Removed {
            // There is no way back to a conversation that is gone.
            tx.execute(
                "DELETE FROM event WHERE conversation_id = ?1 AND kind IN ('merged', 'split', 'merged_into', 'split_from')
                   AND coalesce(json_extract(data, '$.from'), json_extract(data, '$.to'), json_extract(data, '$.into')) IN (SELECT value FROM json_each(?2))",
                params![place, conversations],
            )?;
        }
    }
    Ok(())
}

/// A letter that went to others as well stays theirs; it names the person no more. Its raw mail does: it is the others', too.
fn take_off(tx: &Writer, letter: MessageKey, addresses: &[String]) -> Result<()> {
    let Some(found) = message::find(tx, letter)? else { return Ok(()) };
    let mut people = found.people;
    for list in [&mut people.to, &mut people.cc, &mut people.bcc, &mut people.reply_to] {
        list.retain(|person| !addresses.contains(&person.address.key()));
    }
    tx.execute("UPDATE message SET people = ?2 WHERE id = ?1", params![letter, serde_json::to_string(&people)?])?;
    for address in addresses {
        tx.execute("DELETE FROM participant WHERE message_id = ?1 AND address = ?2", params![letter, address])?;
        let sent = "DELETE FROM outbox_recipient WHERE outbox_id IN (SELECT id FROM outbox WHERE message_id = ?1) AND lower(address) = ?2";
        tx.execute(sent, params![letter, address])?;
        tx.execute("UPDATE outbox SET answer = '' WHERE message_id = ?1 AND instr(lower(answer), ?2) > 0", params![letter, address])?;
        let failed = "DELETE FROM event WHERE conversation_id = ?1 AND kind = 'delivery_failed' AND lower(json_extract(data, '$.recipient')) = ?2";
        tx.execute(failed, params![found.conversation_id, address])?;
    }
    Ok(())
}

/// One with which somebody else's return began stays as an empty place.
fn remove_message(tx: &Writer, message: MessageKey) -> Result<()> {
    let begins: bool = tx.one("SELECT EXISTS (SELECT 1 FROM return_request WHERE message_id = ?1)", [message], |r| r.get(0))?;
    run(tx, if begins { OF_MESSAGE } else { REMOVE_MESSAGE }, message.0)
}

/// With what was merged into it: an emptied row that leads nowhere would be an empty conversation in the inbox.
fn remove_conversation(tx: &Writer, id: ConversationId) -> Result<()> {
    let into = tx.optional("SELECT merged_into FROM conversation WHERE id = ?1", [id], |r| r.get::<_, Option<ConversationId>>(0))?.flatten();
    for emptied in tx.all("SELECT id FROM conversation WHERE merged_into = ?1", [id], |r| r.get::<_, ConversationId>(0))? {
        match into {
            Some(into) => tx.execute("UPDATE conversation SET merged_into = ?2 WHERE id = ?1", params![emptied, into]).map(|_| ())?,
            None => remove_conversation(tx, emptied)?,
        }
    }
    run(tx, REMOVE_CONVERSATION, id.0)
}

/// The list and the index show it without them.
fn show_anew(tx: &Writer, id: ConversationId) -> Result<()> {
    conversation::refresh(tx, id)?;
    for message in message::of_conversation(tx, id)? {
        message::queue_for_index(tx, message.id)?;
    }
    Ok(())
}

/// Files of replies that were never sent.
fn uploads(tx: &Writer, scope: &Scope) -> Result<Vec<Hash>> {
    let mut hashes = Vec::new();
    for id in &scope.conversations {
        let found = tx.all("SELECT raw_hash FROM upload WHERE conversation_id = ?1", [id], |r| r.get::<_, Vec<u8>>(0))?;
        hashes.extend(found.iter().filter_map(|bytes| Hash::from_slice(bytes)));
    }
    Ok(hashes)
}
