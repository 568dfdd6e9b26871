"""What the balances pane says, worked out without Qt: one line per asset, its places below, and notes.

Zero, unknown and stale are different values: zero is a figure, unknown is None, and a stale line
carries the reason why it could not be read again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import Enum, auto

from kraken_desk.domain.accounts import Account, AccountId
from kraken_desk.domain.balances import Balance, BalanceSheet, BalancesSnapshot, total_by_asset
from kraken_desk.domain.fleet import AccountNode, FleetSnapshot
from kraken_desk.domain.keys import Problem, Venue
from kraken_desk.domain.money import Asset, exact_sum
from kraken_desk.services.balances import NO_KEY

PART_WORDS = {
    "F": "auto-earning",
    "M": "opt-in rewards",
    "S": "staked",
    "B": "bonded",
    "T": "tokenised",
}


class PaneState(Enum):
    """Which of its faces the pane shows."""

    NO_ACCOUNTS = auto()
    NOT_READ = auto()
    UNREADABLE = auto()
    LOADING = auto()
    NOTHING_HELD = auto()
    FIGURES = auto()


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One line; an asset held in several places has a line for each of them as `places`.

    `available` and `hold` are None where Kraken reports no such figure.
    """

    line_id: str
    asset: Asset
    place: str
    total: Decimal
    available: Decimal | None
    hold: Decimal | None
    as_of: datetime | None
    stale: str = ""
    places: tuple[BalanceLine, ...] = ()


@dataclass(frozen=True, slots=True)
class BalanceNote:
    """Something the figures alone would hide: stale or missing balances of one account and venue.

    `reason` is the shared cause in a few words, `short` the cause and the next step, `full` all
    that is known.
    """

    account: str
    venue: Venue
    stale: bool
    reason: str
    short: str
    full: str

    @property
    def what(self) -> str:
        return "stale figures" if self.stale else "no figures"

    @property
    def title(self) -> str:
        return f"{self.account}, {self.venue.label}: {self.what}"


@dataclass(frozen=True, slots=True)
class BalancesView:
    """Everything the pane shows for one selection."""

    state: PaneState
    lines: tuple[BalanceLine, ...] = ()
    notes: tuple[BalanceNote, ...] = ()
    refreshing: bool = False
    oldest: datetime | None = None


def build_view(
    fleet: FleetSnapshot,
    balances: BalancesSnapshot,
    account_id: AccountId | None = None,
    *,
    hide_zeros: bool = False,
) -> BalancesView:
    """Work out the pane for one account, or for the whole tree when `account_id` is None."""
    nodes = [n for n in fleet.accounts() if account_id in (None, n.account.account_id)]
    wanted = {n.account.account_id for n in nodes}
    sheets = tuple(s for s in balances.sheets if s.account_id in wanted)
    accounts = {n.account.account_id: n.account for n in nodes}
    lines = _lines(sheets, accounts, one_account=account_id is not None)
    if hide_zeros:
        lines = tuple(without for line in lines if (without := _without_zeros(line)) is not None)
    notes = tuple(note for node in nodes for note in _notes(node, balances))
    read = [s.as_of for s in sheets if s.as_of is not None]
    refreshing = balances.refreshing or any(s.refreshing for s in sheets)
    state = _state(nodes, read, lines, refreshing=refreshing, explained=bool(notes))
    return BalancesView(state, lines, notes, refreshing, min(read, default=None))


def place_of(row: Balance, venue: Venue, account: Account | None = None) -> str:
    """Name where a balance lies: `Momentum · Spot, staked`, `Futures · cash`."""
    where = venue.label if venue is Venue.SPOT else f"{venue.label} · {row.wallet}"
    if row.part:
        where = f"{where}, {PART_WORDS.get(row.part, row.part)}"
    return f"{account.label} · {where}" if account else where


def _state(
    nodes: list[AccountNode],
    read: list[datetime],
    lines: tuple[BalanceLine, ...],
    *,
    refreshing: bool,
    explained: bool,
) -> PaneState:
    if not nodes:
        return PaneState.NO_ACCOUNTS
    if not read:
        if refreshing:
            return PaneState.LOADING
        return PaneState.UNREADABLE if explained else PaneState.NOT_READ
    return PaneState.FIGURES if lines else PaneState.NOTHING_HELD


def _lines(
    sheets: tuple[BalanceSheet, ...], accounts: dict[AccountId, Account], *, one_account: bool
) -> tuple[BalanceLine, ...]:
    by_place = {(s.account_id, s.venue): s for s in sheets}
    lines = []
    for total in total_by_asset(sheets):
        places = tuple(
            _place_line(by_place[account_id, venue], row, None if one_account else accounts[account_id])
            for account_id, venue, row in total.parts
        )
        lines.append(_asset_line(total.asset, places, one_account=one_account))
    return tuple(lines)


def _place_line(sheet: BalanceSheet, row: Balance, account: Account | None) -> BalanceLine:
    return BalanceLine(
        line_id=f"{row.asset}/{sheet.account_id}/{sheet.venue}/{row.wallet}/{row.part}",
        asset=row.asset,
        place=place_of(row, sheet.venue, account),
        total=row.total,
        available=row.available,
        hold=row.hold,
        as_of=sheet.as_of,
        stale=stale_reason(sheet),
    )


def _asset_line(asset: Asset, places: tuple[BalanceLine, ...], *, one_account: bool) -> BalanceLine:
    if len(places) == 1:
        return replace(places[0], line_id=f"{asset}")
    reasons = sorted({line.stale for line in places if line.stale})
    unit = "wallets" if one_account else "places"
    return BalanceLine(
        line_id=f"{asset}",
        asset=asset,
        place=f"{len(places)} {unit}",
        total=exact_sum([line.total for line in places]),
        available=_sum_known([line.available for line in places]),
        hold=_sum_known([line.hold for line in places]),
        as_of=min((line.as_of for line in places if line.as_of is not None), default=None),
        stale="; ".join(reasons),
        places=places,
    )


def _sum_known(figures: list[Decimal | None]) -> Decimal | None:
    """Add what Kraken reports; None, not zero, when it reports nothing at all."""
    known = [figure for figure in figures if figure is not None]
    return exact_sum(known) if known else None


def _without_zeros(line: BalanceLine) -> BalanceLine | None:
    kept = tuple(place for place in line.places if place.total or place.hold)
    if not line.places:
        return line if line.total or line.hold else None
    return replace(line, places=kept) if kept else None


def stale_reason(sheet: BalanceSheet) -> str:
    """Say in one sentence why a sheet could not be read again; "" when it is fresh."""
    if sheet.problem is None:
        return ""
    detail = sheet.problem.detail or ", ".join(sheet.problem.kraken)
    return f"{sheet.problem.title}: {detail}" if detail else sheet.problem.title


def _notes(node: AccountNode, balances: BalancesSnapshot) -> list[BalanceNote]:
    return [
        BalanceNote(
            node.account.label,
            sheet.venue,
            sheet.as_of is not None,
            sheet.problem.title.rstrip("."),
            _short(sheet.problem, sheet.venue),
            _full(sheet.problem, sheet.venue),
        )
        for sheet in balances.of(node.account.account_id)
        if sheet.problem is not None
    ]


def _short(problem: Problem, venue: Venue) -> str:
    if problem.category == NO_KEY:
        return _full(problem, venue)
    return _joined(f"{problem.title.rstrip('.')}.", problem.hint)


def _full(problem: Problem, venue: Venue) -> str:
    """Say what happened, Kraken's own words, the next step; for a missing key, which one would do."""
    if problem.category == NO_KEY:
        return _joined(problem.detail, _RIGHTS[venue])
    said = ", ".join(text for text in problem.kraken if text not in problem.detail)
    title = f"{problem.title.rstrip('.')}."
    return _joined(title, problem.detail, f"Kraken: {said}." if said else "", problem.hint)


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


_RIGHTS = {
    Venue.SPOT: "The right that reads them is Query Funds.",
    Venue.FUTURES: "General API access, Read Only or Full, reads them.",
}
