"""`fees`: the domain's 30-day volume, its tier, and the distance to the next."""

from __future__ import annotations

from decimal import Decimal

import click

from kraken_desk.cli.documents import value
from kraken_desk.cli.exit_codes import ExitCode, code_for_category
from kraken_desk.cli.output import Document, print_problem, problem_document
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.cli.wording import moment
from kraken_desk.domain.fees import FEE_PAIR, FeeFacts, NextTier, current_tier, next_tier
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.money import format_quantity
from kraken_desk.services.desk import Desk
from kraken_desk.services.fees import FeeSheet

NOT_TOLD = "not told by Kraken"


@click.command("fees")
@click.option("--account", help="Ask this account's Spot key; without it, the key of every master.")
@click.option("--pair", default=FEE_PAIR, show_default=True, help="The market whose fees are asked for.")
@shared_options
def command(session: Session, account: str | None, pair: str) -> None:
    """Read 30-day volume and fee tier from the master's Spot key, and what each subaccount contributes.

    The volume is that of the whole domain, Futures included as far as Kraken tells. It lists
    subaccounts to a master only, and not certainly all of them.
    """

    async def work(profile: Profile) -> int:
        desk = await session.one_desk(profile)
        if account is not None:
            wanted = [desk.fleet.account_named(account).account_id]
        else:
            wanted = [node.account.account_id for node in desk.fees.masters()]
        sheets = [await desk.fees.read(account_id, pair) for account_id in wanted]
        return _answer(session, desk, sheets)

    session.run(work)


def _answer(session: Session, desk: Desk, sheets: list[FeeSheet]) -> int:
    fleet = desk.fleet.snapshot.value
    document: Document = {"accounts": [_document(fleet, sheet) for sheet in sheets]}
    failed = [sheet.problem for sheet in sheets if sheet.problem is not None]
    unread = bool(failed) and all(sheet.facts is None for sheet in sheets)
    if unread:
        document["error"] = problem_document(failed[0])
    texts = [_text(fleet, sheet, sheet.facts) for sheet in sheets if sheet.facts is not None]
    session.answer(document, "\n\n".join(texts) or ("" if sheets else "No accounts yet."))
    if not session.as_json:
        for problem in failed:
            print_problem(problem.title, problem.detail, problem.hint)
    return code_for_category(failed[0].category) if failed else ExitCode.DONE


def _document(fleet: FleetSnapshot, sheet: FeeSheet) -> Document:
    facts = sheet.facts
    return {
        "account": _label(fleet, sheet),
        "problem": problem_document(sheet.problem) if sheet.problem else None,
        **(_facts(fleet, facts) if facts is not None else {}),
    }


def _facts(fleet: FleetSnapshot, facts: FeeFacts) -> Document:
    current, better = current_tier(facts), next_tier(facts)
    return {
        "currency": facts.currency,
        "pair": facts.pair,
        "read_at": value(facts.read_at),
        "volume_30d": value(facts.volume),
        "spot_volume_30d": value(facts.spot_volume),
        "futures_volume_30d": value(facts.futures_volume),
        "assets_on_platform": value(facts.assets),
        "maker_percent": value(facts.maker if facts.maker is not None or not current else current.maker),
        "taker_percent": value(facts.taker if facts.taker is not None or not current else current.taker),
        "next_tier": _next(better) if better else None,
        "subaccounts": None
        if facts.shares is None
        else [
            {"account": name_of(fleet, share.iiban), "iiban": share.iiban, "volume_30d": value(share.volume)}
            for share in facts.shares
        ],
        "rest": value(facts.rest),
    }


def _next(tier: NextTier) -> Document:
    return {
        "maker_percent": value(tier.maker),
        "taker_percent": value(tier.taker),
        "spot_volume_missing": value(tier.spot_missing),
        "futures_volume_missing": value(tier.futures_missing),
        "assets_missing": value(tier.assets_missing),
    }


def _text(fleet: FleetSnapshot, sheet: FeeSheet, facts: FeeFacts) -> str:
    lines = [
        f"{_label(fleet, sheet)}, 30 days, all accounts of the domain",
        f"  Volume          {_money(facts.volume, facts)}",
        f"    on Spot       {_money(facts.spot_volume, facts)}",
        f"    on Futures    {_money(facts.futures_volume, facts)}",
        f"  Maker fee       {_percent(facts.maker)}",
        f"  Taker fee       {_percent(facts.taker)}",
        f"  Next tier       {_next_text(facts)}",
        *_shares(fleet, facts),
        f"  Read            {moment(facts.read_at, 'never')}",
    ]
    return "\n".join(lines)


def _shares(fleet: FleetSnapshot, facts: FeeFacts) -> list[str]:
    if facts.shares is None:
        return ["  Kraken lists no subaccounts to this key; it does so to a master only."]
    lines = ["  Subaccounts that Kraken lists:"] if facts.shares else ["  Kraken lists no subaccounts."]
    for share in sorted(facts.shares, key=lambda share: -share.volume):
        lines.append(f"    {name_of(fleet, share.iiban) or share.iiban}: {_money(share.volume, facts)}")
    return [*lines, f"    The rest (master, and whatever is not listed): {_money(facts.rest, facts)}"]


def _next_text(facts: FeeFacts) -> str:
    tier = next_tier(facts)
    if tier is None:
        return "none better" if current_tier(facts) else NOT_TOLD
    ways = (
        (tier.spot_missing, "of Spot volume"),
        (tier.futures_missing, "of Futures volume"),
        (tier.assets_missing, "of assets on the platform"),
    )
    missing = [f"{_money(amount, facts)} {what}" for amount, what in ways if amount is not None]
    fees = f"maker {_percent(tier.maker)}, taker {_percent(tier.taker)}"
    return f"{fees}; missing {'; '.join(missing) or NOT_TOLD}"


def name_of(fleet: FleetSnapshot, iiban: str) -> str | None:
    """Return the label of the account of an IIBAN, if it is known here."""
    return next((n.account.label for n in fleet.accounts() if n.account.iiban == iiban), None)


def _label(fleet: FleetSnapshot, sheet: FeeSheet) -> str:
    node = fleet.account(sheet.account_id)
    return node.account.label if node else sheet.account_id


def _money(amount: Decimal | None, facts: FeeFacts) -> str:
    return NOT_TOLD if amount is None else f"{format_quantity(amount)} {facts.currency}"


def _percent(fee: Decimal | None) -> str:
    return NOT_TOLD if fee is None else f"{format_quantity(fee)} %"
