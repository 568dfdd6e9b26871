"""What the journal pane says about one transfer, worked out without a widget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from kraken_desk.domain.money import Amount
from kraken_desk.domain.transfers import JournalId, TransferRecord, TransferState
from kraken_desk.ui.models.clock_text import short_time
from kraken_desk.ui.theme import Tone

ARROW = "→"
SETTLE = "Settle…"


@dataclass(frozen=True, slots=True)
class StateWords:
    """A state's sign, its word, its tone, and what it means for the money."""

    sign: str
    word: str
    tone: Tone
    meaning: str

    @property
    def text(self) -> str:
        return f"{self.sign} {self.word}"


STATES: dict[TransferState, StateWords] = {
    TransferState.PLANNED: StateWords(
        "○", "planned", Tone.MUTED, "Written down, not sent. The route is held until it is."
    ),
    TransferState.SENT: StateWords("…", "sent", Tone.INFO, "Sent once; Kraken's answer is awaited."),
    TransferState.CONFIRMED: StateWords("✓", "confirmed", Tone.OK, "Kraken confirmed that the money moved."),
    TransferState.REJECTED: StateWords("✕", "rejected", Tone.DANGER, "Nothing moved."),
    TransferState.UNKNOWN: StateWords(
        "?",
        "unknown",
        Tone.WARN,
        "It may or may not have executed. The route is blocked until this is settled.",
    ),
    TransferState.EXECUTED: StateWords(
        "✓", "executed", Tone.OK, "Its answer was lost; it was settled as executed."
    ),
    TransferState.NOT_EXECUTED: StateWords(
        "✕", "not executed", Tone.MUTED, "Its answer was lost; it was settled as not executed."
    ),
}


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One transfer as the pane shows it; `texts` follow the columns."""

    record: TransferRecord
    texts: tuple[str, ...]
    tone: Tone
    meaning: str
    explanation: str
    outcome_is_id: bool

    @property
    def journal_id(self) -> JournalId:
        return self.record.journal_id


def row_of(record: TransferRecord, now: datetime, zone: tzinfo | None = None) -> JournalRow:
    words = STATES[record.state]
    request = record.request
    return JournalRow(
        record=record,
        texts=(
            short_time(record.planned_at, now, zone),
            route_text(record),
            str(Amount(request.quantity, request.asset)),
            words.text,
            outcome_text(record),
            record.key_name,
            SETTLE if record.state is TransferState.UNKNOWN else "",
        ),
        tone=words.tone,
        meaning=words.meaning,
        explanation=_explanation(record),
        outcome_is_id=bool(record.transfer_id) and record.problem is None,
    )


def route_text(record: TransferRecord) -> str:
    """Write both ends, with their wallets where the venue has several of them."""
    route = record.request.route
    source, destination = record.source_label, record.destination_label
    if route.source_wallet != route.destination_wallet or route.source == route.destination:
        source, destination = (
            f"{source} ({route.source_wallet})",
            f"{destination} ({route.destination_wallet})",
        )
    return f"{source} {ARROW} {destination}"


def outcome_text(record: TransferRecord) -> str:
    """Write Kraken's id, or the reason why there is none."""
    if record.transfer_id:
        return record.transfer_id
    if record.problem is not None:
        return ", ".join(record.problem.kraken) or record.problem.title
    return record.note


def _explanation(record: TransferRecord) -> str:
    problem = record.problem
    parts = [record.transfer_id or ""]
    if problem is not None:
        parts += [problem.title, problem.detail, *problem.kraken, problem.hint]
    parts.append(record.note)
    return "\n".join(part for part in parts if part)
