-- What owners and their shops add to returns: fields of their own that search knows, keys with which a shop's programs post
-- orders, which pieces come back, and customers who did not answer.

-- An owner's field is asked for by name: printed_on:2026-11-19.
CREATE INDEX return_fact_by_field ON return_fact(field) WHERE superseded_at IS NULL;
-- Its value is found by its words, too: the message that a return began with is read into the index again.
CREATE TRIGGER return_fact_is_found AFTER INSERT ON return_fact
  WHEN new.field NOT IN ('order_number', 'item', 'reason', 'delivered_on', 'wish', 'amount', 'photos') BEGIN
  INSERT INTO index_queue(message_id) SELECT message_id FROM return_request WHERE id = new.return_id;
END;
CREATE TRIGGER return_fact_is_found_no_more AFTER UPDATE OF superseded_at ON return_fact
  WHEN new.field NOT IN ('order_number', 'item', 'reason', 'delivered_on', 'wish', 'amount', 'photos') BEGIN
  INSERT INTO index_queue(message_id) SELECT message_id FROM return_request WHERE id = new.return_id;
END;

-- Keys of the shop's own programs. Only the hash is kept.
CREATE TABLE shop_key (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,                       -- what the owner calls the program
  purpose    TEXT NOT NULL CHECK (purpose IN ('header', 'address')),
  key_hash   BLOB NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  created_by INTEGER REFERENCES agent(id),
  used_at    INTEGER,
  revoked_at INTEGER,
  revoked_by INTEGER REFERENCES agent(id)
) STRICT;

-- Which pieces come back is derived until an agent says it.
ALTER TABLE return_request ADD COLUMN items_by INTEGER REFERENCES agent(id);
-- Since when an agent knows that the customer does not answer; nothing once they wrote.
ALTER TABLE return_request ADD COLUMN no_answer_at INTEGER;
-- When it was written down; `opened_at` is when it was asked for. Fields that an owner adds later hold up nothing that is open.
ALTER TABLE return_request ADD COLUMN recorded_at INTEGER NOT NULL DEFAULT 0;
