"""A run without an event loop, and what makes it take the way with one."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from kraken_desk.app import run_ground
from kraken_desk.app.paths import database_path
from kraken_desk.app.run_ground import VaultAtOnce
from kraken_desk.app.run_slot import at_once, run_slot
from kraken_desk.domain.errors import LeaseHeldError, SecretMissingError, UnknownNameError
from kraken_desk.domain.handover import RunRequest
from kraken_desk.domain.handover_form import HandOver, HandOverForm
from kraken_desk.domain.keys import KeyId, KeySlot
from kraken_desk.domain.leases import Lease
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.store import Store
from kraken_desk.store.lease_locks import LeaseLocks
from tests.helpers.builders import CANARY, a_slot, an_account
from tests.helpers.fakes import FakeVault

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")

SLOT = a_slot(name="mm", process="bot", environment="production")


def furnish(home: Path, slot: KeySlot) -> None:
    async def main() -> None:
        store = await Store.open(database_path(home))
        await store.metadata.save_account(an_account(environment="production", account_id=slot.account_id))
        await store.metadata.save_slot(slot)
        await store.close()

    asyncio.run(main())


def leases(home: Path) -> tuple[Lease, ...]:
    async def main() -> tuple[Lease, ...]:
        store = await Store.open(database_path(home))
        try:
            return await store.leases.of_slot(SLOT.slot_id)
        finally:
            await store.close()

    return asyncio.run(main())


@pytest.fixture(autouse=True)
def _logs_stay_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kraken_desk.app.logs.set_up_usual_logging", lambda: None)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(run_ground, "secret_at_once", lambda _: ApiSecret(CANARY))
    return tmp_path / "profile"


def test_a_run_leaves_its_lease_ended_and_the_key_free(home: Path) -> None:
    """The child's code comes back, and the profile tells who had the key and that it is over."""
    furnish(home, SLOT)

    code = run_slot(home, None, RunRequest("mm", ("sh", "-c", "exit 9")))

    [lease] = leases(home)
    assert code == 9
    assert (lease.holder.pid, lease.command) == (os.getpid(), "sh")
    assert lease.child is not None
    assert lease.ended_at is not None
    assert not LeaseLocks(home / "locks").is_held(SLOT.slot_id)


def test_the_secret_is_not_read_while_another_holds_the_key(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease comes first: a refused run has not asked the keychain."""
    furnish(home, SLOT)
    held = asyncio.run(LeaseLocks(home / "locks").take(SLOT.slot_id))
    assert held is not None
    asked: list[KeyId] = []
    monkeypatch.setattr(run_ground, "secret_at_once", asked.append)

    with pytest.raises(LeaseHeldError):
        run_slot(home, None, RunRequest("mm", ("true",)))

    os.close(held)
    assert asked == []


def test_a_secret_that_is_missing_gives_the_lease_back(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the short way does not find, the vault is asked for; without it nothing stays held."""
    furnish(home, SLOT)
    monkeypatch.setattr(run_ground, "secret_at_once", lambda _: None)
    monkeypatch.setattr("kraken_desk.keychain.vault.KeyringVault", FakeVault)

    with pytest.raises(SecretMissingError):
        run_slot(home, None, RunRequest("mm", ("true",)))

    assert [lease.ended_at is None for lease in leases(home)] == [False]
    assert not LeaseLocks(home / "locks").is_held(SLOT.slot_id)


def test_the_vault_is_asked_where_the_short_way_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another keychain, a locked one, a bus that is not local: the way through keyring serves as ever."""
    filled = FakeVault()
    asyncio.run(filled.put(KeyId("k"), ApiSecret(CANARY)))
    monkeypatch.setattr(run_ground, "secret_at_once", lambda _: None)
    monkeypatch.setattr("kraken_desk.keychain.vault.KeyringVault", lambda: filled)

    assert at_once(VaultAtOnce().get(KeyId("k"))) == ApiSecret(CANARY)


def test_a_token_of_the_slots_own_way_takes_an_event_loop(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That a token is wanted may be known from the profile only; nothing is leased before."""
    furnish(home, replace(SLOT, hand_over=HandOver(HandOverForm.PIPE, ws_token=True)))
    monkeypatch.setattr("kraken_desk.app.run_patiently.run_patiently", lambda *_: 5)

    assert run_slot(home, None, RunRequest("mm", ("true",))) == 5
    assert leases(home) == ()


def test_an_unknown_name_starts_nothing(home: Path) -> None:
    """The names that are known are told."""
    furnish(home, SLOT)

    with pytest.raises(UnknownNameError) as caught:
        run_slot(home, None, RunRequest("other", ("true",)))

    assert caught.value.hint == "Known keys: mm."


class _Suspended:
    def __await__(self) -> Generator[None, None, None]:
        yield


def test_what_has_to_wait_is_a_defect() -> None:
    """Something that suspends without an event loop ends in an error instead of hanging."""

    async def waits() -> None:
        await _Suspended()

    with pytest.raises(RuntimeError, match="had to wait"):
        at_once(waits())
