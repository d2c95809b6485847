-- Custom actions and webhooks: what the owner wants called by HTTP, and every call with what became of it. A webhook is an action whose
-- body is ours and signed; both wait in one queue. And what an order is called in other systems, so that a call can name it there.

-- Never changed into another kind, never deleted while calls name it: a removed action keeps its row.
CREATE TABLE custom_action (
  id         INTEGER PRIMARY KEY,
  kind       TEXT NOT NULL CHECK (kind IN ('call', 'look_up', 'webhook')),
  name       TEXT NOT NULL,
  definition TEXT NOT NULL,               -- JSON: action::Definition, without a secret
  secrets    BLOB,                        -- sealed with the key file and bound to the URL's origin
  created_at INTEGER NOT NULL,
  created_by INTEGER REFERENCES agent(id),
  changed_at INTEGER NOT NULL,
  changed_by INTEGER REFERENCES agent(id),
  removed_at INTEGER,
  removed_by INTEGER REFERENCES agent(id)
) STRICT;
CREATE UNIQUE INDEX custom_action_by_name ON custom_action(lower(name)) WHERE removed_at IS NULL;

-- waiting → sending → done | failed (answered no, or given up) | uncertain (it left, and no answer says what was done) | cancelled.
CREATE TABLE action_call (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  action_id  INTEGER NOT NULL REFERENCES custom_action(id),
  return_id  INTEGER NOT NULL REFERENCES return_request(id) ON DELETE CASCADE,
  occasion   TEXT NOT NULL,               -- what it was made for: the same occasion makes no second call
  facts      TEXT NOT NULL,               -- JSON: what was known then, as placeholders and webhooks have it
  idempotency_key TEXT,                   -- random, given before the first attempt and kept for every repeat
  state      TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'done', 'failed', 'uncertain', 'cancelled')),
  due_at     INTEGER NOT NULL,
  attempts   INTEGER NOT NULL DEFAULT 0,
  left_at    INTEGER,                     -- the journal of this attempt: from here on the other side may have it
  in_doubt   INTEGER NOT NULL DEFAULT 0,  -- some attempt left and nothing says what was done
  request    TEXT NOT NULL DEFAULT '',    -- as it was sent, secrets left out
  status     INTEGER,                     -- of the newest answer
  answer     TEXT NOT NULL DEFAULT '',    -- its beginning, secrets left out
  words      TEXT NOT NULL DEFAULT '',    -- what became of it, for people
  reference  TEXT NOT NULL DEFAULT '',    -- what the other side calls it
  created_at INTEGER NOT NULL,
  created_by INTEGER REFERENCES agent(id), -- null: by itself
  settled_at INTEGER,
  settled_by INTEGER REFERENCES agent(id)
) STRICT;
CREATE UNIQUE INDEX action_call_once ON action_call(action_id, return_id, occasion) WHERE state <> 'cancelled';
CREATE INDEX action_call_due         ON action_call(due_at, id) WHERE state = 'waiting';
CREATE INDEX action_call_sending     ON action_call(action_id) WHERE state = 'sending';
CREATE INDEX action_call_in_trouble  ON action_call(id) WHERE state IN ('failed', 'uncertain') AND settled_at IS NULL;
CREATE INDEX action_call_by_return   ON action_call(return_id, id);

-- What an order is called elsewhere: its row in the shop's system, its payment at the provider.
CREATE TABLE order_reference (
  order_id INTEGER NOT NULL REFERENCES shop_order(id) ON DELETE CASCADE,
  name     TEXT NOT NULL CHECK (name IN ('order_id', 'payment')),
  value    TEXT NOT NULL,
  PRIMARY KEY (order_id, name)
) STRICT, WITHOUT ROWID;
