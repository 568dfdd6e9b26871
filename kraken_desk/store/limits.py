"""Limits on SQLite: the rules, the confirmed destinations, and admission inside the journal's transaction."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from decimal import Decimal

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import LimitError, ReadOnlyError
from kraken_desk.domain.limits import (
    DAY,
    Admission,
    Destination,
    Limit,
    LimitId,
    LimitKind,
    Standing,
    breaches,
)
from kraken_desk.domain.money import EXACT, Asset
from kraken_desk.domain.transfers import TransferRecord
from kraken_desk.store import codec
from kraken_desk.store.database import Database, Session

READ_ONLY = "read-only"
"""The setting that holds “on” while the whole program may only read."""

_SPENT = (
    "SELECT t.asset, t.quantity, t.planned_at, v.value FROM transfers t"
    " LEFT JOIN transfer_values v ON v.journal_id = t.journal_id AND v.currency = :currency"
    " WHERE t.environment = :environment AND t.source <> t.destination AND t.planned_at > :since"
    " AND t.state NOT IN ('rejected', 'settled: not executed')"
    " AND (:source IS NULL OR t.source = :source)"
    " AND (:destination IS NULL OR t.destination = :destination)"
)


class SqliteLimits:
    """The operator's rules; the LimitStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def standing(self, environment: EnvironmentName, now: datetime) -> Standing:
        """Return the rules, and what the last 24 hours have used of the day limits."""
        return await self._database.read(lambda session: _standing(session, environment, now))

    async def save(self, limit: Limit) -> None:
        await self._database.write(lambda session: _save(session, limit))

    async def remove(self, environment: EnvironmentName, limit_id: LimitId) -> bool:
        """Remove a rule; False when there was none of that id."""
        statement = "DELETE FROM limits WHERE environment = ? AND limit_id = ?"
        return bool(
            await self._database.write(lambda session: session.execute(statement, (environment, limit_id)))
        )

    async def forget(self, environment: EnvironmentName, account: AccountId) -> bool:
        """Ask again before an account is a destination; False when it was none."""
        statement = "DELETE FROM destinations WHERE environment = ? AND account = ?"
        return bool(
            await self._database.write(lambda session: session.execute(statement, (environment, account)))
        )

    async def confirm(self, environment: EnvironmentName, destination: Destination) -> None:
        await self._database.write(lambda session: _confirm(session, environment, destination))


def admit(session: Session, record: TransferRecord, admission: Admission) -> None:
    """Refuse what a rule forbids, and remember what the transfer uses; runs where the record is written.

    Raises LimitError with every rule that stands against it. Two programs cannot pass a day limit
    together: the caller's transaction is alone among all processes.
    """
    environment = record.request.route.environment
    standing = _standing(session, environment, admission.now)
    found = breaches(standing, record.request, admission)
    if found:
        raise LimitError(
            "A limit stands against this transfer",
            " ".join(breach.text for breach in found),
            " ".join(dict.fromkeys(breach.hint for breach in found)),
            breaches=found,
        )
    route = record.request.route
    if route.source != route.destination and standing.confirmed(route.destination) is None:
        known = Destination(route.destination, admission.destination_label, admission.now)
        _confirm(session, environment, known)


def remember_values(session: Session, record: TransferRecord, admission: Admission) -> None:
    """Keep what a transfer was worth, for the day limits of later ones."""
    for currency, value in admission.values.items():
        session.execute(
            "INSERT INTO transfer_values VALUES (?, ?, ?)",
            (record.journal_id, currency, codec.quantity_text(value)),
        )


def refuse_when_read_only(session: Session) -> None:
    if session.value("SELECT value FROM settings WHERE name = ?", (READ_ONLY,)) == "on":
        raise ReadOnlyError(
            "The program is set to read only",
            "Nothing was sent. No money moves until that is switched off.",
            "Switch it off in the window's top bar, or with: kraken-desk read-only off",
        )


def _standing(session: Session, environment: EnvironmentName, now: datetime) -> Standing:
    rows = session.rows("SELECT * FROM limits WHERE environment = ? ORDER BY position", (environment,))
    limits = tuple(_limit(row) for row in rows)
    known = session.rows("SELECT * FROM destinations WHERE environment = ? ORDER BY account", (environment,))
    used = {limit.limit_id: _used(session, limit, now) for limit in limits if limit.kind is LimitKind.PER_DAY}
    return Standing(limits, tuple(_destination(row) for row in known), used)


def _used(session: Session, limit: Limit, now: datetime) -> Decimal:
    """Add up a day; a transfer whose worth was never reckoned is older than the limit."""
    given = {
        "currency": limit.currency,
        "environment": limit.environment,
        "since": codec.time_text(now - DAY),
        "source": limit.source,
        "destination": limit.destination,
    }
    total = Decimal(0)
    with codec.reading("a transfer's worth"):
        for row in session.rows(_SPENT, given):
            text = row["quantity"] if row["asset"] == limit.currency else row["value"]
            total = EXACT.add(total, codec.quantity_from(text)) if text is not None else total
    return total


def _save(session: Session, limit: Limit) -> None:
    session.execute(
        "INSERT INTO limits (limit_id, environment, kind, source, destination, currency, amount, seconds,"
        " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            limit.limit_id,
            limit.environment,
            limit.kind,
            limit.source,
            limit.destination,
            limit.currency,
            None if limit.amount is None else codec.quantity_text(limit.amount),
            limit.seconds,
            codec.time_text(limit.created_at),
        ),
    )


def _confirm(session: Session, environment: EnvironmentName, destination: Destination) -> None:
    session.execute(
        "INSERT INTO destinations VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (environment, destination.account, destination.label, codec.time_text(destination.confirmed_at)),
    )


def _limit(row: sqlite3.Row) -> Limit:
    with codec.reading("a limit"):
        return Limit(
            LimitId(row["limit_id"]),
            EnvironmentName(row["environment"]),
            LimitKind(row["kind"]),
            codec.time_from(row["created_at"]),
            None if row["source"] is None else AccountId(row["source"]),
            None if row["destination"] is None else AccountId(row["destination"]),
            None if row["currency"] is None else Asset(row["currency"]),
            None if row["amount"] is None else codec.quantity_from(row["amount"]),
            row["seconds"],
        )


def _destination(row: sqlite3.Row) -> Destination:
    with codec.reading("a confirmed destination"):
        return Destination(AccountId(row["account"]), row["label"], codec.time_from(row["confirmed_at"]))
