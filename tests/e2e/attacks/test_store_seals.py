"""Ways around the one-open-transfer rule and the checks' order, tried on the real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kraken_desk.domain.accounts import AccountId, Iiban
from kraken_desk.domain.errors import DuplicateAccountError, InputError, StoreCorruptError
from kraken_desk.domain.keys import CheckOutcome, KeyCheck, KeyId
from kraken_desk.domain.transfers import TransferState
from kraken_desk.store.store import Store
from tests.contract.store.conftest import store
from tests.contract.store.samples import ENVIRONMENT, LAB, MASTER, PROBLEM, a_slot, a_transfer, at, spot_info

__all__ = ["store"]


@pytest.mark.parametrize("steps", [(), (TransferState.SENT,), (TransferState.SENT, TransferState.UNKNOWN)])
async def test_an_environment_with_an_open_transfer_stays(
    store: Store, steps: tuple[TransferState, ...]
) -> None:
    """Removing and adding it again would make new accounts, whose routes nothing blocks."""
    await store.metadata.save_environment(ENVIRONMENT)
    record = a_transfer()
    await store.journal.plan(record)
    for state in steps:
        await store.journal.move(record.journal_id, state, at(2))

    with pytest.raises(InputError):
        await store.metadata.remove_environment(LAB)

    last = TransferState.NOT_EXECUTED if steps[-1:] == (TransferState.UNKNOWN,) else TransferState.REJECTED
    await store.journal.move(record.journal_id, last, at(3))
    await store.metadata.remove_environment(LAB)
    assert await store.metadata.environments() == ()


@pytest.mark.parametrize("field", ["iiban", "futures_uid"])
async def test_an_account_is_recorded_once(store: Store, field: str) -> None:
    """Two processes that add keys of a new account at once must not make two accounts of it."""
    known = replace(MASTER, iiban=Iiban("AA11 N84G AAAA BBBB"), futures_uid="uid-1")
    await store.metadata.save_account(known)
    other = {"iiban": Iiban("AA22 N84G CCCC DDDD"), "futures_uid": "uid-2", field: getattr(known, field)}

    with pytest.raises(DuplicateAccountError):
        await store.metadata.save_account(
            replace(known, account_id=AccountId("second"), label="Second", **other)
        )

    assert await store.metadata.accounts(LAB) == (known,)


async def test_a_check_from_a_clock_ahead_gives_way(store: Store) -> None:
    """A check dated a year ahead does not hide every check until then."""
    await store.metadata.save_account(MASTER)
    await store.metadata.save_slot(a_slot())
    ahead = KeyCheck(KeyId("key-1"), at(1) + timedelta(days=365), CheckOutcome.ACCEPTED, spot_info())
    await store.metadata.save_check(ahead)

    refused = KeyCheck(KeyId("key-1"), at(2), CheckOutcome.REJECTED, problem=PROBLEM)
    await store.metadata.save_check(refused)

    assert await store.metadata.checks(LAB) == {"key-1": replace(refused, info=spot_info())}


async def test_a_secret_without_a_slot_is_known_until_it_is_removed(store: Store) -> None:
    """Noted before it is stored, forgotten with its slot or its removal; only old notes are acted on."""
    await store.metadata.save_account(MASTER)
    for key_id in ("key-1", "key-2", "key-3"):
        await store.metadata.announce_secret(KeyId(key_id), at(1))
    await store.metadata.save_slot(a_slot())
    await store.metadata.secret_removed(KeyId("key-2"))

    assert await store.metadata.abandoned_secrets(at(1)) == ()
    assert await store.metadata.abandoned_secrets(at(2)) == ("key-3",)


async def test_an_emptied_database_is_not_a_new_profile(tmp_path: Path) -> None:
    """A file that lost its content while keys were in use is damage; before any use it is a beginning."""
    path = tmp_path / "kraken-desk.sqlite3"
    path.touch()
    await (await Store.open(path)).close()
    path.write_bytes(b"")
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "0123.lock").touch()

    with pytest.raises(StoreCorruptError):
        await Store.open(path)

    assert path.read_bytes() == b""
