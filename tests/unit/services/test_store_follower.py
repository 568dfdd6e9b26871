"""Following the store: everything is read when somebody has written, and seldom otherwise."""

import pytest

from kraken_desk.domain.errors import StoreBusyError
from kraken_desk.services.store_follower import ANYWAY_S, StoreFollower
from kraken_desk.store import Store
from tests.helpers.builders import a_lease, a_master
from tests.helpers.fakes import FakeClock
from tests.unit.services.bench import Bench


class Following:
    """A follower with a clock that is moved by hand."""

    def __init__(self, store: Store, bench: Bench) -> None:
        self.now = 100.0
        self.bench = bench
        self.follower = StoreFollower(store, bench.fleet, bench.transfers, lambda: self.now)


async def test_nothing_is_read_while_nobody_writes(store: Store, clock: FakeClock) -> None:
    """The second look reads nothing; the snapshot stays the very same."""
    following = Following(store, Bench(store, clock))
    assert await following.follower.look()
    before = following.bench.fleet.snapshot.value

    again = await following.follower.look()

    assert not again
    assert following.bench.fleet.snapshot.value is before


async def test_what_another_process_writes_is_shown(store: Store, clock: FakeClock) -> None:
    """An account that another process adds is there after the next look."""
    following = Following(store, Bench(store, clock))
    await following.follower.look()
    another = await Store.open(store.path)
    await another.metadata.save_account(a_master())
    await another.close()

    read = await following.follower.look()

    assert read
    assert [account.label for account in following.bench.fleet.accounts()] == [a_master().label]


async def test_time_alone_lets_everything_be_read(store: Store, clock: FakeClock) -> None:
    """Keys age without anybody writing, so a minute is the longest between two readings."""
    following = Following(store, Bench(store, clock))
    await following.follower.look()

    following.now += ANYWAY_S

    assert await following.follower.look()


async def test_a_reading_that_failed_is_made_again(store: Store, clock: FakeClock) -> None:
    """An error is told, and the next look does not take the old figures for new ones."""
    bench = Bench(store, clock)
    following = Following(store, bench)
    await following.follower.look()
    await store.metadata.save_account(a_master())
    bench.metadata.failures["accounts"] = StoreBusyError("busy", "busy", "")
    with pytest.raises(StoreBusyError):
        await following.follower.look()
    bench.metadata.failures.clear()

    read = await following.follower.look()

    assert read
    assert len(bench.fleet.accounts()) == 1


async def test_a_lease_that_ends_is_shown_without_a_commit(store: Store, clock: FakeClock) -> None:
    """A process that dies writes nothing; its lease is gone at the next look all the same."""
    bench = Bench(store, clock)
    following = Following(store, bench)
    await following.follower.look()
    bench.leases = (a_lease(),)

    read = await following.follower.look()

    assert not read
    assert bench.fleet.lease_of(a_lease().slot_id) == a_lease()
