"""The AuditStore port: roles, hosts and mutes are kept, and each change of a fact is noted once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.hosts import Host, HostId
from kraken_desk.domain.keys import CheckOutcome, KeyId, SlotId
from kraken_desk.domain.mutes import Mute
from kraken_desk.domain.roles import STARTING_ROLES
from kraken_desk.store.store import Store
from tests.helpers.builders import LAB, NOW, a_check, a_master, a_slot, spot_info

BOX = Host(HostId("h1"), "box", ("203.0.113.7", "2001:db8::/64"), "in the cellar", this_machine=True)
MUTE = Mute(LAB.name, "rule", "slot-1", "a reason", NOW, NOW + timedelta(days=30))


async def test_roles_are_replaced_all_at_once(store: Store) -> None:
    """What is not given again is gone."""
    await store.audit.replace_roles(STARTING_ROLES[:3])
    await store.audit.replace_roles(STARTING_ROLES[2:4])

    assert set(await store.audit.edited_roles()) == set(STARTING_ROLES[2:4])


async def test_hosts_are_kept_in_order_and_one_is_this_machine(store: Store) -> None:
    """Naming another host as this machine takes the mark from the first."""
    other = Host(HostId("h0"), "other", ("203.0.113.8",), this_machine=True)

    await store.audit.save_host(BOX)
    assert await store.audit.hosts() == (BOX,)
    await store.audit.save_host(other)

    assert await store.audit.hosts() == (replace(BOX, this_machine=False), other)
    await store.audit.remove_host(BOX.host_id)
    assert await store.audit.hosts() == (other,)


async def test_mutes_are_of_one_environment(store: Store) -> None:
    """Muting again replaces reason and end."""
    elsewhere = replace(MUTE, environment=EnvironmentName("uat"))
    again = replace(MUTE, reason="another")

    await store.audit.save_mutes([MUTE, elsewhere])
    await store.audit.save_mutes([again])

    assert await store.audit.mutes(LAB.name) == (again,)
    await store.audit.remove_mute(LAB.name, MUTE.rule, MUTE.subject)
    assert await store.audit.mutes(LAB.name) == ()
    assert await store.audit.mutes(elsewhere.environment) == (elsewhere,)


@pytest.fixture
async def filled(store: Store) -> Store:
    """Return a store with one key that was accepted at NOW."""
    await store.metadata.save_environment(LAB)
    await store.metadata.save_account(a_master())
    await store.metadata.save_slot(a_slot())
    await store.metadata.save_check(a_check())
    return store


async def test_a_changed_fact_is_noted_with_its_check(filled: Store) -> None:
    """Newest first; a check that shows nothing new notes nothing."""
    first = a_check(info=spot_info("query-funds"), checked_at=NOW + timedelta(hours=1))
    second = a_check(info=spot_info("query-funds", nonce_window=7), checked_at=NOW + timedelta(hours=2))

    for check in (first, first, second, replace(second, checked_at=NOW + timedelta(hours=3))):
        await filled.metadata.save_check(check)

    assert [(e.seen_at, e.change.text) for e in await filled.audit.drift(LAB.name)] == [
        (second.checked_at, "nonce window: 0 → 7"),
        (first.checked_at, "rights: - Query Ledger Entries"),
    ]


async def test_only_accepted_and_later_checks_tell_of_change(filled: Store) -> None:
    """A refusal carries old facts, and a check that ended earlier comes too late."""
    changed = spot_info("query-funds")

    await filled.metadata.save_check(a_check(info=changed, checked_at=NOW - timedelta(minutes=1)))
    await filled.metadata.save_check(
        a_check(info=changed, outcome=CheckOutcome.REJECTED, checked_at=NOW + timedelta(minutes=1))
    )

    assert await filled.audit.drift(LAB.name) == ()


async def test_drift_goes_with_its_key(filled: Store) -> None:
    """A removed key leaves no trace of its facts."""
    await filled.metadata.save_check(
        a_check(info=spot_info("query-funds"), checked_at=NOW + timedelta(hours=1))
    )

    await filled.metadata.remove_slot(SlotId("slot-1"))
    await filled.metadata.save_slot(a_slot())

    assert await filled.audit.drift(LAB.name) == ()


async def test_unreadable_facts_do_not_keep_a_check_out(filled: Store) -> None:
    """Damage in the stored facts is healed by the next check, as before."""
    await filled._database.write(  # the damage itself
        lambda session: session.execute("UPDATE checks SET info = '{}' WHERE key_id = 'key-1'")
    )

    await filled.metadata.save_check(a_check(checked_at=NOW + timedelta(hours=1)))

    assert KeyId("key-1") in await filled.metadata.checks(LAB.name)
    assert await filled.audit.drift(LAB.name) == ()
