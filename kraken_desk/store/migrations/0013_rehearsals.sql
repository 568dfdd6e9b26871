-- What was rehearsed: configurations of keys that have worked, by environment. Never a key or a secret.
-- It outlives the slot, whose key is removed when a rehearsal is over.

CREATE TABLE rehearsals (
    position     INTEGER PRIMARY KEY,
    environment  TEXT NOT NULL,
    name         TEXT NOT NULL,
    slot_id      TEXT NOT NULL,
    venue        TEXT NOT NULL,
    process      TEXT NOT NULL,
    role         TEXT NOT NULL,
    client       TEXT NOT NULL,
    rights       TEXT NOT NULL,
    width        TEXT NOT NULL,
    nonce_window TEXT NOT NULL,
    call         TEXT NOT NULL,
    first_at     TEXT NOT NULL,
    last_at      TEXT NOT NULL,
    count        INTEGER NOT NULL,
    UNIQUE (slot_id, venue, process, role, client, rights, width, nonce_window, call)
) STRICT;

CREATE INDEX rehearsals_of_an_environment ON rehearsals (environment);
