"""The status bar: the desk's own state in words, running work, cancel."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.balances import BalanceSheet, BalancesSnapshot
from kraken_desk.domain.deskstatus import DeskStatus, FeedReport, KeyRate, VaultDescription
from kraken_desk.domain.keys import Problem, Venue
from kraken_desk.domain.live import FeedState, LiveBalances
from kraken_desk.domain.rate_state import RateState
from kraken_desk.ui.bridge import CHECK_GROUP, Bridge
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.theme.tokens import Tone
from kraken_desk.ui.views.status_bar import StatusBar
from kraken_desk.ui.views.status_words import (
    connection_words,
    feeds_words,
    figures_words,
    keychain_words,
    lockout_words,
    rate_words,
)
from kraken_desk.ui.work_words import describe_work
from tests.helpers.builders import LAB, NOW, a_balance, an_account
from tests.helpers.wait import wait_until
from tests.ui.fake_desk import FakeDesk

FINE = DeskStatus(LAB, VaultDescription("GNOME Keyring", usable=True, persistent=True), reached_at=NOW)
LATER = NOW + timedelta(minutes=3)


def a_sheet(minutes_old: int, problem: Problem | None = None) -> BalanceSheet:
    read_at = NOW - timedelta(minutes=minutes_old)
    return BalanceSheet(an_account().account_id, Venue.SPOT, (a_balance("1"),), read_at, problem=problem)


def test_the_connection_is_told_with_its_age() -> None:
    """Reached, never asked and failed are three different texts."""
    failed = replace(FINE, connection=Problem("UnreachableError", "Kraken was not reached", "No route."))

    assert connection_words(FINE, LATER).text == "Kraken reached"
    assert connection_words(FINE, LATER).tip == "3 min ago, 2026-11-20 12:00:00 UTC"
    assert connection_words(DeskStatus(LAB), LATER).text == "Not connected yet"
    assert connection_words(failed, LATER).tone is Tone.DANGER
    assert connection_words(failed, LATER).tip == "No route. Last reached 3 min ago."


def test_the_keychain_is_named() -> None:
    """The place of the secrets is named; an unusable one says so and how to mend it."""
    broken = VaultDescription(
        "none",
        usable=False,
        persistent=False,
        problem=Problem("KeychainUnavailableError", "No keychain answers", "", "Install gnome-keyring."),
    )

    assert keychain_words(FINE).text == "Keychain: GNOME Keyring"
    assert keychain_words(replace(FINE, vault=broken)).text == "Keychain: not usable"
    assert keychain_words(replace(FINE, vault=broken)).tip == "No keychain answers Install gnome-keyring."


def test_a_lockout_counts_down_and_ends() -> None:
    """While Kraken refuses the address the rest of the time is shown, afterwards nothing."""
    locked = replace(FINE, locked_out_until=NOW + timedelta(minutes=15))

    words = lockout_words(locked, NOW + timedelta(seconds=55))

    assert words is not None
    assert words.text == "Locked out, 14:05 left"
    assert lockout_words(locked, NOW + timedelta(minutes=15)) is None
    assert lockout_words(FINE, NOW) is None


def a_feed(number: int, state: FeedState, problem: Problem | None = None) -> FeedReport:
    live = LiveBalances(Venue.SPOT, state, problem=problem)
    return FeedReport(AccountId(str(number)), Venue.SPOT, live)


def test_feeds_are_counted_and_their_trouble_is_told() -> None:
    """All live is calm; one that ended is a warning with its reason; none at all says nothing."""
    broken = Problem("UnavailableError", "The feed fell silent", "No message for 10 s.")
    all_live = DeskStatus(LAB, feeds=(a_feed(1, FeedState.LIVE), a_feed(2, FeedState.LIVE)))
    one_gone = DeskStatus(LAB, feeds=(a_feed(1, FeedState.LIVE), a_feed(2, FeedState.STALE, broken)))

    calm, warned = feeds_words(all_live), feeds_words(one_gone)

    assert calm is not None
    assert (calm.text, calm.tone) == ("Live, 2 of 2 feeds", Tone.MUTED)
    assert warned is not None
    assert (warned.text, warned.tone) == ("Live, 1 of 2 feeds", Tone.WARN)
    assert "fell silent" in warned.tip
    assert feeds_words(DeskStatus(LAB)) is None


def test_the_tightest_rate_budget_is_shown() -> None:
    """The key with the least left counts, because its calls will wait first."""
    ample = KeyRate("desk monitor", (RateState("spot", 1.0, 15, 0.33),))
    tight = KeyRate("desk treasury", (RateState("spot", 13.5, 15, 0.33),))

    words = rate_words(DeskStatus(LAB, rates=(ample, tight)))

    assert words is not None
    assert (words.text, words.tone) == ("Rate budget 1/15", Tone.WARN)
    assert "desk treasury" in words.tip
    assert rate_words(DeskStatus(LAB)) is None


def test_figures_are_as_old_as_their_oldest() -> None:
    """The oldest reading counts; old figures turn amber, failed readings are counted."""
    fresh = BalancesSnapshot(LAB.name, (a_sheet(0), a_sheet(1)))
    old = BalancesSnapshot(LAB.name, (a_sheet(0), a_sheet(6)))
    failed = BalancesSnapshot(LAB.name, (a_sheet(1, Problem("UnavailableError", "No answer")),))

    assert (figures_words(fresh, NOW).text, figures_words(fresh, NOW).tone) == (
        "Figures 1 min old",
        Tone.MUTED,
    )
    assert figures_words(old, NOW).tone is Tone.WARN
    assert figures_words(failed, NOW).text == "Figures 1 min old, 1 stale"
    assert figures_words(BalancesSnapshot(LAB.name), NOW).text == "No figures yet"


def test_a_transfer_is_shown_before_other_work_and_cannot_be_cancelled() -> None:
    """Money on its way is the most important line, and it has no cancel."""
    work = describe_work(frozenset({CHECK_GROUP, "transfers:send"}), {})

    assert work is not None
    assert (work.text, work.cancellable) == ("Transfer under way", False)


def test_background_work_is_not_announced() -> None:
    """What runs all the time, and reading for a form, is no line."""
    assert describe_work(frozenset({"desk:follow", "desk:status", "transfers:plan"}), {}) is None


class Scene:
    """The bar with its fakes, shown."""

    def __init__(self, theme: Theme, qtbot: QtBot) -> None:
        self.fake = FakeDesk()
        self.bridge = Bridge(self.fake.desk)
        self.bar = StatusBar(self.bridge, theme)
        qtbot.addWidget(self.bar)
        self.bridge.open()
        self.bar.open()
        self.bar.resize(1200, 28)
        self.bar.show()

    def label(self, name: str) -> QLabel:
        found = self.bar.findChild(QLabel, name)
        assert isinstance(found, QLabel)
        return found

    @property
    def cancel(self) -> QPushButton:
        found = self.bar.findChild(QPushButton, "status-cancel")
        assert isinstance(found, QPushButton)
        return found


@pytest.fixture
def scene(theme: Theme, qtbot: QtBot) -> Iterator[Scene]:
    scene = Scene(theme, qtbot)
    yield scene
    scene.bar.close_down()
    scene.bridge.close()


def test_the_environment_is_named(scene: Scene) -> None:
    """The bar says in words where the desk stands."""
    assert scene.label("status-environment").text() == "Environment: lab"


def test_a_lockout_appears_by_itself(scene: Scene) -> None:
    """A published lockout shows its countdown, which follows the clock."""
    hidden = scene.label("status-lockout").isHidden()
    scene.fake.status.status.publish(replace(FINE, locked_out_until=NOW + timedelta(minutes=15)))

    scene.fake.clock.move(minutes=1)
    scene.bar.refresh()

    assert hidden
    assert scene.label("status-lockout").text() == "Locked out, 14:00 left"


async def test_long_work_is_shown_and_can_be_cancelled(scene: Scene) -> None:
    """After a moment running work appears with its progress; cancel ends it and the line."""
    never = asyncio.Event()
    scene.bridge.start(CHECK_GROUP, never.wait())
    at_once = scene.label("status-work").isVisible()
    scene.bridge.progress_changed.emit(CHECK_GROUP, 3, 20)
    await wait_until(scene.label("status-work").isVisible)
    text, bar = scene.label("status-work").text(), scene.bar.findChild(QProgressBar, "status-progress")
    assert isinstance(bar, QProgressBar)
    shown = (bar.value(), bar.maximum())

    scene.cancel.click()

    assert not at_once
    assert (text, shown) == ("Checking keys, 3 of 20", (3, 20))
    assert scene.bridge.work == frozenset()
    assert scene.label("status-work").isHidden()
    await scene.fake.scope.close()


async def test_reduced_motion_leaves_out_the_bar_that_only_runs(scene: Scene, theme: Theme) -> None:
    """Work without a count has its words alone; a bar that says how far it is stands still enough."""
    theme.follow_motion(reduced=True)
    bar = scene.bar.findChild(QProgressBar, "status-progress")
    assert isinstance(bar, QProgressBar)
    scene.bridge.start(CHECK_GROUP, asyncio.Event().wait())
    await wait_until(scene.label("status-work").isVisible)
    uncounted = bar.isVisible()

    scene.bridge.progress_changed.emit(CHECK_GROUP, 3, 20)

    assert (uncounted, bar.isVisible()) == (False, True)
    theme.follow_motion(reduced=False)
    await scene.fake.scope.close()


async def test_a_blink_of_work_is_not_shown(scene: Scene) -> None:
    """Work that ends at once never flickers in the bar."""
    scene.bridge.start(CHECK_GROUP, asyncio.sleep(0))
    await wait_until(lambda: not scene.bridge.work)

    assert scene.label("status-work").isHidden()
    assert not scene.bar._delay.isActive()


def test_a_narrow_window_shortens_what_can_be_read_elsewhere(scene: Scene) -> None:
    """The countdown of a lockout stays whole when the bar is too narrow for everything."""
    long = Problem("LockedOutError", "Kraken has locked out this internet address", "Wait.")
    locked = replace(FINE, locked_out_until=NOW + timedelta(minutes=15), connection=long)
    scene.fake.status.status.publish(locked)

    scene.bar.resize(500, scene.bar.height())
    scene.bar.show()

    lockout = scene.label("status-lockout")
    assert scene.bar.minimumSizeHint().width() <= 500
    assert lockout.width() >= lockout.sizeHint().width()
    assert scene.bar.rect().contains(lockout.geometry())


async def test_closing_says_what_it_waits_for(scene: Scene) -> None:
    """A window that waits for a transfer's answer says so; otherwise it just closes."""
    answer = asyncio.Event()
    scene.bridge.start("transfers:send", answer.wait())

    scene.bar.say_closing()

    assert scene.label("status-work").text() == ""
    await wait_until(lambda: scene.label("status-work").isVisible())
    assert scene.label("status-work").text() == "Closing when Kraken has answered the transfer"
    answer.set()
    await wait_until(lambda: not scene.bridge.work)
