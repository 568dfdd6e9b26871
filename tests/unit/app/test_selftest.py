"""The self-test: says what this installation lacks, and never stops half-way."""

from pathlib import Path

import pytest

from kraken_desk.app import selftest
from kraken_desk.services.doctor import Diagnosis


def test_a_part_that_fails_is_told_and_the_others_still_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """One missing part is one bad line with its reason; every other test has its own result."""

    def broken() -> str:
        raise ImportError("no such backend")

    found = [selftest._judged("keychain", broken), selftest._judged("TLS roots", selftest._tls_roots)]

    assert found[0] == Diagnosis("keychain", False, "ImportError: no such backend", selftest.REINSTALL)
    assert found[1].ok


def test_a_certificate_list_that_is_nearly_empty_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without roots every connection would fail, so the self-test says it first."""
    import ssl

    from kraken_desk.exchange import transport

    monkeypatch.setattr(transport, "secure_context", lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))

    found = selftest._judged("TLS roots", selftest._tls_roots)

    assert found.detail == "LookupError: only 0 certificate authorities are known"


async def test_the_database_is_tried_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A profile is made, written, closed and read again, in a directory that is gone afterwards."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    found = await selftest._judged_later("database", selftest._database)

    assert found.ok, found.detail
    assert not any(tmp_path.iterdir())  # noqa: ASYNC240  # a look after the work


def test_all_keychain_backends_of_this_system_load() -> None:
    """The backends that the program may use are installed with it."""
    found = selftest._judged("keychain", selftest._keychain)

    assert found.ok, found.detail
    assert "backends load" in found.detail
