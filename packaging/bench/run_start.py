"""From calling `kraken-desk run` to its child's first instruction, the secret read from a real keychain.

Beside it a bare start of the same child by the interpreter, and the same with `secret-tool lookup`,
which reads one secret and does nothing else. Needs dbus, gnome-keyring and libsecret-tools.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.report import Claim, Figure, figure
from kraken_desk.domain.accounts import Account, AccountId, AccountKind
from kraken_desk.domain.environments import PRODUCTION
from kraken_desk.domain.keys import KeyId, KeySlot, SlotId, Venue
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.keychain.items import USERNAME, service_of
from kraken_desk.keychain.vault import KeyringVault
from kraken_desk.store import Store
from tests.helpers.builders import a_check
from tests.helpers.keychain import BUS, PROGRAMS, RealKeychain

AIM_MS = 250.0
_KEY = "bench key"
_CHILD = [sys.executable, "-S", "-E", "-c", "import time; print(time.monotonic())"]


def measure(runs: int) -> list[Figure | Claim]:
    """Start the same child in three ways, one after the other in each run; the first run warms up."""
    absent = [name for name in (*PROGRAMS, "secret-tool") if shutil.which(name) is None]
    if absent:
        return [Claim("start of a leased process", True, f"not measured: {', '.join(absent)} not installed")]
    with tempfile.TemporaryDirectory(prefix="kd-") as root:
        keychain = RealKeychain(Path(root) / "k")
        try:
            variables = {k: v for k, v in keychain.env.items() if k != "PYTHONDONTWRITEBYTECODE"}
            home = Path(root) / "profile"
            service = _furnish(home, keychain.address)
            return _measured(runs, variables, home, service)
        finally:
            keychain.stop()


def _measured(runs: int, variables: dict[str, str], home: Path, service: str) -> list[Figure | Claim]:
    lookup = f'secret-tool lookup service {service} username {USERNAME} >/dev/null && exec "$@"'
    ways = {
        "run": [sys.executable, "-m", "kraken_desk", "--home", str(home), "run", _KEY, "--", *_CHILD],
        "lookup": ["sh", "-c", lookup, "sh", *_CHILD],
        "bare": _CHILD,
    }
    series: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(runs + 1):
        for name, words in ways.items():
            taken = _seconds_to_child(words, variables)
            if turn:
                series[name].append(taken)
    note = f"aim: at most {AIM_MS:g} ms on a quiet machine"
    return [
        figure("start of a leased process", series["run"], "the same child, bare", series["bare"], note),
        figure("start of a leased process", series["run"], "after secret-tool lookup", series["lookup"]),
    ]


def _seconds_to_child(words: list[str], variables: dict[str, str]) -> float:
    called = time.monotonic()
    done = subprocess.run(words, env=variables, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise RuntimeError(f"{words[0]} failed:\n{done.stderr}")
    return float(done.stdout.split()[-1]) - called


def _furnish(home: Path, address: str) -> str:
    """Store one key in a profile and its secret in the keychain; return the secret's service name."""
    before = os.environ.get(BUS)
    os.environ[BUS] = address
    try:
        return asyncio.run(_furnished(home))
    finally:
        if before is None:
            del os.environ[BUS]
        else:
            os.environ[BUS] = before


async def _furnished(home: Path) -> str:
    key_id = KeyId(secrets.token_hex(16))
    account = Account(AccountId("bench"), PRODUCTION.name, "Bench", AccountKind.MASTER, None, None)
    slot = KeySlot(
        slot_id=SlotId(secrets.token_hex(8)),
        environment=PRODUCTION.name,
        account_id=account.account_id,
        venue=Venue.SPOT,
        name=_KEY,
        key_id=key_id,
        api_key="bench",
        added_at=datetime.now(UTC),
        process="bench",
        client="ccxt",
    )
    store, vault = await Store.open(home / "kraken-desk.sqlite3"), KeyringVault()
    await store.metadata.save_account(account)
    await store.metadata.save_slot(slot)
    await store.metadata.save_check(a_check(key_id))  # an operator has checked it: its facts are looked at
    await vault.put(key_id, ApiSecret(secrets.token_urlsafe(64)))
    await vault.close()
    await store.close()
    return service_of(key_id)
