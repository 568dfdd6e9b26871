"""The self-test: says what this installation lacks, and never stops half-way."""

from pathlib import Path

import pytest

from kraken_desk.app import selftest
from kraken_desk.app.demo_world import DemoWorld
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


def test_a_guide_without_its_pictures_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The guide is read whole; an installation that lost a picture, or all texts, is incomplete."""
    whole = selftest._judged("guide", selftest._guide)
    (tmp_path / "guide").mkdir()
    monkeypatch.setattr("kraken_desk.app.paths.resource_root", lambda: tmp_path)
    empty = selftest._judged("guide", selftest._guide)
    (tmp_path / "guide" / "1.md").write_text("# A\n## B\n![x](../screenshots/x.png)\n")
    bare = selftest._judged("guide", selftest._guide)

    assert whole.ok, whole.detail
    assert empty.detail.startswith("FileNotFoundError: no chapters in")
    assert bare.detail == "LookupError: the guide's picture ../screenshots/x.png is missing"


def test_all_keychain_backends_of_this_system_load() -> None:
    """The backends that the program may use are installed with it."""
    found = selftest._judged("keychain", selftest._keychain)

    assert found.ok, found.detail
    assert "backends load" in found.detail


async def test_a_machine_that_cannot_reach_itself_is_not_called_a_broken_copy() -> None:
    """Where loopback is down, the hint is to bring it up and not to install anew."""
    async with DemoWorld.running() as world:
        await world.check_desk_keys()  # it listens from here on
        await world.simulator.stop()

        found = await selftest._judged_later("simulator", lambda: selftest._round_trip(world))

    assert (found.ok, found.hint) == (False, selftest.LOOPBACK)
    assert "127.0.0.1" in found.detail
