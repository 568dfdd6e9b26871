"""One window per profile: the second start is refused, and a killed first one holds nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kraken_desk.app.single_window import SingleWindow
from kraken_desk.domain.errors import RuleError

HOLDER = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from kraken_desk.app.single_window import SingleWindow
app = QCoreApplication([])
window = SingleWindow(Path(sys.argv[1]))
window.take()
print("held", flush=True)
time.sleep(120)
"""


def test_a_second_window_is_refused_and_raises_the_first(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    """The error names the process that has it; the first window hears that it is wanted."""
    first, second = SingleWindow(tmp_path), SingleWindow(tmp_path)
    first.take()
    first.listen()
    heard = QSignalSpy(first.raise_requested)

    with pytest.raises(RuleError) as refused:
        second.take()

    assert str(os.getpid()) in refused.value.detail
    qtbot.waitUntil(lambda: heard.count() == 1)
    first.free()
    second.take()
    second.free()


def test_profiles_do_not_meet(qapp: QApplication, tmp_path: Path) -> None:
    """Two profiles have a window each."""
    homes = [tmp_path / "one", tmp_path / "two"]
    for home in homes:
        home.mkdir()
    windows = [SingleWindow(home) for home in homes]

    for window in windows:
        window.take()
    for window in windows:
        window.free()


def test_a_killed_window_holds_nothing(qapp: QApplication, tmp_path: Path) -> None:
    """After SIGKILL the next start takes over at once."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        mine = SingleWindow(tmp_path)
        with pytest.raises(RuleError, match="open already"):
            mine.take()

        holder.send_signal(signal.SIGKILL)
        holder.wait()

        mine.take()
    mine.free()


@pytest.mark.skipif(os.name != "posix", reason="sockets in the file system")
def test_nobody_else_can_knock_and_no_link_is_followed(qapp: QApplication, tmp_path: Path) -> None:
    """The socket is the user's own, and what a link in its place points to stays as it is."""
    probe = SingleWindow(tmp_path)
    probe.listen()
    assert isinstance(probe._server, QLocalServer)
    place = Path(probe._server.fullServerName())
    probe._server.close()
    target = tmp_path / "precious"
    target.write_text("mine")
    place.unlink(missing_ok=True)
    place.symlink_to(target)

    window = SingleWindow(tmp_path)
    window.listen()

    assert isinstance(window._server, QLocalServer)
    assert window._server.isListening()
    assert not place.is_symlink()
    assert place.stat().st_mode & 0o077 == 0
    assert target.read_text() == "mine"
    probe.free()
    window.free()


def test_whatever_is_sent_only_raises_the_window(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    """The socket takes no words: a flood of them raises the window, and nothing is read."""
    window = SingleWindow(tmp_path)
    window.listen()
    assert isinstance(window._server, QLocalServer)
    heard = QSignalSpy(window.raise_requested)
    socket = QLocalSocket()
    socket.connectToServer(window._server.serverName())
    assert socket.waitForConnected(2_000)

    socket.write(b'{"act": "transfer"}\n' * 10_000)
    socket.flush()

    qtbot.waitUntil(lambda: heard.count() == 1)
    qtbot.waitUntil(lambda: socket.state() is QLocalSocket.LocalSocketState.UnconnectedState)
    window.free()


def test_a_lock_that_was_killed_half_written_does_not_block(tmp_path: Path) -> None:
    """A start that was killed before it wrote its number leaves an empty file, which is nobody's."""
    (tmp_path / "window.lock").touch()
    window = SingleWindow(tmp_path)

    window.take()

    window.free()
