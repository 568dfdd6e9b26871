"""What the details of an account say about margin, volume and fees."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from kraken_desk.domain.balances import BalanceSheet, Margin
from kraken_desk.domain.fees import FeeFacts, current_tier, next_tier
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.money import format_quantity
from kraken_desk.services.fees import FeeSheet
from kraken_desk.ui.formatting import ago
from kraken_desk.ui.theme import Tone
from kraken_desk.ui.widgets.fact_lines import FigureLine
from kraken_desk.ui.widgets.facts import Fact

NOT_TOLD = "not told by Kraken"


def margin_facts(sheets: tuple[BalanceSheet, ...]) -> tuple[Fact, ...]:
    """Tell the margin figures of each Futures wallet, as far as Kraken does."""
    return tuple(
        Fact(f"Margin, {margin.wallet}", tone=Tone.MUTED if sheet.stale else Tone.PLAIN, figures=figures)
        for sheet in sheets
        for margin in sheet.margins
        if (figures := _margin_figures(margin))
    )


def fee_facts(fleet: FleetSnapshot, sheet: FeeSheet | None, now: datetime) -> tuple[Fact, ...]:
    """Tell volume, fees, the next tier and what the subaccounts contribute; nothing before a reading."""
    if sheet is None:
        return ()
    if sheet.facts is None:
        problem = sheet.problem
        return (Fact("30-day volume", problem.title, Tone.MUTED, problem.detail),) if problem else ()
    facts = sheet.facts
    age = f"read {ago(now, facts.read_at)}"
    note = f"stale: {sheet.problem.title}, {age}" if sheet.problem else age
    return (
        Fact("30-day volume", _money(facts.volume, facts), note=f"all accounts, {note}"),
        Fact(
            "Of it",
            figures=(
                FigureLine(_money(facts.spot_volume, facts), "Spot"),
                FigureLine(_money(facts.futures_volume, facts), "Futures"),
            ),
        ),
        _charged(facts),
        _next(facts),
        *_shares(fleet, facts),
    )


def _margin_figures(margin: Margin) -> tuple[FigureLine, ...]:
    told = (
        ("initial", margin.initial),
        ("maintenance", margin.maintenance),
        ("available", margin.available),
        ("equity", margin.equity),
        ("PnL", margin.profit),
    )
    return tuple(
        FigureLine(f"{format_quantity(figure)} {margin.unit}", name)
        for name, figure in told
        if figure is not None
    )


def _charged(facts: FeeFacts) -> Fact:
    tier = current_tier(facts)
    maker = facts.maker if facts.maker is not None or tier is None else tier.maker
    taker = facts.taker if facts.taker is not None or tier is None else tier.taker
    return Fact("Fees", f"maker {_percent(maker)}, taker {_percent(taker)}", note=f"on {facts.pair}")


def _next(facts: FeeFacts) -> Fact:
    tier = next_tier(facts)
    if tier is None:
        return Fact("Next tier", "none better" if current_tier(facts) else NOT_TOLD, Tone.MUTED)
    ways = (
        (tier.spot_missing, "Spot volume"),
        (tier.futures_missing, "Futures volume"),
        (tier.assets_missing, "assets on the platform"),
    )
    missing = [f"{_money(amount, facts)} {what}" for amount, what in ways if amount is not None]
    note = f"missing {' or '.join(missing)}" if missing else f"distance {NOT_TOLD}"
    return Fact("Next tier", f"maker {_percent(tier.maker)}, taker {_percent(tier.taker)}", note=note)


def _shares(fleet: FleetSnapshot, facts: FeeFacts) -> tuple[Fact, ...]:
    if facts.shares is None:
        return (Fact("Contributed", NOT_TOLD, Tone.MUTED, "Kraken tells subaccounts to a master's key only"),)
    names = {node.account.iiban: node.account.label for node in fleet.accounts() if node.account.iiban}
    ordered = sorted(facts.shares, key=lambda share: -share.volume)
    lines = [
        FigureLine(_money(share.volume, facts), names.get(share.iiban, share.iiban)) for share in ordered
    ]
    rest = FigureLine(_money(facts.rest, facts), "The rest")
    note = "the rest is the master's, and of accounts that Kraken does not list"
    return (Fact("Contributed", note=note, figures=(*lines, rest)),)


def _money(amount: Decimal | None, facts: FeeFacts) -> str:
    return NOT_TOLD if amount is None else f"{format_quantity(amount)} {facts.currency}"


def _percent(fee: Decimal | None) -> str:
    return NOT_TOLD if fee is None else f"{format_quantity(fee)} %"
