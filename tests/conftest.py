"""Guards for every test: no network but loopback, no keychain of the developer's, fresh directories.

And the canary: a secret that the builders hand to every part of the program must not turn up in a
log record. Guards that need a loop or Qt stand in the folders that have one.
"""

from __future__ import annotations

import gc
import ipaddress
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.helpers.builders import CANARY
from tests.helpers.collection import collect_due

settings.register_profile("desk", deadline=None, database=None)  # no timing, no files in the checkout
settings.load_profile("desk")

_FRESH = {
    "HOME": "",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_CACHE_HOME": "cache",
    "XDG_STATE_HOME": "state",
    "KRAKEN_DESK_HOME": "kraken-desk",
}


def pytest_configure() -> None:
    """Hear Ctrl-C and hang-ups also where a shell started the run in the background.

    Such a shell has them ignored, and every program that the tests start would inherit that.
    """
    for name, handler in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
        number = getattr(signal, name, None)  # Windows has no hang-ups
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


def pytest_collection_finish() -> None:
    """Leave out of every later collection what the tests themselves are: most of a worker's objects."""
    gc.collect()
    gc.freeze()


def is_near(address: object) -> bool:
    """Say whether a socket address stays on this machine: a path, or a loopback host."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def mentions_canary(record: logging.LogRecord) -> bool:
    """Say whether a log record shows the canary: in its text, its arguments or its exception."""
    parts = [str(record.msg), repr(record.args)]
    error = record.exc_info[1] if record.exc_info else None
    while error is not None:
        parts.append(repr(error))
        error = error.__cause__ or error.__context__
    return any(CANARY in part for part in parts)


def _refusing(connect: Callable[..., Any]) -> Callable[..., Any]:
    def checked(own: socket.socket, address: object) -> Any:
        if not is_near(address):
            raise AssertionError(f"a test tried to reach {address}")
        return connect(own, address)

    return checked


@pytest.fixture(autouse=True)
def _no_network_but_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", _refusing(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", _refusing(socket.socket.connect_ex))


@pytest.fixture(autouse=True)
def _fresh_directories(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("home")
    for name, folder in _FRESH.items():
        monkeypatch.setenv(name, str(root / folder))


@pytest.fixture(autouse=True)
def _no_real_keychain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the session's bus; tests of the real keychain start a bus of their own."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={os.devnull}/no-bus-in-tests")


@pytest.fixture(autouse=True)
def _canary_stays_out_of_logs() -> Iterator[None]:
    """Look at every log record as it is made, whichever handler would show it."""
    ours, factory = logging.getLogger("kraken_desk"), logging.getLogRecordFactory()
    level = ours.level
    leaks: list[str] = []

    def watched(*arguments: Any, **named: Any) -> logging.LogRecord:
        record = factory(*arguments, **named)
        if mentions_canary(record):
            leaks.append(f"{record.name}: {record.pathname}:{record.lineno}")
        return record

    ours.setLevel(logging.DEBUG)
    logging.setLogRecordFactory(watched)
    try:
        yield
    finally:
        logging.setLogRecordFactory(factory)
        ours.setLevel(level)
    assert leaks == []


@pytest.fixture
def home() -> Path:
    """Return the fresh profile directory that KRAKEN_DESK_HOME names."""
    return Path(os.environ["KRAKEN_DESK_HOME"])


@pytest.fixture(autouse=True, scope="session")
def _collected_on_this_thread_only() -> Iterator[None]:
    """Keep Python from collecting on worker threads: a Qt object destroyed there crashes the process."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def _garbage_collected() -> Iterator[None]:
    """Collect after each test what is due by then."""
    yield
    collect_due()
