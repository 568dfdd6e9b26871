"""Copies that do not stay: concealed for clipboard managers, and taken back if they are still ours."""

from __future__ import annotations

from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kraken_desk.ui.clipboard import ClipboardGuard, clipboard_guard


def text() -> str:
    return QGuiApplication.clipboard().text()


def test_a_copy_is_marked_as_concealed(qapp: QApplication) -> None:
    """Clipboard managers find the hint by which they leave it out of their history."""
    guard = clipboard_guard()
    guard.copy("a public key")

    data = QGuiApplication.clipboard().mimeData()

    assert bytes(data.data("x-kde-passwordManagerHint").data()) == b"secret"
    assert data.hasFormat("org.nspasteboard.ConcealedType")
    assert QGuiApplication.clipboard().text(QClipboard.Mode.Selection) != "a public key"
    guard.clear()


def test_a_copy_is_taken_back_after_a_while(qapp: QApplication, qtbot: QtBot) -> None:
    """What is still ours when the time is over is gone."""
    guard = ClipboardGuard(qapp, clear_after_ms=20)
    guard.copy("a public key")

    qtbot.waitUntil(lambda: not text())

    guard.deleteLater()


def test_what_another_program_copied_stays(qapp: QApplication) -> None:
    """Clearing touches our own text only."""
    guard = ClipboardGuard(qapp)
    guard.copy("a public key")
    QGuiApplication.clipboard().setText("somebody else's")

    guard.clear()

    assert text() == "somebody else's"
    guard.deleteLater()


def test_a_second_copy_gets_its_own_time(qapp: QApplication) -> None:
    """There is one guard, and it answers for the last copy."""
    clipboard_guard().copy("first")
    clipboard_guard().copy("second")

    clipboard_guard().clear()

    assert text() == ""
    assert clipboard_guard() is clipboard_guard()
