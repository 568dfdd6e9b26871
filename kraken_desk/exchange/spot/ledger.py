"""Reading a Spot ledger from a mark on.

Rows may be written late, behind rows with a later time, so a mark remembers which rows of its
last minute were already there, and the reading begins before that minute.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from kraken_desk.domain.errors import UnavailableError
from kraken_desk.exchange.operations import Operation
from kraken_desk.exchange.spot.wire import LedgerRow

PAGE = 50
_MOST_PAGES = 10
_LATE_S = Decimal(60)

Pages = Callable[[dict[str, str]], Awaitable[dict[str, LedgerRow]]]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a ledger: read from `start` (exclusive, UNIX seconds), leaving out `seen`.

    `start` is None for a ledger that was empty.
    """

    start: Decimal | None = None
    seen: frozenset[str] = frozenset()

    @classmethod
    def of(cls, newest: Mapping[str, LedgerRow]) -> Mark:
        """Mark the end of a ledger whose newest page is given."""
        if not newest:
            return cls()
        start = max(row.time for row in newest.values()) - _LATE_S
        if len(newest) >= PAGE:  # rows older than this page are unknown, so reading must not reach them
            start = max(start, min(row.time for row in newest.values()))
        return cls(start, frozenset(i for i, row in newest.items() if row.time > start))

    def text(self) -> str:
        if self.start is None:
            return "empty"
        return " ".join([format(self.start, "f"), *sorted(self.seen)])

    @classmethod
    def parse(cls, text: str) -> Mark:
        """Read `text` back; anything else counts as an empty ledger, which hides no row."""
        start, *seen = text.split() or ["empty"]
        if not re.fullmatch(r"\d+(\.\d+)?", start, re.ASCII):
            return cls()
        return cls(Decimal(start), frozenset(seen))


async def walk_since(mark: Mark, page: Pages, operation: Operation) -> dict[str, LedgerRow]:
    """Read all rows after a mark, page by page, newest first.

    New rows shift the pages downwards meanwhile: that repeats rows, which the ids absorb, and
    loses none.
    """
    found: dict[str, LedgerRow] = {}
    base = {} if mark.start is None else {"start": format(mark.start, "f")}
    for number in range(_MOST_PAGES):
        rows = await page({**base, **({"ofs": str(number * PAGE)} if number else {})})
        found.update(rows)
        if len(rows) < PAGE:
            return {entry_id: row for entry_id, row in found.items() if entry_id not in mark.seen}
    raise UnavailableError(
        "The ledger is too long to read",
        f"More than {_MOST_PAGES * PAGE} rows were written since the mark, so the search is not complete.",
        "Look the rows up in Kraken's ledger history.",
        operation=operation.name,
    )
