-- The transfer journal: one row per transfer with its present state, and its history, which only grows.

CREATE TABLE transfers (
    position           INTEGER PRIMARY KEY,
    journal_id         TEXT NOT NULL UNIQUE,
    environment        TEXT NOT NULL,
    venue              TEXT NOT NULL,
    source             TEXT NOT NULL,
    destination        TEXT NOT NULL,
    source_wallet      TEXT NOT NULL,
    destination_wallet TEXT NOT NULL,
    asset              TEXT NOT NULL,
    quantity           TEXT NOT NULL,
    state              TEXT NOT NULL CHECK (state IN (
        'planned', 'sent', 'confirmed', 'rejected', 'unknown', 'settled: executed', 'settled: not executed'
    )),
    source_label       TEXT NOT NULL,
    destination_label  TEXT NOT NULL,
    key_id             TEXT NOT NULL,
    key_name           TEXT NOT NULL,
    endpoint           TEXT NOT NULL,
    planned_at         TEXT NOT NULL,
    changed_at         TEXT NOT NULL,
    sent_at            TEXT,
    source_mark        TEXT NOT NULL,
    destination_mark   TEXT NOT NULL,
    transfer_id        TEXT,
    problem            TEXT,
    note               TEXT NOT NULL
) STRICT;

-- Whatever the program does, the database holds at most one open transfer per route.
CREATE UNIQUE INDEX one_open_transfer_per_route
    ON transfers (environment, venue, source, destination, source_wallet, destination_wallet)
    WHERE state IN ('planned', 'sent', 'unknown');

CREATE TABLE transfer_moves (
    position    INTEGER PRIMARY KEY,
    journal_id  TEXT NOT NULL REFERENCES transfers (journal_id),
    state       TEXT NOT NULL,
    at          TEXT NOT NULL,
    transfer_id TEXT,
    problem     TEXT,
    note        TEXT NOT NULL
) STRICT;

CREATE INDEX moves_of_a_transfer ON transfer_moves (journal_id);

CREATE TRIGGER transfers_stay BEFORE DELETE ON transfers
BEGIN
    SELECT RAISE(ABORT, 'a journal record is never deleted');
END;

CREATE TRIGGER transfer_terms_are_fixed BEFORE UPDATE OF
    journal_id, environment, venue, source, destination, source_wallet, destination_wallet,
    asset, quantity, source_label, destination_label, key_id, key_name, endpoint, planned_at,
    source_mark, destination_mark
    ON transfers
BEGIN
    SELECT RAISE(ABORT, 'the terms of a journal record never change');
END;

CREATE TRIGGER transfer_moves_stay BEFORE DELETE ON transfer_moves
BEGIN
    SELECT RAISE(ABORT, 'the history of transfers only grows');
END;

CREATE TRIGGER transfer_moves_are_fixed BEFORE UPDATE ON transfer_moves
BEGIN
    SELECT RAISE(ABORT, 'the history of transfers only grows');
END;
