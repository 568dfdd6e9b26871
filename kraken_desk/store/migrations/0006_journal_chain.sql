-- The journal's lines become a chain: each holds a hash over its content and the hash before it.
-- What is there is sealed right after this script, by migrations.FOLLOW_UPS.

ALTER TABLE transfers ADD COLUMN plan_id TEXT;
ALTER TABLE transfers ADD COLUMN leg INTEGER;
ALTER TABLE transfers ADD COLUMN source_before TEXT;
ALTER TABLE transfers ADD COLUMN destination_before TEXT;
ALTER TABLE transfers ADD COLUMN evidence TEXT;
ALTER TABLE transfers ADD COLUMN settled_by TEXT;

ALTER TABLE transfer_moves ADD COLUMN evidence TEXT;
ALTER TABLE transfer_moves ADD COLUMN settled_by TEXT;
ALTER TABLE transfer_moves ADD COLUMN hash TEXT NOT NULL DEFAULT '';

CREATE INDEX transfers_of_a_plan ON transfers (plan_id) WHERE plan_id IS NOT NULL;

-- Where the chain ends, kept apart from it: lines cut off at the end are missed here.
CREATE TABLE journal_head (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    lines INTEGER NOT NULL,
    hash  TEXT NOT NULL
) STRICT;

INSERT INTO journal_head VALUES (1, 0, '');

DROP TRIGGER transfer_terms_are_fixed;

CREATE TRIGGER transfer_terms_are_fixed BEFORE UPDATE OF
    journal_id, environment, venue, source, destination, source_wallet, destination_wallet,
    asset, quantity, source_label, destination_label, key_id, key_name, endpoint, planned_at,
    source_mark, destination_mark, plan_id, leg, source_before, destination_before
    ON transfers
BEGIN
    SELECT RAISE(ABORT, 'the terms of a journal record never change');
END;

-- Only a line that was never sealed may still be: the lines from before this step.
DROP TRIGGER transfer_moves_are_fixed;

CREATE TRIGGER transfer_moves_are_fixed BEFORE UPDATE ON transfer_moves WHEN OLD.hash <> ''
BEGIN
    SELECT RAISE(ABORT, 'the history of transfers only grows');
END;
