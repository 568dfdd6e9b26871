"""One start: prints the seconds from the parent's clock to the first paint, then ends."""

from __future__ import annotations

import asyncio
import os
import sys
import time

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QTreeView, QWidget


class PaintWatch(QObject):
    """Remembers when a widget was first painted while `ready` holds."""

    def __init__(self, widget: QWidget, tree: QTreeView | None = None) -> None:
        super().__init__()
        self._tree = tree
        self.painted_at: float | None = None
        self.painted = asyncio.Event()
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        if event.type() is QEvent.Type.Paint and self.painted_at is None and self._has_rows():
            self.painted_at = time.monotonic()
            self.painted.set()
        return False

    def _has_rows(self) -> bool:
        if self._tree is None:
            return True
        model = self._tree.model()
        return model is not None and model.rowCount() > 0  # type: ignore[redundant-expr]  # may have none yet


def bare() -> float:
    """Paint an empty widget."""
    app = QApplication([])
    window = QWidget()
    window.resize(1440, 900)
    watch = PaintWatch(window)
    window.show()
    while watch.painted_at is None:
        app.processEvents()
    return watch.painted_at


def desk() -> float:
    """Paint the tree of the demo fleet, built as the program builds it."""
    from kraken_desk.app.demo_world import DemoWorld
    from kraken_desk.app.paths import resource_root
    from kraken_desk.app.qt_loop import loop_factory, make_application
    from kraken_desk.ui.shell import build_window

    async def show() -> float:
        async with DemoWorld.running() as world:
            window = build_window(world.open_desk.desk, resource_root())
            tree = window.findChild(QTreeView, "fleet-tree")
            assert tree is not None
            watch = PaintWatch(tree.viewport(), tree)
            window.show()
            await watch.painted.wait()
            assert watch.painted_at is not None
            window.close_for_good()
            return watch.painted_at

    app = make_application([])
    with asyncio.Runner(loop_factory=loop_factory(app)) as runner:
        return runner.run(show())


if __name__ == "__main__":
    painted_at = {"bare": bare, "desk": desk}[sys.argv[1]]()
    print(painted_at - float(os.environ["BENCH_STARTED"]))
