"""Environments, accounts, slots and checks: the MetadataStore port on SQLite."""

from __future__ import annotations

from datetime import datetime, timedelta

from kraken_desk.domain.accounts import Account, AccountId
from kraken_desk.domain.environments import Environment, EnvironmentName
from kraken_desk.domain.errors import (
    DuplicateAccountError,
    DuplicateKeyError,
    EnvironmentSealError,
    InputError,
    RotationStepError,
)
from kraken_desk.domain.keys import KeyCheck, KeyId, KeySlot, SlotId
from kraken_desk.store import codec, rotation_keys, rows, secret_notes
from kraken_desk.store.database import Database, Session
from kraken_desk.store.scrub import has_secret_form


class SqliteMetadata:
    """What the profile knows about its fleet.

    Besides storing, it keeps the environment seal: while keys stand in an environment, neither its
    addresses nor the environment of an account or slot can change.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def environments(self) -> tuple[Environment, ...]:
        found = await self._database.read(lambda session: session.rows(rows.ENVIRONMENTS))
        return tuple(map(rows.environment, found))

    async def save_environment(self, environment: Environment) -> None:
        """Insert or update by name; raises EnvironmentSealError for new addresses under existing keys."""
        await self._database.write(lambda session: _save_environment(session, environment))

    async def remove_environment(self, name: EnvironmentName) -> None:
        """Remove the environment and its empty accounts; raises InputError while keys stand in it."""
        await self._database.write(lambda session: _remove_environment(session, name))

    async def accounts(self, environment: EnvironmentName) -> tuple[Account, ...]:
        found = await self._database.read(lambda session: session.rows(rows.ACCOUNTS, (environment,)))
        return tuple(map(rows.account, found))

    async def save_account(self, account: Account) -> None:
        await self._database.write(lambda session: _save_account(session, account))

    async def save_words(self, account_id: AccountId, note: str, tags: tuple[str, ...]) -> None:
        """Write what the operator says about an account; nothing else of it changes."""
        await self._database.write(lambda session: _save_words(session, account_id, note, tags))

    async def merge_accounts(self, kept: Account, gone: AccountId) -> None:
        """Move the keys of one account to another and remove it, whole or not at all.

        Raises InputError while a transfer of the account that goes is unsettled: its route is
        blocked under the account's id.
        """
        await self._database.write(lambda session: _merge_accounts(session, kept, gone))

    async def remove_account(self, account_id: AccountId) -> None:
        """Remove the account; raises InputError while it holds keys."""
        await self._database.write(lambda session: _remove_account(session, account_id))

    async def slots(self, environment: EnvironmentName) -> tuple[KeySlot, ...]:
        found = await self._database.read(lambda session: session.rows(rows.SLOTS, (environment,)))
        return tuple(map(rows.slot, found))

    async def save_slot(self, slot: KeySlot) -> None:
        await self._database.write(lambda session: _save_slot(session, slot))

    async def announce_secret(self, key_id: KeyId, at: datetime) -> None:
        await self._database.write(lambda session: secret_notes.announce(session, key_id, at))

    async def secret_removed(self, key_id: KeyId) -> None:
        await self._database.write(lambda session: secret_notes.take_back(session, key_id))

    async def abandoned_secrets(self, before: datetime) -> tuple[KeyId, ...]:
        return await self._database.read(lambda session: secret_notes.abandoned(session, before))

    async def remove_slot(self, slot_id: SlotId) -> None:
        await self._database.write(lambda session: _remove_slot(session, slot_id))

    async def checks(self, environment: EnvironmentName) -> dict[KeyId, KeyCheck]:
        found = await self._database.read(lambda session: session.rows(rows.CHECKS, {"name": environment}))
        return {check.key_id: check for check in map(rows.check, found)}

    async def check(self, key_id: KeyId) -> KeyCheck | None:
        """Return the last check of one key."""
        statement = "SELECT * FROM checks WHERE key_id = ?"
        found = await self._database.read(lambda session: session.row(statement, (key_id,)))
        return None if found is None else rows.check(found)

    async def save_check(self, check: KeyCheck) -> None:
        """Keep the check unless a later one is there; without facts it leaves the known ones."""
        await self._database.write(lambda session: _save_check(session, check))


_OPEN_TRANSFERS = "SELECT 1 FROM transfers WHERE environment = ? AND state IN ('planned', 'sent', 'unknown')"


def _save_environment(session: Session, environment: Environment) -> None:
    from dataclasses import asdict  # brings much that reading does without

    row = session.row("SELECT * FROM environments WHERE name = ?", (environment.name,))
    if row is not None and rows.environment(row) != environment and _has_slots(session, environment.name):
        raise EnvironmentSealError(
            "The environment has keys",
            f"The keys in “{environment.name}” are sealed to its present addresses.",
            "Add the new addresses as an environment of their own.",
        )
    session.execute(
        "INSERT INTO environments (name, kind, spot_url, spot_ws_url, futures_url, futures_ws_url)"
        " VALUES (:name, :kind, :spot_url, :spot_ws_url, :futures_url, :futures_ws_url)"
        " ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, spot_url = excluded.spot_url,"
        " spot_ws_url = excluded.spot_ws_url, futures_url = excluded.futures_url,"
        " futures_ws_url = excluded.futures_ws_url",
        asdict(environment),
    )


def _remove_environment(session: Session, name: EnvironmentName) -> None:
    if _has_slots(session, name):
        raise InputError(
            "The environment has keys",
            f"Keys still stand in “{name}”.",
            "Remove its keys first.",
        )
    if session.row(_OPEN_TRANSFERS, (name,)) is not None:
        raise InputError(
            "The environment has an unsettled transfer",
            f"A transfer in “{name}” may or may not have executed, so its route stays blocked.",
            "Settle it in the journal first.",
        )
    session.execute("DELETE FROM accounts WHERE environment = ?", (name,))
    session.execute("DELETE FROM environments WHERE name = ?", (name,))


def _has_slots(session: Session, environment: EnvironmentName) -> bool:
    return session.row("SELECT 1 FROM slots WHERE environment = ?", (environment,)) is not None


def _save_account(session: Session, account: Account) -> None:
    from dataclasses import asdict  # brings much that reading does without

    _check_seal(
        session.value("SELECT environment FROM accounts WHERE account_id = ?", (account.account_id,)),
        account.environment,
        account.label,
    )
    _check_once(session, account)
    session.execute(
        "INSERT INTO accounts (account_id, environment, label, kind, kind_source, iiban, futures_uid,"
        " note, tags)"
        " VALUES (:account_id, :environment, :label, :kind, :kind_source, :iiban, :futures_uid, :note, :tags)"
        " ON CONFLICT (account_id) DO UPDATE SET label = excluded.label, kind = excluded.kind,"
        " kind_source = excluded.kind_source, iiban = excluded.iiban, futures_uid = excluded.futures_uid",
        {**asdict(account), "tags": " ".join(account.tags)},
    )


def _check_once(session: Session, account: Account) -> None:
    """Refuse a second record of one account: each would have routes of its own, blocked separately."""
    if session.row("SELECT 1 FROM accounts WHERE account_id = ?", (account.account_id,)) is not None:
        return
    same = session.row(
        "SELECT label FROM accounts WHERE environment = :environment"
        " AND (iiban = :iiban OR futures_uid = :futures_uid)",
        {name: getattr(account, name) for name in ("environment", "iiban", "futures_uid")},
    )
    if same is not None:
        raise DuplicateAccountError(
            "The account is already here", f"It is called “{same['label']}”.", "Try again."
        )


def _save_words(session: Session, account_id: AccountId, note: str, tags: tuple[str, ...]) -> None:
    session.execute(
        "UPDATE accounts SET note = ?, tags = ? WHERE account_id = ?", (note, " ".join(tags), account_id)
    )


def _merge_accounts(session: Session, kept: Account, gone: AccountId) -> None:
    unsettled = session.row(f"{_OPEN_TRANSFERS} AND ? IN (source, destination)", (kept.environment, gone))
    if unsettled is not None:
        raise InputError(
            "The account has an unsettled transfer",
            "Two records of one account cannot become one while its route is blocked.",
            "Settle the transfer in the journal first.",
        )
    session.execute(
        "UPDATE slots SET account_id = ? WHERE account_id = ? AND environment = ?",
        (kept.account_id, gone, kept.environment),
    )
    words = session.rows(
        "SELECT note, tags FROM accounts WHERE account_id IN (?, ?) ORDER BY position",
        (kept.account_id, gone),
    )
    _remove_account(session, gone)
    _save_account(session, kept)
    note = "\n".join(dict.fromkeys(row["note"] for row in words if row["note"]))
    tags = sorted({tag for row in words for tag in row["tags"].split()})
    _save_words(session, kept.account_id, note, tuple(tags))


def _remove_account(session: Session, account_id: AccountId) -> None:
    if session.row("SELECT 1 FROM slots WHERE account_id = ?", (account_id,)) is not None:
        raise InputError("The account has keys", "Keys still hang on this account.", "Remove its keys first.")
    session.execute("DELETE FROM accounts WHERE account_id = ?", (account_id,))


def _save_slot(session: Session, slot: KeySlot) -> None:
    from dataclasses import asdict  # brings much that reading does without

    if has_secret_form(slot.api_key):
        raise InputError(
            "That looks like a secret",
            "The text given as the API key has the form of a private key.",
            "Swap the two fields: the API key is the shorter text.",
        )
    _check_seal(
        session.value("SELECT environment FROM slots WHERE slot_id = ?", (slot.slot_id,)),
        slot.environment,
        slot.name,
    )
    _check_unique(session, slot)
    _check_rotation(session, slot)
    session.execute(
        "INSERT INTO slots (slot_id, environment, account_id, venue, name, key_id, api_key, added_at,"
        " process, role, client)"
        " VALUES (:slot_id, :environment, :account_id, :venue, :name, :key_id, :api_key, :added_at,"
        " :process, :role, :client)"
        " ON CONFLICT (slot_id) DO UPDATE SET account_id = excluded.account_id, venue = excluded.venue,"
        " name = excluded.name, key_id = excluded.key_id, api_key = excluded.api_key,"
        " added_at = excluded.added_at, process = excluded.process, role = excluded.role,"
        " client = excluded.client",
        {**asdict(slot), "added_at": codec.time_text(slot.added_at)},
    )
    session.execute("DELETE FROM only_here WHERE slot_id = ?", (slot.slot_id,))
    if slot.only_here:
        session.execute("INSERT INTO only_here (slot_id) VALUES (?)", (slot.slot_id,))
    session.execute("DELETE FROM hand_overs WHERE slot_id = ?", (slot.slot_id,))
    if slot.hand_over is not None:
        session.execute(
            "INSERT INTO hand_overs (slot_id, way) VALUES (?, ?)",
            (slot.slot_id, codec.hand_over_text(slot.hand_over)),
        )
    session.execute("DELETE FROM two_factor_slots WHERE slot_id = ?", (slot.slot_id,))
    if slot.two_factor:
        session.execute("INSERT INTO two_factor_slots (slot_id) VALUES (?)", (slot.slot_id,))
    secret_notes.take_back(session, slot.key_id)


def _check_unique(session: Session, slot: KeySlot) -> None:
    same_key = session.row(
        "SELECT name, environment FROM slots WHERE api_key = ? AND slot_id <> ?", (slot.api_key, slot.slot_id)
    )
    if same_key is not None:
        raise DuplicateKeyError(
            "This API key is already here",
            f"It is the key “{same_key['name']}” in the environment “{same_key['environment']}”.",
            "One key serves one process; create another key at Kraken for another use.",
        )
    holder = rotation_keys.holder_besides(session, slot.api_key, slot.slot_id)
    if holder is not None:
        raise DuplicateKeyError(
            "This API key is already here",
            f"The rotation of “{holder}” holds it.",
            "One key serves one process; create another key at Kraken for another use.",
        )
    others = session.rows(
        "SELECT name FROM slots WHERE environment = ? AND slot_id <> ?", (slot.environment, slot.slot_id)
    )
    if slot.name.casefold() in (row["name"].casefold() for row in others):
        raise DuplicateKeyError(
            "The name is taken",
            f"Another key in “{slot.environment}” is called “{slot.name}”.",
            "Choose another name.",
        )


def _check_rotation(session: Session, slot: KeySlot) -> None:
    """Refuse to undo a hand-over by a slot that was read before it."""
    key_id = rotation_keys.key_under_way(session, slot.slot_id)
    if key_id is not None and key_id != slot.key_id:
        raise RotationStepError(
            "The key is being rotated",
            f"The rotation of “{slot.name}” has changed its key since it was read; nothing was stored.",
            "Try again.",
        )


def _check_seal(stored: str | None, wanted: EnvironmentName, name: str) -> None:
    if stored is not None and stored != wanted:
        raise EnvironmentSealError(
            "Another environment",
            f"“{name}” belongs to the environment “{stored}” and cannot move to “{wanted}”.",
            "Nothing was stored. Add it to the other environment afresh.",
        )


def _remove_slot(session: Session, slot_id: SlotId) -> None:
    if rotation_keys.key_under_way(session, slot_id) is not None:
        raise RotationStepError(
            "The key is being rotated",
            "A rotation under way holds a second secret of it.",
            "Finish the rotation or abandon it first.",
        )
    for table in ("checks", "drift", "observations", "use_findings"):
        session.execute(
            f"DELETE FROM {table} WHERE key_id IN (SELECT key_id FROM slots WHERE slot_id = ?)",  # noqa: S608  # a constant
            (slot_id,),
        )
    for table in ("only_here", "hand_overs", "slot_events", "two_factor_slots"):
        session.execute(f"DELETE FROM {table} WHERE slot_id = ?", (slot_id,))  # noqa: S608  # a constant
    session.execute("DELETE FROM slots WHERE slot_id = ?", (slot_id,))


def _save_check(session: Session, check: KeyCheck) -> None:
    from kraken_desk.store import drift, rehearsals  # a run notes no check, and is to start quickly

    drift.note(session, check)
    rehearsals.note(session, check)
    session.execute(
        "INSERT INTO checks (key_id, checked_at, outcome, info, problem)"
        " VALUES (:key_id, :checked_at, :outcome, :info, :problem)"
        " ON CONFLICT (key_id) DO UPDATE SET checked_at = excluded.checked_at, outcome = excluded.outcome,"
        " info = coalesce(excluded.info, info), problem = excluded.problem"
        " WHERE excluded.checked_at >= checked_at OR checked_at > :believable",
        {
            # checks that run side by side end minutes apart; more than that is a clock that was ahead
            "believable": codec.time_text(check.checked_at + timedelta(hours=1)),
            "key_id": check.key_id,
            "checked_at": codec.time_text(check.checked_at),
            "outcome": check.outcome,
            "info": codec.info_text(check.info),
            "problem": codec.problem_text(check.problem),
        },
    )
