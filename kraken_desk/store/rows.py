"""The rows of environments, accounts, slots and checks as values of the domain, and how they are selected."""

from __future__ import annotations

import sqlite3

from kraken_desk.domain.accounts import Account, AccountId, AccountKind, Iiban, KindSource
from kraken_desk.domain.environments import Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.keys import CheckOutcome, KeyCheck, KeyId, KeySlot, SlotId, Venue
from kraken_desk.store import codec, rotation_keys

ENVIRONMENTS = "SELECT * FROM environments ORDER BY position"
ACCOUNTS = "SELECT * FROM accounts WHERE environment = ? ORDER BY position"
SLOTS = (
    "SELECT *, slot_id IN (SELECT slot_id FROM only_here) AS only_here,"
    " slot_id IN (SELECT slot_id FROM two_factor_slots) AS two_factor,"
    " (SELECT way FROM hand_overs WHERE hand_overs.slot_id = slots.slot_id) AS hand_over"
    " FROM slots WHERE environment = ? ORDER BY position"
)
CHECKS = (
    "SELECT * FROM checks WHERE key_id IN (SELECT key_id FROM slots WHERE environment = :name"  # noqa: S608  # constants
    f" UNION SELECT old_key_id FROM rotations WHERE environment = :name AND {rotation_keys.OPEN}"
    f" UNION SELECT new_key_id FROM rotations WHERE environment = :name AND {rotation_keys.OPEN})"
)
"""The checks of the slots' keys, and of the other key of each rotation under way."""


def environment(row: sqlite3.Row) -> Environment:
    with codec.reading("an environment"):
        return Environment(
            name=EnvironmentName(row["name"]),
            kind=EnvironmentKind(row["kind"]),
            spot_url=row["spot_url"],
            spot_ws_url=row["spot_ws_url"],
            futures_url=row["futures_url"],
            futures_ws_url=row["futures_ws_url"],
        )


def account(row: sqlite3.Row) -> Account:
    with codec.reading("an account"):
        return Account(
            account_id=AccountId(row["account_id"]),
            environment=EnvironmentName(row["environment"]),
            label=row["label"],
            kind=AccountKind(row["kind"]),
            iiban=None if row["iiban"] is None else Iiban(row["iiban"]),
            futures_uid=row["futures_uid"],
            kind_source=KindSource(row["kind_source"]),
            note=row["note"],
            tags=tuple(row["tags"].split()),
        )


def slot(row: sqlite3.Row) -> KeySlot:
    with codec.reading("a key"):
        return KeySlot(
            slot_id=SlotId(row["slot_id"]),
            environment=EnvironmentName(row["environment"]),
            account_id=AccountId(row["account_id"]),
            venue=Venue(row["venue"]),
            name=row["name"],
            key_id=KeyId(row["key_id"]),
            api_key=row["api_key"],
            added_at=codec.time_from(row["added_at"]),
            process=row["process"],
            role=row["role"],
            client=row["client"],
            only_here=bool(row["only_here"]),
            hand_over=codec.hand_over_from(row["hand_over"]),
            two_factor=bool(row["two_factor"]),
        )


def check(row: sqlite3.Row) -> KeyCheck:
    with codec.reading("a key check"):
        return KeyCheck(
            key_id=KeyId(row["key_id"]),
            checked_at=codec.time_from(row["checked_at"]),
            outcome=CheckOutcome(row["outcome"]),
            info=codec.info_from(row["info"]),
            problem=codec.problem_from(row["problem"]),
        )
