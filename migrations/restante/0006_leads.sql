-- Leads: what we remember of those who write, what they agreed to, what they wish for, the pieces that the shop has, and what
-- is written to them afterwards. Consent is evidence: rows of it are ended, never changed.

-- Who writes, as somebody who may buy again. One per customer. ------------------------------------------------
CREATE TABLE lead (
  customer_id      INTEGER PRIMARY KEY REFERENCES customer(id) ON DELETE CASCADE,
  source           TEXT NOT NULL CHECK (source IN ('mailbox', 'form', 'widget', 'import', 'agent')),
  source_detail    TEXT NOT NULL DEFAULT '',       -- the mailbox's address, the file's name
  country          TEXT,                           -- ISO 3166-1 alpha-2, only if said
  country_sentence TEXT NOT NULL DEFAULT '',
  first_contact_at INTEGER NOT NULL,
  last_contact_at  INTEGER NOT NULL,               -- the last that came from them
  set_aside_at     INTEGER,                        -- no lead after all: spam, a supplier, an agent said so
  set_aside_by     INTEGER REFERENCES agent(id),
  set_aside_because TEXT CHECK (set_aside_because IN ('spam', 'supplier', 'agent')),
  created_at       INTEGER NOT NULL
) STRICT;
CREATE INDEX lead_by_last_contact  ON lead(last_contact_at DESC, customer_id DESC) WHERE set_aside_at IS NULL;
CREATE INDEX lead_by_first_contact ON lead(first_contact_at) WHERE set_aside_at IS NULL;
CREATE INDEX lead_by_country       ON lead(country) WHERE country IS NOT NULL;
CREATE INDEX lead_by_source        ON lead(source);
CREATE INDEX customer_by_language  ON customer(language) WHERE language IS NOT NULL;
CREATE INDEX lead_set_aside        ON lead(last_contact_at DESC, customer_id DESC) WHERE set_aside_at IS NOT NULL;

-- Whoever becomes one of us is no lead any more.
CREATE TRIGGER lead_is_no_agent AFTER INSERT ON agent BEGIN
  UPDATE lead SET set_aside_at = new.created_at, set_aside_because = 'agent' WHERE set_aside_at IS NULL
    AND customer_id IN (SELECT customer_id FROM customer_address WHERE address = lower(new.email));
END;
CREATE TRIGGER lead_is_no_mailbox AFTER INSERT ON mailbox BEGIN
  UPDATE lead SET set_aside_at = new.created_at, set_aside_because = 'agent' WHERE set_aside_at IS NULL
    AND customer_id IN (SELECT customer_id FROM customer_address WHERE address = lower(new.address));
END;

-- What agents did to a lead, who and when, and how it was before.
CREATE TABLE lead_event (
  id          INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customer(id) ON DELETE CASCADE,
  at          INTEGER NOT NULL,
  by_id       INTEGER REFERENCES agent(id),        -- null: Restante itself
  data        TEXT NOT NULL,                       -- JSON
  undone_at   INTEGER,
  undone_by   INTEGER REFERENCES agent(id)
) STRICT;
CREATE INDEX lead_event_by_customer ON lead_event(customer_id, id);

-- Addresses and domains that the owner marked as suppliers: no lead is made of them.
CREATE TABLE supplier (
  pattern TEXT PRIMARY KEY,                        -- lower case: anna@paper.example, or @paper.example
  at      INTEGER NOT NULL,
  by_id   INTEGER REFERENCES agent(id)
) STRICT, WITHOUT ROWID;

-- Two records that were the same person. What moved is written down, so that it can be taken back.
CREATE TABLE customer_join (
  id        INTEGER PRIMARY KEY,
  kept_id   INTEGER NOT NULL REFERENCES customer(id) ON DELETE CASCADE,
  joined_id INTEGER NOT NULL,                      -- the record that was emptied
  because   TEXT NOT NULL,                         -- 'agent', or why it was suggested
  moved     TEXT NOT NULL,                         -- JSON: the rows that moved, by table, and the emptied record as it was
  at        INTEGER NOT NULL,
  by_id     INTEGER REFERENCES agent(id),
  undone_at INTEGER,
  undone_by INTEGER REFERENCES agent(id)
) STRICT;
CREATE INDEX customer_join_by_kept ON customer_join(kept_id);
CREATE UNIQUE INDEX customer_join_stands ON customer_join(joined_id) WHERE undone_at IS NULL;

CREATE INDEX return_by_customer ON return_request(customer_id);

-- What they like, each with the sentence it was taken from.
CREATE TABLE interest (
  id          INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customer(id) ON DELETE CASCADE,
  kind        TEXT NOT NULL CHECK (kind IN ('artist', 'title', 'medium', 'size', 'colour', 'room', 'budget', 'occasion')),
  value       TEXT NOT NULL,                       -- a code, or words as written
  sentence    TEXT NOT NULL DEFAULT '',
  source      TEXT NOT NULL CHECK (source IN ('mail', 'form', 'agent', 'import')),
  message_id  INTEGER REFERENCES message(id) ON DELETE SET NULL,
  at          INTEGER NOT NULL,
  by_id       INTEGER REFERENCES agent(id),
  removed_at  INTEGER,                             -- and it is not taken up again from a mail
  removed_by  INTEGER REFERENCES agent(id)
) STRICT;
CREATE UNIQUE INDEX interest_once ON interest(customer_id, kind, value COLLATE NOCASE);
CREATE INDEX interest_by_value ON interest(kind, value, customer_id) WHERE removed_at IS NULL;
CREATE INDEX interest_by_message ON interest(message_id) WHERE message_id IS NOT NULL;

-- "Tell me when similar is back."
CREATE TABLE wish (
  id              INTEGER PRIMARY KEY,
  customer_id     INTEGER NOT NULL REFERENCES customer(id) ON DELETE CASCADE,
  address         TEXT NOT NULL,                   -- lower case: from where it was said
  conversation_id INTEGER REFERENCES conversation(id) ON DELETE SET NULL,
  message_id      INTEGER REFERENCES message(id) ON DELETE SET NULL,
  words           TEXT NOT NULL,                   -- the sentence
  features        TEXT NOT NULL DEFAULT '[]',      -- JSON: [{"kind","value"}] as interests have them
  source          TEXT NOT NULL CHECK (source IN ('mail', 'form', 'agent', 'import')),
  at              INTEGER NOT NULL,
  by_id           INTEGER REFERENCES agent(id),
  closed_at       INTEGER,
  closed_by       INTEGER REFERENCES agent(id),
  closed_because  TEXT CHECK (closed_because IN ('bought', 'withdrawn', 'agent'))
) STRICT;
CREATE INDEX wish_by_customer ON wish(customer_id, id);
CREATE INDEX wish_open ON wish(id) WHERE closed_at IS NULL;

-- Consent ----------------------------------------------------------------------------------------------------
CREATE TABLE consent (
  id                 INTEGER PRIMARY KEY,
  customer_id        INTEGER NOT NULL REFERENCES customer(id) ON DELETE CASCADE,
  address            TEXT NOT NULL,                -- lower case: consent is an address's
  purpose            TEXT NOT NULL CHECK (purpose IN ('similar_pieces', 'offers')),
  way                TEXT NOT NULL CHECK (way IN ('form', 'mail', 'confirmed', 'agent', 'import')),
  words              TEXT NOT NULL CHECK (words <> ''), -- what was said, or the tick's label
  policy_text        TEXT NOT NULL DEFAULT '',     -- what they were shown about it
  proof              TEXT NOT NULL DEFAULT '',     -- an agent's reason, an import's evidence, a form's address
  message_id         INTEGER REFERENCES message(id) ON DELETE SET NULL,
  at                 INTEGER NOT NULL,             -- when it was given; with an import, as its proof says
  by_id              INTEGER REFERENCES agent(id),
  recorded_at        INTEGER NOT NULL,
  withdrawn_at       INTEGER,
  withdrawn_way      TEXT CHECK (withdrawn_way IN ('one_click', 'page', 'mail', 'agent', 'erased')),
  withdrawn_words    TEXT NOT NULL DEFAULT '',
  withdrawn_message_id INTEGER REFERENCES message(id) ON DELETE SET NULL,
  withdrawn_by       INTEGER REFERENCES agent(id)
) STRICT;
CREATE UNIQUE INDEX consent_live ON consent(address, purpose) WHERE withdrawn_at IS NULL;
CREATE INDEX consent_by_customer ON consent(customer_id, id);

-- Evidence is not edited: only ending it, losing its mail, and joining two records of a person change a row.
CREATE TRIGGER consent_is_evidence BEFORE UPDATE OF address, purpose, way, words, policy_text, proof, at, by_id, recorded_at ON consent BEGIN
  SELECT raise(ABORT, 'consent is evidence: it is ended, never changed');
END;
CREATE TRIGGER consent_stays_ended BEFORE UPDATE OF withdrawn_at ON consent WHEN old.withdrawn_at IS NOT NULL AND new.withdrawn_at IS NOT old.withdrawn_at BEGIN
  SELECT raise(ABORT, 'a consent that ended stays ended: a new one is a new row');
END;

-- Who said stop, as an HMAC of the address under secret.key: it survives the person's erasure and names nobody.
CREATE TABLE suppression (
  address_hash TEXT NOT NULL,
  purpose      TEXT NOT NULL CHECK (purpose IN ('all', 'similar_pieces', 'offers')),
  way          TEXT NOT NULL,
  at           INTEGER NOT NULL,
  PRIMARY KEY (address_hash, purpose)
) STRICT, WITHOUT ROWID;

-- Links in letters: confirming (double opt-in) and unsubscribing. Only the hash is kept; a GET changes nothing.
CREATE TABLE consent_link (
  token_hash  BLOB PRIMARY KEY,
  act         TEXT NOT NULL CHECK (act IN ('confirm', 'unsubscribe')),
  customer_id INTEGER NOT NULL REFERENCES customer(id) ON DELETE CASCADE,
  address     TEXT NOT NULL,
  purposes    TEXT NOT NULL,                       -- JSON: consent purposes
  words       TEXT NOT NULL DEFAULT '',            -- what confirming means, as shown
  policy_text TEXT NOT NULL DEFAULT '',
  created_at  INTEGER NOT NULL,
  expires_at  INTEGER NOT NULL,
  used_at     INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX consent_link_by_customer ON consent_link(customer_id);

-- Ticked on a form by somebody who has not shown that the address is theirs, or noted by an agent: a letter asks them to confirm
-- (double opt-in). It is written only to an address that wrote to the shop itself.
CREATE TABLE consent_asked (
  id              INTEGER PRIMARY KEY,
  customer_id     INTEGER NOT NULL REFERENCES customer(id) ON DELETE CASCADE,
  conversation_id INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
  address         TEXT NOT NULL,
  purposes        TEXT NOT NULL,                   -- JSON: consent purposes
  words           TEXT NOT NULL,
  policy_text     TEXT NOT NULL,
  language        TEXT NOT NULL,
  at              INTEGER NOT NULL,
  by_id           INTEGER REFERENCES agent(id),
  settled_at      INTEGER                          -- its letter was wanted, or it is not asked any more
) STRICT;
CREATE INDEX consent_asked_waiting ON consent_asked(address) WHERE settled_at IS NULL;

-- Pieces -----------------------------------------------------------------------------------------------------
CREATE TABLE piece (
  id          INTEGER PRIMARY KEY,
  sku         TEXT NOT NULL DEFAULT '',
  title       TEXT NOT NULL,
  artist      TEXT NOT NULL DEFAULT '',
  medium      TEXT NOT NULL DEFAULT '',            -- a code, as interests have them, or the shop's word
  width_mm    INTEGER,
  height_mm   INTEGER,
  size        TEXT NOT NULL DEFAULT '',            -- as typed
  colours     TEXT NOT NULL DEFAULT '[]',          -- JSON: codes
  words       TEXT NOT NULL DEFAULT '',            -- a sentence about it, for the letter and for matching
  price_minor INTEGER,
  currency    TEXT,
  link        TEXT NOT NULL DEFAULT '',
  quantity    INTEGER NOT NULL DEFAULT 1,          -- how many are left
  source      TEXT NOT NULL CHECK (source IN ('form', 'csv', 'api', 'mail')),
  message_id  INTEGER REFERENCES message(id) ON DELETE SET NULL,
  looked_at   INTEGER,                             -- null: a mail made it, and nobody has looked at it yet
  looked_by   INTEGER REFERENCES agent(id),
  created_at  INTEGER NOT NULL,
  created_by  INTEGER REFERENCES agent(id),
  sold_at     INTEGER,                             -- none is left
  sold_by     INTEGER REFERENCES agent(id),        -- null: an order or the shop's program said so
  removed_at  INTEGER,
  removed_by  INTEGER REFERENCES agent(id)
) STRICT;
CREATE UNIQUE INDEX piece_by_sku ON piece(sku) WHERE sku <> '' AND removed_at IS NULL;
CREATE INDEX piece_for_sale ON piece(id) WHERE sold_at IS NULL AND removed_at IS NULL;
CREATE INDEX piece_by_title ON piece(title COLLATE NOCASE) WHERE removed_at IS NULL;
CREATE INDEX piece_by_message ON piece(message_id) WHERE message_id IS NOT NULL;

-- What was sold of a piece, and how that is known. An order counts once, however often it is told; taken back, it stays taken back.
CREATE TABLE piece_sale (
  id        INTEGER PRIMARY KEY,
  piece_id  INTEGER NOT NULL REFERENCES piece(id) ON DELETE CASCADE,
  order_id  INTEGER REFERENCES shop_order(id) ON DELETE SET NULL,
  quantity  INTEGER NOT NULL,                      -- so many fewer are left
  source    TEXT NOT NULL CHECK (source IN ('agent', 'order', 'csv', 'api')),
  at        INTEGER NOT NULL,
  by_id     INTEGER REFERENCES agent(id),
  undone_at INTEGER,
  undone_by INTEGER REFERENCES agent(id)
) STRICT;
CREATE INDEX piece_sale_by_piece ON piece_sale(piece_id, id);
CREATE UNIQUE INDEX piece_sale_once ON piece_sale(piece_id, order_id) WHERE order_id IS NOT NULL;

CREATE TABLE piece_picture (
  piece_id     INTEGER PRIMARY KEY REFERENCES piece(id) ON DELETE CASCADE,
  picture      BLOB NOT NULL,                      -- made anew by us: JPEG, without its maker's metadata
  content_type TEXT NOT NULL,
  at           INTEGER NOT NULL
) STRICT;

-- Discounts --------------------------------------------------------------------------------------------------
CREATE TABLE discount (
  id          INTEGER PRIMARY KEY,
  name        TEXT NOT NULL,
  worth       TEXT NOT NULL,                       -- "10 %", "15 EUR": as the letter says it
  kind        TEXT NOT NULL CHECK (kind IN ('shared', 'list', 'pattern')),
  code        TEXT NOT NULL DEFAULT '',            -- the one for all, or the pattern: THANKS-####
  valid_days  INTEGER,                             -- from when it is sent
  valid_until TEXT,                                -- or a day
  created_at  INTEGER NOT NULL,
  created_by  INTEGER REFERENCES agent(id),
  ended_at    INTEGER,
  ended_by    INTEGER REFERENCES agent(id)
) STRICT;

-- Codes of a list that wait to be given, and those given: each to one follow-up only.
CREATE TABLE discount_code (
  id           INTEGER PRIMARY KEY,
  discount_id  INTEGER NOT NULL REFERENCES discount(id) ON DELETE CASCADE,
  code         TEXT NOT NULL COLLATE NOCASE,
  follow_up_id INTEGER REFERENCES follow_up(id) ON DELETE SET NULL,
  given_at     INTEGER,
  expires_on   TEXT,
  used_at      INTEGER,
  used_order_id INTEGER REFERENCES shop_order(id) ON DELETE SET NULL,
  used_by      INTEGER REFERENCES agent(id)        -- null: an order named it
) STRICT;
CREATE UNIQUE INDEX discount_code_once ON discount_code(code);
CREATE INDEX discount_code_free ON discount_code(discount_id, id) WHERE given_at IS NULL;
CREATE UNIQUE INDEX discount_code_by_follow_up ON discount_code(follow_up_id) WHERE follow_up_id IS NOT NULL;

-- Follow-ups -------------------------------------------------------------------------------------------------
-- What the owner wants to follow a return, and when.
CREATE TABLE follow_up_plan (
  id          INTEGER PRIMARY KEY,
  name        TEXT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('discount', 'check_in')),
  after_state TEXT NOT NULL,                       -- a closed state of a return, or 'closed': any of them but declined, withdrawn
  days        INTEGER NOT NULL,
  discount_id INTEGER REFERENCES discount(id),
  new_thread  INTEGER NOT NULL DEFAULT 0,          -- begins a conversation of its own
  created_at  INTEGER NOT NULL,
  created_by  INTEGER REFERENCES agent(id),
  enabled_at  INTEGER,                             -- null: off
  enabled_by  INTEGER REFERENCES agent(id),
  removed_at  INTEGER,
  removed_by  INTEGER REFERENCES agent(id)
) STRICT;

CREATE TABLE follow_up (
  id              INTEGER PRIMARY KEY,
  kind            TEXT NOT NULL CHECK (kind IN ('discount', 'check_in', 'wish_match')),
  purpose         TEXT NOT NULL CHECK (purpose IN ('similar_pieces', 'offers')),
  customer_id     INTEGER NOT NULL REFERENCES customer(id) ON DELETE CASCADE,
  address         TEXT NOT NULL,                   -- lower case
  consent_id      INTEGER NOT NULL REFERENCES consent(id), -- the evidence it rests on
  plan_id         INTEGER REFERENCES follow_up_plan(id),
  return_id       INTEGER REFERENCES return_request(id) ON DELETE SET NULL,
  piece_id        INTEGER REFERENCES piece(id),
  wish_id         INTEGER REFERENCES wish(id) ON DELETE SET NULL,
  discount_id     INTEGER REFERENCES discount(id),
  conversation_id INTEGER REFERENCES conversation(id) ON DELETE SET NULL, -- whose thread it joins; null: one of its own
  mailbox_id      INTEGER NOT NULL REFERENCES mailbox(id), -- from which it is written
  own_words       TEXT,                            -- the letter as an agent changed it in the preview
  state           TEXT NOT NULL CHECK (state IN ('planned', 'wanted', 'sent', 'cancelled')),
  due_at          INTEGER NOT NULL,                -- not before
  planned_at      INTEGER NOT NULL,
  planned_by      INTEGER REFERENCES agent(id),    -- null: by a plan
  settled_at      INTEGER,                         -- when it was taken up, sent or cancelled
  settled_by      INTEGER REFERENCES agent(id),
  because         TEXT NOT NULL DEFAULT '',        -- why it was cancelled, in words
  message_id      INTEGER REFERENCES message(id) ON DELETE SET NULL,
  answered_at     INTEGER,
  answer_id       INTEGER REFERENCES message(id) ON DELETE SET NULL,
  bought_at       INTEGER,
  bought_order_id INTEGER REFERENCES shop_order(id) ON DELETE SET NULL
) STRICT;
CREATE INDEX follow_up_due         ON follow_up(due_at, id) WHERE state = 'planned';
CREATE INDEX follow_up_open        ON follow_up(address) WHERE state IN ('planned', 'wanted');
CREATE INDEX follow_up_by_customer ON follow_up(customer_id, id);
CREATE INDEX follow_up_sent        ON follow_up(settled_at) WHERE state = 'sent';
CREATE INDEX follow_up_by_address  ON follow_up(address, settled_at) WHERE state = 'sent';
CREATE INDEX follow_up_by_message  ON follow_up(message_id) WHERE message_id IS NOT NULL;
CREATE INDEX follow_up_by_piece    ON follow_up(piece_id) WHERE piece_id IS NOT NULL;
CREATE UNIQUE INDEX follow_up_once_per_plan  ON follow_up(plan_id, return_id) WHERE plan_id IS NOT NULL AND return_id IS NOT NULL AND state <> 'cancelled';
CREATE UNIQUE INDEX follow_up_once_per_piece ON follow_up(piece_id, customer_id) WHERE piece_id IS NOT NULL AND state <> 'cancelled';

-- No path plans a follow-up, or goes on with one, without a consent that lives.
CREATE TRIGGER follow_up_needs_consent BEFORE INSERT ON follow_up
WHEN NOT EXISTS (SELECT 1 FROM consent WHERE id = new.consent_id AND address = new.address AND purpose = new.purpose AND withdrawn_at IS NULL) BEGIN
  SELECT raise(ABORT, 'a follow-up needs a consent that lives');
END;
CREATE TRIGGER follow_up_goes_on_with_consent BEFORE UPDATE OF state ON follow_up
WHEN new.state IN ('wanted', 'sent') AND NOT EXISTS (SELECT 1 FROM consent WHERE id = new.consent_id AND address = new.address AND purpose = new.purpose AND withdrawn_at IS NULL) BEGIN
  SELECT raise(ABORT, 'a follow-up needs a consent that lives');
END;

-- The letters of follow-ups and of double opt-in go the way of the others.
ALTER TABLE wanted_letter ADD COLUMN follow_up_id INTEGER REFERENCES follow_up(id) ON DELETE SET NULL;
CREATE INDEX wanted_letter_by_follow_up ON wanted_letter(follow_up_id) WHERE follow_up_id IS NOT NULL;
-- A letter that rests on consent is claimed only while the consent lives.
ALTER TABLE outbox ADD COLUMN consent_id INTEGER REFERENCES consent(id);
CREATE INDEX outbox_by_consent ON outbox(consent_id) WHERE consent_id IS NOT NULL;

-- Saved searches over leads.
CREATE TABLE segment (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL COLLATE NOCASE,
  name_was   TEXT,                                 -- before it was renamed last, so that it can be taken back
  query      TEXT NOT NULL,                        -- as it is typed
  created_at INTEGER NOT NULL,
  created_by INTEGER REFERENCES agent(id),
  removed_at INTEGER,
  removed_by INTEGER REFERENCES agent(id)
) STRICT;
CREATE UNIQUE INDEX segment_by_name ON segment(name) WHERE removed_at IS NULL;

-- Rights -----------------------------------------------------------------------------------------------------
-- Mails of people who were erased: SHA-256 of the mail's name (its own SHA-256), and of its content's. No poll, no renumbering and no
-- second mailbox brings them back, and nobody can tell from it what they were.
CREATE TABLE erased_mail (
  tombstone BLOB PRIMARY KEY,
  at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Raw mails whose bytes are still to be forgotten.
CREATE TABLE erased_raw (
  hash BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- That somebody was erased, when, by whom and how much; not who it was.
CREATE TABLE erasure (
  id            INTEGER PRIMARY KEY,
  at            INTEGER NOT NULL,
  by_id         INTEGER REFERENCES agent(id),
  conversations TEXT NOT NULL CHECK (conversations IN ('kept', 'removed')),
  messages      INTEGER NOT NULL,
  finished_at   INTEGER                            -- files, index and freed pages are clean
) STRICT;
CREATE INDEX erasure_unfinished ON erasure(id) WHERE finished_at IS NULL;

-- Who wrote already is a lead from the start: one pass over the mail, once. What those mails say is not read again. ------------
WITH theirs AS MATERIALIZED (
  SELECT customer_address.customer_id, message.mailbox_id, message.arrived_at, message.placement, conversation.status
  FROM message JOIN customer_address ON address = lower(from_address) JOIN conversation ON conversation.id = conversation_id
  WHERE direction = 'inbound' AND email_kind = 'person' AND address NOT IN (SELECT lower(address) FROM mailbox UNION SELECT lower(email) FROM agent)
)
INSERT INTO lead(customer_id, source, source_detail, first_contact_at, last_contact_at, set_aside_at, set_aside_because, created_at)
SELECT span.customer_id, CASE WHEN json_extract(begun.placement, '$.because') = 'form' THEN 'form' ELSE 'mailbox' END, mailbox.address, begun.at, span.last_at,
  CASE WHEN span.only_spam THEN span.last_at END, CASE WHEN span.only_spam THEN 'spam' END, span.last_at
FROM (SELECT customer_id, max(arrived_at) AS last_at, min(status = 'spam') AS only_spam FROM theirs GROUP BY customer_id) AS span
JOIN (SELECT customer_id, mailbox_id, placement, min(arrived_at) AS at FROM theirs GROUP BY customer_id) AS begun ON begun.customer_id = span.customer_id
JOIN mailbox ON mailbox.id = begun.mailbox_id;

-- Where rows are deleted or joined, SQLite asks every table that refers to them: none of them is read through for it.
CREATE INDEX follow_up_by_answer       ON follow_up(answer_id)       WHERE answer_id IS NOT NULL;
CREATE INDEX follow_up_by_order        ON follow_up(bought_order_id) WHERE bought_order_id IS NOT NULL;
CREATE INDEX follow_up_by_return       ON follow_up(return_id)       WHERE return_id IS NOT NULL;
CREATE INDEX follow_up_by_wish         ON follow_up(wish_id)         WHERE wish_id IS NOT NULL;
CREATE INDEX follow_up_by_conversation ON follow_up(conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX follow_up_by_consent      ON follow_up(consent_id);
CREATE INDEX consent_by_message        ON consent(message_id)           WHERE message_id IS NOT NULL;
CREATE INDEX consent_by_stop           ON consent(withdrawn_message_id) WHERE withdrawn_message_id IS NOT NULL;
CREATE INDEX consent_asked_by_customer     ON consent_asked(customer_id);
CREATE INDEX consent_asked_by_conversation ON consent_asked(conversation_id);
CREATE INDEX wish_by_message           ON wish(message_id)      WHERE message_id IS NOT NULL;
CREATE INDEX wish_by_conversation      ON wish(conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX return_fact_by_message    ON return_fact(message_id) WHERE message_id IS NOT NULL;
CREATE INDEX wanted_letter_by_message  ON wanted_letter(message_id) WHERE message_id IS NOT NULL;
CREATE INDEX wanted_letter_by_return   ON wanted_letter(return_id)  WHERE return_id IS NOT NULL;
CREATE INDEX wanted_letter_by_conversation ON wanted_letter(conversation_id);
CREATE INDEX wanted_letter_by_wish_time ON wanted_letter(wanted_at);
CREATE INDEX conversation_by_related   ON conversation(related_id)  WHERE related_id IS NOT NULL;
CREATE INDEX conversation_by_merged    ON conversation(merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX seen_by_conversation      ON seen(conversation_id);
