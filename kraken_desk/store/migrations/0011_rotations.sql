-- Rotations: a slot's old and new key, and where the rotation stands. Never a secret: the secrets are
-- keychain items named by the key ids. The slot's own row always holds the key that its process gets.

CREATE TABLE rotations (
    position       INTEGER PRIMARY KEY,
    rotation_id    TEXT NOT NULL UNIQUE,
    slot_id        TEXT NOT NULL,
    environment    TEXT NOT NULL,
    stage          TEXT NOT NULL,
    revision       INTEGER NOT NULL,
    old_key_id     TEXT NOT NULL,
    old_api_key    TEXT NOT NULL,
    old_added_at   TEXT NOT NULL,
    new_key_id     TEXT UNIQUE,
    new_api_key    TEXT,
    new_added_at   TEXT,
    started_at     TEXT NOT NULL,
    changed_at     TEXT NOT NULL,
    handed_over_at TEXT,
    facts          TEXT NOT NULL
) STRICT;

CREATE INDEX rotations_of_a_slot ON rotations (slot_id);

-- A slot is rotated once at a time, whatever number of programs try.
CREATE UNIQUE INDEX one_open_rotation_per_slot ON rotations (slot_id)
    WHERE stage NOT IN ('finished', 'abandoned');

CREATE TABLE rotation_moves (
    position    INTEGER PRIMARY KEY,
    rotation_id TEXT NOT NULL,
    stage       TEXT NOT NULL,
    at          TEXT NOT NULL,
    note        TEXT NOT NULL
) STRICT;

CREATE INDEX moves_of_a_rotation ON rotation_moves (rotation_id);
