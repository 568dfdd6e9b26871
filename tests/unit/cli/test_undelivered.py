"""Standard streams that take nothing: a full disk, a reader who went away. No act may end for that."""

from __future__ import annotations

import errno
import io
import sys

import pytest

from kraken_desk.domain.errors import OutcomeUnknownError
from tests.helpers.builders import a_balance, a_public_key, an_account
from tests.unit.cli.test_transfer import WORDS, answering
from tests.unit.cli.world import World
from tests.unit.services.bench import Bench


class _Refusing(io.RawIOBase):
    """Something whose every write fails."""

    def __init__(self, number: int) -> None:
        self._number = number

    def writable(self) -> bool:
        return True

    def write(self, _: object) -> int:
        raise OSError(self._number, "refused")


def refusing(monkeypatch: pytest.MonkeyPatch, stream: str, number: int) -> None:
    """Let a standard stream fail as a full disk or a broken pipe makes it fail."""
    monkeypatch.setattr(sys, stream, io.TextIOWrapper(io.BufferedWriter(_Refusing(number)), "utf-8"))


@pytest.fixture
def two_legs(world: World) -> World:
    """Return the world with money on two subaccounts, so that a sweep has two legs."""

    def prepare(bench: Bench) -> None:
        bench.spot.answer("balances", (a_balance("25"),), api_key=a_public_key(3))

    async def grid(bench: Bench) -> None:
        await bench.move_in(an_account(3, label="Grid"))
        await bench.key(3, name="grid monitor", account_id=an_account(3).account_id)

    world.script.append(prepare)
    world.furnish(grid)
    return world


@pytest.mark.parametrize("number", [errno.EPIPE, errno.ENOSPC])
def test_a_sweep_whose_progress_nobody_reads_goes_on(
    two_legs: World, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Progress goes to standard error; every leg is sent all the same, and the answer is printed."""
    with monkeypatch.context() as patched:
        refusing(patched, "stderr", number)
        answer = two_legs("sweep", "run", "--yes")

    assert answer.code == 0
    assert answer.out.startswith("Done: ")
    assert len(two_legs.calls("transfer")) == 2


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_an_unknown_outcome_keeps_its_code_on_a_full_disk(
    world: World, monkeypatch: pytest.MonkeyPatch, form: tuple[str, ...]
) -> None:
    """Whatever can be printed, code 4 says that the money may have moved."""
    world.script.append(answering(OutcomeUnknownError("lost")))
    for stream in ("stdout", "stderr"):
        with monkeypatch.context() as patched:
            refusing(patched, stream, errno.ENOSPC)
            answer = world(*WORDS, "--yes", *form)

        assert answer.code == 4
        left = world("journal", "list", "--json").json["transfers"][0]["id"]
        assert world("journal", "resolve", left, "--executed").code == 0


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, 4), (errno.EIO, 4), (errno.EPIPE, 0)], ids=["full", "torn", "left"]
)
def test_a_confirmed_transfer_whose_answer_is_lost_does_not_look_failed(
    world: World, monkeypatch: pytest.MonkeyPatch, number: int, code: int
) -> None:
    """A lost answer is unknown to whoever asked (4); a reader who left has seen enough (0)."""
    with monkeypatch.context() as patched:
        refusing(patched, "stdout", number)
        answer = world(*WORDS, "--yes", "--json")

    assert answer.code == code
    assert ("could not be written" in answer.err) is (code == 4)
    assert "defect" not in answer.err
    assert world("journal", "list", "--json").json["transfers"][0]["state"] == "confirmed"


def test_a_wrong_name_stays_wrong_input_without_standard_error(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code of an error is not changed by an error that cannot be shown."""
    for number in (errno.EPIPE, errno.ENOSPC):
        with monkeypatch.context() as patched:
            refusing(patched, "stderr", number)
            assert world("keys", "show", "nobody").code == 2


def test_tables_on_a_full_disk_are_not_said_to_be_whole(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reports and tables that go to standard output as they are fail as visibly as documents do."""
    for words in (("balances", "--csv", "-"), ("audit", "--format", "html"), ("keys", "list")):
        with monkeypatch.context() as patched:
            refusing(patched, "stdout", errno.ENOSPC)
            answer = world(*words)

        assert (words, answer.code) == (words, 4)
        assert "could not be written" in answer.err
