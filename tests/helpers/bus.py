"""A private D-Bus session bus for tests, without any service on it."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.keychain import BUS_CONFIGURATION, require_programs


@dataclass(frozen=True)
class PrivateBus:
    address: str
    process: subprocess.Popen[str]


@contextmanager
def private_bus() -> Iterator[PrivateBus]:
    require_programs(("dbus-daemon",))
    with tempfile.TemporaryDirectory(prefix="kd-") as root:
        configuration = Path(root) / "bus.conf"
        configuration.write_text(BUS_CONFIGURATION.format(run=root), "utf-8")
        process = subprocess.Popen(
            ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout is not None
        try:
            yield PrivateBus(process.stdout.readline().strip(), process)
        finally:
            process.terminate()
            process.wait(10)
            process.stdout.close()
