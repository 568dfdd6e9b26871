"""Promotion: evidence that lasts, proposals that make nothing, and environments that nothing crosses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kraken_desk.domain.environments import Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.errors import (
    DuplicateKeyError,
    EnvironmentSealError,
    InputError,
    KrakenDeskError,
    UnknownNameError,
)
from kraken_desk.domain.keys import KeySlot, SlotId, Venue
from kraken_desk.domain.leases import Lease, LeaseId, ProcessMark
from kraken_desk.domain.rehearsal import Call, configuration_of
from kraken_desk.services.keys import SlotDetails
from kraken_desk.store import Store
from tests.helpers.builders import LAB, NOW, a_check, a_master, a_public_key, a_secret, a_slot, spot_info
from tests.helpers.fakes import FakeClock
from tests.unit.services.bench import Bench

LIVE = Environment(
    EnvironmentName("live"),
    EnvironmentKind.PRODUCTION,
    "https://live.example",
    futures_url="https://f.example",
)
BOT: dict[str, Any] = {"process": "bot", "role": "trading", "client": "ccxt", "name": "grid"}


@pytest.fixture
async def lab(bench: Bench, store: Store) -> Bench:
    """Return the lab with a bot's key that was accepted twice."""
    await store.metadata.save_environment(LAB)
    await store.metadata.save_environment(LIVE)
    await bench.move_in(a_master(1))
    await bench.key(1, "query-funds", "modify-trades", **BOT)
    await bench.keys.check((SlotId("slot-1"),))
    return bench


async def test_an_accepted_check_is_evidence(lab: Bench) -> None:
    """By configuration, with its times and its count."""
    [found] = await lab.store.rehearsals.all(LAB.name)

    assert (found.name, found.call, found.count) == ("grid", Call.CHECK, 2)
    assert (found.configuration.role, found.configuration.client) == ("trading", "ccxt")


async def test_a_refused_check_is_no_evidence(lab: Bench) -> None:
    """Nor is one of a key that is not here."""
    await lab.store.metadata.save_check(a_check(a_slot(9).key_id, spot_info()))

    assert len(await lab.store.rehearsals.all(LAB.name)) == 1


async def test_another_configuration_is_another_piece_of_evidence(lab: Bench) -> None:
    """The old one stays: it has worked."""
    lab.spot.answer("check_key", spot_info("query-funds", api_key=a_public_key(1)), api_key=a_public_key(1))
    await lab.keys.check((SlotId("slot-1"),))

    found = await lab.store.rehearsals.all(LAB.name)
    assert [len(r.configuration.rights) for r in found] == [2, 1]


async def test_evidence_outlives_its_key(lab: Bench, store: Store, clock: FakeClock) -> None:
    """The audit of production still knows the shape, when the rehearsal's key is long gone."""
    await lab.keys.remove(SlotId("slot-1"))
    live = Bench(store, clock, LIVE)
    await live.move_in(a_master(3, environment=LIVE.name, iiban=None, futures_uid=None, account_id="live-1"))
    await live.key(3, "query-funds", "modify-trades", **BOT, account_id="live-1")
    await live.key(4, "query-funds", **{**BOT, "name": "other"}, account_id="live-1")

    report = await live.audit.refresh()

    assert "not-rehearsed" not in {f.rule for f in report.of("slot-3")}
    assert "not-rehearsed" in {f.rule for f in report.of("slot-4")}


async def test_a_promotion_tells_what_was_rehearsed(lab: Bench) -> None:
    """Its runs too, and the form values with the target's own host; nothing is made or sent."""
    await lab.hosts.add("box", ("198.51.100.7",))
    lease = Lease(LeaseId("l1"), SlotId("slot-1"), LAB.name, ProcessMark(1), "h", NOW, "grid", ProcessMark(2))
    await lab.store.leases.begin(lease)
    await lab.store.leases.child_started(lease.lease_id, ProcessMark(2))
    calls = list(lab.calls("check_key"))

    found = await lab.promotions.propose("grid", "LIVE", ("box",))

    rehearsed = {point.what: point.rehearsed for point in found.points}
    assert rehearsed["Signed check"]
    assert rehearsed["Run by its process"]
    assert not rehearsed["The same exchange"]
    assert found.wish.ip_allowlist == ("198.51.100.7",)
    assert (found.wish.name, found.wish.valid_until) == ("grid", None)
    assert found.page == "https://www.kraken.com/u/security/api"
    assert list(lab.calls("check_key")) == calls
    assert await lab.store.metadata.slots(LIVE.name) == ()


async def test_addresses_of_the_lab_do_not_go_along(lab: Bench) -> None:
    """A loopback address lets nobody in at Kraken; the gap is said instead."""
    from kraken_desk.domain.allowlist import IpAllowlist

    info = spot_info(
        "query-funds", ip_allowlist=IpAllowlist(("127.0.0.1", "10.0.0.0/8")), api_key=a_public_key(1)
    )
    await lab.store.metadata.save_check(
        a_check(a_slot(1).key_id, info, checked_at=NOW + timedelta(minutes=1))
    )
    await lab.fleet.load()

    found = await lab.promotions.propose("grid", "live")

    assert found.wish.ip_allowlist == ()
    assert "The target's addresses" in {point.what for point in found.missing}


async def test_targets_are_those_above(lab: Bench, store: Store, clock: FakeClock) -> None:
    """From production there is no way up."""
    assert {e.name for e in await lab.promotions.targets()} == {"production", "uat", "live"}
    live = Bench(store, clock, LIVE)
    assert {e.name for e in await live.promotions.targets()} == {"production"}


@pytest.mark.parametrize(
    ("name", "to", "error"),
    [
        ("grid", "lab", InputError),
        ("grid", "nowhere", UnknownNameError),
        ("nobody", "live", UnknownNameError),
    ],
)
async def test_a_wrong_promotion_is_refused(
    lab: Bench, name: str, to: str, error: type[KrakenDeskError]
) -> None:
    """By names that are not there, or the same place."""
    with pytest.raises(error):
        await lab.promotions.propose(name, to)


async def test_a_key_that_was_never_accepted_is_not_promoted(lab: Bench) -> None:
    """There is nothing to go by."""
    await lab.key(2, checked=False, **{**BOT, "name": "new"})

    with pytest.raises(InputError, match="Not rehearsed"):
        await lab.promotions.propose("new", "live")


Attempt = Callable[[Bench, KeySlot], Awaitable[object]]


async def _other_url(live: Bench, slot: KeySlot) -> object:
    LIVE.check_seal(LAB.spot_url)
    return live, slot


ATTEMPTS: dict[str, Attempt] = {
    "sign": lambda live, slot: _later(live.keys.signer_of, slot),
    "ask once": lambda live, slot: live.keys.ask_once(slot),
    "look quietly": lambda live, slot: live.keys.look_quietly(slot),
    "move the slot": lambda live, slot: live.fleet.save_slot(replace(slot, environment=LIVE.name)),
    "call another host": _other_url,
    "rotate": lambda live, slot: live.rotations.start(slot.slot_id),
    "check": lambda live, slot: live.keys.check((slot.slot_id,)),
    "rename": lambda live, slot: live.keys.rename(slot.slot_id, "crossed"),
    "remove": lambda live, slot: live.keys.remove(slot.slot_id),
    "add its pair": lambda live, slot: live.keys.try_pair(Venue.SPOT, slot.api_key, a_secret()),
    "accept its pair": lambda live, slot: live.keys.accept_pair(Venue.SPOT, slot.api_key, a_secret()),
}


async def _later(work: Callable[..., object], *values: object) -> object:
    return work(*values)


@pytest.mark.parametrize("attempt", list(ATTEMPTS))
async def test_no_way_leads_a_key_into_another_environment(
    lab: Bench, store: Store, clock: FakeClock, attempt: str
) -> None:
    """Whatever service is asked with the lab's slot, production sends nothing and stores nothing."""
    live = Bench(store, clock, LIVE, lab.vault)
    await live.fleet.load()
    slot = lab.fleet.slot_named("grid")

    with pytest.raises((EnvironmentSealError, DuplicateKeyError, UnknownNameError, KeyError)):
        await ATTEMPTS[attempt](live, slot)

    assert [call for call in (*live.spot.calls, *live.futures.calls) if call.api_key] == []
    assert await store.metadata.slots(LIVE.name) == ()
    assert (await store.metadata.slots(LAB.name))[0] == slot


async def test_a_pair_tried_in_the_lab_is_not_stored_in_production(
    lab: Bench, store: Store, clock: FakeClock
) -> None:
    """Also when the tried pair itself is handed across."""
    lab.spot.answer("check_key", spot_info(api_key=a_public_key(5)), api_key=a_public_key(5))
    tried = await lab.keys.try_pair(Venue.SPOT, a_public_key(5), a_secret())
    live = Bench(store, clock, LIVE, lab.vault)

    with pytest.raises(EnvironmentSealError):
        await live.keys.add(tried, a_secret(), SlotDetails("crossed"))

    assert await store.metadata.slots(LIVE.name) == ()


def test_a_promotions_values_hold_nothing_of_the_key() -> None:
    """Of a configuration, neither the public half nor an id is a part."""
    slot: Any = a_slot(1, **BOT)
    text = repr(configuration_of(slot, spot_info(api_key=slot.api_key)))

    assert slot.api_key not in text
    assert slot.key_id not in text
