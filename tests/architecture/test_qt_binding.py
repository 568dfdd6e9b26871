"""The Qt binding that the lock pins is sound on this Python."""

import sys

from PySide6.QtCore import QObject

CALLS = 200


def test_ordinary_calls_give_back_what_they_borrow() -> None:
    """Calls into Qt use up no references to None, as PySide6 6.12.0 does on Python 3.11 until it aborts."""
    thing = QObject()
    before = sys.getrefcount(None)

    for _ in range(CALLS):
        thing.setObjectName("x")

    assert sys.getrefcount(None) - before > -CALLS // 2
