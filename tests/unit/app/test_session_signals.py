"""What the desktop tells of its session, heard from a private bus that stands for both of its buses."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest
from jeepney import DBusAddress, message_bus, new_signal
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tests.helpers.bus import private_bus

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="D-Bus is Linux's")

LISTENER = """
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtDBus import QDBusConnection
from kraken_desk.app.session_signals import SessionSignals
app = QCoreApplication([])
signals = SessionSignals()
signals.screen_locked.connect(lambda: print("screen", flush=True))
signals.about_to_sleep.connect(lambda: print("sleep", flush=True))
signals.listen()
QDBusConnection.sessionBus().registerService("test.listener")
print("ready", flush=True)
app.exec()
"""
SAVER = "org.freedesktop.ScreenSaver"
LOGIND = "org.freedesktop.login1"
GNOME = "org.gnome.ScreenSaver"


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[subprocess.Popen[str], DBusConnection]]:
    """A program that listens, and a connection that has the names of the services it listens to."""
    with private_bus() as bus, closing(open_dbus_connection(bus.address)) as connection:
        for name in (SAVER, LOGIND, GNOME):
            connection.send_and_get_reply(message_bus.RequestName(name))
        places = {"DBUS_SESSION_BUS_ADDRESS": bus.address, "DBUS_SYSTEM_BUS_ADDRESS": bus.address}
        program = subprocess.Popen(
            [sys.executable, "-c", LISTENER], env={**os.environ, **places}, stdout=subprocess.PIPE, text=True
        )
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        yield program, connection
        program.kill()
        program.communicate()


@pytest.mark.parametrize(
    ("path", "interface", "member", "signature", "body", "heard"),
    [
        ("/org/freedesktop/ScreenSaver", SAVER, "ActiveChanged", "b", (True,), "screen"),
        ("/ScreenSaver", SAVER, "ActiveChanged", "b", (True,), "screen"),
        ("/org/gnome/ScreenSaver", GNOME, "ActiveChanged", "b", (True,), "screen"),
        ("/org/freedesktop/login1", f"{LOGIND}.Manager", "PrepareForSleep", "b", (True,), "sleep"),
        ("/org/freedesktop/login1/session/_31", f"{LOGIND}.Session", "Lock", None, (), "screen"),
    ],
)
def test_the_desktops_signal_is_heard(
    listener: tuple[subprocess.Popen[str], DBusConnection],
    path: str,
    interface: str,
    member: str,
    signature: str | None,
    body: tuple[bool, ...],
    heard: str,
) -> None:
    """Locking and sleeping are told; that a screen is open again, or the machine awake, is not."""
    program, connection = listener
    address = DBusAddress(path, interface=interface)
    if body:
        connection.send(new_signal(address, member, signature, (False,)))
    connection.send(new_signal(address, member, signature, body))

    assert program.stdout is not None
    assert program.stdout.readline() == f"{heard}\n"
