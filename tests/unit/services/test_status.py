"""The desk's own state and the doctor's findings."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from kraken_desk.domain.deskstatus import VaultDescription
from kraken_desk.domain.errors import (
    AuthRejectedError,
    KeychainUnavailableError,
    LockedOutError,
    UnreachableError,
)
from kraken_desk.domain.venue_facts import ServerStatus
from kraken_desk.services.desk import Desk
from kraken_desk.services.doctor import Diagnosis, examine
from kraken_desk.services.guard import LOCKOUT
from kraken_desk.services.status import StatusService
from tests.helpers.builders import NOW, an_account
from tests.helpers.fakes import refused
from tests.helpers.wait import wait_until
from tests.unit.services.bench import Bench
from tests.unit.services.test_guard import a_signer, call


@pytest.fixture
def status(bench: Bench) -> StatusService:
    return bench.status


@pytest.fixture
def desk(bench: Bench) -> Desk:
    return bench.desk


async def test_a_reachable_exchange_is_noted_with_its_time(status: StatusService) -> None:
    """Keychain and connection are well, and nothing signed was sent."""
    found = await status.refresh()

    assert found.connection is None
    assert found.reached_at == NOW
    assert found.vault == VaultDescription("Memory of this process", usable=True, persistent=False)
    assert found.locked_out_until is None
    assert status.status.value == found


async def test_a_failure_keeps_the_last_contact(bench: Bench, status: StatusService) -> None:
    """When one venue cannot be reached, the status says so and when it last could."""
    await status.refresh()
    bench.clock.move(minutes=5)
    bench.futures.answer("server_status", UnreachableError("No connection"))

    found = await status.refresh()

    assert found.connection is not None
    assert found.connection.category == "UnreachableError"
    assert found.reached_at == NOW


async def test_a_lockout_met_while_venues_are_asked_stays(bench: Bench, status: StatusService) -> None:
    """The answer of a slow venue does not take back what was learned meanwhile."""
    bench.spot.hold("server_status")
    asking = asyncio.create_task(status.refresh())
    await wait_until(lambda: bench.spot.waiting == 1)

    with pytest.raises(LockedOutError):
        await call(bench.guard, a_signer(1), LockedOutError("Locked out"))
    bench.spot.release()
    found = await asking

    assert found.locked_out_until == NOW + LOCKOUT


async def test_a_missing_keychain_is_part_of_the_status(bench: Bench, status: StatusService) -> None:
    """It is described, not raised: the window still shows the tree."""

    async def describe() -> VaultDescription:
        raise KeychainUnavailableError("No keychain", "Nothing answers.", "Install one.")

    bench.vault.describe = describe  # type: ignore[method-assign]  # what an absent keychain does

    found = await status.refresh()

    assert found.vault is not None
    assert not found.vault.usable
    assert found.vault.problem is not None
    assert found.vault.problem.hint == "Install one."


async def test_a_lockout_is_shown_with_its_end(bench: Bench, status: StatusService) -> None:
    """The status bar tells until when private calls pause."""
    with pytest.raises(LockedOutError):
        await call(bench.guard, a_signer(), LockedOutError("locked"))

    assert (await status.refresh()).locked_out_until == NOW + LOCKOUT


def found(diagnoses: tuple[Diagnosis, ...], name: str) -> Diagnosis:
    return next(d for d in diagnoses if d.name == name)


async def test_the_doctor_finds_a_healthy_machine(
    desk: Desk, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything is examined and well; no signed call was made."""
    monkeypatch.setenv("DISPLAY", ":0")

    diagnoses = await examine(desk, tmp_path)

    assert [d.name for d in diagnoses] == [
        "keychain",
        "store",
        "journal",
        "Spot API",
        "clock against Spot",
        "Futures API",
        "clock against Futures",
        "lockout guard",
        "display",
    ]
    assert all(d.ok for d in diagnoses)
    assert {c.operation for c in bench.spot.calls} == {"server_status"}


async def test_the_doctor_names_what_is_wrong_and_the_cure(desk: Desk, bench: Bench, tmp_path: Path) -> None:
    """An unreachable venue, a wrong clock, a maintenance, a directory that is not there."""
    bench.spot.answer("server_status", ServerStatus("maintenance", NOW, -95.5))
    bench.futures.answer("server_status", UnreachableError("No connection", "Refused.", "Check it."))

    diagnoses = await examine(desk, tmp_path / "absent")

    assert found(diagnoses, "Spot API") == Diagnosis("Spot API", False, "http://127.0.0.1:1 is maintenance")
    clock = found(diagnoses, "clock against Spot")
    assert (clock.ok, clock.detail) == (False, "Kraken's clock is -95.5 s from this one")
    assert found(diagnoses, "Futures API").hint == "Check it."
    assert not found(diagnoses, "store").ok


async def test_the_doctor_shows_resting_keys_and_refused_calls(
    desk: Desk, bench: Bench, tmp_path: Path
) -> None:
    """A refused key is named with the time, beside the refusals that this address may still have."""
    await bench.move_in(an_account(1))
    slot = await bench.key(1, name="mm bot", process="mm")
    with pytest.raises(AuthRejectedError):
        await call(bench.guard, bench.keys.signer_of(slot), refused())

    shown = found(await examine(desk, tmp_path), "lockout guard")

    assert not shown.ok
    assert shown.detail == (
        "1 refused calls in the last 15 minutes, 5 are allowed; "
        "left alone: mm bot (since 2026-11-20 12:00 UTC)"
    )
    assert "keys diagnose" in shown.hint


async def test_the_doctor_counts_a_lockout_down(desk: Desk, bench: Bench, tmp_path: Path) -> None:
    """The end of the lockout is told until it is over."""
    with pytest.raises(LockedOutError):
        await call(bench.guard, a_signer(), LockedOutError("locked"))
    during = found(await examine(desk, tmp_path), "lockout guard")
    bench.clock.move(minutes=16)
    after = found(await examine(desk, tmp_path), "lockout guard")

    assert during.detail == "Kraken has locked this address out until 12:15 UTC"
    assert not during.ok
    assert after.ok


async def test_a_venue_without_a_clock_is_no_finding(desk: Desk, bench: Bench, tmp_path: Path) -> None:
    """Not reported is not wrong."""
    bench.spot.answer("server_status", ServerStatus("online", None, None))

    assert found(await examine(desk, tmp_path), "clock against Spot").ok
