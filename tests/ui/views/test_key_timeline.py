"""A key's timeline: what lies ahead, what the store kept of its past, and reminders in the window."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel, QPushButton, QTabWidget, QToolButton
from pytestqt.qtbot import QtBot

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.horizon import Milestone, MilestoneKind
from kraken_desk.domain.keys import SlotId
from kraken_desk.domain.reminders import Reminder
from kraken_desk.domain.slot_history import EventKind, SlotEvent
from kraken_desk.domain.transfers import JournalSnapshot
from kraken_desk.ui.actions import DeskActions
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme, Tone
from kraken_desk.ui.views.inspector import InspectorPane
from kraken_desk.ui.views.key_timeline import Past, ahead, whole_history
from kraken_desk.ui.widgets.reminder_strip import ReminderStrip
from tests.helpers.builders import LAB, NOW, a_key, a_lease, a_master_with, spot_info
from tests.helpers.wait import wait_until
from tests.ui.fake_desk import FakeDesk

DAY = timedelta(days=1)
SLOT = SlotId("slot-1")
INFO = spot_info(
    valid_until=NOW + 5 * DAY, last_used=NOW - DAY, created_time=NOW - 3 * DAY, modified_time=NOW - 3 * DAY
)
KEY = a_key(1, process="bot", info=INFO, added_at=NOW - 2 * DAY)
EDIT = SlotEvent(SLOT, NOW - timedelta(hours=5), EventKind.EDITED, "Role: none → “trading”")


def a_stone(days: int, name: str = "bot") -> Milestone:
    return Milestone(MilestoneKind.EXPIRY, NOW + days * DAY, LAB.name, "key-1", name, "Why.", slot_id=SLOT)


def test_ahead_are_the_keys_own_dates() -> None:
    """With how soon, why, and a mark on what is near; without any date that is said."""
    other = replace(a_stone(3), slot_id=SlotId("slot-2"))

    facts = ahead(KEY, (a_stone(5), a_stone(90), other), NOW)

    assert [(fact.label, fact.text, fact.tone) for fact in facts] == [
        ("in 5 d", "Expires", Tone.WARN),
        ("in 90 d", "Expires", Tone.PLAIN),
    ]
    assert [fact.text for fact in ahead(KEY, (other,), NOW)] == ["no date known"]


def test_the_past_is_told_whole_and_once() -> None:
    """Edits, hand-overs and what Kraken reports in one order; adding is told by the slot itself."""
    lease = a_lease(1, since=NOW - timedelta(hours=4), ended_at=NOW - timedelta(hours=3))
    checked = SlotEvent(SLOT, NOW, EventKind.CHECKED, "Check accepted")
    added = SlotEvent(SLOT, NOW - 2 * DAY, EventKind.ADDED, "Added to Kraken Desk")

    events = whole_history(KEY, JournalSnapshot(LAB.name), Past((checked, EDIT, added), (lease,)))

    assert [event.text for event in events] == [
        "Checked: accepted",
        "Given back by freqtrade (process 4712 on box)",
        "Handed over to freqtrade (process 4712 on box)",
        "Role: none → “trading”",
        "Last used, Kraken reports",
        "Added to Kraken Desk",
        "Modified at Kraken",
        "Created at Kraken",
    ]


@pytest.fixture
def fake() -> FakeDesk:
    return FakeDesk(fleet=a_master_with(KEY))


@pytest.fixture
def bridge(fake: FakeDesk, qtbot: QtBot) -> Iterator[Bridge]:
    bridge = Bridge(fake.desk)
    yield bridge
    bridge.close()


async def test_the_kept_past_is_read_when_the_tab_is_looked_at(
    fake: FakeDesk, bridge: Bridge, theme: Theme, qtbot: QtBot
) -> None:
    """The store is asked for one key only, and only by whoever looks."""
    fake.history.kept.append(EDIT)
    fake.history.past[SLOT] = (a_lease(1),)
    selection = Selection()
    pane = InspectorPane(bridge, selection, theme, DeskActions(bridge, selection, theme))
    qtbot.addWidget(pane.widget())
    bridge.open()
    pane.open()
    pane.widget().show()
    selection.select_key(SLOT, AccountId("account-1"))
    asked_before = bool(fake.scope.groups.value)
    tabs = pane.widget().findChild(QTabWidget, "key-tabs")
    assert isinstance(tabs, QTabWidget)

    tabs.setCurrentIndex(3)
    await wait_until(lambda: not fake.scope.groups.value)
    words = [label.text() for label in pane.widget().findChildren(QLabel)]

    assert (tabs.tabText(3), asked_before) == ("Timeline", False)
    assert "Role: none → “trading”" in words
    assert "Handed over to freqtrade (process 4712 on box)" in words
    pane.close()


async def test_a_reminder_reaches_the_window(
    fake: FakeDesk, bridge: Bridge, theme: Theme, qtbot: QtBot
) -> None:
    """What has come near is told as one notice, which leads to the timeline and can be dismissed."""
    strip = ReminderStrip(theme)
    qtbot.addWidget(strip)
    bridge.reminded.connect(strip.show_reminder)
    bridge.open()
    hidden = strip.isHidden()
    wanted = QSignalSpy(strip.timeline_requested)

    await fake.horizon.look()
    told = [strip.findChild(QLabel, name).text() for name in ("reminder-title", "reminder-text")]  # type: ignore[union-attr]  # they are there
    shown = not strip.isHidden()
    strip.findChild(QPushButton, "reminder-timeline").click()  # type: ignore[union-attr]  # it is there

    assert (hidden, shown, strip.isHidden(), wanted.count()) == (True, True, True, 1)
    assert told == ["key 1 expires in 5 days (2026-11-25)", ""]


def test_what_was_not_dismissed_stays_told(theme: Theme, qtbot: QtBot) -> None:
    """A later reminder joins the one that still stands there; after a dismissal it stands alone."""
    strip = ReminderStrip(theme)
    qtbot.addWidget(strip)
    title = strip.findChild(QLabel, "reminder-title")
    assert isinstance(title, QLabel)
    dismiss = strip.findChild(QToolButton, "reminder-dismiss")
    assert isinstance(dismiss, QToolButton)

    strip.show_reminder(Reminder(NOW, (a_stone(1, "a"),)))
    strip.show_reminder(Reminder(NOW, (a_stone(1, "a"), a_stone(2, "b"))))
    both = title.text()
    dismiss.click()
    strip.show_reminder(Reminder(NOW, (a_stone(3, "c"),)))

    assert (both, title.text()) == ("2 dates are near", "c expires in 3 days (2026-11-23)")


def test_a_long_list_of_dates_is_shortened(theme: Theme, qtbot: QtBot) -> None:
    """Three are written out, the rest is counted; dismissing hides the notice."""
    strip = ReminderStrip(theme)
    qtbot.addWidget(strip)

    strip.show_reminder(Reminder(NOW, tuple(a_stone(days, f"bot {days}") for days in range(1, 6))))
    text = strip.findChild(QLabel, "reminder-text")
    assert isinstance(text, QLabel)
    dismiss = strip.findChild(QToolButton, "reminder-dismiss")
    assert isinstance(dismiss, QToolButton)
    dismiss.click()

    assert text.text().endswith("bot 3 expires in 3 days (2026-11-23) · and 2 more")
    assert strip.isHidden()
