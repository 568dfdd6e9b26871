-- What a fleet is judged by, and what was noticed: the operator's roles and hosts, muted findings,
-- and every change of a fact that Kraken reported.

CREATE TABLE roles (
    role_id  TEXT PRIMARY KEY,
    document TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE hosts (
    position     INTEGER PRIMARY KEY,
    host_id      TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    addresses    TEXT NOT NULL,
    note         TEXT NOT NULL,
    this_machine INTEGER NOT NULL
) STRICT;

CREATE TABLE mutes (
    position    INTEGER PRIMARY KEY,
    environment TEXT NOT NULL,
    rule        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    reason      TEXT NOT NULL,
    muted_at    TEXT NOT NULL,
    until       TEXT NOT NULL,
    UNIQUE (environment, rule, subject)
) STRICT;

CREATE TABLE drift (
    position    INTEGER PRIMARY KEY,
    key_id      TEXT NOT NULL,
    seen_at     TEXT NOT NULL,
    fact        TEXT NOT NULL,
    before_text TEXT NOT NULL,
    after_text  TEXT NOT NULL
) STRICT;

CREATE INDEX drift_of_a_key ON drift (key_id);
