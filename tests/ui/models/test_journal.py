"""The journal model: each state with sign and word, Kraken's id or the reason, newest first."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.logging import _QtMessageCapture

from kraken_desk.domain.transfers import JournalId, JournalSnapshot, TransferRecord, TransferState
from kraken_desk.ui.models.journal import JournalColumn, JournalModel, JournalRole
from kraken_desk.ui.models.journal_rows import STATES
from tests.ui.money_samples import BTC, DEMO, INSUFFICIENT, LOST_REPLY, NOW, a_record, settled


@pytest.fixture
def model(qtlog: _QtMessageCapture) -> Iterator[JournalModel]:
    """Return a model that Qt's own tester watches for the whole test."""
    watched = JournalModel(lambda: NOW, zone=UTC)
    tester = QAbstractItemModelTester(watched, QAbstractItemModelTester.FailureReportingMode.Warning)
    yield watched
    del tester
    assert [record.message for record in qtlog.records] == []


def journal_of(*records: TransferRecord) -> JournalSnapshot:
    return JournalSnapshot(DEMO.name, records)


def texts(model: JournalModel, row: int = 0) -> list[str]:
    return [str(model.index(row, column).data()) for column in range(model.columnCount())]


def test_a_confirmed_transfer_shows_kraken_s_id(model: JournalModel) -> None:
    """Time, both ends, exact amount, state, Kraken's id and the signing key stand in the row."""
    model.apply(journal_of(a_record(transfer_id="TOH3AS2-LPCWR8-JDQGEU")))

    assert texts(model) == [
        "14:02:11",
        "Momentum → Meridian Capital",
        "12\u2009500.00 USD",
        "✓ confirmed",
        "TOH3AS2-LPCWR8-JDQGEU",
        "desk treasury",
        "",
    ]
    assert model.index(0, JournalColumn.OUTCOME).data(JournalRole.MONOSPACE)


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (TransferState.PLANNED, "○ planned"),
        (TransferState.SENT, "… sent"),
        (TransferState.CONFIRMED, "✓ confirmed"),
        (TransferState.REJECTED, "✕ rejected"),
        (TransferState.UNKNOWN, "? unknown"),
        (TransferState.EXECUTED, "✓ executed"),
        (TransferState.NOT_EXECUTED, "✕ not executed"),
    ],
)
def test_every_state_has_a_sign_and_a_word(model: JournalModel, state: TransferState, text: str) -> None:
    """No state is told by colour or sign alone, and each says what it means."""
    model.apply(journal_of(a_record(state)))

    cell = model.index(0, JournalColumn.STATE)
    assert cell.data() == text
    assert cell.data(Qt.ItemDataRole.ToolTipRole).splitlines()[0] == STATES[state].meaning


def test_a_rejected_transfer_shows_kraken_s_words(model: JournalModel) -> None:
    """Kraken's own string stands in the row; title, detail and hint in its tooltip."""
    model.apply(journal_of(a_record(TransferState.REJECTED, problem=INSUFFICIENT)))

    cell = model.index(0, JournalColumn.OUTCOME)
    assert cell.data() == "EFunding:Insufficient funds"
    assert cell.data(Qt.ItemDataRole.ToolTipRole) == (
        "Kraken refused the transfer\nThe source does not hold enough.\n"
        "EFunding:Insufficient funds\nLower the amount."
    )


def test_only_an_unknown_transfer_offers_to_be_settled(model: JournalModel) -> None:
    """The act stands in the unknown row and in no other."""
    unknown = a_record(TransferState.UNKNOWN, "u", problem=LOST_REPLY)

    model.apply(journal_of(a_record(TransferState.SENT, "s"), unknown, settled(unknown, executed=True)))

    assert [texts(model, row)[JournalColumn.ACTION] for row in range(3)] == ["", "Settle…", ""]


def test_older_transfers_show_their_date(model: JournalModel) -> None:
    """A time of day alone would mislead for another day; another year shows its year."""
    model.apply(
        journal_of(
            a_record(name="a", at=NOW - timedelta(days=2)), a_record(name="b", at=NOW - timedelta(days=400))
        )
    )

    assert [texts(model, row)[0] for row in range(2)] == ["18 Nov 14:02", "2025-10-16"]


def test_a_new_record_comes_on_top_and_a_change_stays_in_place(model: JournalModel) -> None:
    """Selection survives: rows are inserted and changed, never reset."""
    sent = a_record(TransferState.SENT, "one")
    model.apply(journal_of(sent))
    held = QPersistentModelIndex(model.index(0, 0))

    model.apply(
        journal_of(
            a_record(TransferState.PLANNED, "two", quantity="0.75", asset=BTC),
            replace(sent, state=TransferState.CONFIRMED),
        )
    )

    assert held.row() == 1
    assert [texts(model, row)[3] for row in range(2)] == ["○ planned", "✓ confirmed"]
    assert model.row_with(JournalId("two")) == 0


def test_rows_are_copied_with_exact_times(model: JournalModel) -> None:
    """A copied row carries its time in UTC and no act."""
    model.apply(journal_of(a_record(transfer_id="T1")))

    assert model.text_of_rows([0]).splitlines()[1] == (
        "2026-11-20 14:02:11 UTC\tMomentum → Meridian Capital\t12\u2009500.00 USD\t"
        "✓ confirmed\tT1\tdesk treasury"
    )


def test_names_are_text_and_never_markup(model: JournalModel) -> None:
    """An account called like a tag is shown as it is called, also in a tooltip."""
    model.apply(journal_of(replace(a_record(), source_label="<b>Bold</b>")))

    cell = model.index(0, JournalColumn.ROUTE)
    assert cell.data() == "<b>Bold</b> → Meridian Capital"
    assert "&lt;b&gt;Bold&lt;/b&gt;" in cell.data(Qt.ItemDataRole.ToolTipRole)
