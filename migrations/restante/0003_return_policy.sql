-- The return policy as it stood on each day: a request is judged by the version of its order's day, so versions are only ever added.
CREATE TABLE policy_version (
  id         INTEGER PRIMARY KEY,
  valid_from TEXT NOT NULL,               -- ISO 8601 date; of two versions of a day the later one counts
  policy     TEXT NOT NULL,               -- JSON (return_policy::Policy)
  note       TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  created_by INTEGER
);
CREATE INDEX policy_version_by_day ON policy_version(valid_from, id);
CREATE TRIGGER policy_version_is_kept BEFORE UPDATE ON policy_version BEGIN SELECT raise(ABORT, 'a version of the policy is never changed'); END;
CREATE TRIGGER policy_version_stays BEFORE DELETE ON policy_version BEGIN SELECT raise(ABORT, 'a version of the policy is never deleted'); END;
