"""One key used by window and command line at once; `dev.py bench one-key` does the same at full size."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.local_exchange import local_exchange
from bench.one_key import Load, share_one_key


@pytest.mark.parametrize("client", ["kraken-desk", "ccxt"])
def test_two_processes_share_a_key_without_an_invalid_nonce(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: str
) -> None:
    """Two hundred parallel tasks in two processes: every call is accepted, and nonces arrive in order."""
    monkeypatch.setenv("PYTHONPATH", "packaging")
    load = Load(calls=300, tasks=200, client=client)

    with local_exchange("large:1") as exchange:
        claims = share_one_key(exchange, tmp_path, load)

    assert [claim for claim in claims if not claim.holds] == []
    assert claims[0].found.startswith("300 in ")
