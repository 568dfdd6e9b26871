"""Bridge: topics of the services become Qt signals, intents of the views become tasks.

The only subscriber of topics in the window and the only place that starts tasks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import KrakenDeskError, RuleError
from kraken_desk.domain.first_look import FirstLook
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.keys import Problem, SlotId
from kraken_desk.ui.throttle import Throttle

if TYPE_CHECKING:  # the services come after the first painting
    from kraken_desk.domain.audit.judgement import Judgement
    from kraken_desk.domain.balances import BalancesSnapshot
    from kraken_desk.domain.deskstatus import DeskStatus
    from kraken_desk.domain.journal import ChainReport
    from kraken_desk.domain.prices import Rates
    from kraken_desk.domain.transfers import JournalSnapshot
    from kraken_desk.services.desk import Desk
    from kraken_desk.services.fees import FeesSnapshot
    from kraken_desk.services.ports import ProgressReport
    from kraken_desk.services.topics import Topic

T = TypeVar("T")

CHECK_GROUP = "keys:check"
REMOVE_GROUP = "keys:remove"
REFRESH_GROUP = "balances:refresh"
FIRST_GROUP = "desk:first"
"""What the desk does by itself after the start: connect, check in the demo, read all balances."""


def _not_checked(problem: Problem, number: int, of: int) -> RuleError:
    """Return the error that tells why keys were left alone; for several, how many."""
    many = f"{number} of {of} keys were not checked. " if of > 1 else "The key was not checked. "
    return RuleError(problem.title, many + problem.detail, problem.hint)


class Bridge(QObject):
    """Between the services and everything that is drawn.

    Signals:
        fleet_changed, balances_changed, journal_changed, status_changed: a new snapshot.
        reminded: dates are near: the latest Reminder, or None.
        judged: what the audit says now: a Judgement, or None before the first.
        chain_changed: what a verification of the journal found.
        rates_changed, fees_changed: new prices or another currency; volume and fees read.
        work_changed: the names of the running groups of tasks.
        progress_changed: group, done, of.
        read_only_changed: whether the program may only read.
        schedule_changed: whether process keys are checked once a day.
        failed: an error that nobody else has shown.
    """

    fleet_changed = Signal(object)
    balances_changed = Signal(object)
    journal_changed = Signal(object)
    judged = Signal(object)
    chain_changed = Signal(object)
    rates_changed = Signal(object)
    fees_changed = Signal(object)
    status_changed = Signal(object)
    reminded = Signal(object)
    work_changed = Signal(object)
    progress_changed = Signal(str, int, int)
    schedule_changed = Signal(bool)
    read_only_changed = Signal(bool)
    failed = Signal(object)

    def __init__(self, known: Desk | FirstLook, parent: QObject | None = None) -> None:
        """`known` is the desk, or what is known of it before its services are there; `take` follows then."""
        super().__init__(parent)
        self._first = known if isinstance(known, FirstLook) else None
        self._desk = None if isinstance(known, FirstLook) else known
        self._unsubscribe: list[Callable[[], None]] = []

    def take(self, desk: Desk) -> None:
        """Stand between the window and these services from now on."""
        self._desk = desk

    @property
    def desk(self) -> Desk:
        if self._desk is None:
            raise RuntimeError("the services are not there yet")
        return self._desk

    @property
    def environment(self) -> Environment:
        return self._known.environment

    @property
    def fleet(self) -> FleetSnapshot:
        known = self._known
        return known.fleet if isinstance(known, FirstLook) else known.fleet.snapshot.value

    @property
    def _known(self) -> Desk | FirstLook:
        return self._first if self._desk is None and self._first is not None else self.desk

    @property
    def balances(self) -> BalancesSnapshot:
        return self.desk.balances.snapshot.value

    @property
    def rates(self) -> Rates:
        return self.desk.valuation.rates.value

    @property
    def fees(self) -> FeesSnapshot:
        return self.desk.fees.snapshot.value

    @property
    def journal(self) -> JournalSnapshot:
        return self.desk.transfers.journal.value

    @property
    def chain(self) -> ChainReport | None:
        """Return what the last verification of the journal found, None before the first."""
        return self.desk.journal.chain.value

    @property
    def judgement(self) -> Judgement | None:
        """Return what the audit says, None while facts are still loading."""
        return self.desk.judging.judgement.value

    @property
    def status(self) -> DeskStatus:
        return self.desk.status.status.value

    @property
    def work(self) -> frozenset[str]:
        return frozenset() if self._desk is None else self._desk.scope.groups.value

    def now(self) -> datetime:
        return datetime.now(UTC) if self._desk is None else self._desk.clock.now()

    def open(self) -> None:
        """Subscribe to all topics; each signal is emitted once with the current value."""
        if not self._unsubscribe:
            self._forward_throttled(self.desk.fleet.snapshot, self.fleet_changed.emit)
            self._forward_throttled(self.desk.balances.snapshot, self.balances_changed.emit)
            self._forward(self.desk.valuation.rates, self.rates_changed.emit)
            self._forward(self.desk.fees.snapshot, self.fees_changed.emit)
            self._forward(self.desk.transfers.journal, self.journal_changed.emit)
            self._forward(self.desk.judging.judgement, self.judged.emit)
            self._forward(self.desk.journal.chain, self.chain_changed.emit)
            self._forward(self.desk.status.status, self.status_changed.emit)
            self._forward(self.desk.schedule.process_keys, self.schedule_changed.emit)
            self._forward(self.desk.treasury.read_only.state, self.read_only_changed.emit)
            self._forward(self.desk.horizon.reminders, self.reminded.emit)
            self._forward(self.desk.scope.groups, self.work_changed.emit)
            self._forward(self.desk.scope.failures, self._on_failure)

    def close(self) -> None:
        """Unsubscribe; nothing reaches a widget that is being destroyed."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()

    def refresh_balances(
        self, account_ids: tuple[AccountId, ...] | None = None, *, automatic: bool = False
    ) -> None:
        """Read balances anew; a person's request replaces a running one, a timer's waits its turn."""
        work = self.desk.balances.refresh(account_ids, automatic=automatic)
        self.start(REFRESH_GROUP, work, replace=not automatic)

    def check_keys(self, slot_ids: tuple[SlotId, ...]) -> None:
        """Ask Kraken about the selected keys; refused while a check is running.

        Only a single key counts as asked for by name: of several, refused and expired ones are left alone.
        """
        self._check(slot_ids, asked=len(slot_ids) == 1)

    def _check(self, slot_ids: tuple[SlotId, ...], *, asked: bool) -> None:
        def report(done: int, of: int) -> None:
            self.progress_changed.emit(CHECK_GROUP, done, of)

        self.start(CHECK_GROUP, self._check_and_tell(slot_ids, asked, report))

    async def _check_and_tell(
        self, slot_ids: tuple[SlotId, ...], asked: bool, report: ProgressReport
    ) -> None:
        """Check keys; why one was left alone is kept nowhere, so it is told once."""
        checks = await self.desk.keys.check(slot_ids, asked=asked, progress=report)
        nodes = self.fleet.keys()
        kept = {node.slot.key_id: node.check for node in nodes}
        left_alone = [c.problem for c in checks if c.problem and kept.get(c.key_id) != c]
        if left_alone:
            self.failed.emit(_not_checked(left_alone[0], len(left_alone), len(checks)))

    def check_all(self) -> None:
        """Ask about all keys; refused and expired ones are left alone."""
        keys = self.fleet.keys()
        self._check(tuple(node.slot.slot_id for node in keys), asked=False)

    def check_process_keys(self, wanted: bool) -> None:
        """Switch the daily checks of process keys on or off."""
        self.start("keys:schedule", self.desk.schedule.check_process_keys(wanted), replace=True)

    def remove_key(self, slot_id: SlotId) -> None:
        self.start(REMOVE_GROUP, self.desk.keys.remove(slot_id))

    def choose_currency(self, currency: str) -> None:
        """Show totals in another currency and remember it."""
        self.start("valuation:choose", self.desk.valuation.choose(currency), replace=True)

    def cancel(self, group: str) -> None:
        self.desk.scope.cancel(group)

    def start(
        self,
        group: str,
        work: Coroutine[Any, Any, T],
        *,
        replace: bool = False,
        on_error: Callable[[KrakenDeskError], None] | None = None,
    ) -> bool:
        """Start a task under a group's name; False when the group is busy and was not replaced."""
        return self.desk.scope.start(group, work, replace=replace, on_error=on_error) is not None

    def _forward(self, topic: Topic[T], receive: Callable[[T], Any]) -> None:
        self._unsubscribe.append(topic.subscribe(receive))

    def _forward_throttled(self, topic: Topic[T], receive: Callable[[T], Any]) -> None:
        """Forward a topic whose values come in bursts; the current value is told at once."""
        throttle: Throttle[T] = Throttle(receive, self)
        self._unsubscribe += [topic.subscribe(throttle.put), throttle.stop]
        throttle.rest()

    def _on_failure(self, error: KrakenDeskError | None) -> None:
        if error is not None:
            self.failed.emit(error)
