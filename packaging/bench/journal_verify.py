"""Verifying a journal of a hundred thousand lines: its CPU time, and that a flipped byte is located."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TypeVar

from bench.report import Claim
from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.journal import ChainReport
from kraken_desk.domain.keys import KeyId, Venue
from kraken_desk.domain.money import Asset
from kraken_desk.domain.transfers import (
    JournalId,
    Route,
    TransferRecord,
    TransferRequest,
    TransferState,
)
from kraken_desk.reports.journal_lines import csv_text, jsonl, verify_file
from kraken_desk.store import Store, journal
from kraken_desk.store.database import Session

LINES = 99_999
MOST_CPU_S = 2.0
FLIPS = 8
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
T = TypeVar("T")


def measure(runs: int) -> list[Claim]:  # noqa: ARG001  # what must be true needs no repetition
    with tempfile.TemporaryDirectory(prefix="kraken-desk-bench-") as home:
        return asyncio.run(_measured(Path(home) / "desk.sqlite3"))


async def _measured(path: Path) -> list[Claim]:
    store = await Store.open(path)
    try:
        await store._database.write(_fill)  # noqa: SLF001  # one commit, not a hundred thousand
        report, cpu_s = await _timed_store(store)
        lines: list[dict[str, str]] = []
        while page := await store.journal.lines(len(lines), 10_000):
            lines += page
    finally:
        await store.close()
    claims = [
        Claim("the journal is whole", report.whole and report.lines == LINES, f"{report.lines} lines"),
        _fast("verifying the database", cpu_s),
    ]
    copies = {
        "JSON": "".join(jsonl(lines, report.head, len(lines))).encode(),
        "CSV": csv_text(lines, report.head, len(lines)).encode(),
    }
    for form, raw in copies.items():
        found, cpu_s = _timed(partial(verify_file, raw))
        claims.append(Claim(f"the {form} copy is whole", found == report, f"{len(raw) / 1e6:.0f} MB"))
        claims.append(_fast(f"verifying the {form} copy", cpu_s))
        claims += _flips_of_the_copy(form, raw)
    claims.append(await _flips_of_the_database(path))
    return claims


def _fill(session: Session) -> None:
    route = Route(EnvironmentName("lab"), Venue.SPOT, AccountId("main"), AccountId("carry"), "spot", "spot")
    for number in range(LINES // 3):
        at = NOON + timedelta(seconds=number)
        record = TransferRecord(
            journal_id=JournalId(f"{number:016x}"),
            request=TransferRequest(route, Asset("USD"), Decimal(number) / 100),
            state=TransferState.PLANNED,
            source_label="Main desk",
            destination_label="Carry, “quiet”",
            key_id=KeyId("0123456789abcdef"),
            key_name="treasury",
            endpoint="AccountTransfer",
            planned_at=at,
            changed_at=at,
            source_mark="1790000000.0000 LABCDE-FGHIJ-KLMNOP",
            destination_mark="1790000000.0000 LQRSTU-VWXYZ-123456",
            source_before=Decimal("1000000.2500"),
            destination_before=Decimal("250.0000"),
        )
        journal._plan(session, record)  # noqa: SLF001  # as the journal itself does it
        given = {"journal_id": record.journal_id, "at": at.isoformat(timespec="microseconds")}
        empty = dict.fromkeys(("transfer_id", "problem", "evidence", "settled_by"))
        sent = {**given, **empty, "state": "sent", "note": ""}
        journal._move(session, record.journal_id, TransferState.SENT, sent)  # noqa: SLF001  # likewise
        done = {**sent, "state": "confirmed", "transfer_id": f"T{number:06d}-AAAAAA-BBBBBB"}
        journal._move(session, record.journal_id, TransferState.CONFIRMED, done)  # noqa: SLF001  # likewise


async def _timed_store(store: Store) -> tuple[ChainReport, float]:
    begun = time.process_time()
    report = await store.journal.verify()
    return report, time.process_time() - begun


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    begun = time.process_time()
    result = work()
    return result, time.process_time() - begun


def _fast(name: str, cpu_s: float) -> Claim:
    return Claim(f"{name} takes under {MOST_CPU_S:g} s of CPU time", cpu_s < MOST_CPU_S, f"{cpu_s:.2f} s")


def _flips_of_the_copy(form: str, raw: bytes) -> list[Claim]:
    """Flip single bits anywhere but in line ends; each must be located at its line."""
    generator = random.Random(1)  # noqa: S311  # a repeatable course, no secret
    located = tried = 0
    longest_s = 0.0
    begin = 0 if form == "JSON" else raw.index(b"\n") + 1  # a table has its names above line 1
    end = raw.rindex(b"\n", 0, -1)
    while tried < FLIPS:
        place = generator.randrange(begin, end)
        flipped = raw[place] ^ (1 << generator.randrange(8))
        if b"\n"[0] in (raw[place], flipped) or b"\r"[0] in (raw[place], flipped):
            continue
        tried += 1
        damaged = raw[:place] + bytes([flipped]) + raw[place + 1 :]
        report, cpu_s = _timed(partial(verify_file, damaged))
        longest_s = max(longest_s, cpu_s)
        located += raw.count(b"\n", begin, place) + 1 in [finding.line for finding in report.findings]
    return [
        Claim(f"a flipped bit of the {form} copy is located", located == tried, f"{located} of {tried}"),
        _fast(f"the longest search for it in the {form} copy", longest_s),
    ]


async def _flips_of_the_database(path: Path) -> Claim:
    """Change one character of one sealed column at a time, behind the program's back."""
    generator = random.Random(2)  # noqa: S311  # likewise
    located = tried = 0
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {name}")
        for _ in range(FLIPS):
            line = generator.randint(1, LINES)
            column = generator.choice(("journal_id", "state", "at", "hash"))
            wanted = f"SELECT {column} FROM transfer_moves WHERE position = ?"  # noqa: S608  # our own names
            [old] = file.execute(wanted, (line,)).fetchone()
            place = generator.randrange(len(old))
            new = old[:place] + chr(ord(old[place]) ^ 1) + old[place + 1 :]
            statement = f"UPDATE transfer_moves SET {column} = ? WHERE position = ?"  # noqa: S608  # our own names
            file.execute("PRAGMA foreign_keys = OFF")
            file.execute(statement, (new, line))
            store = await Store.open(path)
            report = await store.journal.verify()
            await store.close()
            tried += 1
            located += line in [finding.line for finding in report.findings]
            file.execute(statement, (old, line))
    return Claim("a change in the database is located", located == tried, f"{located} of {tried}")
