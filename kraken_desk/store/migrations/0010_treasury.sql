-- The operator's rules about moving money, and plans of several legs.

-- One rule a row; what a kind does not use is NULL.
CREATE TABLE limits (
    position    INTEGER PRIMARY KEY,
    limit_id    TEXT NOT NULL UNIQUE,
    environment TEXT NOT NULL,
    kind        TEXT NOT NULL,
    source      TEXT,
    destination TEXT,
    currency    TEXT,
    amount      TEXT,
    seconds     INTEGER,
    created_at  TEXT NOT NULL
) STRICT;

-- The accounts that a person has confirmed as destinations, by whatever name they had that day.
CREATE TABLE destinations (
    environment  TEXT NOT NULL,
    account      TEXT NOT NULL,
    label        TEXT NOT NULL,
    confirmed_at TEXT NOT NULL,
    PRIMARY KEY (environment, account)
) STRICT, WITHOUT ROWID;

-- What a transfer was worth in the currencies of the limits when it was planned.
CREATE TABLE transfer_values (
    journal_id TEXT NOT NULL REFERENCES transfers (journal_id),
    currency   TEXT NOT NULL,
    value      TEXT NOT NULL,
    PRIMARY KEY (journal_id, currency)
) STRICT, WITHOUT ROWID;

-- Plans as they were agreed to; how far one has come is told by the journal alone.
CREATE TABLE plans (
    position    INTEGER PRIMARY KEY,
    plan_id     TEXT NOT NULL UNIQUE,
    environment TEXT NOT NULL,
    purpose     TEXT NOT NULL,
    title       TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    content     TEXT NOT NULL
) STRICT;

CREATE TRIGGER plans_are_fixed BEFORE UPDATE ON plans
BEGIN
    SELECT RAISE(ABORT, 'the terms of a plan never change');
END;

-- Whatever runs a plan, and however often: a leg has at most one record that may have executed.
CREATE UNIQUE INDEX one_sending_per_leg ON transfers (plan_id, leg)
    WHERE plan_id IS NOT NULL AND state NOT IN ('rejected', 'settled: not executed');

-- Keys whose every call Kraken wants a one-time password for, by the operator's word.
CREATE TABLE two_factor_slots (
    slot_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
