"""The UseStore port: what comes back is what was kept."""

from __future__ import annotations

from datetime import timedelta

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.foreign_use import Observation, OwnCall, Sign, TraceKind, UseFinding, UseState
from kraken_desk.domain.keys import KeyId
from kraken_desk.store import Store
from tests.contract.store.samples import LAB, MASTER, a_slot, at

KEY = KeyId("key-1")
NOW = at(0)


def a_look(number: int = 0) -> Observation:
    return Observation(
        KEY,
        NOW + timedelta(minutes=number),
        accepted=True,
        signed=2**64 - 1,
        before=OwnCall(2**63 + 1, NOW),
        nonce=2**64 - 1,
        nonce_window=10_000,
        last_used=NOW,
        modified_time=None,
        counted=True,
    )


async def test_observations_come_back_whole_and_in_order(store: Store) -> None:
    """Nonces of 64 bits and missing facts survive."""
    bare = Observation(KEY, NOW + timedelta(minutes=1), accepted=False)

    await store.use.observe(a_look())
    await store.use.observe(bare)

    assert await store.use.observations(KEY) == (a_look(), bare)
    assert await store.use.observations(KeyId("another")) == ()


async def test_the_oldest_observations_of_a_key_go(store: Store) -> None:
    """Sixty looks are kept per key, and another key's stay."""
    await store.use.observe(Observation(KeyId("other"), NOW, accepted=True))
    for number in range(63):
        await store.use.observe(a_look(number))

    kept = await store.use.observations(KEY)

    assert [look.at for look in kept] == [NOW + timedelta(minutes=n) for n in range(3, 63)]
    assert len(await store.use.observations(KeyId("other"))) == 1


async def test_the_last_call_has_its_time(store: Store) -> None:
    """The nonce given out last, with the time it was given out, or without one."""
    assert await store.nonces.last_call("f") is None
    await store.nonces.next_nonce("f", 1000)
    assert await store.nonces.last_call("f") == OwnCall(1000, None)

    await store.nonces.next_nonce("f", 1000, at=NOW)

    assert await store.nonces.last_call("f") == OwnCall(1001, NOW)


async def test_findings_belong_to_their_environment_and_go_with_the_key(store: Store) -> None:
    """A removed key takes its findings and looks along."""
    sign = Sign(UseState.FOREIGN, TraceKind.REFUSED, NOW, "Kraken refused it.", "Our nonces only rise.")
    slot = a_slot(1)
    finding = UseFinding(slot.key_id, UseState.FOREIGN, NOW, (sign,))
    await store.metadata.save_account(MASTER)
    await store.metadata.save_slot(slot)

    await store.use.save_finding(UseFinding(slot.key_id, UseState.EXPECTED, NOW))
    await store.use.save_finding(finding)

    assert await store.use.findings(LAB) == {slot.key_id: finding}
    assert await store.use.findings(EnvironmentName("other")) == {}
    await store.metadata.remove_slot(slot.slot_id)
    assert await store.use.findings(LAB) == {}


async def test_a_process_that_runs_only_here_is_remembered(store: Store) -> None:
    """The operator's word about a slot survives, and can be taken back."""
    await store.metadata.save_account(MASTER)

    await store.metadata.save_slot(a_slot(1, only_here=True))
    assert [slot.only_here for slot in await store.metadata.slots(LAB)] == [True]

    await store.metadata.save_slot(a_slot(1))
    assert [slot.only_here for slot in await store.metadata.slots(LAB)] == [False]
