-- What all processes of the profile must know before a signed call: nonces, failures, lockouts.

-- Text, because Kraken's nonces are unsigned 64-bit numbers and SQLite's integers are signed.
CREATE TABLE nonces (
    fingerprint TEXT PRIMARY KEY,
    last        TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The address's history: it stays when a key succeeds again.
CREATE TABLE failures (
    position    INTEGER PRIMARY KEY,
    environment TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    at          TEXT NOT NULL,
    kind        TEXT NOT NULL
) STRICT;

CREATE INDEX failures_of_an_environment ON failures (environment, at);

-- The keys that fail now: `since` their first failure, `latest` their last.
CREATE TABLE failing_keys (
    fingerprint TEXT PRIMARY KEY,
    since       TEXT NOT NULL,
    latest      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE lockouts (
    environment TEXT PRIMARY KEY,
    until       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
