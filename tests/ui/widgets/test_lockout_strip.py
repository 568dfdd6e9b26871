"""The lockout's line: there while it lasts, counting down, and gone after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.widgets.lockout_strip import LockoutStrip
from tests.helpers.builders import NOW
from tests.ui.fake_desk import FakeDesk


def test_a_lockout_is_counted_down_and_goes(qtbot: QtBot) -> None:
    """Shown at the moment it is known, with its end; hidden when that has come."""
    fake = FakeDesk()
    bridge = Bridge(fake.desk)
    bridge.open()
    strip = LockoutStrip(bridge)
    qtbot.addWidget(strip)
    strip.open()
    before = strip.isHidden()

    fake.status.status.publish(
        replace(fake.status.status.value, locked_out_until=NOW + timedelta(minutes=15))
    )
    label = strip.findChild(QLabel, "lockout-text")
    assert isinstance(label, QLabel)
    said, shown = label.text(), not strip.isHidden()
    fake.clock.move(minutes=15)
    strip.refresh()

    assert (before, shown, strip.isHidden()) == (True, True, True)
    assert "until 2026-11-20 12:15:00 UTC" in said
    strip.close_down()
    bridge.close()
