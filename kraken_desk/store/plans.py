"""Plans of several legs on SQLite: the PlanStore port. A plan is written once and never changed."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.legs import Place
from kraken_desk.domain.money import Asset
from kraken_desk.domain.plans import PlaceFigure, PlanId, PlannedLeg, PlanPurpose, SavedPlan
from kraken_desk.store import codec
from kraken_desk.store.database import Database, Session

Json = Any  # what json.loads returns; every use is checked by the readers below


class SqlitePlans:
    """The saved plans of a profile."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, plan: SavedPlan) -> None:
        await self._database.write(lambda session: _save(session, plan))

    async def remove(self, environment: EnvironmentName, plan_id: PlanId) -> bool:
        """Remove a plan unless the journal names it; False when nothing was removed."""

        def work(session: Session) -> bool:
            removed = session.execute(
                "DELETE FROM plans WHERE environment = ? AND plan_id = ?"
                " AND NOT EXISTS (SELECT 1 FROM transfers WHERE transfers.plan_id = plans.plan_id)",
                (environment, plan_id),
            )
            return removed == 1

        return await self._database.write(work)

    async def all(self, environment: EnvironmentName) -> tuple[SavedPlan, ...]:
        """Return the plans of an environment, newest first."""
        rows = await self._database.read(
            lambda session: session.rows(
                "SELECT * FROM plans WHERE environment = ? ORDER BY position DESC", (environment,)
            )
        )
        return tuple(_plan(row) for row in rows)


def _save(session: Session, plan: SavedPlan) -> None:
    content = {
        "legs": [
            [leg.number, *_place(leg.source), *_place(leg.destination), leg.asset, _text(leg.quantity)]
            for leg in plan.legs
        ],
        "figures": [[*_place(f.place), f.asset, _text(f.before), _text(f.after)] for f in plan.figures],
    }
    session.execute(
        "INSERT INTO plans (plan_id, environment, purpose, title, created_at, content)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            plan.plan_id,
            plan.environment,
            plan.purpose,
            plan.title,
            codec.time_text(plan.created_at),
            json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        ),
    )


_text = codec.quantity_text


def _place(place: Place) -> tuple[str, str]:
    return place.account, place.wallet


def _plan(row: sqlite3.Row) -> SavedPlan:
    with codec.reading("a plan"):
        content: Json = json.loads(row["content"])
        return SavedPlan(
            PlanId(row["plan_id"]),
            EnvironmentName(row["environment"]),
            PlanPurpose(row["purpose"]),
            row["title"],
            codec.time_from(row["created_at"]),
            tuple(_leg(leg) for leg in content["legs"]),
            tuple(_figure(figure) for figure in content["figures"]),
        )


def _leg(raw: Json) -> PlannedLeg:
    number, from_account, from_wallet, to_account, to_wallet, asset, quantity = raw
    return PlannedLeg(
        int(number),
        Place(AccountId(from_account), from_wallet),
        Place(AccountId(to_account), to_wallet),
        Asset(asset),
        codec.quantity_from(quantity),
    )


def _figure(raw: Json) -> PlaceFigure:
    account, wallet, asset, before, after = raw
    return PlaceFigure(
        Place(AccountId(account), wallet),
        Asset(asset),
        codec.quantity_from(before),
        codec.quantity_from(after),
    )
