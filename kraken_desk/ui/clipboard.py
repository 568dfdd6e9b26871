"""Copies that do not stay: marked as concealed for clipboard managers, taken back after a while.

What another program has put there meanwhile is not touched.
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QMimeData, QObject, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication

CLEAR_AFTER_MS = 20_000

_WINDOWS = "application/x-qt-windows-mime"

HINTS: tuple[tuple[str, bytes], ...] = (
    ("x-kde-passwordManagerHint", b"secret"),
    (
        f'{_WINDOWS};value="ExcludeClipboardContentFromMonitorProcessing"',
        b"\x01\x00\x00\x00",
    ),
    (f'{_WINDOWS};value="CanIncludeInClipboardHistory"', b"\x00\x00\x00\x00"),
    (f'{_WINDOWS};value="CanUploadToCloudClipboard"', b"\x00\x00\x00\x00"),
    ("org.nspasteboard.ConcealedType", b""),
)
"""By these formats Klipper, Windows' clipboard history and macOS' managers leave a copy out."""

_NAME = "clipboard-guard"


class ClipboardGuard(QObject):
    """Owns what this program has copied last; one per application."""

    def __init__(self, parent: QObject, clear_after_ms: int = CLEAR_AFTER_MS) -> None:
        super().__init__(parent)
        self.setObjectName(_NAME)
        self._ours = ""
        self._timer = QTimer(self, singleShot=True, interval=clear_after_ms)
        self._timer.timeout.connect(self.clear)

    def copy(self, text: str) -> None:
        """Put a text on the clipboard for a while; never on X11's selection."""
        data = QMimeData()
        data.setText(text)
        for name, value in HINTS:
            data.setData(name, QByteArray(value))
        self._ours = text
        _clipboard().setMimeData(data, QClipboard.Mode.Clipboard)
        self._timer.start()

    def clear(self) -> None:
        """Take the copy back at once, if it is still ours."""
        self._timer.stop()
        ours, self._ours = self._ours, ""
        if ours and _clipboard().text() == ours:
            _clipboard().clear(QClipboard.Mode.Clipboard)


def clipboard_guard() -> ClipboardGuard:
    """Return the application's guard; it clears when the application ends."""
    app = QGuiApplication.instance()
    assert isinstance(app, QGuiApplication)
    found = app.findChild(ClipboardGuard, _NAME)
    if found is None:
        found = ClipboardGuard(app)
        app.aboutToQuit.connect(found.clear)
    return found


def _clipboard() -> QClipboard:
    return QGuiApplication.clipboard()
