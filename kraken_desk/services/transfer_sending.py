"""Sending a transfer: journalled first, one call, and every ending written, whatever happens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import (
    InputError,
    KeychainError,
    KrakenDeskError,
    OutcomeUnknownError,
    RejectedError,
    RuleError,
    StoreError,
    UnknownNameError,
    UnreachableError,
)
from kraken_desk.domain.keys import KeySlot, Problem
from kraken_desk.domain.limits import Admission
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.domain.transfers import (
    JournalId,
    SettledBy,
    TransferOrder,
    TransferReceipt,
    TransferRecord,
    TransferState,
)
from kraken_desk.services.keys import KeysService, problem_of
from kraken_desk.services.ports import Clock, ExchangeGateway, TransferJournal
from kraken_desk.services.tasks import carried_out

ABANDONED = timedelta(minutes=3)
"""A record left PLANNED or SENT for longer than any send can take belongs to a process that died."""

LONGEST_PREPARATION = timedelta(minutes=1)
"""How long after SENT the bytes may still leave: well before ABANDONED, whatever the keychain asks."""

NOTHING_EXECUTED = (RejectedError, UnreachableError, RuleError, KeychainError, InputError)
"""Errors that say for certain that Kraken executed nothing; any other leaves a signed send unknown."""

_NEVER_SENT = Problem("NeverSent", "Never sent", "The program stopped before the transfer left.")
_CUT_OFF = Problem(
    OutcomeUnknownError.__name__,
    "The program ended while the answer was awaited",
    "The transfer may or may not have executed.",
    "Settle it from the ledgers.",
)

_log = logging.getLogger(__name__)


class TransferSender:
    """Carries one transfer from PLANNED to its end; `show` is awaited when the journal has changed."""

    def __init__(
        self,
        environment: EnvironmentName,
        journal: TransferJournal,
        keys: KeysService,
        clock: Clock,
        show: Callable[[], Awaitable[object]],
    ) -> None:
        self._environment = environment
        self._journal = journal
        self._keys = keys
        self._clock = clock
        self._show = show

    async def send(
        self,
        record: TransferRecord,
        slot: KeySlot,
        order: TransferOrder,
        *,
        admission: Admission | None = None,
        otp: str = "",
    ) -> TransferRecord:
        """Journal a record and send its order once; the returned record's state says how it ended.

        Raises RouteBlockedError or a StoreError when nothing was sent. Once the journal says SENT,
        every ending is written, also when the caller is cancelled.
        """
        signer, gateway = replace(self._keys.signer_of(slot), otp=otp), self._keys.gateway(slot.venue)
        try:
            await self._journal.plan(record, admission)
            sent = await self._journal.move(record.journal_id, TransferState.SENT, self._clock.now())
            await self._show()
        except BaseException:
            await carried_out(self._withdraw(record.journal_id))
            raise
        return await self._send_once(sent, gateway, signer, order)

    async def record(self, journal_id: JournalId) -> TransferRecord:
        """Read a record as it stands now; raises UnknownNameError."""
        for record in await self._journal.records(self._environment):
            if record.journal_id == journal_id:
                return record
        raise UnknownNameError("No such journal record", f"The journal has no record “{journal_id}”.", "")

    async def close_abandoned(self, record: TransferRecord) -> None:
        """Tell the truth about a record whose sender died; another process may have told it already."""
        # a record of the future was written before the clock was set back
        if abs(self._clock.now() - record.changed_at) <= ABANDONED:
            return
        if record.state is TransferState.PLANNED:
            await self._try_move(record.journal_id, TransferState.REJECTED, _NEVER_SENT)
        elif record.state is TransferState.SENT:
            await self._try_move(record.journal_id, TransferState.UNKNOWN, _CUT_OFF)

    async def _withdraw(self, journal_id: JournalId) -> None:
        """Close a record whose transfer never left; an absent or unwritable one is left to ABANDONED."""
        try:
            record = await self.record(journal_id)
            if record.state in (TransferState.PLANNED, TransferState.SENT):
                await self._try_move(journal_id, TransferState.REJECTED, _NEVER_SENT)
        except UnknownNameError:
            pass
        except StoreError as error:
            _log.warning("a transfer that never left could not be closed: %s", error.category)

    async def _send_once(
        self, record: TransferRecord, gateway: ExchangeGateway, signer: Signer, order: TransferOrder
    ) -> TransferRecord:
        """Let the venue send; without the secret nothing can have left, whatever went wrong."""
        look = _LastLook(signer, lambda: self._refuse_late(record))
        try:
            receipt = await gateway.transfer(look.signer, order)
        except KrakenDeskError as error:
            executed = look.secret_is_out and not isinstance(error, NOTHING_EXECUTED)
            doubt = executed or isinstance(error, OutcomeUnknownError)
            state = TransferState.UNKNOWN if doubt else TransferState.REJECTED
            return await self._end(record, state, problem_of(error))
        except BaseException as error:
            lost = Problem(
                OutcomeUnknownError.__name__,
                "The answer was not waited for",
                "The wait was cancelled."
                if isinstance(error, asyncio.CancelledError)
                else f"The program failed meanwhile ({type(error).__name__}).",
                "Settle it from the ledgers.",
            )
            if look.secret_is_out:
                await self._end(record, TransferState.UNKNOWN, lost)
            else:
                await self._end(record, TransferState.REJECTED, _NEVER_SENT)
            raise
        return await self._end(record, TransferState.CONFIRMED, None, receipt)

    async def _refuse_late(self, record: TransferRecord) -> None:
        """Refuse to sign what the journal does not expect any more.

        A keychain may ask its owner for minutes, and a machine may sleep; meanwhile another process
        takes the record for abandoned, and a person may have settled and repeated the transfer.
        """
        current = await self.record(record.journal_id)
        waited = self._clock.now() - (record.sent_at or record.changed_at)
        if current.state is not TransferState.SENT or waited > LONGEST_PREPARATION:
            raise RuleError(
                "The transfer was held up too long",
                "It could not be signed within a minute, and others may have acted meanwhile.",
                "Nothing was sent. Plan it again.",
            )

    async def _end(
        self,
        record: TransferRecord,
        state: TransferState,
        problem: Problem | None,
        receipt: TransferReceipt | None = None,
    ) -> TransferRecord:
        """Write how a sent transfer ended, whoever is cancelled meanwhile.

        An ending that cannot be written is unknown to everybody else, so it is told as such.
        """
        try:
            return await carried_out(self._write_end(record.journal_id, state, problem, receipt))
        except (StoreError, UnknownNameError) as error:
            unwritten = Problem(
                OutcomeUnknownError.__name__,
                "The journal could not be written",
                f"The transfer is {state.value}, but that could not be written: {error.title}.",
                "Do not repeat it. The journal keeps its route blocked until you settle it.",
            )
            return replace(record, state=TransferState.UNKNOWN, problem=unwritten)

    async def _write_end(
        self,
        journal_id: JournalId,
        state: TransferState,
        problem: Problem | None,
        receipt: TransferReceipt | None,
    ) -> TransferRecord:
        """An answer later than ABANDONED settles what another process has called unknown."""
        current = await self.record(journal_id)
        for _ in range(2):
            note = _note(receipt)
            target: TransferState | None = None
            settled_by: SettledBy | None = None
            if current.state is TransferState.SENT:
                target = state
            elif current.state is TransferState.UNKNOWN and state is not TransferState.UNKNOWN:
                confirmed = state is TransferState.CONFIRMED
                target = TransferState.EXECUTED if confirmed else TransferState.NOT_EXECUTED
                note, settled_by = "Kraken's answer came late.", SettledBy.ANSWER
            if target is None:
                return current
            transfer_id = receipt.transfer_id if receipt else None
            moved = await self._try_move(journal_id, target, problem, transfer_id, note, settled_by)
            if moved is not None:
                return moved
            current = await self.record(journal_id)
        return current

    async def _try_move(
        self,
        journal_id: JournalId,
        state: TransferState,
        problem: Problem | None,
        transfer_id: str | None = None,
        note: str = "",
        settled_by: SettledBy | None = None,
    ) -> TransferRecord | None:
        """Move a record; None when another process has moved it first."""
        now: datetime = self._clock.now()
        try:
            return await self._journal.move(
                journal_id,
                state,
                now,
                transfer_id=transfer_id,
                problem=problem,
                note=note,
                settled_by=settled_by,
            )
        except ValueError:
            return None


class _LastLook:
    """A signer whose secret goes out only after a last look, and which tells whether it did."""

    def __init__(self, signer: Signer, look: Callable[[], Awaitable[None]]) -> None:
        self._own = signer
        self._look = look
        self.secret_is_out = False
        self.signer = replace(signer, secret=self._secret)

    async def _secret(self) -> ApiSecret:
        found = await self._own.secret()
        await self._look()
        self.secret_is_out = True
        return found


def _note(receipt: TransferReceipt | None) -> str:
    if receipt is None or receipt.status in ("", "complete", "success"):
        return ""
    return f"Kraken answered: {receipt.status}"
