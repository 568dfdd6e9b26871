-- What the operator writes about accounts; tags are single words with a space between them.
ALTER TABLE accounts ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN tags TEXT NOT NULL DEFAULT '';

-- Requests to create a Spot subaccount, written before they are sent; each is sent once.
CREATE TABLE subaccount_creations (
    position    INTEGER PRIMARY KEY,
    creation_id TEXT NOT NULL UNIQUE,
    environment TEXT NOT NULL,
    username    TEXT NOT NULL,
    email       TEXT NOT NULL,
    key_name    TEXT NOT NULL,
    state       TEXT NOT NULL,
    planned_at  TEXT NOT NULL,
    changed_at  TEXT NOT NULL,
    problem     TEXT,
    note        TEXT NOT NULL
) STRICT;

-- While one may have been executed, or was, none for the same name or address follows.
CREATE UNIQUE INDEX one_creation_per_username ON subaccount_creations (environment, lower(username))
    WHERE state NOT IN ('refused', 'not created');
CREATE UNIQUE INDEX one_creation_per_email ON subaccount_creations (environment, lower(email))
    WHERE state NOT IN ('refused', 'not created');

-- Futures subaccounts on their way to being linked by a support ticket. `done` maps steps to times.
CREATE TABLE linkings (
    position     INTEGER PRIMARY KEY,
    linking_id   TEXT NOT NULL UNIQUE,
    environment  TEXT NOT NULL,
    label        TEXT NOT NULL,
    master_email TEXT NOT NULL,
    email        TEXT NOT NULL,
    started_at   TEXT NOT NULL,
    changed_at   TEXT NOT NULL,
    done         TEXT NOT NULL,
    futures_uid  TEXT,
    closed_at    TEXT
) STRICT;

CREATE UNIQUE INDEX one_open_linking_per_email ON linkings (environment, lower(email))
    WHERE closed_at IS NULL;

-- Emergency stops, step by step, so that a crash in the middle goes on where it was.
CREATE TABLE stops (
    position    INTEGER PRIMARY KEY,
    stop_id     TEXT NOT NULL UNIQUE,
    environment TEXT NOT NULL,
    drill       INTEGER NOT NULL,
    started_at  TEXT NOT NULL,
    ended_at    TEXT
) STRICT;

CREATE UNIQUE INDEX one_open_stop_per_environment ON stops (environment) WHERE ended_at IS NULL;

CREATE TABLE stop_steps (
    stop_id        TEXT NOT NULL REFERENCES stops (stop_id),
    number         INTEGER NOT NULL,
    kind           TEXT NOT NULL,
    target         TEXT NOT NULL,
    label          TEXT NOT NULL,
    state          TEXT NOT NULL,
    started_at     TEXT,
    ended_at       TEXT,
    result         TEXT NOT NULL,
    page           TEXT NOT NULL,
    proof_asked_at TEXT,
    proof_outcome  TEXT,
    proof_text     TEXT NOT NULL,
    PRIMARY KEY (stop_id, number)
) STRICT, WITHOUT ROWID;
