"""The last nonce of each key and when it was used: the NonceStore port on SQLite and the keys' lock files.

The database keeps a mark above which no nonce was given out. A commit per nonce would cost more than the
rest of the call, so the mark of a key that only the desk uses is set a while ahead of the clock, and up to
it nonces are taken by the note in the key's lock file. A process that is killed loses nothing of that; after
a power cut the note is void and nonces go on above the mark. Every other key's mark is its last nonce.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kraken_desk.domain.errors import StoreUnwritableError
from kraken_desk.store import codec
from kraken_desk.store.database import Database, Session
from kraken_desk.store.key_locks import KeyLocks
from kraken_desk.store.nonce_note import NonceNote, machine_session, peeked_note, read_note, write_note

if TYPE_CHECKING:  # a run only allocates, and is to start quickly
    from datetime import datetime

    from kraken_desk.domain.foreign_use import OwnCall

_LARGEST = 2**64 - 1


class SqliteNonces:
    """Nonces that rise for ever, over restarts and in every process of the profile."""

    def __init__(
        self, database: Database, locks: KeyLocks, *, session: Callable[[], str | None] = machine_session
    ) -> None:
        self._database = database
        self._locks = locks
        self._session = session

    async def next_nonce(
        self, fingerprint: str, candidate: int, *, at: datetime | None = None, ahead: int = 0
    ) -> int:
        """Return max(candidate, last + 1); `ahead` is how far the mark may be set above it, in ticks.

        Whoever makes a call holds the key's lock from here to the answer; without it, it is taken
        for as long as the nonce is.
        """
        descriptor = self._locks.descriptor(fingerprint)
        if descriptor is None:
            async with self._locks.hold(fingerprint):
                return await self.next_nonce(fingerprint, candidate, at=at, ahead=ahead)
        session, time = self._session(), codec.optional_time_text(at)
        if session is None:
            return (await self._commit(fingerprint, candidate, None, time, 0)).last
        try:
            note = read_note(descriptor, session)
            if note is not None and max(candidate, note.last + 1) <= note.mark:
                note = NonceNote(max(candidate, note.last + 1), note.mark, time)
            else:
                note = await self._commit(fingerprint, candidate, note, time, ahead)
            write_note(descriptor, session, note)
        except OSError as error:
            raise _unwritable(error) from error
        return note.last

    async def last_call(self, fingerprint: str) -> OwnCall | None:
        """Return the last nonce; after a power cut it may be above the true one, and its time is unknown."""
        session = self._session()
        note = peeked_note(self._locks.path(fingerprint), session) if session is not None else None
        return await self._database.read(lambda session: _last_call(session, fingerprint, note))

    async def _commit(
        self, fingerprint: str, candidate: int, note: NonceNote | None, time: str | None, ahead: int
    ) -> NonceNote:
        return await self._database.write_jointly(
            lambda session: _raise_mark(session, fingerprint, candidate, note, time, ahead)
        )


def _unwritable(error: OSError) -> StoreUnwritableError:
    return StoreUnwritableError(
        "The profile cannot be written",
        f"The last nonce of a key cannot be noted in its lock file: {error.strerror}. Nothing was sent.",
        "Free some space on this disk, or choose another profile directory.",
    )


def _raise_mark(
    session: Session, fingerprint: str, candidate: int, note: NonceNote | None, time: str | None, ahead: int
) -> NonceNote:
    text = session.value("SELECT last FROM nonces WHERE fingerprint = ?", (fingerprint,))
    with codec.reading("a nonce"):
        mark = -1 if text is None else int(text)
    nonce = max(candidate, (note.last if note is not None else mark) + 1)
    mark = max(mark, nonce, min(nonce + ahead, _LARGEST))
    session.execute(
        "INSERT INTO nonces (fingerprint, last) VALUES (?, ?)"
        " ON CONFLICT (fingerprint) DO UPDATE SET last = excluded.last",
        (fingerprint, str(mark)),
    )
    _keep_time(session, fingerprint, time if mark == nonce else None)
    return NonceNote(nonce, mark, time)


def _keep_time(session: Session, fingerprint: str, time: str | None) -> None:
    """Keep when the last nonce was used; of a mark ahead no time is true for long, so there it has none."""
    if time is None:
        session.execute("DELETE FROM own_calls WHERE fingerprint = ?", (fingerprint,))
        return
    session.execute(
        "INSERT INTO own_calls (fingerprint, at) VALUES (?, ?)"
        " ON CONFLICT (fingerprint) DO UPDATE SET at = excluded.at",
        (fingerprint, time),
    )


def _last_call(session: Session, fingerprint: str, note: NonceNote | None) -> OwnCall | None:
    row = session.row(
        "SELECT last, at FROM nonces LEFT JOIN own_calls USING (fingerprint) WHERE fingerprint = ?",
        (fingerprint,),
    )
    if row is None:
        return None
    from kraken_desk.domain.foreign_use import OwnCall

    with codec.reading("a nonce"):
        if note is not None:
            return OwnCall(note.last, codec.optional_time_from(note.time))
        return OwnCall(int(row["last"]), codec.optional_time_from(row["at"]))
