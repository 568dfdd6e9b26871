"""Which transfers of the journal are wanted, in the window and on the command line."""

from __future__ import annotations

from collections.abc import Iterable

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.transfers import TransferRecord, TransferState
from kraken_desk.domain.values import dataclass

_WORDS = {
    **{state.value: (state,) for state in TransferState},
    "executed": (TransferState.EXECUTED,),
    "not executed": (TransferState.NOT_EXECUTED,),
    "not-executed": (TransferState.NOT_EXECUTED,),
    "settled": (TransferState.EXECUTED, TransferState.NOT_EXECUTED),
    "open": tuple(state for state in TransferState if state.open),
}


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """What a transfer must have; empty fields ask for nothing. Texts match in any case."""

    states: frozenset[TransferState] = frozenset()
    account: str = ""
    accounts: frozenset[AccountId] = frozenset()
    asset: str = ""
    plan_id: str = ""
    text: str = ""

    @property
    def narrow(self) -> bool:
        return self != JournalFilter()

    def of(self, records: Iterable[TransferRecord]) -> tuple[TransferRecord, ...]:
        """Return the wanted ones in their order."""
        return tuple(record for record in records if self.wants(record))

    def wants(self, record: TransferRecord) -> bool:
        route = record.request.route
        if self.states and record.state not in self.states:
            return False
        if self.accounts and not self.accounts & {route.source, route.destination}:
            return False
        if self.plan_id and record.plan_id != self.plan_id:
            return False
        if self.asset and record.request.asset.casefold() != self.asset.strip().casefold():
            return False
        labels = (record.source_label, record.destination_label)
        if self.account and not any(self.account.strip().casefold() == one.casefold() for one in labels):
            return False
        return not self.text.strip() or self.text.strip().casefold() in _searched(record)


def journal_states(words: Iterable[str]) -> frozenset[TransferState]:
    """Read states as people write them; raises InputError for a word that is none."""
    found: set[TransferState] = set()
    for word in words:
        states = _WORDS.get(word.strip().casefold())
        if states is None:
            known = ", ".join(_WORDS)
            raise InputError("No such state", f"No transfer can be “{word}”.", f"States are {known}.")
        found.update(states)
    return frozenset(found)


def _searched(record: TransferRecord) -> str:
    problem = record.problem
    parts = (
        record.journal_id,
        record.transfer_id or "",
        record.source_label,
        record.destination_label,
        record.request.asset,
        format(record.request.quantity, "f"),
        record.key_name,
        record.endpoint,
        record.state.value,
        *((problem.title, problem.detail, *problem.kraken) if problem else ()),
        record.note,
        record.plan_id or "",
    )
    return "\n".join(parts).casefold()
