//! Which rows a person stands in, table by table, and what becomes of each. A table that comes new has to be entered here: a test walks
//! the schema.

/// What rests on a message elsewhere repeats it no more, and what answers it does not name it: a Message-ID may hold a person's own domain.
pub const BEFORE_MESSAGE: &[&str] = &[
    "UPDATE return_fact SET sentence = '', message_id = NULL WHERE message_id = ?1",
    "UPDATE interest SET sentence = '', message_id = NULL WHERE message_id = ?1",
    "UPDATE wish SET words = '(erased)', message_id = NULL WHERE message_id = ?1",
    "DELETE FROM event WHERE conversation_id = (SELECT conversation_id FROM message WHERE id = ?1)
       AND (json_extract(data, '$.message') = ?1 OR json_extract(data, '$.happened.message') = ?1)",
    "UPDATE message SET placement = json_set(placement, '$.identifier', '(erased)')
       WHERE conversation_id = (SELECT conversation_id FROM message WHERE id = ?1) AND json_extract(placement, '$.identifier') = (SELECT identifier FROM message WHERE id = ?1)",
    "DELETE FROM message_reference WHERE identifier = (SELECT identifier FROM message WHERE id = ?1)",
];

/// What a message leaves behind when its conversation stays: that there was one, which way it went, and when.
pub const OF_MESSAGE: &[&str] = &[
    "UPDATE ledger SET raw_hash = NULL, reason = 'erased: its sender asked for it' WHERE message_id = ?1",
    "DELETE FROM outbox WHERE message_id = ?1",
    "UPDATE message SET identifier = NULL, from_name = '', from_address = '', people = '{}', subject = '', raw_hash = NULL, content_hash = NULL, placement = json_object('because', 'erased'),
       reading = '{}', has_html = 0, attachment_count = 0 WHERE id = ?1",
    "UPDATE message_text SET new_text = '(erased)', text = NULL WHERE message_id = ?1",
    "DELETE FROM message_reference WHERE message_id = ?1",
    "DELETE FROM participant WHERE message_id = ?1",
    "DELETE FROM attachment WHERE message_id = ?1",
];

/// Events that say what was done and quote nobody.
pub const OF_CONVERSATION: &[&str] = &[
    "DELETE FROM event WHERE conversation_id = ?1 AND kind NOT IN ('status_changed', 'assigned', 'tagged', 'untagged', 'woke_up', 'reopened')",
    "DELETE FROM draft WHERE conversation_id = ?1",
    "DELETE FROM upload WHERE conversation_id = ?1",
    "DELETE FROM wanted_letter WHERE conversation_id = ?1",
    "DELETE FROM consent_asked WHERE conversation_id = ?1",
    "UPDATE conversation SET subject = '(erased)', preview = '', last_author = '', related_id = NULL, related_because = NULL, has_attachments = 0, delivery_failed_at = NULL,
       waiting_since = NULL WHERE id = ?1",
    "UPDATE conversation SET related_id = NULL, related_because = NULL WHERE related_id = ?1",
    "UPDATE conversation SET status = 'resolved', snoozed_until = NULL WHERE id = ?1 AND status <> 'spam'",
];

/// Of a conversation that goes on as somebody else's. What happened with a message or a return of theirs went with it.
pub const OF_SHARED: &[&str] = &[
    "DELETE FROM draft WHERE conversation_id = ?1",
    "DELETE FROM upload WHERE conversation_id = ?1",
    // Ours to somebody else may repeat what the person called it.
    "UPDATE message SET subject = '(erased)' WHERE conversation_id = ?1 AND direction = 'reply' AND instr(subject, (SELECT subject FROM conversation WHERE id = ?1)) > 0
       AND NOT EXISTS (SELECT 1 FROM message AS said WHERE said.conversation_id = ?1 AND said.direction = 'inbound'
         AND instr(said.subject, (SELECT subject FROM conversation WHERE id = ?1)) > 0)",
    "UPDATE conversation SET last_author = '', preview = '',
       subject = coalesce((SELECT subject FROM message WHERE conversation_id = ?1 AND direction <> 'note' AND subject <> '' ORDER BY direction <> 'inbound', arrived_at, id LIMIT 1), '(erased)') WHERE id = ?1",
];

/// Of a return in somebody else's conversation.
pub const EVENTS_OF_RETURN: &str = "DELETE FROM event WHERE conversation_id = (SELECT conversation_id FROM return_request WHERE id = ?1) AND kind = 'return' AND json_extract(data, '$.return_id') = ?1";

/// For the numbers: why, what was wished, when, how much, and what was decided.
pub const OF_RETURN: &[&str] = &[
    "DELETE FROM return_fact WHERE return_id = ?1 AND (field NOT IN ('reason', 'wish', 'delivered_on', 'amount') OR superseded_at IS NOT NULL)",
    "UPDATE return_fact SET sentence = '', message_id = NULL WHERE return_id = ?1",
    "UPDATE return_item SET title = '' WHERE return_id = ?1 AND order_line_id IS NULL",
    "DELETE FROM return_photo WHERE return_id = ?1",
    "DELETE FROM return_upload WHERE token_hash IN (SELECT token_hash FROM return_link WHERE return_id = ?1)",
    "DELETE FROM return_link WHERE return_id = ?1",
    "DELETE FROM action_call WHERE return_id = ?1",
    "DELETE FROM wanted_letter WHERE return_id = ?1",
    "UPDATE return_request SET verdict_data = json_object('verdict', verdict), no_answer_at = NULL WHERE id = ?1",
    // Whoever is gone waits for nothing.
    "UPDATE return_request SET state = 'withdrawn', closed_at = coalesce(closed_at, state_at) WHERE id = ?1 AND closed_at IS NULL",
];

/// What was bought stays in the shop's books; who bought it does not stay here.
pub const OF_ORDER: &[&str] = &["UPDATE shop_order SET customer_name = '', address = NULL, tracking = '', country = NULL WHERE id = ?1"];

/// Where conversations go as well: the rows that hold them, before them.
pub const REMOVE_RETURN: &[&str] = &[
    "DELETE FROM return_upload WHERE token_hash IN (SELECT token_hash FROM return_link WHERE return_id = ?1)",
    "DELETE FROM wanted_letter WHERE return_id = ?1",
    "DELETE FROM return_request WHERE id = ?1",
];
pub const REMOVE_MESSAGE: &[&str] = &[
    "UPDATE ledger SET raw_hash = NULL, reason = 'erased: its sender asked for it' WHERE message_id = ?1",
    "DELETE FROM outbox WHERE message_id = ?1",
    "DELETE FROM message WHERE id = ?1",
];
pub const REMOVE_CONVERSATION: &[&str] =
    &["UPDATE conversation SET related_id = NULL, related_because = NULL WHERE related_id = ?1", "DELETE FROM conversation WHERE id = ?1"];

/// What rests on a consent goes before it, of every record: after two were joined one's may rest on the other's.
pub const BEFORE_CONSENTS: &[&str] = &[
    "UPDATE outbox SET consent_id = NULL WHERE consent_id IN (SELECT id FROM consent WHERE customer_id = ?1)",
    "DELETE FROM wanted_letter WHERE follow_up_id IN (SELECT id FROM follow_up WHERE customer_id = ?1 OR consent_id IN (SELECT id FROM consent WHERE customer_id = ?1))",
    "DELETE FROM follow_up WHERE customer_id = ?1 OR consent_id IN (SELECT id FROM consent WHERE customer_id = ?1)",
    // The record that they were joined into, or that was joined into theirs, names them.
    "DELETE FROM lead_event WHERE json_extract(data, '$.join') IN (SELECT id FROM customer_join WHERE kept_id = ?1 OR joined_id = ?1)",
];

/// What another record holds of an address: two records were one for a time.
pub const OF_ADDRESS: &[&str] = &[
    "DELETE FROM wanted_letter WHERE address = ?1",
    "UPDATE outbox SET consent_id = NULL WHERE consent_id IN (SELECT id FROM consent WHERE address = ?1)",
    "DELETE FROM wanted_letter WHERE follow_up_id IN (SELECT id FROM follow_up WHERE address = ?1 OR consent_id IN (SELECT id FROM consent WHERE address = ?1))",
    "DELETE FROM follow_up WHERE address = ?1 OR consent_id IN (SELECT id FROM consent WHERE address = ?1)",
    "DELETE FROM consent_link WHERE address = ?1",
    "DELETE FROM consent_asked WHERE address = ?1",
    "DELETE FROM consent WHERE address = ?1",
    "DELETE FROM wish WHERE address = ?1",
    "DELETE FROM lead_event WHERE json_extract(data, '$.address') = ?1",
];

/// Whatever is about the person and no conversation.
pub const OF_CUSTOMER: &[&str] = &[
    "DELETE FROM consent_link WHERE customer_id = ?1",
    "DELETE FROM consent_asked WHERE customer_id = ?1",
    "DELETE FROM consent WHERE customer_id = ?1",
    "DELETE FROM wish WHERE customer_id = ?1",
    "DELETE FROM interest WHERE customer_id = ?1",
    "DELETE FROM lead WHERE customer_id = ?1",
    "DELETE FROM lead_event WHERE customer_id = ?1",
    "DELETE FROM customer_join WHERE kept_id = ?1 OR joined_id = ?1",
    "DELETE FROM customer_address WHERE customer_id = ?1",
    "UPDATE customer SET name = '', language = NULL WHERE id = ?1",
];
