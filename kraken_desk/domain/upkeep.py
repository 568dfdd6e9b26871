"""What a repair of the profile's database kept and what it lost, in words."""

from __future__ import annotations

from kraken_desk.domain.journal import ChainReport
from kraken_desk.domain.values import dataclass

_WORDS = {
    "accounts": "accounts",
    "checks": "results of checks",
    "destinations": "confirmed destinations",
    "drift": "noticed changes",
    "environments": "environments of yours",
    "hosts": "hosts",
    "journal_head": "the journal's noted end",
    "leases": "leases",
    "limits": "limits",
    "mutes": "muted findings",
    "nonces": "last nonces",
    "plans": "plans of several legs",
    "roles": "changed roles",
    "rotations": "rotations",
    "settings": "settings",
    "slot_events": "events of keys",
    "slots": "keys",
    "transfer_moves": "journal lines",
    "transfers": "transfers",
}

MONEY = frozenset(
    {"journal_head", "limits", "plans", "settings", "transfer_moves", "transfers", "transfer_values"}
)
"""Tables whose loss may let a transfer be repeated, or pass a rule; after it the program only reads."""

READ_ONLY = (
    "The profile is set to read only: no money moves until you have compared the journal with Kraken's "
    "ledgers and switched that off."
)


@dataclass(frozen=True, slots=True)
class TableOutcome:
    """Rows of one table: how many were kept, and how many were lost; None where nobody can tell."""

    table: str
    kept: int
    lost: int | None = 0

    @property
    def whole(self) -> bool:
        return self.lost == 0

    @property
    def name(self) -> str:
        """Return what the rows are in the program's words."""
        return _WORDS.get(self.table, self.table.replace("_", " "))

    @property
    def text(self) -> str:
        if self.whole:
            return f"{self.name}: all {self.kept} kept"
        lost = "an unknown number" if self.lost is None else f"up to {self.lost}"
        return f"{self.name}: {self.kept} kept, {lost} lost"


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What was done: where the damaged file is kept, each table, and the verification of the journal.

    `notes` tell in sentences what was mended besides; `read_only` that no money moves until the operator
    has compared the journal with Kraken.
    """

    aside: str
    tables: tuple[TableOutcome, ...]
    journal: ChainReport
    read_only: bool
    notes: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        return all(table.whole for table in self.tables) and self.journal.whole

    @property
    def kept(self) -> int:
        return sum(table.kept for table in self.tables)

    def lines(self) -> tuple[str, ...]:
        """Return the report as sentences, what was lost first."""
        lost = [t.text for t in self.tables if not t.whole]
        kept = [t.text for t in self.tables if t.whole and t.kept]
        chain = f"journal: {self.journal.lines} lines verified"
        if not self.journal.whole:
            more = f", and {self.journal.found - 1} more" if self.journal.found > 1 else ""
            chain = f"journal: the chain is broken: {self.journal.findings[0].text}{more}"
        said = [*lost, chain, *self.notes, *kept]
        if self.read_only:
            said.insert(0, READ_ONLY)
        return (*said, f"The damaged files are kept in {self.aside}.")
