"""The NonceStore and GuardStore ports, and the settings."""

from __future__ import annotations

from datetime import datetime, timedelta

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.standing import Standing
from kraken_desk.store.store import Store
from tests.contract.store.samples import LAB, OTHER, at


async def failures(store: Store, environment: EnvironmentName, since: datetime) -> int:
    return (await store.guard.standing(environment, "any", since, at(9))).failures


async def failing_since(store: Store, fingerprint: str) -> datetime | None:
    return (await store.guard.standing(LAB, fingerprint, at(0), at(9))).failing_since


async def test_nonce_follows_the_candidate_when_it_is_ahead(store: Store) -> None:
    """A first candidate is taken as it is, and so is any that is above the last nonce."""
    assert await store.nonces.next_nonce("f", 1000) == 1000
    assert await store.nonces.next_nonce("f", 5000) == 5000


async def test_nonce_rises_when_the_candidate_does_not(store: Store) -> None:
    """An equal or lower candidate (a clock set back) gives the last nonce plus one."""
    await store.nonces.next_nonce("f", 1000)

    assert await store.nonces.next_nonce("f", 1000) == 1001
    assert await store.nonces.next_nonce("f", 7) == 1002


async def test_nonces_of_keys_are_apart(store: Store) -> None:
    """One key's nonces say nothing about another's."""
    await store.nonces.next_nonce("f", 1000)

    assert await store.nonces.next_nonce("g", 10) == 10


async def test_nonces_reach_the_end_of_sixty_four_bits(store: Store) -> None:
    """Kraken's nonces are unsigned 64-bit numbers, beyond SQLite's own integers."""
    assert await store.nonces.next_nonce("f", 2**64 - 2) == 2**64 - 2
    assert await store.nonces.next_nonce("f", 1) == 2**64 - 1


async def test_nonces_survive_the_program(store: Store) -> None:
    """After a restart the next nonce is above the last one."""
    await store.nonces.next_nonce("f", 1000)
    await store.close()

    again = await Store.open(store.path)
    nonce = await again.nonces.next_nonce("f", 3)
    await again.close()

    assert nonce == 1001


async def test_failures_of_an_environment_are_counted_after_a_time(store: Store) -> None:
    """Failures count for the address, whatever their key, strictly after the asked time."""
    await store.guard.record_failure(LAB, "f", at(1), "AuthRejectedError")
    await store.guard.record_failure(LAB, "g", at(2), "AuthRejectedError")
    await store.guard.record_failure(OTHER, "h", at(3), "AuthRejectedError")

    assert await failures(store, LAB, at(0)) == 2
    assert await failures(store, LAB, at(1)) == 1
    assert await failures(store, OTHER, at(1)) == 1


async def test_failing_key_is_known_since_its_first_failure(store: Store) -> None:
    """The time is that of the first failure in a row."""
    assert await failing_since(store, "f") is None

    await store.guard.record_failure(LAB, "f", at(1, 7), "AuthRejectedError")
    await store.guard.record_failure(LAB, "f", at(2), "AuthRejectedError")

    assert await failing_since(store, "f") == at(1, 7)
    assert await failing_since(store, "g") is None


async def test_success_clears_the_key_but_not_the_address(store: Store) -> None:
    """An accepted call ends the key's rest; Kraken's count against the address goes on."""
    await store.guard.record_failure(LAB, "f", at(1), "AuthRejectedError")

    await store.guard.record_success(LAB, "f", at(1))

    assert await failing_since(store, "f") is None
    assert await failures(store, LAB, at(0)) == 1


async def test_success_before_a_failure_does_not_clear_it(store: Store) -> None:
    """A success that another process reports late does not hide a failure after it."""
    await store.guard.record_failure(LAB, "f", at(5), "AuthRejectedError")

    await store.guard.record_success(LAB, "f", at(4))

    assert await failing_since(store, "f") == at(5)


async def test_later_end_of_a_lockout_wins(store: Store) -> None:
    """A lockout is never shortened, and it belongs to one environment."""
    assert await store.guard.locked_out_until(LAB) is None

    await store.guard.lock_out(LAB, at(0) + timedelta(minutes=15))
    await store.guard.lock_out(LAB, at(0) + timedelta(minutes=5))

    assert await store.guard.locked_out_until(LAB) == at(0) + timedelta(minutes=15)
    assert await store.guard.locked_out_until(OTHER) is None


async def test_a_clean_standing_is_kept_until_anyone_commits(store: Store) -> None:
    """While nothing is written the store's thread is not asked; another process's failure is seen at once."""
    other = await Store.open(store.path)
    assert await store.guard.standing(LAB, "f", at(0), at(9)) == Standing()
    statements = await spied(store)

    assert await store.guard.standing(LAB, "f", at(0), at(9)) == Standing()
    assert statements == []

    await other.guard.record_failure(LAB, "f", at(1), "AuthRejectedError")
    await other.close()
    assert await store.guard.standing(LAB, "f", at(0), at(9)) == Standing(1, at(1))
    await store.guard.record_success(LAB, "f", at(2))
    assert await store.guard.standing(LAB, "f", at(0), at(9)) == Standing(1)
    assert await store.guard.standing(LAB, "f", at(1), at(9)) == Standing()


async def test_a_clean_standing_is_no_longer_believed_when_the_clock_goes_back(store: Store) -> None:
    """Failures that had been too old to count may count again."""
    await store.guard.record_failure(LAB, "g", at(1), "AuthRejectedError")
    assert await store.guard.standing(LAB, "f", at(2), at(17)) == Standing()

    assert await store.guard.standing(LAB, "f", at(0), at(15)) == Standing(1)


async def test_a_clean_standing_is_that_of_one_key_and_one_asker(store: Store) -> None:
    """What is kept of one key answers neither for another one nor for who counts other attempts."""
    await store.guard.begin_attempt(LAB, "me-1", at(1))
    assert await store.guard.standing(LAB, "f", at(0), at(2), besides="me") == Standing()

    assert await store.guard.standing(LAB, "f", at(0), at(2), besides="you") == Standing(1)
    assert await store.guard.standing(OTHER, "f", at(0), at(2), besides="you") == Standing()


async def spied(store: Store) -> list[str]:
    """Collect the statements that run on the store's thread from now on."""
    seen: list[str] = []

    def watch() -> None:
        assert store._database._connection is not None
        store._database._connection.set_trace_callback(seen.append)

    await store._database._thread.run(watch)
    return seen


async def test_settings_keep_their_last_value(store: Store) -> None:
    """A setting is absent until saved, and a second saving replaces the first."""
    assert await store.setting("theme") is None

    await store.save_setting("theme", "dark")
    await store.save_setting("theme", "light")

    assert await store.setting("theme") == "light"
