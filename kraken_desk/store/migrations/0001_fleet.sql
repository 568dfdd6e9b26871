-- Environments, accounts, slots and the last check of each key. No column for a secret, on purpose.

CREATE TABLE environments (
    position       INTEGER PRIMARY KEY,
    name           TEXT NOT NULL UNIQUE,
    kind           TEXT NOT NULL,
    spot_url       TEXT NOT NULL,
    spot_ws_url    TEXT NOT NULL,
    futures_url    TEXT NOT NULL,
    futures_ws_url TEXT NOT NULL
) STRICT;

CREATE TABLE accounts (
    position    INTEGER PRIMARY KEY,
    account_id  TEXT NOT NULL UNIQUE,
    environment TEXT NOT NULL,
    label       TEXT NOT NULL,
    kind        TEXT NOT NULL,
    kind_source TEXT NOT NULL,
    iiban       TEXT,
    futures_uid TEXT,
    UNIQUE (account_id, environment)
) STRICT;

-- The pair of account and environment is the foreign key: a slot cannot stand in another
-- environment than its account.
CREATE TABLE slots (
    position    INTEGER PRIMARY KEY,
    slot_id     TEXT NOT NULL UNIQUE,
    environment TEXT NOT NULL,
    account_id  TEXT NOT NULL,
    venue       TEXT NOT NULL,
    name        TEXT NOT NULL,
    key_id      TEXT NOT NULL UNIQUE,
    api_key     TEXT NOT NULL UNIQUE,
    added_at    TEXT NOT NULL,
    process     TEXT NOT NULL,
    role        TEXT NOT NULL,
    client      TEXT NOT NULL,
    UNIQUE (environment, name),
    FOREIGN KEY (account_id, environment) REFERENCES accounts (account_id, environment)
) STRICT;

-- `info` is what the last accepted check reported; it stays when a later check fails.
CREATE TABLE checks (
    key_id     TEXT PRIMARY KEY,
    checked_at TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    info       TEXT,
    problem    TEXT
) STRICT, WITHOUT ROWID;
