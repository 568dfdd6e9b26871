"""What a run of a bot must not load: its child is to start an eighth of a second after the call."""

from __future__ import annotations

import subprocess
import sys

from tests.architecture.source import ROOT

HEAVY = {
    "aiohttp",
    "asyncio",
    "click",
    "concurrent.futures",
    "cryptography",
    "dataclasses",
    "hashlib",
    "httpx",
    "inspect",
    "jeepney",
    "keyring",
    "logging",
    "msgspec",
    "PySide6",
    "qasync",
    "secretstorage",
    "socket",
    "ssl",
    "kraken_desk.app.wiring",
    "kraken_desk.cli.parser",
    "kraken_desk.exchange",
    "kraken_desk.keychain.vault",
    "kraken_desk.simulator",
    "kraken_desk.store.worker",
}
"""Libraries and parts of ours that take longer to import than a run takes in all, or bring such."""

PARTS = (
    "kraken_desk.app.entry",
    "kraken_desk.app.plain_run",
    "kraken_desk.app.private_file",
    "kraken_desk.app.run_slot",
    "kraken_desk.domain.masking",
    "kraken_desk.keychain.bus",
    "kraken_desk.keychain.session_key",
    "kraken_desk.store.at_once",
)
"""Everything that a run loads on its way, whatever it was asked for."""


def test_a_run_loads_nothing_heavy() -> None:
    """All parts of a run together stand on small modules only."""
    program = f"import sys, {', '.join(PARTS)}; print(*sys.modules, sep='\\n')"

    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    loaded = set(ended.stdout.split())
    assert set(PARTS) <= loaded
    assert loaded & HEAVY == set()
