"""Waiting for what a pane draws in pieces."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt

from kraken_desk.ui.throttle import Later
from tests.helpers.wait import wait_until


async def drawn(pane: QObject) -> None:
    """Wait until a pane has drawn all that it was asked for."""
    laters = pane.findChildren(Later, options=Qt.FindChildOption.FindDirectChildrenOnly)
    await wait_until(lambda: not any(later.waits for later in laters))
