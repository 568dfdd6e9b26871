"""Marks in a Spot ledger: no row after them is missed, none before them is shown."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kraken_desk.domain.errors import UnavailableError
from kraken_desk.exchange.spot.gateway import LEDGERS
from kraken_desk.exchange.spot.ledger import PAGE, Mark, walk_since
from kraken_desk.exchange.spot.wire import LedgerRow


def row(time: str) -> LedgerRow:
    return LedgerRow(Decimal(time), "transfer", "XXBT", Decimal(1))


class Ledger:
    """Answers pages as Kraken does: newest first, `start` exclusive, fifty rows at `ofs`."""

    def __init__(self, rows: dict[str, LedgerRow]) -> None:
        self.rows = rows
        self.asked: list[dict[str, str]] = []

    async def page(self, params: dict[str, str]) -> dict[str, LedgerRow]:
        self.asked.append(params)
        start, offset = Decimal(params.get("start", "-1")), int(params.get("ofs", "0"))
        found = sorted(
            ((i, r) for i, r in self.rows.items() if r.time > start), key=lambda item: -item[1].time
        )
        return dict(found[offset : offset + PAGE])

    async def newest(self) -> dict[str, LedgerRow]:
        return await self.page({})


async def test_rows_after_the_mark_are_found() -> None:
    """Rows written after the mark are returned, those before it are not."""
    ledger = Ledger({"L1": row("1000.5"), "L2": row("1030.25")})
    mark = Mark.of(await ledger.newest())
    ledger.rows |= {"L3": row("1030.25"), "L4": row("1200")}

    found = await walk_since(Mark.parse(mark.text()), ledger.page, LEDGERS)

    assert set(found) == {"L3", "L4"}


async def test_a_row_written_late_is_found() -> None:
    """A row that appears behind the newest one, within a minute, is not missed."""
    ledger = Ledger({"L1": row("1000"), "L2": row("1030")})
    mark = Mark.of(await ledger.newest())
    ledger.rows["LATE"] = row("1010.75")

    assert set(await walk_since(mark, ledger.page, LEDGERS)) == {"LATE"}


async def test_an_empty_ledger_hides_nothing() -> None:
    """A mark of an empty ledger lets every later row through, without a start."""
    ledger = Ledger({})
    mark = Mark.of(await ledger.newest())
    ledger.rows["L1"] = row("5")

    assert set(await walk_since(Mark.parse(mark.text()), ledger.page, LEDGERS)) == {"L1"}
    assert "start" not in ledger.asked[-1]


async def test_a_busy_ledger_shows_no_row_from_before() -> None:
    """With a hundred rows in the last minute, those beyond the first page do not come back as new."""
    ledger = Ledger({f"L{n}": row(f"{1000 + n / 10}") for n in range(100)})
    mark = Mark.of(await ledger.newest())
    ledger.rows["NEW"] = row("1009.95")

    assert set(await walk_since(mark, ledger.page, LEDGERS)) == {"NEW"}


async def test_pages_are_walked_to_the_end() -> None:
    """120 new rows come from three pages."""
    ledger = Ledger({"L0": row("100")})
    mark = Mark.of(await ledger.newest())
    ledger.rows |= {f"N{n}": row(str(2000 + n)) for n in range(120)}

    found = await walk_since(mark, ledger.page, LEDGERS)

    assert len(found) == 120
    assert [asked.get("ofs") for asked in ledger.asked[1:]] == [None, "50", "100"]


async def test_rows_arriving_while_pages_are_walked_lose_none() -> None:
    """New rows push others to the next page: they are met twice and counted once."""
    ledger = Ledger({f"N{n}": row(str(2000 + n)) for n in range(60)})

    async def page(params: dict[str, str]) -> dict[str, LedgerRow]:
        found = await ledger.page(params)
        ledger.rows.setdefault("DURING", row("5000"))
        return found

    found = await walk_since(Mark(), page, LEDGERS)

    assert {f"N{n}" for n in range(60)} <= set(found)


async def test_an_endless_ledger_is_no_evidence() -> None:
    """Beyond ten pages the reading gives up loudly instead of showing a part."""
    ledger = Ledger({f"N{n}": row(str(n)) for n in range(600)})

    with pytest.raises(UnavailableError):
        await walk_since(Mark(), ledger.page, LEDGERS)


@pytest.mark.parametrize("text", ["", "empty", "nonsense", "1e9 L1", "-5"])
def test_an_unreadable_mark_hides_nothing(text: str) -> None:
    """A mark that cannot be read counts as the mark of an empty ledger."""
    assert Mark.parse(text) == Mark()


def test_a_mark_survives_as_text() -> None:
    """Start and seen ids come back from the journal as they were."""
    mark = Mark(Decimal("1688464424.1787"), frozenset({"LA", "LB"}))

    assert Mark.parse(mark.text()) == mark
