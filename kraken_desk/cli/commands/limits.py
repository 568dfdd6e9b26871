"""`limits`: the operator's own rules about moving money."""

from __future__ import annotations

import re

import click

from kraken_desk.cli import documents
from kraken_desk.cli.exit_codes import ExitCode
from kraken_desk.cli.output import Document, table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.limits import Limit, LimitKind, Standing
from kraken_desk.domain.money import Amount, Asset, format_quantity, parse_quantity
from kraken_desk.services.desk import Desk

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@click.group("limits")
@shared_options
def command(session: Session) -> None:
    """Rules about moving money: amounts, routes, waiting times, confirmed destinations."""


@command.command("list")
@shared_options
def list_limits(session: Session) -> None:
    """Show the rules, what is used of the day limits, and the confirmed destinations."""

    async def work(profile: Profile) -> int:
        desk = await session.one_desk(profile)
        standing = await desk.treasury.limits.standing()
        session.answer(_document(desk, standing), _text(desk, standing))
        return ExitCode.DONE

    session.run(work)


@command.command("set")
@click.argument("kind", type=click.Choice([kind.value for kind in LimitKind]))
@click.option("--amount", help="Exact decimal, for amounts: 50000.")
@click.option("--currency", help="The amount's asset or valuation currency: USD.")
@click.option("--time", "time", help="Cooling-off time: 90s, 30m, 24h or 7d.")
@click.option("--from", "source", help="Only from this account.")
@click.option("--to", "destination", help="Only to this account.")
@shared_options
def set_limit(
    session: Session,
    kind: str,
    amount: str | None,
    currency: str | None,
    time: str | None,
    source: str | None,
    destination: str | None,
) -> None:
    r"""Add a rule.

    \b
    per-transfer   --amount N --currency C   most of one transfer
    per-day        --amount N --currency C   most within 24 hours
    typed-above    --amount N --currency C   from here the destination's name is typed
    cooling-off    --time 24h                a newly confirmed destination waits
    allowed-route  --from A --to B           once one is set, only such routes are open
    Each takes --from and --to, which narrow it to a route.
    """

    async def work(profile: Profile) -> int:
        desk = await session.one_desk(profile)
        limit = await desk.treasury.limits.add(
            LimitKind(kind),
            source=_account(desk, source),
            destination=_account(desk, destination),
            currency=Asset(currency.strip().upper()) if currency else None,
            amount=parse_quantity(amount) if amount else None,
            seconds=seconds_of(time) if time else None,
        )
        session.answer({"limit": _limit(desk, limit)}, f"Set: {_words(desk, limit)} ({limit.limit_id}).")
        return ExitCode.DONE

    session.run(work)


@command.command("remove")
@click.argument("limit_id")
@shared_options
def remove(session: Session, limit_id: str) -> None:
    """Take a rule away."""

    async def work(profile: Profile) -> int:
        desk = await session.one_desk(profile)
        await desk.treasury.limits.remove(limit_id)
        session.answer({"removed": limit_id}, f"Removed the limit {limit_id}.")
        return ExitCode.DONE

    session.run(work)


@command.command("confirm")
@click.argument("account")
@shared_options
def confirm(session: Session, account: str) -> None:
    """Confirm an account as a destination; its cooling-off time begins now."""

    async def work(profile: Profile) -> int:
        desk = await session.one_desk(profile)
        found = desk.fleet.account_named(account)
        await desk.treasury.limits.confirm(found)
        session.answer({"confirmed": found.label}, f"{found.label} is a confirmed destination.")
        return ExitCode.DONE

    session.run(work)


@command.command("forget")
@click.argument("account")
@shared_options
def forget(session: Session, account: str) -> None:
    """Ask again before an account receives money."""

    async def work(profile: Profile) -> int:
        desk = await session.one_desk(profile)
        found = desk.fleet.account_named(account)
        await desk.treasury.limits.forget(found)
        session.answer({"forgotten": found.label}, f"{found.label} is no confirmed destination any more.")
        return ExitCode.DONE

    session.run(work)


def seconds_of(text: str) -> int:
    """Read a span like 24h; raises InputError."""
    found = re.fullmatch(r"(\d{1,7})\s*([smhd])", text.strip().lower(), re.ASCII)
    if found is None:
        raise InputError(
            "The time is not usable", f"“{text}” is no span of time.", "Write 90s, 30m, 24h or 7d."
        )
    return int(found[1]) * _UNITS[found[2]]


def _account(desk: Desk, name: str | None) -> AccountId | None:
    return desk.fleet.account_named(name).account_id if name else None


def _label(desk: Desk, account: AccountId | None) -> str | None:
    if account is None:
        return None
    node = desk.fleet.snapshot.value.account(account)
    return node.account.label if node else account


def _limit(desk: Desk, limit: Limit) -> Document:
    return {
        "id": limit.limit_id,
        "kind": limit.kind.value,
        "amount": documents.value(limit.amount),
        "currency": limit.currency,
        "seconds": limit.seconds,
        "from": _label(desk, limit.source),
        "to": _label(desk, limit.destination),
        "created_at": documents.value(limit.created_at),
    }


def _document(desk: Desk, standing: Standing) -> Document:
    return {
        "limits": [
            {**_limit(desk, limit), "used": documents.value(standing.used.get(limit.limit_id))}
            for limit in standing.limits
        ],
        "destinations": [
            {
                "account": _label(desk, known.account),
                "confirmed_as": known.label,
                "confirmed_at": documents.value(known.confirmed_at),
            }
            for known in standing.destinations
        ],
    }


def _words(desk: Desk, limit: Limit) -> str:
    ends = (
        f"{_label(desk, limit.source) or 'any account'} → {_label(desk, limit.destination) or 'any account'}"
    )
    if limit.amount is not None and limit.currency is not None:
        return f"{limit.kind.value} {Amount(limit.amount, limit.currency)}, {ends}"
    return f"{limit.kind.value}{f' {limit.seconds} s' if limit.seconds else ''}, {ends}"


def _text(desk: Desk, standing: Standing) -> str:
    rows = [
        [
            limit.limit_id,
            _words(desk, limit),
            format_quantity(standing.used[limit.limit_id]) if limit.limit_id in standing.used else "",
        ]
        for limit in standing.limits
    ]
    limits = table(("Id", "Rule", "Used in 24 h"), rows) if rows else "No limits are set."
    known = ", ".join(_label(desk, d.account) or d.label for d in standing.destinations)
    return f"{limits}\nConfirmed destinations: {known or 'none yet; each is confirmed at its first use'}"
