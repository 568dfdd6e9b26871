"""Writing down changes of facts, in the transaction of the check that noticed them."""

from __future__ import annotations

import contextlib

from kraken_desk.domain.drift import changes
from kraken_desk.domain.errors import StoreCorruptError
from kraken_desk.domain.keys import CheckOutcome, KeyCheck
from kraken_desk.store import codec
from kraken_desk.store.database import Session


def note(session: Session, check: KeyCheck) -> None:
    """Write down how an accepted check's facts differ from the stored ones, before they replace them.

    A check that ended before the stored one changes nothing. Stored facts that cannot be read are
    replaced as before: they must not keep a good check out.
    """
    if check.info is None or check.outcome is not CheckOutcome.ACCEPTED:
        return
    seen_at = codec.time_text(check.checked_at)
    stored = session.value(
        "SELECT info FROM checks WHERE key_id = ? AND checked_at <= ?", (check.key_id, seen_at)
    )
    with contextlib.suppress(StoreCorruptError), codec.reading("a key check"):
        for change in changes(codec.info_from(stored), check.info):
            session.execute(
                "INSERT INTO drift (key_id, seen_at, fact, before_text, after_text) VALUES (?, ?, ?, ?, ?)",
                (check.key_id, seen_at, change.fact, change.before, change.after),
            )
