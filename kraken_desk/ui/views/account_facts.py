"""What the details say about an account, and about the whole tree when nothing is selected."""

from __future__ import annotations

from datetime import datetime

from kraken_desk.domain.accounts import Account, KindSource
from kraken_desk.domain.balances import BalanceSheet, total_by_asset
from kraken_desk.domain.fleet import AccountNode, FleetSnapshot, KeyNode
from kraken_desk.domain.levels import Level
from kraken_desk.domain.money import Amount
from kraken_desk.ui.formatting import ago, count
from kraken_desk.ui.theme import Tone
from kraken_desk.ui.widgets.fact_lines import FigureLine
from kraken_desk.ui.widgets.facts import Fact

_KIND_SOURCES = {
    KindSource.ASSUMED: "assumed: Kraken's Spot API does not say",
    KindSource.KRAKEN: "as Kraken says",
    KindSource.OPERATOR: "as you said",
}


def account_facts(node: AccountNode, sheets: tuple[BalanceSheet, ...], now: datetime) -> tuple[Fact, ...]:
    account = node.account
    return (
        Fact("Kind", account.kind.value, note=_KIND_SOURCES[account.kind_source]),
        _identity("IIBAN", account.iiban),
        _identity("Futures uid", account.futures_uid),
        Fact("Keys", _keys_text(node.keys)),
        *_words(account),
        *_below(node),
        *_figures(sheets, now),
    )


_COUNTED = (
    (Level.CRITICAL, Tone.DANGER),
    (Level.HIGH, Tone.DANGER),
    (Level.MEDIUM, Tone.WARN),
    (Level.LOW, Tone.PLAIN),
)


def fleet_facts(fleet: FleetSnapshot) -> tuple[Fact, ...]:
    keys = fleet.keys()
    facts = [
        Fact("Accounts", str(len(fleet.accounts()))),
        Fact("Keys", str(len(keys))),
    ]
    for level, tone in _COUNTED:
        number = sum(key.health.level is level for key in keys)
        facts.append(Fact(level.word.capitalize(), str(number), tone if number else Tone.MUTED))
    unchecked = sum(key.check is None for key in keys)
    facts.append(Fact("Unchecked", str(unchecked), Tone.PLAIN if unchecked else Tone.MUTED))
    return tuple(facts)


def worst_keys(nodes: tuple[KeyNode, ...], least: Level = Level.MEDIUM) -> tuple[KeyNode, ...]:
    """Return the keys that need a look, worst first, in the order of the tree."""
    found = [node for node in nodes if node.health.level >= least]
    return tuple(sorted(found, key=lambda node: -node.health.level))


def subtitle(account: Account) -> str:
    identity = account.iiban or account.futures_uid or ""
    return f"{account.kind.value.capitalize()} · {identity}" if identity else account.kind.value.capitalize()


def _identity(label: str, value: str | None) -> Fact:
    if value:
        return Fact(label, value, mono=True)
    return Fact(label, "not known yet", Tone.MUTED)


def _keys_text(keys: tuple[KeyNode, ...]) -> str:
    if not keys:
        return "none"
    venues: dict[str, int] = {}
    for key in keys:
        venues[key.slot.venue.label] = venues.get(key.slot.venue.label, 0) + 1
    parts = ", ".join(f"{number} {venue}" for venue, number in venues.items())
    return f"{len(keys)} ({parts})" if len(venues) > 1 else f"{len(keys)} {next(iter(venues))}"


def _words(account: Account) -> tuple[Fact, ...]:
    """Return what the operator has written, if anything."""
    facts = []
    if account.tags:
        facts.append(Fact("Tags", ", ".join(account.tags)))
    if account.note:
        facts.append(Fact("Note", account.note))
    return tuple(facts)


def _below(node: AccountNode) -> tuple[Fact, ...]:
    if not node.subaccounts:
        return ()
    keys = sum(len(account.keys) for sub in node.subaccounts for account in sub.walk())
    return (Fact("Below", f"{count(len(node.subaccounts), 'subaccount')} with {count(keys, 'key')}"),)


def _figures(sheets: tuple[BalanceSheet, ...], now: datetime) -> tuple[Fact, ...]:
    facts = []
    for sheet in sheets:
        label = f"{sheet.venue.label} holds"
        if sheet.as_of is None:
            said = sheet.problem.title if sheet.problem else "not read yet"
            facts.append(Fact(label, said, Tone.MUTED))
            continue
        held = [t for t in total_by_asset((sheet,)) if t.total]
        figures = tuple(FigureLine(str(Amount(t.total, t.asset))) for t in held)
        age = f"read {ago(now, sheet.as_of)}"
        note = f"stale: {sheet.problem.title}, {age}" if sheet.problem else age
        tone = Tone.MUTED if sheet.stale else Tone.PLAIN
        facts.append(Fact(label, "" if figures else "nothing", tone, note, figures=figures))
    return tuple(facts)
