"""Notifications on a real store: each kind is told once, has its switch, and says no more than is allowed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.balances import BalanceSheet
from kraken_desk.domain.errors import StoreBusyError
from kraken_desk.domain.foreign_use import UseFinding, UseState
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.notices import Notice
from kraken_desk.domain.places import Place
from kraken_desk.domain.preferences import LowBalance, NoticeKind, Preferences, WhileLocked
from kraken_desk.domain.transfers import TransferState
from kraken_desk.services.notifying import NotifyingService
from kraken_desk.services.preferences import PreferencesService
from kraken_desk.services.profile_doors import unkept
from kraken_desk.store import Store
from tests.helpers.builders import NOW, USD, a_balance, a_check, a_master, spot_info
from tests.helpers.fakes import FakeClock
from tests.ui.money_samples import a_record
from tests.unit.services.bench import Bench

ALL = set(NoticeKind)
LOW = LowBalance(a_master().label, "USD", Decimal(2500))
USUAL = Preferences(low_balances=(LOW,))


class RecordingBoard:
    """A NoticeBoard that can be away; `locks` is called before a notice is shown."""

    def __init__(self) -> None:
        self.shown: list[Notice] = []
        self.there = True
        self.asked = 0

    async def is_there(self) -> bool:
        self.asked += 1
        return self.there

    async def show(self, notice: Notice) -> None:
        self.shown.append(notice)

    @property
    def kinds(self) -> set[NoticeKind]:
        return {notice.kind for notice in self.shown}

    @property
    def text(self) -> str:
        return "\n".join(f"{notice.title} {notice.body}" for notice in self.shown)


class House:
    """The service over a bench in which something of every kind has happened."""

    def __init__(self, bench: Bench, preferences: Preferences = USUAL) -> None:
        self.bench, self.board, self.locked = bench, RecordingBoard(), False
        self.preferences: PreferencesService = unkept(preferences)
        self.service = NotifyingService(bench.desk, self.preferences, self.board, lambda: self.locked)

    async def look(self) -> set[NoticeKind]:
        before = len(self.board.shown)
        await self.service.look()
        return {notice.kind for notice in self.board.shown[before:]}

    async def everything(self) -> None:
        """Let a date come near, a key drift and be used elsewhere, a transfer get lost, money run low."""
        bench = self.bench
        await bench.move_in(a_master())
        soon = spot_info(valid_until=NOW + timedelta(days=5), created_time=NOW, last_used=NOW)
        slot = await bench.key(1, info=soon)
        changed = replace(soon, ip_allowlist=IpAllowlist(("198.51.100.9",)))
        await bench.store.metadata.save_check(
            replace(a_check(slot.key_id, changed), checked_at=NOW + timedelta(seconds=5))
        )
        await bench.fleet.load()
        await bench.horizon.look()
        self.show_foreign_use()
        self.show_money()

    def show_foreign_use(self) -> None:
        fleet = self.bench.fleet.snapshot.value
        master = fleet.masters[0]
        used = replace(master.keys[0], use=UseFinding(master.keys[0].slot.key_id, UseState.FOREIGN, NOW))
        self.bench.fleet.snapshot.publish(replace(fleet, masters=(replace(master, keys=(used,)),)))

    def show_money(self) -> None:
        bench = self.bench
        sheet = BalanceSheet(a_master().account_id, Venue.SPOT, (a_balance("12.5", USD),), NOW)
        bench.balances.snapshot.publish(replace(bench.balances.snapshot.value, sheets=(sheet,)))
        journal = bench.transfers.journal
        journal.publish(replace(journal.value, records=(a_record(TransferState.UNKNOWN),)))

    async def lockout(self) -> None:
        """Let a lockout be seen, and pass."""
        self.bench.status.show_lockout(self.bench.clock.now() + timedelta(minutes=15))
        await self.look()
        self.bench.clock.move(minutes=16)


@pytest.fixture
async def house(bench: Bench) -> House:
    made = House(bench)
    await made.everything()
    return made


async def test_each_kind_is_told_once(house: House) -> None:
    """Six things have happened, six notices are shown; looking again shows nothing."""
    await house.lockout()

    first, second, third = await house.look(), await house.look(), await house.look()

    assert house.board.kinds == ALL
    assert first == {NoticeKind.LOCKOUT_END}
    assert second == third == set()
    assert len(house.board.shown) == 6


async def test_a_restart_repeats_nothing(house: House, tmp_path: Path) -> None:
    """Another start of the program on the same profile tells nothing again, not even a lockout's end."""
    await house.lockout()
    await house.look()
    again = House(house.bench)
    again.bench.status.show_lockout(again.bench.clock.now() - timedelta(minutes=1))

    told = await again.look()

    assert told == set()


async def test_two_programs_share_what_is_told(house: House, store: Store, clock: FakeClock) -> None:
    """Whichever window sees it first tells it."""
    other = House(Bench(store, clock))
    await other.everything()

    first, second = await house.look(), await other.look()

    assert NoticeKind.DRIFT in first
    assert second == set()


@pytest.mark.parametrize("kind", list(NoticeKind))
async def test_each_kind_has_its_switch(bench: Bench, kind: NoticeKind) -> None:
    """A kind that is off is not told; it is not noted as told either, and comes when it is switched on."""
    house = House(bench, replace(USUAL, notices=frozenset(ALL - {kind})))
    await house.everything()
    await house.lockout()
    await house.look()

    assert house.board.kinds == ALL - {kind}

    house.preferences.choose(USUAL)
    later = await house.look()
    assert later == ({kind} if kind is not NoticeKind.LOCKOUT_END else set())  # news of minutes ago only


@pytest.mark.parametrize("amounts", [False, True])
async def test_amounts_are_told_only_with_leave(bench: Bench, amounts: bool) -> None:
    """Figures of transfers and balances are in the texts only if the operator wants them there."""
    house = House(bench, replace(USUAL, amounts=amounts))
    await house.everything()

    await house.look()

    assert ("12500" in house.board.text) is amounts
    assert ("12.5" in house.board.text) is amounts


async def test_a_locked_program_is_silent_and_tells_afterwards(house: House) -> None:
    """By default nothing is told while it is locked; nothing is lost by that."""
    house.locked = True
    await house.lockout()
    while_locked = await house.look()
    house.locked = False

    afterwards = await house.look()

    assert while_locked == set()
    assert afterwards == ALL


async def test_a_locked_program_may_tell_what_happened_without_names(house: House) -> None:
    """Kinds are told, no key, no account, no figure; and it is not told again after unlocking."""
    house.preferences.choose(replace(USUAL, while_locked=WhileLocked.NO_NAMES, amounts=True))
    house.locked = True
    await house.lockout()

    await house.look()
    house.locked = False
    afterwards = await house.look()

    assert house.board.kinds == ALL
    names = [a_master().label, "key 1", "USD", "12", "IP allowlist"]
    assert [name for name in names if name in house.board.text] == []
    assert afterwards == set()


async def test_a_locked_program_may_tell_everything(house: House) -> None:
    """With the operator's leave names stand in the notices of a locked program."""
    house.preferences.choose(replace(USUAL, while_locked=WhileLocked.NAMES))
    house.locked = True

    await house.look()

    assert "“key 1” has changed at Kraken" in house.board.text


async def test_a_window_that_locks_meanwhile_hides_the_rest(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Notices that were to be shown when the window locked name nothing."""
    show = house.board.show

    async def show_and_lock(notice: Notice) -> None:
        await show(notice)
        house.locked = True

    monkeypatch.setattr(house.board, "show", show_and_lock)

    await house.look()

    assert len(house.board.shown) == 5
    assert "key 1" not in "".join(f"{n.title} {n.body}" for n in house.board.shown[1:])


async def test_nothing_is_claimed_where_nothing_can_be_shown(house: House) -> None:
    """A desktop without notifications loses none: they come when it has them."""
    house.board.there = False
    await house.lockout()
    absent = await house.look()
    house.board.there = True

    later = await house.look()

    assert absent == set()
    assert later == ALL


async def test_the_board_is_left_alone_without_news(house: House) -> None:
    """Looking often costs the desktop nothing."""
    await house.look()
    asked = house.board.asked

    await house.look()

    assert house.board.asked == asked


async def test_a_notice_knows_what_it_speaks_of(house: House) -> None:
    """Each leads to the key, the transfer, the balance or the pane that it is about."""
    await house.lockout()
    await house.look()

    slot, account = house.bench.fleet.slots()[0], a_master().account_id
    assert {notice.kind: notice.place for notice in house.board.shown} == {
        NoticeKind.EXPIRY: Place("timeline"),
        NoticeKind.DRIFT: Place(account_id=account, slot_id=slot.slot_id),
        NoticeKind.FOREIGN_USE: Place(account_id=account, slot_id=slot.slot_id),
        NoticeKind.LOCKOUT_END: Place("findings"),
        NoticeKind.UNKNOWN_TRANSFER: Place("journal", journal_id=a_record().journal_id),
        NoticeKind.LOW_BALANCE: Place("balances", account_id=account),
    }


async def test_a_look_that_fails_loses_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was to be told when the store could not be read is told by the next look."""
    await house.lockout()

    async def fail() -> None:
        raise StoreBusyError("The store is busy")

    with monkeypatch.context() as broken:
        broken.setattr(house.bench.desk.audit, "drift", fail)
        with pytest.raises(StoreBusyError):
            await house.service.look()
    await house.service.look()

    assert NoticeKind.LOCKOUT_END in house.board.kinds
