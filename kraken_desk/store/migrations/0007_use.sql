-- What is needed to tell our own use of a key from somebody else's.

-- When each key's last nonce was given out; nonces of before these times were kept have none.
CREATE TABLE own_calls (
    fingerprint TEXT PRIMARY KEY,
    at          TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What each signed check saw, as JSON; the last ones of every key.
CREATE TABLE observations (
    position INTEGER PRIMARY KEY,
    key_id   TEXT NOT NULL,
    at       TEXT NOT NULL,
    facts    TEXT NOT NULL
) STRICT;

CREATE INDEX observations_of_a_key ON observations (key_id, position);

-- The last judgement of each key's use.
CREATE TABLE use_findings (
    key_id    TEXT PRIMARY KEY,
    state     TEXT NOT NULL,
    judged_at TEXT NOT NULL,
    signs     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The slots whose process runs on this machine only, by the operator's word.
CREATE TABLE only_here (
    slot_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
