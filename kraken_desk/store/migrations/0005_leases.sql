-- Who holds which slot, for showing and for the slot's history. Whether a lease still holds is
-- decided by its lock, which the operating system releases at any kind of death.

CREATE TABLE leases (
    position      INTEGER PRIMARY KEY,
    lease_id      TEXT NOT NULL UNIQUE,
    slot_id       TEXT NOT NULL,
    environment   TEXT NOT NULL,
    pid           INTEGER NOT NULL,
    started       TEXT NOT NULL,
    host          TEXT NOT NULL,
    since         TEXT NOT NULL,
    command       TEXT NOT NULL,
    child_pid     INTEGER,
    child_started TEXT,
    ended_at      TEXT
) STRICT;

CREATE INDEX leases_of_a_slot ON leases (slot_id);

-- A slot is never in two hands.
CREATE UNIQUE INDEX one_open_lease_per_slot ON leases (slot_id) WHERE ended_at IS NULL;
