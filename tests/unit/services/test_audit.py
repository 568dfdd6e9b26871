"""The audit service: facts from store and fleet, mutes that last, drift, and what was rehearsed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.balances import BalanceSheet, BalancesSnapshot
from kraken_desk.domain.environments import Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.errors import InputError, UnknownNameError
from kraken_desk.domain.keys import SlotId, Venue
from kraken_desk.store import Store
from tests.helpers.builders import (
    LAB,
    NOW,
    USD,
    a_balance,
    a_check,
    a_master,
    a_public_key,
    an_account,
    spot_info,
)
from tests.helpers.fakes import FakeClock
from tests.unit.services.bench import Bench

LIVE = Environment(EnvironmentName("live"), EnvironmentKind.PRODUCTION, "https://live.example")
OPEN_TRADER = spot_info(
    "query-funds",
    "query-open-trades",
    "modify-trades",
    "close-trades",
    ip_allowlist=IpAllowlist(),
    api_key=a_public_key(1),
    created_time=NOW - timedelta(days=10),
    modified_time=NOW - timedelta(days=10),
)
BOT: dict[str, Any] = {"process": "bot", "role": "trading", "client": "ccxt", "name": "bot key"}


@pytest.fixture
async def fleet(bench: Bench) -> Bench:
    """Return a bench with a master and one trading bot's open key."""
    await bench.store.metadata.save_environment(LAB)
    await bench.move_in(a_master(1))
    await bench.key(1, info=OPEN_TRADER, **BOT)
    return bench


async def test_nothing_is_shown_before_the_first_judgement(fleet: Bench) -> None:
    """An audit that has not run is not an audit without findings."""
    assert not fleet.audit.report.value.ready

    report = await fleet.audit.refresh()

    assert report.ready
    assert fleet.audit.report.value == report
    assert {f.rule for f in report.of("slot-1")} == {
        "trade-open",
        "never-expires",
    }


async def test_an_edited_role_changes_the_judgement(fleet: Bench) -> None:
    """Roles are read anew each time."""
    role = await fleet.roles.named("trading")
    await fleet.roles.save(replace(role, expiry_days=None))

    report = await fleet.audit.refresh()

    assert "never-expires" not in {f.rule for f in report.of("slot-1")}


async def test_a_mute_lasts_until_its_end(fleet: Bench, clock: FakeClock) -> None:
    """It is stored with its reason, and ends by itself."""
    found = await fleet.audit.matching("trade-open")
    until = clock.now() + timedelta(days=3)

    muted = await fleet.audit.mute(found, " known for now ", until)
    clock.move(days=3)
    later = await fleet.audit.refresh()

    assert [f.rule for f in muted.findings if f.muted] == ["trade-open"]
    assert [m.reason for m in await fleet.audit.mutes()] == ["known for now"]
    assert "trade-open" in {f.rule for f in later.open()}


async def test_findings_are_muted_in_bulk_and_counted_again(fleet: Bench) -> None:
    """All about one key at once."""
    found = await fleet.audit.matching(about="Bot Key")
    await fleet.audit.mute(found, "being replaced", NOW + timedelta(days=1))
    assert not [f for f in fleet.audit.report.value.open() if f.subject.ref == "slot-1"]

    report = await fleet.audit.unmute(found)

    assert len([f for f in report.open() if f.subject.ref == "slot-1"]) == len(found)


async def test_a_mute_without_reason_or_match_is_refused(fleet: Bench) -> None:
    """Nothing is muted by a slip."""
    found = await fleet.audit.matching("trade-open")

    with pytest.raises(InputError):
        await fleet.audit.mute(found, " ", NOW + timedelta(days=1))
    with pytest.raises(UnknownNameError):
        await fleet.audit.matching("trade-open", "nobody")
    assert await fleet.audit.mutes() == ()


async def test_drift_is_told_of_the_present_keys(fleet: Bench) -> None:
    """What the last check saw that the one before did not."""
    changed = replace(OPEN_TRADER, nonce_window=5000)
    later = NOW + timedelta(hours=1)
    await fleet.store.metadata.save_check(a_check(info=changed, checked_at=later))

    [event] = await fleet.audit.drift()

    assert (event.seen_at, event.change.text) == (later, "nonce window: 0 → 5000")


async def test_hosts_are_judged_by(fleet: Bench) -> None:
    """A named host makes strangers visible."""
    info = replace(OPEN_TRADER, ip_allowlist=IpAllowlist(("203.0.113.7", "198.51.100.1")))
    await fleet.store.metadata.save_check(a_check(info=info, checked_at=NOW + timedelta(minutes=1)))
    await fleet.fleet.load()
    await fleet.hosts.add("box", ("203.0.113.7",))

    [finding] = await fleet.audit.matching("unnamed-host")

    assert finding.evidence == ("No host has 198.51.100.1.",)
    await fleet.hosts.remove("BOX")
    assert "unnamed-host" not in {f.rule for f in (await fleet.audit.refresh()).findings}


async def test_production_asks_what_was_rehearsed(fleet: Bench, store: Store, clock: FakeClock) -> None:
    """A key of the same shape that a lower environment accepted is evidence."""
    await store.metadata.save_environment(LIVE)
    live = Bench(store, clock, LIVE)
    await live.move_in(an_account(3, environment=LIVE.name, iiban=None, futures_uid=None))
    place = {**BOT, "account_id": an_account(3).account_id}
    await live.key(3, info=replace(OPEN_TRADER, api_key=a_public_key(3)), **place)
    await live.key(
        4, info=replace(OPEN_TRADER, api_key=a_public_key(4), nonce_window=7), **{**place, "name": "b"}
    )

    report = await live.audit.refresh()

    assert "not-rehearsed" not in {f.rule for f in report.of(SlotId("slot-3"))}
    assert "not-rehearsed" in {f.rule for f in report.of(SlotId("slot-4"))}


async def test_the_blast_radius_takes_balances_and_prices(fleet: Bench) -> None:
    """A trading key can lose its account."""
    account = a_master(1).account_id
    sheet = BalanceSheet(account, Venue.SPOT, (a_balance("250"),), as_of=NOW)

    report = await fleet.audit.blast(BalancesSnapshot(LAB.name, (sheet,)), {USD: Decimal(2)})

    assert report.fleet.worst == 500
    assert report.keys["slot-1"].weighted == 500


async def test_the_matrix_has_every_key(fleet: Bench) -> None:
    """With its role's name."""
    [row] = (await fleet.audit.matrix()).rows

    assert (row.name, row.role, row.account) == ("bot key", "Trading", "Main")
