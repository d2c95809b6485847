-- The main job: mailboxes and their ledger, customers, conversations and messages, the outbox, agents.
-- Times are milliseconds since 1970 UTC. Lists of people are JSON: [{"name":…,"address":…}].
-- "rowid" tables get plain integer keys; whatever a stranger may see is never one of them.

-- Who answers ------------------------------------------------------------------------------------------------
CREATE TABLE agent (
  id            INTEGER PRIMARY KEY,
  email         TEXT NOT NULL COLLATE NOCASE UNIQUE,
  name          TEXT NOT NULL,
  role          TEXT NOT NULL CHECK (role IN ('owner', 'agent')),
  password_hash TEXT NOT NULL,                     -- argon2id, PHC string
  signature     TEXT NOT NULL DEFAULT '',
  keys_off      INTEGER NOT NULL DEFAULT 0,        -- single-key shortcuts switched off
  created_at    INTEGER NOT NULL,
  disabled_at   INTEGER,
  disabled_by   INTEGER REFERENCES agent(id),
  password_changed_at INTEGER NOT NULL
) STRICT;

-- Which mailboxes an agent may see; no row at all for an agent means: all of them.
CREATE TABLE agent_mailbox (
  agent_id   INTEGER NOT NULL REFERENCES agent(id) ON DELETE CASCADE,
  mailbox_id INTEGER NOT NULL REFERENCES mailbox(id) ON DELETE CASCADE,
  PRIMARY KEY (agent_id, mailbox_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  token_hash   BLOB PRIMARY KEY,                   -- SHA-256 of the cookie's 256 random bits
  agent_id     INTEGER NOT NULL REFERENCES agent(id) ON DELETE CASCADE,
  csrf         TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  client       TEXT NOT NULL DEFAULT ''            -- user agent and address, for the list of sessions
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_agent ON session(agent_id);

-- Guesses at passwords, per account and per network; what was tried is never stored.
CREATE TABLE login_attempt (
  id      INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,                           -- 'account:…' or 'network:…'
  at      INTEGER NOT NULL
) STRICT;
CREATE INDEX login_attempt_by_subject ON login_attempt(subject, at);

-- One-time links: first set-up, invitation, password reset. Only the hash is kept.
CREATE TABLE secret_link (
  token_hash BLOB PRIMARY KEY,
  purpose    TEXT NOT NULL CHECK (purpose IN ('setup', 'invite', 'reset')),
  agent_id   INTEGER REFERENCES agent(id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at    INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
  key        TEXT PRIMARY KEY,
  value      TEXT NOT NULL,                        -- JSON
  changed_at INTEGER NOT NULL,
  changed_by INTEGER REFERENCES agent(id)
) STRICT, WITHOUT ROWID;

-- Where mail comes from --------------------------------------------------------------------------------------
CREATE TABLE mailbox (
  id            INTEGER PRIMARY KEY,
  address       TEXT NOT NULL COLLATE NOCASE UNIQUE,
  name          TEXT NOT NULL,                     -- the From name of replies
  imap          TEXT NOT NULL,                     -- JSON: {"kind":"imap","host",…} | {"kind":"folder","path"}
  smtp          TEXT NOT NULL,                     -- JSON: {"kind":"smtp",…} | {"kind":"folder","path"}
  imap_password BLOB,                              -- sealed with data/secret.key
  smtp_password BLOB,
  ca_pem        TEXT,                              -- an own certificate authority
  signature     TEXT NOT NULL DEFAULT '',
  authserv_id   TEXT,                              -- whose Authentication-Results are believed (RFC 8601)
  after_import  TEXT NOT NULL DEFAULT 'nothing' CHECK (after_import IN ('nothing', 'mark_read', 'move')),
  move_to       TEXT,
  sent_folder   TEXT,                              -- a copy of each reply goes here, when set
  history_since INTEGER,                           -- older mail is left on the server; null: all of it
  created_at    INTEGER NOT NULL,
  paused_at     INTEGER,
  -- health, written by the watcher
  connected_at   INTEGER,
  last_mail_at   INTEGER,
  last_error     TEXT,
  last_error_at  INTEGER,
  failing_since  INTEGER,                          -- null while all is well
  notice         TEXT                              -- e.g. "the server renumbered its mail" (UIDVALIDITY)
) STRICT;

CREATE TABLE folder (
  id           INTEGER PRIMARY KEY,
  mailbox_id   INTEGER NOT NULL REFERENCES mailbox(id) ON DELETE CASCADE,
  name         TEXT NOT NULL,                      -- as the server spells it, decoded from modified UTF-7
  role         TEXT NOT NULL DEFAULT 'inbox' CHECK (role IN ('inbox', 'sent')),
  uid_validity INTEGER,
  high_water   INTEGER NOT NULL DEFAULT 0,         -- every UID up to here is in the ledger or being fetched as history
  history_below INTEGER,                           -- UIDs below this one still wait to be read; null: not begun; 0: done
  server_count INTEGER,                            -- messages at the last comparison
  ledger_count INTEGER,                            -- of those, known to the ledger
  compared_at  INTEGER,
  UNIQUE (mailbox_id, name)
) STRICT;

-- Every UID that the server ever showed, and what became of it.
CREATE TABLE ledger (
  id            INTEGER PRIMARY KEY,
  folder_id     INTEGER NOT NULL REFERENCES folder(id) ON DELETE CASCADE,
  uid_validity  INTEGER NOT NULL,
  uid           INTEGER NOT NULL,
  bytes         INTEGER NOT NULL DEFAULT 0,
  internal_date INTEGER,
  raw_hash      BLOB,                              -- SHA-256 of the bytes, as in mail.db; null: never fetched
  outcome       TEXT NOT NULL CHECK (outcome IN
                ('kept', 'imported', 'duplicate', 'auto_reply', 'bounce', 'list', 'spam', 'too_big', 'quarantined', 'unfetched', 'gone')),
  reason        TEXT NOT NULL DEFAULT '',
  attempts      INTEGER NOT NULL DEFAULT 0,
  rescan        INTEGER NOT NULL DEFAULT 0,        -- seen again after the server renumbered
  history       INTEGER NOT NULL DEFAULT 0,        -- was there before Restante came
  message_id    INTEGER REFERENCES message(id) ON DELETE SET NULL,
  at            INTEGER NOT NULL,
  UNIQUE (folder_id, uid_validity, uid)
) STRICT;
-- One each: SQLite uses a partial index only where the question repeats its condition word for word.
CREATE INDEX ledger_kept        ON ledger(history, id) WHERE outcome = 'kept';
CREATE INDEX ledger_quarantined ON ledger(folder_id)   WHERE outcome = 'quarantined';
CREATE INDEX ledger_unfetched   ON ledger(folder_id)   WHERE outcome = 'unfetched';
CREATE INDEX ledger_by_message ON ledger(message_id) WHERE message_id IS NOT NULL;

-- Who writes -------------------------------------------------------------------------------------------------
CREATE TABLE customer (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,
  language   TEXT,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE customer_address (
  address     TEXT PRIMARY KEY,                    -- lower case: the key of an EmailAddress
  customer_id INTEGER NOT NULL REFERENCES customer(id) ON DELETE CASCADE,
  bounced_at  INTEGER                              -- a permanent failure came back from here
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_address_by_customer ON customer_address(customer_id);

-- What is said -----------------------------------------------------------------------------------------------
CREATE TABLE conversation (
  id              INTEGER PRIMARY KEY,
  mailbox_id      INTEGER NOT NULL REFERENCES mailbox(id),
  customer_id     INTEGER NOT NULL REFERENCES customer(id),
  subject         TEXT NOT NULL,
  status          TEXT NOT NULL CHECK (status IN ('open', 'waiting', 'snoozed', 'resolved', 'spam')),
  status_at       INTEGER NOT NULL,
  status_by       INTEGER REFERENCES agent(id),    -- null: Restante itself
  assignee_id     INTEGER REFERENCES agent(id),
  snoozed_until   INTEGER,
  preview         TEXT NOT NULL DEFAULT '',        -- the newest message's first words
  last_author     TEXT NOT NULL DEFAULT '',        -- and who wrote it
  last_message_id INTEGER,
  last_message_at INTEGER NOT NULL,
  waiting_since   INTEGER,                         -- the oldest inbound message not answered yet
  message_count   INTEGER NOT NULL DEFAULT 0,
  has_attachments INTEGER NOT NULL DEFAULT 0,
  delivery_failed_at INTEGER,                      -- a reply could not be delivered and nobody has seen to it
  related_id      INTEGER REFERENCES conversation(id), -- "looks related to #…: join?"
  related_because TEXT,
  merged_into     INTEGER REFERENCES conversation(id),
  created_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX conversation_by_status   ON conversation(status, last_message_at DESC, id DESC) WHERE merged_into IS NULL;
CREATE INDEX conversation_by_assignee ON conversation(assignee_id, status, last_message_at DESC, id DESC) WHERE merged_into IS NULL;
CREATE INDEX conversation_by_mailbox  ON conversation(mailbox_id, status, last_message_at DESC, id DESC) WHERE merged_into IS NULL;
CREATE INDEX conversation_by_customer ON conversation(customer_id, last_message_at DESC);
CREATE INDEX conversation_snoozed     ON conversation(snoozed_until) WHERE status = 'snoozed';

-- How many conversations stand where; kept by triggers, so that no page counts and no journey forgets.
CREATE TABLE tally (
  mailbox_id  INTEGER NOT NULL,
  status      TEXT NOT NULL,
  assignee_id INTEGER NOT NULL,                    -- 0: nobody
  n           INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, status, assignee_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER tally_insert AFTER INSERT ON conversation WHEN new.merged_into IS NULL BEGIN
  INSERT INTO tally VALUES (new.mailbox_id, new.status, coalesce(new.assignee_id, 0), 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER tally_delete AFTER DELETE ON conversation WHEN old.merged_into IS NULL BEGIN
  UPDATE tally SET n = n - 1 WHERE mailbox_id = old.mailbox_id AND status = old.status AND assignee_id = coalesce(old.assignee_id, 0);
END;
CREATE TRIGGER tally_update AFTER UPDATE OF mailbox_id, status, assignee_id, merged_into ON conversation
WHEN old.mailbox_id <> new.mailbox_id OR old.status <> new.status OR old.assignee_id IS NOT new.assignee_id
  OR (old.merged_into IS NULL) <> (new.merged_into IS NULL) BEGIN
  UPDATE tally SET n = n - 1 WHERE old.merged_into IS NULL
    AND mailbox_id = old.mailbox_id AND status = old.status AND assignee_id = coalesce(old.assignee_id, 0);
  INSERT INTO tally SELECT new.mailbox_id, new.status, coalesce(new.assignee_id, 0), 1 WHERE new.merged_into IS NULL
    ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TABLE message (
  id              INTEGER PRIMARY KEY,
  conversation_id INTEGER NOT NULL REFERENCES conversation(id),
  mailbox_id      INTEGER NOT NULL REFERENCES mailbox(id),
  direction       TEXT NOT NULL CHECK (direction IN ('inbound', 'reply', 'note')),
  identifier      TEXT,                            -- Message-ID without its brackets; null: had none
  from_name       TEXT NOT NULL DEFAULT '',
  from_address    TEXT NOT NULL DEFAULT '',
  people          TEXT NOT NULL DEFAULT '{}',      -- JSON: {"to":[…],"cc":[…],"bcc":[…],"reply_to":[…]}
  subject         TEXT NOT NULL DEFAULT '',
  sent_at         INTEGER,                         -- what its Date says
  arrived_at      INTEGER NOT NULL,                -- what the server says; the order of a conversation
  author_id       INTEGER REFERENCES agent(id),    -- of a reply or note written here
  email_kind      TEXT NOT NULL DEFAULT 'person' CHECK (email_kind IN ('person', 'auto_reply', 'bounce', 'list')),
  raw_hash        BLOB,                            -- null for notes
  content_hash    BLOB,                            -- Message-ID + Date + From + body: finds a mail that a server rewrote
  placement       TEXT NOT NULL DEFAULT '{}',      -- JSON: why it is in this conversation
  reading         TEXT NOT NULL DEFAULT '{}',      -- JSON: authentication, complaints, bounce, language
  has_html        INTEGER NOT NULL DEFAULT 0,
  attachment_count INTEGER NOT NULL DEFAULT 0,
  shared_identifier INTEGER NOT NULL DEFAULT 0,    -- another mail has the same Message-ID
  created_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX message_by_conversation ON message(conversation_id, arrived_at, id);
CREATE INDEX message_by_identifier   ON message(identifier, mailbox_id) WHERE identifier IS NOT NULL;
CREATE INDEX message_by_raw          ON message(raw_hash, mailbox_id) WHERE raw_hash IS NOT NULL;
CREATE INDEX message_by_content      ON message(content_hash, mailbox_id) WHERE content_hash IS NOT NULL;
CREATE INDEX message_by_sender       ON message(from_address, arrived_at);

-- Text apart from the row that lists need. `text` is the whole, `new_text` what its author wrote this time.
CREATE TABLE message_text (
  message_id INTEGER PRIMARY KEY REFERENCES message(id) ON DELETE CASCADE,
  new_text   TEXT NOT NULL,
  text       TEXT                                  -- null: the same as new_text
) STRICT;

-- What a message refers to, so that a parent that arrives late finds its children.
CREATE TABLE message_reference (
  identifier TEXT NOT NULL,
  message_id INTEGER NOT NULL REFERENCES message(id) ON DELETE CASCADE,
  PRIMARY KEY (identifier, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_reference_by_message ON message_reference(message_id);

-- Who may be joined by: everyone who wrote in a conversation, and whom an agent wrote to in it.
CREATE TABLE participant (
  conversation_id INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
  address         TEXT NOT NULL,
  message_id      INTEGER NOT NULL REFERENCES message(id) ON DELETE CASCADE, -- the message that made them one
  written_to      INTEGER NOT NULL DEFAULT 0,      -- has been sent mail of this conversation by us
  PRIMARY KEY (conversation_id, address, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX participant_by_message ON participant(message_id);

-- Windows into the raw mail: which part, never its bytes.
CREATE TABLE attachment (
  id           INTEGER PRIMARY KEY,
  message_id   INTEGER NOT NULL REFERENCES message(id) ON DELETE CASCADE,
  part         INTEGER NOT NULL,                   -- number in email::Email.attachments
  name         TEXT NOT NULL,
  content_type TEXT NOT NULL,
  bytes        INTEGER NOT NULL,
  inline       INTEGER NOT NULL,
  content_id   TEXT
) STRICT;
CREATE INDEX attachment_by_message ON attachment(message_id, part);

-- What happened, and how to take it back.
CREATE TABLE event (
  id              INTEGER PRIMARY KEY,
  conversation_id INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
  at              INTEGER NOT NULL,
  actor_id        INTEGER REFERENCES agent(id),    -- null: Restante itself
  kind            TEXT NOT NULL,
  data            TEXT NOT NULL DEFAULT '{}',      -- JSON: what it was before and is after
  undone_at       INTEGER,
  undone_by       INTEGER REFERENCES agent(id)
) STRICT;
CREATE INDEX event_by_conversation ON event(conversation_id, at, id);

CREATE TABLE tag (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL COLLATE NOCASE UNIQUE
) STRICT;
CREATE TABLE conversation_tag (
  conversation_id INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
  tag_id          INTEGER NOT NULL REFERENCES tag(id) ON DELETE CASCADE,
  at              INTEGER NOT NULL,
  by_id           INTEGER REFERENCES agent(id),
  PRIMARY KEY (conversation_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_tag_by_tag ON conversation_tag(tag_id, conversation_id);

-- How far each agent has read; no row: not opened yet.
CREATE TABLE seen (
  agent_id        INTEGER NOT NULL REFERENCES agent(id) ON DELETE CASCADE,
  conversation_id INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
  message_id      INTEGER NOT NULL,
  at              INTEGER NOT NULL,
  PRIMARY KEY (agent_id, conversation_id)
) STRICT, WITHOUT ROWID;

-- What an agent is writing, kept here so that no closed tab loses it.
CREATE TABLE draft (
  conversation_id INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
  agent_id        INTEGER NOT NULL REFERENCES agent(id) ON DELETE CASCADE,
  kind            TEXT NOT NULL CHECK (kind IN ('reply', 'note')),
  people          TEXT NOT NULL DEFAULT '{}',      -- JSON: {"to":[…],"cc":[…]}
  text            TEXT NOT NULL,
  seen_message_id INTEGER NOT NULL DEFAULT 0,      -- the newest message that the writer saw
  updated_at      INTEGER NOT NULL,
  PRIMARY KEY (conversation_id, agent_id, kind)
) STRICT, WITHOUT ROWID;

-- Files of a reply that is being written; the bytes are a blob.
CREATE TABLE upload (
  id              INTEGER PRIMARY KEY,
  conversation_id INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
  agent_id        INTEGER NOT NULL REFERENCES agent(id) ON DELETE CASCADE,
  name            TEXT NOT NULL,
  content_type    TEXT NOT NULL,
  bytes           INTEGER NOT NULL,
  raw_hash        BLOB NOT NULL,
  at              INTEGER NOT NULL
) STRICT;
CREATE INDEX upload_by_draft ON upload(conversation_id, agent_id);

CREATE TABLE reply_template (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL COLLATE NOCASE UNIQUE,
  text       TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by INTEGER REFERENCES agent(id)
) STRICT;

-- Letters waiting to leave, and what became of each ----------------------------------------------------------
CREATE TABLE outbox (
  id            INTEGER PRIMARY KEY,
  message_id    INTEGER NOT NULL REFERENCES message(id),
  mailbox_id    INTEGER NOT NULL REFERENCES mailbox(id),
  raw_hash      BLOB NOT NULL,                     -- the final bytes, fixed once (mail.db)
  envelope_from TEXT NOT NULL,
  automatic     INTEGER NOT NULL DEFAULT 0,        -- at most once; a person's: at least once
  state         TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'accepted', 'deferred', 'failed', 'uncertain', 'cancelled')),
  due_at        INTEGER NOT NULL,                  -- not before; the undo window, then the back-off
  attempts      INTEGER NOT NULL DEFAULT 0,
  final_dot_at  INTEGER,                           -- the journal: from here on the server may have it
  repeats       INTEGER NOT NULL DEFAULT 0,        -- automatic repeats from uncertain: at most one
  answer        TEXT NOT NULL DEFAULT '',          -- the server's words
  sent_copy_at  INTEGER,                           -- copied into the Sent folder
  created_at    INTEGER NOT NULL,
  settled_at    INTEGER
) STRICT;
CREATE INDEX outbox_due ON outbox(due_at, id) WHERE state IN ('queued', 'deferred', 'uncertain', 'sending');
CREATE INDEX outbox_by_message ON outbox(message_id);

CREATE TABLE outbox_recipient (
  outbox_id INTEGER NOT NULL REFERENCES outbox(id) ON DELETE CASCADE,
  address   TEXT NOT NULL,
  state     TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'accepted', 'deferred', 'failed', 'uncertain', 'bounced')),
  answer    TEXT NOT NULL DEFAULT '',
  at        INTEGER,
  PRIMARY KEY (outbox_id, address)
) STRICT, WITHOUT ROWID;

-- What the search index has still to learn; written in the same transaction as the change.
CREATE TABLE index_queue (
  seq        INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id INTEGER NOT NULL
) STRICT;
