"""A bare PySide6 window with an empty tree, nothing else; tells of its first paint as the program does."""

import sys
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QTreeView

STATM = Path("/proc/self/statm")


class Watch(QObject):
    """Waits for one painting."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, tell)
        return False


def tell() -> None:
    memory = int(STATM.read_text(encoding="ascii").split()[1]) * 4 if STATM.exists() else 0
    spent = f"monotonic_s={time.monotonic()} cpu_s={time.process_time()} memory_kb={memory}"
    print("first paint", spent, file=sys.stderr, flush=True)


app = QApplication([])
window = QMainWindow()
window.setCentralWidget(QTreeView())
window.resize(1440, 900)
watch = Watch()
window.installEventFilter(watch)
window.show()
app.exec()
