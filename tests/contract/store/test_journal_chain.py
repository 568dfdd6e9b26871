"""The journal's chain on the real store: every line sealed, damage located, a cut end missed."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from kraken_desk.domain.journal import ChainCheck, ChainReport
from kraken_desk.domain.money import Asset
from kraken_desk.domain.transfers import (
    BalanceTrace,
    Evidence,
    JournalId,
    LedgerEntry,
    SettledBy,
    TransferState,
)
from kraken_desk.store import chain, whole_chain
from kraken_desk.store.database import Session
from kraken_desk.store.store import Store
from tests.contract.store.samples import LAB, PROBLEM, a_transfer, at

FIRST = JournalId("transfer-1")


def some_evidence() -> Evidence:
    row = LedgerEntry(
        "L1", "R1", at(12), "transfer", "", Asset("BTC"), Decimal("-0.5"), "spot", Decimal("0.01"), Decimal(3)
    )
    return Evidence(
        FIRST, at(20), (row,), None, ("Carry: no key",), BalanceTrace(Decimal(4), Decimal(3), Decimal(0))
    )


async def settled(store: Store) -> None:
    """Carry one transfer to its settlement: four lines."""
    await store.journal.plan(a_transfer())
    await store.journal.move(FIRST, TransferState.SENT, at(10))
    await store.journal.move(FIRST, TransferState.UNKNOWN, at(11), problem=PROBLEM)
    await store.journal.move(
        FIRST,
        TransferState.EXECUTED,
        at(21),
        note="“seen”",
        evidence=some_evidence(),
        settled_by=SettledBy.TRACES,
    )


def tamper(path: Path, *statements: str) -> None:
    """Change the file behind the program's back, triggers or not."""
    with closing(sqlite3.connect(path)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


async def test_every_line_is_sealed(store: Store) -> None:
    """What the program writes verifies, to the last line."""
    await settled(store)

    report = await store.journal.verify()

    history = await store.journal.history(FIRST)
    assert (report.lines, report.findings) == (4, ())
    assert report.head == history[-1].hash
    assert [move.line for move in history] == [1, 2, 3, 4]


async def test_empty_journal_is_whole(store: Store) -> None:
    """A journal without lines has nothing to find."""
    report = await store.journal.verify()

    assert (report.lines, report.head, report.whole) == (0, "", True)


async def test_evidence_comes_back_with_the_record_and_its_line(store: Store) -> None:
    """What a settlement rested on is kept, to the last digit, with who decided."""
    await settled(store)

    [record] = await store.journal.records(LAB)
    last = (await store.journal.history(FIRST))[-1]
    assert (record.evidence, record.settled_by) == (some_evidence(), SettledBy.TRACES)
    assert (last.evidence, last.settled_by, last.note) == (some_evidence(), SettledBy.TRACES, "“seen”")


async def test_plan_and_balances_are_terms(store: Store) -> None:
    """A leg keeps its plan, and the balances that were read before it."""
    record = a_transfer(plan_id="plan-7", leg=2, source_before=Decimal("1.50"), destination_before=Decimal(0))

    await store.journal.plan(record)

    [kept] = await store.journal.records(LAB)
    assert kept == replace(record, source_before=Decimal("1.50"))
    with pytest.raises(RuntimeError, match="never change"):
        await store._database.write(lambda s: s.execute("UPDATE transfers SET plan_id = 'other'"))


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("UPDATE transfers SET quantity = '9'", 1),
        ("UPDATE transfers SET destination = 'acc-thief'", 1),
        ("UPDATE transfers SET leg = 3", 1),
        ("UPDATE transfer_moves SET at = '2026-11-20T12:00:10.000001+00:00' WHERE position = 2", 2),
        ("UPDATE transfer_moves SET problem = NULL WHERE position = 3", 3),
        ("UPDATE transfer_moves SET evidence = replace(evidence, 'L1', 'L2') WHERE position = 4", 4),
        ("UPDATE transfer_moves SET settled_by = 'person' WHERE position = 4", 4),
        ("UPDATE transfer_moves SET hash = replace(hash, 'a', 'b') WHERE position = 3", 3),
        ("DELETE FROM transfer_moves WHERE position = 3", 3),
    ],
)
async def test_change_behind_the_program_is_located(store: Store, statement: str, line: int) -> None:
    """Whatever is changed in the file, the report names the line."""
    await settled(store)

    tamper(store.path, statement)

    report = await store.journal.verify()
    assert line in [finding.line for finding in report.findings]


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE transfers SET state = 'settled: not executed'", "shows another state than its lines"),
        ("UPDATE transfers SET note = ''", "shows another note than its lines"),
        ("DELETE FROM transfer_moves WHERE position = 4", "line 4 missing"),
        ("UPDATE journal_head SET lines = 3", "added behind the noted head"),
        ("UPDATE journal_head SET hash = 'x'", "written anew"),
        ("DELETE FROM journal_head", "the noted head is gone"),
        ("DELETE FROM transfer_moves", "lines 1 to 4 missing"),
    ],
)
async def test_change_of_the_whole_is_told(store: Store, statement: str, what: str) -> None:
    """A cut end, a changed summary and a changed head are told as what they are."""
    await settled(store)

    tamper(store.path, "PRAGMA foreign_keys = OFF", statement)

    report = await store.journal.verify()
    assert any(what in finding.what for finding in report.findings), report.findings


async def test_every_byte_of_the_lines_counts(store: Store) -> None:
    """Every single byte of every sealed column is covered: flip one, and its line is named."""
    await settled(store)
    tamper(store.path)
    missed = []

    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        connection.text_factory = bytes
        rows = connection.execute("SELECT * FROM transfer_moves").fetchall()
        names = [column[1].decode() for column in connection.execute("PRAGMA table_info(transfer_moves)")]
        connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        assert whole_chain.verify(lambda s, g=(): connection.execute(s, g).fetchall()).whole
        for row in rows:
            for name, value in zip(names, row, strict=True):
                for place in range(len(value)) if isinstance(value, bytes) else ():
                    flipped = bytes([*value[:place], value[place] ^ 1, *value[place + 1 :]])
                    _put(connection, name, flipped, row[0])
                    report = whole_chain.verify(lambda s, g=(): connection.execute(s, g).fetchall())
                    if row[0] not in [finding.line for finding in report.findings]:
                        missed.append((row[0], name, place))
                    _put(connection, name, value, row[0])

    assert missed == []


@pytest.mark.parametrize("page", [1, 2, 500])
async def test_quick_way_finds_what_the_plain_way_finds(
    store: Store, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines read side by side with their transfers give the findings of lines taken one by one."""
    monkeypatch.setattr(whole_chain, "_PAGE", page)
    await settled(store)
    await store.journal.plan(a_transfer(2, plan_id="plan-7", leg=2))
    tamper(store.path)
    generator = random.Random(8)
    located = 0

    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        for _ in range(150):
            connection.execute("BEGIN")
            for _ in range(generator.randint(1, 2)):
                _damage(connection, generator)
            session = Session(connection)
            with session.undecodable_kept():
                plain = _plainly(lambda s, g=(): connection.execute(s, g).fetchall())
            found = [
                f for f in whole_chain.verify(session.tuples).findings if not f.what.startswith("transfer ")
            ]
            assert found == list(plain.findings)
            located += not plain.whole
            connection.execute("ROLLBACK")
    assert located > 120


async def test_bytes_that_are_no_text_are_located(store: Store) -> None:
    """A byte flipped into something that is no text is a finding and not a failure."""
    await settled(store)
    tamper(store.path, "UPDATE transfer_moves SET note = CAST(x'ff' AS TEXT) WHERE position = 2")

    report = await store.journal.verify()

    assert 2 in [finding.line for finding in report.findings]


async def test_tail_is_enough_for_a_cut_end(store: Store) -> None:
    """The quick look at the start of the program finds a cut end and a change in the last lines."""
    await settled(store)

    assert (await store.journal.verify(tail=2)).whole
    tamper(store.path, "DELETE FROM transfer_moves WHERE position = 4")
    assert not (await store.journal.verify(tail=2)).whole


async def test_line_written_behind_a_cut_does_not_hide_it(store: Store) -> None:
    """After lines were cut off, the next line leaves their place empty."""
    await settled(store)
    tamper(store.path, "DELETE FROM transfer_moves WHERE position >= 3")

    await store.journal.plan(a_transfer(2))

    report = await store.journal.verify()
    assert "is missing: line 5 follows line 2" in [finding.what for finding in report.findings]


async def test_lines_are_handed_out_with_their_seals(store: Store) -> None:
    """Exported lines carry number, texts, seal and the seal before, page by page."""
    await settled(store)

    first = await store.journal.lines(0, 3)
    rest = await store.journal.lines(3, 3)

    assert [line["line"] for line in (*first, *rest)] == ["1", "2", "3", "4"]
    assert first[0]["quantity"] == "0.12345678"
    assert first[0]["previous"] == ""
    assert rest[0]["previous"] == first[2]["hash"]


def _damage(connection: sqlite3.Connection, generator: random.Random) -> None:
    """Change one column of one row, or take a row away, in one of many ways."""
    table = generator.choice(("transfers", "transfer_moves"))
    [last] = connection.execute(f"SELECT coalesce(max(position), 0) FROM {table}").fetchone()
    place = generator.randint(1, max(1, last))
    if generator.random() < 0.1:
        connection.execute(f"DELETE FROM {table} WHERE position = ?", (place,))
        return
    names = (
        "journal_id",
        "state",
        "note",
        "transfer_id",
        *(chain.TERMS if table == "transfers" else ("hash", "at")),
    )
    name = generator.choice([each for each in names if each != "leg"])
    new = generator.choice(
        (
            "CAST(x'ff' || {0} AS TEXT)",
            "{0} || char(0)",
            "''",
            "{0} || '\"'",
            "{0} || char(92)",
            "replace({0}, '0', '\",\"')",
            "replace({0}, '2', '3')",
            "'planned'",
        )
    ).format(f"coalesce({name}, 'x')")
    connection.execute(f"UPDATE OR IGNORE {table} SET {name} = {new} WHERE position = ?", (place,))


def _plainly(rows: chain.Rows) -> ChainReport:
    """Verify lines one by one, each joined with its terms by the database."""
    check = ChainCheck()
    for row in chain.lines(rows):
        check.take(*chain.line_of(row))
    [(lines, head)] = rows("SELECT lines, hash FROM journal_head")
    return check.end(lines, head)


def _put(connection: sqlite3.Connection, name: str, value: bytes, position: int) -> None:
    connection.execute(
        f"UPDATE transfer_moves SET {name} = CAST(? AS TEXT) WHERE position = ?", (value, position)
    )
