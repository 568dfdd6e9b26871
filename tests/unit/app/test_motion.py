"""Whether the desktop asks for less motion: a private bus with a stand-in for the settings portal."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest
from jeepney import HeaderFields, MessageFlag, MessageType, new_error, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

from kraken_desk.app.motion import PORTAL, motion_is_reduced, unwrapped, windows_answer
from tests.helpers.bus import PrivateBus, private_bus

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="D-Bus is Linux's")
APPEARANCE, GNOME = "org.freedesktop.appearance", "org.gnome.desktop.interface"


class Portal:
    """Answers with what it was given, and refuses every other key as the real one does."""

    def __init__(self, address: str, known: dict[tuple[str, str], tuple[str, object]]) -> None:
        self._known, self._ends = known, False
        self.started_for: list[bool] = []
        self._bus = open_dbus_connection(address)
        self._bus.send_and_get_reply(message_bus.RequestName(PORTAL))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ends = True
        self._thread.join(5)
        self._bus.close()

    def _serve(self) -> None:
        while not self._ends:
            try:
                message = self._bus.receive(timeout=0.02)
            except TimeoutError:
                continue
            if message.header.message_type is not MessageType.method_call:
                continue
            assert message.header.fields[HeaderFields.member] == "Read"
            self.started_for.append(not message.header.flags & MessageFlag.no_auto_start)
            found = self._known.get(message.body)
            if found is None:
                self._bus.send(new_error(message, "org.freedesktop.portal.Error.NotFound", "s", ("no key",)))
            else:
                self._bus.send(new_method_return(message, "v", (("v", found),)))


@pytest.fixture(scope="module")
def bus() -> Iterator[PrivateBus]:
    with private_bus() as bus:
        yield bus


@linux
@pytest.mark.parametrize(
    ("known", "reduced"),
    [
        ({(APPEARANCE, "reduced-motion"): ("u", 1)}, True),
        ({(APPEARANCE, "reduced-motion"): ("u", 0), (GNOME, "enable-animations"): ("b", False)}, False),
        ({(GNOME, "enable-animations"): ("b", False)}, True),
        ({(GNOME, "enable-animations"): ("b", True)}, False),
        ({}, None),
    ],
)
async def test_the_portal_is_believed(
    bus: PrivateBus,
    monkeypatch: pytest.MonkeyPatch,
    known: dict[tuple[str, str], tuple[str, object]],
    reduced: bool | None,
) -> None:
    """The common key counts before GNOME's; a desktop that knows neither tells nothing."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
    portal = Portal(bus.address, known)

    told = await motion_is_reduced()

    portal.stop()
    assert told is reduced
    assert not any(portal.started_for)


@linux
@pytest.mark.parametrize("address", ["unix:path=/nowhere/bus", "", "nonsense"])
async def test_without_a_bus_or_portal_nothing_is_told(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """No bus, or an address that is none, is no error and asks for nothing."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)

    assert await motion_is_reduced() is None


@linux
async def test_a_bus_without_the_portal_tells_nothing(
    bus: PrivateBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bus answers that nobody has the name; nothing is started for the question."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)

    assert await motion_is_reduced() is None


def test_windows_says_whether_it_animates() -> None:
    """Animation effects switched off ask for less motion; a refusal tells nothing."""
    asked: list[int] = []

    def read(answer: bool | None) -> bool | None:
        def parameter(number: int) -> bool | None:
            asked.append(number)
            return answer

        return windows_answer(parameter)

    assert [read(True), read(False), read(None)] == [False, True, None]
    assert set(asked) == {0x1042}


def test_a_value_is_found_inside_of_variants() -> None:
    """The portal packs values once or twice."""
    assert unwrapped(("v", ("u", 1))) == 1
    assert unwrapped(("b", False)) is False
