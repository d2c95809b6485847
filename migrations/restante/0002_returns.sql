-- Returns: what customers want to give back, what they said about it and where, how it was decided, who was told. And what
-- they had bought, as far as the shop has told us. Days are ISO 8601 dates, sums are whole minor units with a currency.

-- What was bought --------------------------------------------------------------------------------------------
CREATE TABLE shop_order (
  id            INTEGER PRIMARY KEY,
  number        TEXT NOT NULL,                     -- as the shop writes it
  number_key    TEXT NOT NULL UNIQUE,              -- letters and digits alone, upper case: "#at 10482" is AT10482
  customer_name TEXT NOT NULL DEFAULT '',
  address       TEXT,                              -- of the buyer, lower case
  ordered_on    TEXT,
  shipped_on    TEXT,
  delivered_on  TEXT,
  total_minor   INTEGER,
  currency      TEXT,
  country       TEXT,                              -- ISO 3166-1 alpha-2
  tracking      TEXT NOT NULL DEFAULT '',
  source        TEXT NOT NULL CHECK (source IN ('csv', 'api', 'mail', 'lookup', 'agent')),
  created_at    INTEGER NOT NULL,
  changed_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX shop_order_by_address ON shop_order(address) WHERE address IS NOT NULL;

CREATE TABLE order_line (
  id         INTEGER PRIMARY KEY,
  order_id   INTEGER NOT NULL REFERENCES shop_order(id) ON DELETE CASCADE,
  position   INTEGER NOT NULL,
  title      TEXT NOT NULL,
  sku        TEXT NOT NULL DEFAULT '',
  kind       TEXT NOT NULL DEFAULT '',             -- product kind as the policy names it
  tags       TEXT NOT NULL DEFAULT '[]',           -- JSON list
  quantity   INTEGER NOT NULL DEFAULT 1,
  unit_minor INTEGER
) STRICT;
CREATE INDEX order_line_by_order ON order_line(order_id, position);

-- The record -------------------------------------------------------------------------------------------------
-- Its number is its id: R-0001.
CREATE TABLE return_request (
  id              INTEGER PRIMARY KEY AUTOINCREMENT, -- a number that was said to a customer is never used again
  conversation_id INTEGER NOT NULL REFERENCES conversation(id),
  message_id      INTEGER NOT NULL REFERENCES message(id), -- the message it began with; it moves with it
  customer_id     INTEGER NOT NULL REFERENCES customer(id),
  mailbox_id      INTEGER NOT NULL REFERENCES mailbox(id),
  order_id        INTEGER REFERENCES shop_order(id),
  source          TEXT NOT NULL CHECK (source IN ('mail', 'form', 'agent')),
  language        TEXT NOT NULL DEFAULT 'en',      -- in which the customer is written to
  state           TEXT NOT NULL CHECK (state IN ('awaiting_details', 'to_decide', 'approved', 'on_its_way', 'received', 'to_refund',
                  'refunded', 'replaced', 'credited', 'declined', 'withdrawn')),
  state_at        INTEGER NOT NULL,
  state_by        INTEGER REFERENCES agent(id),    -- null: Restante itself, or the customer
  verdict         TEXT CHECK (verdict IN ('within', 'outside', 'look')),
  verdict_data    TEXT NOT NULL DEFAULT '{}',      -- JSON: clause, words, facts used
  policy_version  INTEGER,                         -- of the order's day
  asked           INTEGER NOT NULL DEFAULT 0,      -- letters that asked for what is missing
  asked_at        INTEGER,
  decision        TEXT CHECK (decision IN ('refund', 'partial_refund', 'replacement', 'repair', 'exchange', 'store_credit', 'keep_item', 'decline')),
  decided_at      INTEGER,
  decided_by      INTEGER REFERENCES agent(id),
  decided_minor   INTEGER,
  decided_currency TEXT,
  comes_back      INTEGER,                         -- the item has to be sent back first
  received_as_expected INTEGER,
  fulfilment_told_at   INTEGER,
  opened_at       INTEGER NOT NULL,
  closed_at       INTEGER
) STRICT;
CREATE INDEX return_by_conversation ON return_request(conversation_id, id);
CREATE INDEX return_by_message      ON return_request(message_id);
CREATE INDEX return_by_state        ON return_request(state, state_at);
CREATE INDEX return_by_order        ON return_request(order_id) WHERE order_id IS NOT NULL;
CREATE INDEX return_by_opened       ON return_request(opened_at);

-- How many returns stand where, kept by triggers as `tally` is.
CREATE TABLE return_tally (
  mailbox_id INTEGER NOT NULL,
  state      TEXT NOT NULL,
  n          INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, state)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER return_tally_insert AFTER INSERT ON return_request BEGIN
  INSERT INTO return_tally VALUES (new.mailbox_id, new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER return_tally_update AFTER UPDATE OF state, mailbox_id ON return_request WHEN old.state <> new.state OR old.mailbox_id <> new.mailbox_id BEGIN
  UPDATE return_tally SET n = n - 1 WHERE mailbox_id = old.mailbox_id AND state = old.state;
  INSERT INTO return_tally VALUES (new.mailbox_id, new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER return_tally_delete AFTER DELETE ON return_request BEGIN
  UPDATE return_tally SET n = n - 1 WHERE mailbox_id = old.mailbox_id AND state = old.state;
END;

-- What is known, each value with the sentence it rests on. What an agent set is never overwritten by a reading.
CREATE TABLE return_fact (
  id            INTEGER PRIMARY KEY,
  return_id     INTEGER NOT NULL REFERENCES return_request(id) ON DELETE CASCADE,
  field         TEXT NOT NULL,                     -- built in, or an owner's key
  value         TEXT NOT NULL,                     -- JSON: return_request::fields::Value
  sentence      TEXT NOT NULL DEFAULT '',
  certain       INTEGER NOT NULL,
  source        TEXT NOT NULL CHECK (source IN ('mail', 'form', 'agent', 'order')),
  message_id    INTEGER REFERENCES message(id) ON DELETE SET NULL, -- where it was said
  at            INTEGER NOT NULL,
  by_id         INTEGER REFERENCES agent(id),
  superseded_at INTEGER
) STRICT;
CREATE UNIQUE INDEX return_fact_current ON return_fact(return_id, field) WHERE superseded_at IS NULL;
CREATE INDEX return_fact_by_return ON return_fact(return_id, id);

-- Which pictures of which messages show it.
CREATE TABLE return_photo (
  return_id     INTEGER NOT NULL REFERENCES return_request(id) ON DELETE CASCADE,
  attachment_id INTEGER NOT NULL REFERENCES attachment(id) ON DELETE CASCADE,
  at            INTEGER NOT NULL,
  removed_at    INTEGER,                           -- an agent said that it shows nothing of it
  removed_by    INTEGER REFERENCES agent(id),
  PRIMARY KEY (return_id, attachment_id)
) STRICT, WITHOUT ROWID;

-- Which pieces, where more than one came back.
CREATE TABLE return_item (
  id         INTEGER PRIMARY KEY,
  return_id  INTEGER NOT NULL REFERENCES return_request(id) ON DELETE CASCADE,
  order_line_id INTEGER REFERENCES order_line(id) ON DELETE SET NULL,
  title      TEXT NOT NULL,
  quantity   INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX return_item_by_return ON return_item(return_id);

-- Fields that the owner added.
CREATE TABLE return_field (
  id         INTEGER PRIMARY KEY,
  key        TEXT NOT NULL UNIQUE,
  position   INTEGER NOT NULL,
  field      TEXT NOT NULL,                        -- JSON: return_request::fields::OwnField
  created_at INTEGER NOT NULL,
  created_by INTEGER REFERENCES agent(id),
  removed_at INTEGER,
  removed_by INTEGER REFERENCES agent(id)
) STRICT;

-- Signed links: the form of a return, its state, and fulfilment's three answers. Only the hash is kept.
CREATE TABLE return_link (
  token_hash BLOB PRIMARY KEY,
  return_id  INTEGER NOT NULL REFERENCES return_request(id) ON DELETE CASCADE,
  purpose    TEXT NOT NULL CHECK (purpose IN ('form', 'fulfilment')),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at    INTEGER                               -- what it was for has been done; it still shows the state
) STRICT, WITHOUT ROWID;
CREATE INDEX return_link_by_return ON return_link(return_id);

-- Photos that were uploaded and not sent yet: already made anew by us, so without the sender's metadata. Gone within a day.
CREATE TABLE return_upload (
  id         INTEGER PRIMARY KEY,
  token_hash BLOB NOT NULL,                        -- of the form's link
  name       TEXT NOT NULL,
  picture    BLOB NOT NULL,
  at         INTEGER NOT NULL
) STRICT;
CREATE INDEX return_upload_by_token ON return_upload(token_hash, id);
CREATE INDEX return_upload_by_time  ON return_upload(at);

-- Letters that Restante itself wants written: decided in one transaction, composed and queued by the next. Each is written
-- once or dropped with the reason.
CREATE TABLE wanted_letter (
  id              INTEGER PRIMARY KEY,
  conversation_id INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
  return_id       INTEGER REFERENCES return_request(id) ON DELETE CASCADE,
  kind            TEXT NOT NULL,                   -- desk::letters::Kind
  address         TEXT NOT NULL,                   -- whom it goes to, lower case
  data            TEXT NOT NULL DEFAULT '{}',
  wanted_at       INTEGER NOT NULL,
  wanted_by       INTEGER REFERENCES agent(id),    -- null: by itself
  settled_at      INTEGER,
  message_id      INTEGER REFERENCES message(id) ON DELETE SET NULL,
  dropped         TEXT                             -- why it was not written
) STRICT;
CREATE INDEX wanted_letter_waiting    ON wanted_letter(id) WHERE settled_at IS NULL;
CREATE INDEX wanted_letter_by_address ON wanted_letter(address, settled_at);
CREATE INDEX wanted_letter_by_time    ON wanted_letter(settled_at);

-- Reply templates for a purpose, in a language; those without are the agents' own.
ALTER TABLE reply_template ADD COLUMN purpose TEXT;
ALTER TABLE reply_template ADD COLUMN language TEXT;
CREATE UNIQUE INDEX reply_template_by_purpose ON reply_template(purpose, language) WHERE purpose IS NOT NULL;
