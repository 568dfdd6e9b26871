-- What happens to slots, how they are handed over, and what the operator has been reminded of.

-- How a slot's credentials are handed over unless `run` is told otherwise, as JSON.
CREATE TABLE hand_overs (
    slot_id TEXT PRIMARY KEY,
    way     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The history of each slot: added, edited, another key, another answer of Kraken.
CREATE TABLE slot_events (
    position INTEGER PRIMARY KEY,
    slot_id  TEXT NOT NULL,
    at       TEXT NOT NULL,
    kind     TEXT NOT NULL,
    text     TEXT NOT NULL
) STRICT;

CREATE INDEX slot_events_of_a_slot ON slot_events (slot_id, position);

-- The reminders that have been given, each once.
CREATE TABLE reminders (
    reminder_id TEXT PRIMARY KEY,
    given_at    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
