"""The bridge: topics reach widgets as signals, intents reach services as tasks."""

import asyncio

from PySide6.QtTest import QSignalSpy

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.errors import KrakenDeskError, RuleError, UnreachableError
from kraken_desk.domain.keys import CheckOutcome, KeyCheck, Problem, SlotId
from kraken_desk.ui.bridge import CHECK_GROUP, REFRESH_GROUP, Bridge
from tests.helpers.builders import NOW, a_key, a_master_with, a_node, an_account
from tests.helpers.wait import wait_until
from tests.ui.fake_desk import FakeDesk


def emitted(spy: QSignalSpy) -> list[object]:
    return [spy.at(n)[0] for n in range(spy.count())]


async def test_snapshots_become_signals() -> None:
    """A published snapshot is announced at once and can be asked for."""
    fake = FakeDesk()
    bridge = Bridge(fake.desk)
    bridge.open()
    heard = QSignalSpy(bridge.fleet_changed)
    fleet = a_master_with(a_key(1))

    fake.fleet.snapshot.publish(fleet)

    assert emitted(heard) == [fleet]
    assert bridge.fleet == fleet
    bridge.close()


async def test_a_closed_bridge_is_silent() -> None:
    """After closing nothing reaches a widget any more."""
    fake = FakeDesk()
    bridge = Bridge(fake.desk)
    bridge.open()
    bridge.close()
    heard = QSignalSpy(bridge.fleet_changed)

    fake.fleet.snapshot.publish(a_master_with(a_key(1)))

    assert heard.count() == 0


async def test_opening_tells_the_current_values() -> None:
    """Whoever listens before opening hears each value once, without waiting for a change."""
    fake = FakeDesk(fleet=a_master_with(a_key(1)))
    bridge = Bridge(fake.desk)
    spies = [
        QSignalSpy(signal)
        for signal in (
            bridge.fleet_changed,
            bridge.balances_changed,
            bridge.journal_changed,
            bridge.status_changed,
        )
    ]

    bridge.open()
    bridge.open()

    assert [spy.count() for spy in spies] == [1, 1, 1, 1]
    bridge.close()


async def test_checking_reports_its_progress() -> None:
    """A check of all keys asks the service once and counts them off."""
    fleet = a_master_with(a_key(1), below=(a_node(an_account(2), a_key(2)),))
    fake = FakeDesk(fleet=fleet)
    bridge = Bridge(fake.desk)
    progress = QSignalSpy(bridge.progress_changed)

    bridge.check_all()
    await wait_until(lambda: not bridge.work)

    assert fake.keys.checked == [(SlotId("slot-1"), SlotId("slot-2"))]
    assert [progress.at(n) for n in range(progress.count())] == [
        [CHECK_GROUP, 1, 2],
        [CHECK_GROUP, 2, 2],
    ]


async def test_a_second_check_is_refused_while_one_runs() -> None:
    """Pressing twice asks Kraken once."""
    fake = FakeDesk(fleet=a_master_with(a_key(1)))
    bridge = Bridge(fake.desk)

    bridge.check_all()
    bridge.check_all()
    await wait_until(lambda: not bridge.work)

    assert len(fake.keys.checked) == 1


async def test_a_person_replaces_a_running_refresh_and_a_timer_does_not() -> None:
    """A timer's request is dropped while figures are being read; a person's starts anew."""
    fake = FakeDesk()
    bridge = Bridge(fake.desk)
    never = asyncio.Event()
    bridge.start(REFRESH_GROUP, never.wait())

    bridge.refresh_balances(automatic=True)
    bridge.refresh_balances((AccountId("account-1"),))
    await wait_until(lambda: not bridge.work)

    assert fake.balances.asked == [((AccountId("account-1"),), False)]
    await fake.scope.close()


async def test_errors_nobody_took_are_announced() -> None:
    """A failing task ends as one signal with the error itself."""
    fake = FakeDesk(fleet=a_master_with(a_key(1)))
    bridge = Bridge(fake.desk)
    bridge.open()
    failed = QSignalSpy(bridge.failed)
    fake.keys.failure = UnreachableError("Kraken was not reached")

    bridge.check_all()
    await wait_until(failed.count)

    assert emitted(failed) == [fake.keys.failure]
    bridge.close()


async def test_errors_taken_by_the_caller_are_not_announced_again() -> None:
    """A caller that handles its error keeps it from the banner."""
    fake = FakeDesk()
    bridge = Bridge(fake.desk)
    bridge.open()
    failed = QSignalSpy(bridge.failed)
    taken: list[KrakenDeskError] = []

    async def fail() -> None:
        raise UnreachableError("Kraken was not reached")

    bridge.start("anything", fail(), on_error=taken.append)
    await wait_until(lambda: taken)

    assert failed.count() == 0
    bridge.close()


async def test_cancel_ends_the_group() -> None:
    """Cancelled work is gone from the running groups."""
    fake = FakeDesk()
    bridge = Bridge(fake.desk)
    never = asyncio.Event()
    bridge.start(CHECK_GROUP, never.wait())

    bridge.cancel(CHECK_GROUP)

    assert bridge.work == frozenset()
    await fake.scope.close()


async def test_a_removal_reaches_its_service() -> None:
    """It is one call for the key that was meant."""
    fake = FakeDesk()
    bridge = Bridge(fake.desk)

    bridge.remove_key(SlotId("slot-1"))
    await wait_until(lambda: not bridge.work)

    assert fake.keys.removed == [SlotId("slot-1")]


async def test_a_key_that_was_left_alone_is_told() -> None:
    """A check that a rule stopped changes nothing in the tree, so it is announced, with how many."""
    fleet = a_master_with(a_key(1), a_key(2))
    fake = FakeDesk(fleet=fleet)
    bridge = Bridge(fake.desk)
    bridge.open()
    failed = QSignalSpy(bridge.failed)
    problem = Problem(
        "LockedOutError", "Kraken has locked out this address", "Each attempt prolongs it.", "Wait."
    )
    nodes = fleet.keys()
    key_ids = [node.slot.key_id for node in nodes]
    kept = KeyCheck(key_ids[0], NOW, CheckOutcome.ACCEPTED)
    fake.keys.answers = (kept, KeyCheck(key_ids[1], NOW, CheckOutcome.UNREACHED, problem=problem))

    bridge.check_all()
    await wait_until(failed.count)

    (error,) = emitted(failed)
    assert isinstance(error, RuleError)
    assert error.title == "Kraken has locked out this address"
    assert error.detail == "1 of 2 keys were not checked. Each attempt prolongs it."
    bridge.close()
