"""The fakes keep the promises of the ports they stand for."""

from __future__ import annotations

import asyncio
import logging
import socket
from datetime import timedelta

import pytest

from kraken_desk.domain.errors import KeychainLockedError, SecretMissingError
from kraken_desk.domain.keys import KeyId
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.services.guard import LockoutGuard
from tests.conftest import is_near, mentions_canary
from tests.helpers.builders import CANARY, LAB, NOW, a_public_key, a_secret, spot_info
from tests.helpers.fakes import FakeClock, FakeGateway, FakeGuardStore, FakeVault, Faulty, refused
from tests.helpers.wait import wait_until


def a_signer(asked_for: list[str]) -> Signer:
    async def secret() -> ApiSecret:
        asked_for.append("secret")
        return a_secret()

    return Signer(LAB.name, FakeGateway().venue, a_public_key(), "", secret)


def test_clock_stands_still_until_moved() -> None:
    """Two looks show the same time; moving shows the moved one."""
    clock = FakeClock()

    assert clock.now() == clock.now() == NOW
    clock.move(minutes=15)
    assert clock.now() == NOW + timedelta(minutes=15)


async def test_gateway_answers_from_its_script_and_remembers() -> None:
    """An answer for one key wins over the answer for all; each call is kept in order."""
    gateway = FakeGateway()
    gateway.answer("check_key", refused())
    gateway.answer("check_key", spot_info(), api_key=a_public_key())
    asked_for: list[str] = []

    info = await gateway.check_key(a_signer(asked_for), asked=True)

    assert info == spot_info()
    assert asked_for == ["secret"]
    assert [(c.operation, c.asked) for c in gateway.calls] == [("check_key", True)]


async def test_gateway_raises_scripted_errors_through_its_guard() -> None:
    """A refusal is seen by the guard, as it is with the real adapter."""
    store = FakeGuardStore()
    gateway = FakeGateway(guard=LockoutGuard(store, FakeClock()))
    gateway.answer("check_key", refused())

    with pytest.raises(type(refused())):
        await gateway.check_key(a_signer([]))

    assert len(store.failures) == 1


async def test_gateway_holds_calls_until_released() -> None:
    """A held call is under way and ends only when the test lets it."""
    gateway = FakeGateway()
    gateway.hold("server_status")
    task = asyncio.get_running_loop().create_task(gateway.server_status())

    await wait_until(lambda: gateway.waiting == 1)
    assert not task.done()

    gateway.release()
    assert (await task).status == "online"
    assert gateway.waiting == 0


async def test_vault_fails_as_told() -> None:
    """A named method raises; the others work as the memory vault does."""
    vault = FakeVault()
    vault.failures["get"] = KeychainLockedError("locked")

    await vault.put(KeyId("k"), a_secret())

    assert vault.held == {"k"}
    with pytest.raises(KeychainLockedError):
        await vault.get(KeyId("k"))
    with pytest.raises(SecretMissingError):
        await FakeVault().get(KeyId("k"))


async def test_faulty_fails_before_or_after_the_real_work() -> None:
    """`failures` keeps the real work from happening, `after` only its answer from arriving."""
    vault = FakeVault()
    faulty = Faulty(vault)
    faulty.failures["remove"] = OSError("before")
    faulty.after["put"] = OSError("after")

    with pytest.raises(OSError, match="after"):
        await faulty.put(KeyId("k"), a_secret())
    with pytest.raises(OSError, match="before"):
        await faulty.remove(KeyId("k"))

    assert vault.held == {"k"}
    assert await faulty.get(KeyId("k")) == a_secret()


async def test_wait_until_fails_when_nothing_happens() -> None:
    """A condition that never holds fails the test instead of hanging it."""
    with pytest.raises(AssertionError, match="not within"):
        await wait_until(lambda: False, limit_s=0.01)


@pytest.mark.parametrize(
    ("address", "near"),
    [
        (("127.0.0.1", 80), True),
        (("::1", 80, 0, 0), True),
        (("localhost", 80), True),
        ("/run/bus", True),
        (("10.0.0.1", 80), False),
        (("127.0.0.1.nip.io", 80), False),
        (("api.kraken.com", 443), False),
    ],
)
def test_only_this_machine_is_near(address: object, near: bool) -> None:
    """Paths and loopback hosts are near, every other address is not."""
    assert is_near(address) is near


def test_far_connections_are_refused() -> None:
    """The guard stops a connection before the first packet."""
    with socket.socket() as far, pytest.raises(AssertionError, match="tried to reach"):
        far.connect(("192.0.2.1", 9))


def a_record(text: str, *arguments: object, error: Exception | None = None) -> logging.LogRecord:
    info = (type(error), error, None) if error else None
    return logging.LogRecord("n", logging.INFO, "p", 1, text, arguments, info)


def test_the_canary_is_found_in_every_part_of_a_record() -> None:
    """Text, arguments, an exception and its cause are looked through; a masked secret is not found."""
    chained = ValueError("outer")
    chained.__cause__ = ValueError(CANARY)

    assert mentions_canary(a_record(f"oops {CANARY}"))
    assert mentions_canary(a_record("oops %s", CANARY))
    assert mentions_canary(a_record("oops", error=chained))
    assert not mentions_canary(a_record("%s %r", a_secret(), a_secret()))
