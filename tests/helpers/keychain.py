"""A real keychain for tests: a private D-Bus session bus with an unlocked gnome-keyring on it.

Nothing of the developer's own keychain is touched: bus, home and data lie in the given directory,
nothing is activated and nothing can show a prompt. Each instance is on its own, so tests may run
side by side. With CI=true or KRAKEN_DESK_REQUIRE_ALL=1 a missing program fails the test; otherwise it
is skipped.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = ("dbus-daemon", "gnome-keyring-daemon")
BUS = "DBUS_SESSION_BUS_ADDRESS"

BUS_CONFIGURATION = """<busconfig><type>session</type><listen>unix:tmpdir={run}</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>"""
_LIMIT_S = 10.0


def require_programs(programs: tuple[str, ...] = PROGRAMS) -> None:
    """Skip the test without the programs, or fail it where everything must be there."""
    absent = [name for name in programs if shutil.which(name) is None]
    if not absent:
        return
    reason = f"not installed: {', '.join(absent)} (Debian packages dbus, gnome-keyring)"
    if os.environ.get("CI") == "true" or os.environ.get("KRAKEN_DESK_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


class RealKeychain:
    """The bus and the keyring; `env` is what a child process needs to find them."""

    PASSWORD = b"test-master"

    def __init__(self, root: Path) -> None:
        self._root = root
        run = root / "run"
        run.mkdir(mode=0o700, parents=True)
        self.env = _bare_environment(root, run)
        self._bus = self._start_bus(run)
        self._daemon: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def address(self) -> str:
        return self.env[BUS]

    @property
    def data(self) -> Path:
        """The directory in which the keyring keeps its encrypted files."""
        return self._root / "data"

    def start(self) -> None:
        """Start the keyring and unlock its login collection, creating it the first time."""
        self._daemon = self._start_daemon("--unlock")
        assert self._daemon.stdin is not None
        self._daemon.stdin.write(self.PASSWORD)  # all of it is the password, so no newline
        self._daemon.stdin.close()
        _wait_until(self._is_open)

    def start_afresh(self) -> None:
        """Start the keyring as on a new machine, where no collection exists yet."""
        self.kill()
        shutil.rmtree(self.data)
        self._daemon = self._start_daemon()
        assert self._daemon.stdin is not None
        self._daemon.stdin.close()
        _wait_until(self._is_served)

    def lock(self) -> None:
        import secretstorage

        with closing(self._connect()) as bus:
            secretstorage.get_collection_by_alias(bus, "default").lock()

    def unlock(self) -> None:
        """Unlock without a prompt, by an interface that gnome-keyring keeps for such ends."""
        import secretstorage
        from jeepney import DBusAddress, new_method_call
        from secretstorage.util import format_secret, open_session

        with closing(self._connect()) as bus:
            collection = secretstorage.get_collection_by_alias(bus, "default")
            address = DBusAddress(
                "/org/freedesktop/secrets",
                "org.freedesktop.secrets",
                "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface",
            )
            password = format_secret(open_session(bus), self.PASSWORD, "text/plain")
            bus.send_and_get_reply(
                new_method_call(
                    address, "UnlockWithMasterPassword", "o(oayays)", (collection.collection_path, password)
                )
            )
        _wait_until(self._is_open)

    def items(self) -> list[tuple[str, dict[str, str]]]:
        """Return label and attributes of every item, as anybody sees them even while locked."""
        import secretstorage

        with closing(self._connect()) as bus:
            found = secretstorage.get_collection_by_alias(bus, "default").get_all_items()
            return [(item.get_label(), item.get_attributes()) for item in found]

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End the keyring; nothing starts it again but `start`."""
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait(_LIMIT_S)

    def stop_bus(self) -> None:
        self._bus.terminate()
        self._bus.wait(_LIMIT_S)
        if self._bus.stdout is not None:
            self._bus.stdout.close()

    def stop(self) -> None:
        self.kill()
        self.stop_bus()

    def _signal(self, number: signal.Signals) -> None:
        assert self._daemon is not None
        self._daemon.send_signal(number)

    def _start_bus(self, run: Path) -> subprocess.Popen[str]:
        configuration = self._root / "bus.conf"
        configuration.write_text(BUS_CONFIGURATION.format(run=run), "utf-8")
        bus = subprocess.Popen(
            ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=self.env,
        )
        assert bus.stdout is not None
        self.env[BUS] = bus.stdout.readline().strip()
        return bus

    def _start_daemon(self, *options: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--components=secrets", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.env,
        )

    def _connect(self) -> Any:  # jeepney has no types
        from jeepney.io.blocking import open_dbus_connection

        return open_dbus_connection(self.address)

    def _is_served(self) -> bool:
        import secretstorage

        with closing(self._connect()) as bus:
            return bool(secretstorage.check_service_availability(bus))

    def _is_open(self) -> bool:
        import secretstorage

        with closing(self._connect()) as bus:
            try:
                return not secretstorage.get_collection_by_alias(bus, "default").is_locked()
            except secretstorage.SecretStorageException:
                return False


@contextlib.contextmanager
def running_keychain(root: Path) -> Iterator[RealKeychain]:
    """Run a keychain below `root` and end it afterwards, frozen or dead as it may be."""
    require_programs()
    keychain = RealKeychain(root)
    try:
        yield keychain
    finally:
        keychain.stop()


@pytest.fixture
def real_keychain(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RealKeychain]:
    """A fresh keychain that keyring in this process finds; import this fixture in a conftest."""
    with running_keychain(tmp_path_factory.mktemp("keychain")) as keychain:
        monkeypatch.setenv(BUS, keychain.address)
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
        yield keychain


def _bare_environment(root: Path, run: Path) -> dict[str, str]:
    """Return this process's environment without displays and with every directory below `root`."""
    env = {**os.environ, "HOME": str(root), "XDG_RUNTIME_DIR": str(run), "XDG_DATA_HOME": str(root / "data")}
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "GNOME_KEYRING_CONTROL", "PYTHON_KEYRING_BACKEND", BUS):
        env.pop(name, None)
    return env


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _LIMIT_S
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("the keychain did not open in time")
        time.sleep(0.01)
