"""What the balances pane says, worked out without Qt: one line per asset, its places below, and notes.

Zero, unknown and stale are different values: zero is a figure, unknown is None, and a stale line
carries the reason why it could not be read again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import Enum, auto
from operator import is_

from kraken_desk.domain.accounts import Account, AccountId
from kraken_desk.domain.balances import Balance, BalanceSheet, BalancesSnapshot
from kraken_desk.domain.fleet import AccountNode, FleetSnapshot
from kraken_desk.domain.keys import KeyId, Problem, Venue
from kraken_desk.domain.money import Asset, exact_sum
from kraken_desk.domain.parts import part_words
from kraken_desk.domain.prices import Rates
from kraken_desk.domain.worth import Worth, rounded, sheet_worths
from kraken_desk.services.balances import NO_KEY
from kraken_desk.ui.steps import Steps, finish

_Where = tuple[AccountId, Venue]


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

    `available` and `hold` are None where Kraken reports no such figure. `value` is rounded for
    `currency`, None without a price; no currency means that no prices have been read. `source`
    says which key read the figures, and by what.
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
    value: Decimal | None = None
    currency: str = ""
    source: str = ""


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
    worth: Worth | None = None


def build_view(
    fleet: FleetSnapshot,
    balances: BalancesSnapshot,
    account_id: AccountId | None = None,
    *,
    rates: Rates | None = None,
    hide_zeros: bool = False,
) -> BalancesView:
    """Work out the pane for one account, or for the whole tree when `account_id` is None."""
    return ViewBuilder().build(fleet, balances, account_id, rates=rates, hide_zeros=hide_zeros)


class ViewBuilder:
    """Works views out one after another; lines whose figures have not changed are kept from the last."""

    def __init__(self) -> None:
        self._rates: Rates | None = None
        self._fleet: FleetSnapshot | None = None
        self._places: dict[str, tuple[tuple[object, ...], BalanceLine]] = {}
        self._assets: dict[Asset, BalanceLine] = {}
        self._singles: dict[Asset, tuple[BalanceLine, BalanceLine]] = {}
        self._key_names: dict[KeyId, str] = {}
        self._currency = ""
        self._sheets: dict[_Where, tuple[BalanceSheet, Account | None, tuple[BalanceLine, ...]]] = {}

    def build(
        self,
        fleet: FleetSnapshot,
        balances: BalancesSnapshot,
        account_id: AccountId | None = None,
        *,
        rates: Rates | None = None,
        hide_zeros: bool = False,
    ) -> BalancesView:
        """Work out the pane for one account, or for the whole tree when `account_id` is None."""
        return finish(self.steps(fleet, balances, account_id, rates=rates, hide_zeros=hide_zeros))

    def steps(
        self,
        fleet: FleetSnapshot,
        balances: BalancesSnapshot,
        account_id: AccountId | None = None,
        *,
        rates: Rates | None = None,
        hide_zeros: bool = False,
    ) -> Steps[BalancesView]:
        """Do what `build` does, an account or an asset at a time; another view may be built in between."""
        self._begin(fleet, rates)
        nodes = [n for n in fleet.accounts() if account_id in (None, n.account.account_id)]
        accounts = {n.account.account_id: n.account for n in nodes}
        sheets = tuple(s for s in balances.sheets if s.account_id in accounts)
        yield
        lines = yield from self._lines(sheets, accounts, one_account=account_id is not None)
        if hide_zeros:
            lines = tuple(without for line in lines if (without := _without_zeros(line)) is not None)
            yield
        notes = tuple(_note(accounts[s.account_id], s, s.problem) for s in sheets if s.problem)
        read = [s.as_of for s in sheets if s.as_of is not None]
        refreshing = balances.refreshing or any(s.refreshing for s in sheets)
        state = _state(nodes, read, lines, refreshing=refreshing, explained=bool(notes))
        yield
        worth = sheet_worths(rates).of_all(sheets) if rates is not None and rates.book.prices else None
        return BalancesView(state, lines, notes, refreshing, min(read, default=None), worth)

    def _begin(self, fleet: FleetSnapshot, rates: Rates | None) -> None:
        """Forget what was made at other prices or for another state of the fleet."""
        if rates is self._rates and fleet is self._fleet:
            return
        self._places, self._assets, self._singles, self._sheets = {}, {}, {}, {}
        self._rates, self._fleet = rates, fleet
        self._currency = str(rates.currency) if rates is not None and rates.book.prices else ""
        self._key_names = {node.slot.key_id: node.slot.name for node in fleet.keys()}  # noqa: SIM118  # a fleet is no dict

    def _lines(
        self, sheets: tuple[BalanceSheet, ...], accounts: dict[AccountId, Account], *, one_account: bool
    ) -> Steps[tuple[BalanceLine, ...]]:
        by_asset: dict[Asset, list[BalanceLine]] = {}
        for sheet in sheets:
            account = None if one_account else accounts[sheet.account_id]
            for line in self._sheet_lines(sheet, account):
                by_asset.setdefault(line.asset, []).append(line)
            if self._rates is not None and self._currency:
                sheet_worths(self._rates).of(sheet)  # kept for the total, and for the tree
            yield
        found = []
        for asset, places in sorted(by_asset.items()):
            found.append(self._asset_line(asset, tuple(places), one_account=one_account))
            yield
        return tuple(found)

    def _sheet_lines(self, sheet: BalanceSheet, account: Account | None) -> tuple[BalanceLine, ...]:
        """Return a sheet's lines; those of the last time while the sheet is the very same."""
        where = sheet.account_id, sheet.venue
        kept = self._sheets.get(where)
        if kept is None or kept[0] is not sheet or kept[1] is not account:
            facts = (*_facts(sheet), account)
            before = kept if kept is not None and kept[1] is account else None
            if before is not None and _facts(before[0]) == _facts(sheet) and _alike(before[0], sheet):
                lines = tuple(
                    line if old is row else self._renewed(line, sheet, row)
                    for old, line, row in zip(before[0].rows, before[2], sheet.rows, strict=True)
                )
            else:
                lines = tuple(self._place_line(sheet, row, account, facts) for row in sheet.rows)
            kept = self._sheets[where] = (sheet, account, lines)
        return kept[2]

    def _renewed(self, line: BalanceLine, sheet: BalanceSheet, row: Balance) -> BalanceLine:
        """Return the line of the same place with other figures."""
        return BalanceLine(
            line_id=line.line_id,
            asset=line.asset,
            place=line.place,
            total=row.total,
            available=row.available,
            hold=row.hold,
            as_of=row.told_at or sheet.as_of,
            stale=line.stale,
            value=self._value(row.asset, row.total),
            currency=self._currency,
            source=self._source(sheet, row),
        )

    def _place_line(
        self, sheet: BalanceSheet, row: Balance, account: Account | None, facts: tuple[object, ...]
    ) -> BalanceLine:
        line_id = f"{row.asset}/{sheet.account_id}/{sheet.venue}/{row.wallet}/{row.part}"
        kept = self._places.get(line_id)
        if kept is not None and kept[0][0] is row and kept[0][1] == facts:
            return kept[1]
        line = BalanceLine(
            line_id=line_id,
            asset=row.asset,
            place=place_of(row, sheet.venue, account),
            total=row.total,
            available=row.available,
            hold=row.hold,
            as_of=row.told_at or sheet.as_of,
            stale=stale_reason(sheet),
            value=self._value(row.asset, row.total),
            currency=self._currency,
            source=self._source(sheet, row),
        )
        self._places[line_id] = ((row, facts), line)
        return line

    def _asset_line(self, asset: Asset, places: tuple[BalanceLine, ...], *, one_account: bool) -> BalanceLine:
        kept = self._assets.get(asset)
        if kept is not None and len(kept.places) == len(places) and all(map(is_, kept.places, places)):
            return kept
        if len(places) == 1:
            single = self._singles.get(asset)
            if single is None or single[0] is not places[0]:
                single = self._singles[asset] = (places[0], replace(places[0], line_id=f"{asset}"))
            return single[1]
        reasons = sorted({line.stale for line in places if line.stale})
        unit = "wallets" if one_account else "places"
        total = exact_sum([line.total for line in places])
        line = BalanceLine(
            line_id=f"{asset}",
            asset=asset,
            place=f"{len(places)} {unit}",
            total=total,
            available=_sum_known([line.available for line in places]),
            hold=_sum_known([line.hold for line in places]),
            as_of=min((line.as_of for line in places if line.as_of is not None), default=None),
            stale="; ".join(reasons),
            places=places,
            value=self._value(asset, total),
            currency=self._currency,
        )
        self._assets[asset] = line
        return line

    def _value(self, asset: Asset, total: Decimal) -> Decimal | None:
        if self._rates is None or not self._currency:
            return None
        exact = self._rates.value(asset, total)
        return None if exact is None else rounded(exact, self._rates.currency)

    def _source(self, sheet: BalanceSheet, row: Balance) -> str:
        """Say which key told the figures, and how: by a call, or live by a feed."""
        called = self._key_name(sheet.source)
        if row.told_at is not None:
            return f"Total told live by the feed of {self._key_name(sheet.feed or sheet.source)}"
        live = f"; the feed of {self._key_name(sheet.feed)} tells changes live" if sheet.feed else ""
        return f"Read by a call of {called}{live}" if called else ""

    def _key_name(self, key_id: KeyId | None) -> str:
        name = self._key_names.get(key_id) if key_id is not None else ""
        return f"key “{name}”" if name else "a key that is no longer here" if key_id else ""


def _facts(sheet: BalanceSheet) -> tuple[object, ...]:
    """Return what of a sheet its lines tell besides their own figures."""
    return sheet.as_of, sheet.problem, sheet.source, sheet.feed


def _alike(one: BalanceSheet, other: BalanceSheet) -> bool:
    """Say whether two sheets have the same places in the same order."""
    if len(one.rows) != len(other.rows):
        return False
    return all(
        a is b or (a.asset, a.wallet, a.part) == (b.asset, b.wallet, b.part)
        for a, b in zip(one.rows, other.rows, strict=True)
    )


def place_of(row: Balance, venue: Venue, account: Account | None = None) -> str:
    """Name where a balance lies: `Momentum · Spot, staked`, `Futures · cash`."""
    where = venue.label if venue is Venue.SPOT else f"{venue.label} · {row.wallet}"
    if row.part:
        where = f"{where}, {part_words(row.part)}"
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


def _note(account: Account, sheet: BalanceSheet, problem: Problem) -> BalanceNote:
    return BalanceNote(
        account.label,
        sheet.venue,
        sheet.as_of is not None,
        problem.title.rstrip("."),
        _short(problem, sheet.venue),
        _full(problem, sheet.venue),
    )


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
