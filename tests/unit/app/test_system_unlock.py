"""The system's own question, on a private bus with a stand-in for polkit."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from jeepney import HeaderFields, MessageType, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

from kraken_desk.app.system_unlock import ACTION, NAME, SystemUnlock
from kraken_desk.domain.errors import RuleError, SealError
from tests.helpers.bus import PrivateBus, private_bus

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="polkit is Linux's")

FOREIGN: tuple[Any, ...] = ("org.example.other", "", "", "", "", "", 0, 0, 0, {})
OURS: tuple[Any, ...] = (ACTION, "", "", "", "", "", 0, 0, 0, {})


class Polkit:
    """Answers as it was told to, and remembers what it was asked."""

    def __init__(self, address: str, actions: list[Any], answer: tuple[bool, bool, dict[str, str]]) -> None:
        self.asked: list[Any] = []
        self._actions, self._answer, self._ends = actions, answer, False
        self._bus = open_dbus_connection(address)
        self._bus.send_and_get_reply(message_bus.RequestName(NAME))
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
            if message.header.message_type is MessageType.method_call:
                member = message.header.fields[HeaderFields.member]
                if member == "EnumerateActions":
                    reply = new_method_return(message, "a(ssssssuuua{ss})", (self._actions,))
                else:
                    self.asked.append((message.header.fields[HeaderFields.sender], message.body))
                    reply = new_method_return(message, "(bba{ss})", (self._answer,))
                self._bus.send(reply)


@pytest.fixture(scope="module")
def bus() -> Iterator[PrivateBus]:
    with private_bus() as bus:
        yield bus


@pytest.fixture(autouse=True)
def _system_bus(bus: PrivateBus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)


@contextmanager
def polkit(
    bus: PrivateBus,
    *,
    actions: tuple[Any, ...] = (FOREIGN, OURS),
    answer: tuple[bool, bool, dict[str, str]] = (True, False, {}),
) -> Iterator[Polkit]:
    made = Polkit(bus.address, list(actions), answer)
    try:
        yield made
    finally:
        made.stop()


async def test_a_yes_lets_in(bus: PrivateBus) -> None:
    """It is asked about our own connection and our own action, and may show its question."""
    with polkit(bus) as service:
        await SystemUnlock().ask()

    sender, (subject, action, details, flags, _cancellation) = service.asked[0]
    assert subject == ("system-bus-name", {"name": ("s", sender)})
    assert (action, details, flags) == (ACTION, {}, 1)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((False, False, {}), "polkit said no"),
        ((False, True, {}), "polkit said no"),
        ((False, False, {"polkit.dismissed": "true"}), "given up"),
    ],
)
async def test_anything_but_a_yes_keeps_out(
    bus: PrivateBus, answer: tuple[bool, bool, dict[str, str]], why: str
) -> None:
    """A no, a question that nobody could answer, and one that was given up are refusals."""
    with polkit(bus, answer=answer), pytest.raises(SealError) as refused:
        await SystemUnlock().ask()

    assert why in refused.value.detail


async def test_without_polkit_nobody_gets_in(bus: PrivateBus, monkeypatch: pytest.MonkeyPatch) -> None:
    """No service and no bus are refusals too, and the reason can be told before."""
    with pytest.raises(RuleError, match="could not be asked"):
        await SystemUnlock().ask()
    assert "no polkit" in await SystemUnlock().why_not()

    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/at/all")
    with pytest.raises(RuleError, match="could not be asked"):
        await SystemUnlock().ask()
    assert "no polkit" in await SystemUnlock().why_not()


async def test_it_is_offered_only_where_polkit_knows_the_program(bus: PrivateBus) -> None:
    """Without the installed action the reason is told."""
    with polkit(bus, actions=(FOREIGN,)):
        without = await SystemUnlock().why_not()
    with polkit(bus):
        with_it = await SystemUnlock().why_not()

    assert "does not know Kraken Desk" in without
    assert with_it == ""
