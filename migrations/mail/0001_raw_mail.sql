-- Raw mails by the SHA-256 of their bytes. Small ones here, compressed; large ones as files, noted here.
CREATE TABLE dictionary (
  id    INTEGER PRIMARY KEY,
  bytes BLOB NOT NULL,
  at    INTEGER NOT NULL
) STRICT;
CREATE TABLE raw (
  id            INTEGER PRIMARY KEY,
  hash          BLOB NOT NULL UNIQUE,
  size          INTEGER NOT NULL,                  -- bytes before compression
  dictionary_id INTEGER REFERENCES dictionary(id), -- null: compressed without one
  bytes         BLOB                               -- zstd; null: a file under blobs/
) STRICT;
