"""One child process: its exit code, its descriptors, and its output behind a mask."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kraken_desk.app import child
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.masking import SecretMask
from kraken_desk.domain.secrets import ApiSecret
from tests.helpers.builders import CANARY

run_child = partial(child.run_child, wait=asyncio.to_thread)
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 42", 42), ("kill -KILL $$", 137)])
async def test_the_exit_code_comes_back(script: str, code: int) -> None:
    """A signal counts as 128 and its number."""
    assert await run_child(("sh", "-c", script), os.environ) == code


async def test_the_child_sees_only_its_own_variables() -> None:
    """What it is given is all it has."""
    assert await run_child(("/bin/sh", "-c", 'test "$A" = b && test -z "$HOME"'), {"A": "b"}) == 0


async def test_a_descriptor_is_handed_on_and_others_are_not() -> None:
    """The named descriptor is open in the child under its number."""
    reading, writing = os.pipe()
    os.write(writing, b"line\n")
    os.close(writing)
    other = os.open(os.devnull, os.O_RDONLY)

    given = await run_child((sys.executable, "-c", READS, str(reading)), os.environ, descriptors=(reading,))
    refused = await run_child((sys.executable, "-c", READS, str(other)), os.environ)
    os.close(reading)
    os.close(other)

    assert (given, refused) == (0, 1)


READS = "import os, sys; sys.exit(0 if os.read(int(sys.argv[1]), 9) == b'line\\n' else 2)"


async def test_its_number_is_told_when_it_has_started() -> None:
    """The lease shows which process got the credentials."""
    told: list[int] = []

    async def started(pid: int) -> None:
        told.append(pid)

    await run_child(("true",), os.environ, on_start=started)

    assert len(told) == 1
    assert told[0] != os.getpid()


async def test_its_output_is_masked(capfd: pytest.CaptureFixture[str]) -> None:
    """Both streams pass through a mask of their own."""
    script = 'printf "%s out\\n" "$S"; printf "%s err\\n" "$S" >&2'

    await run_child(
        ("sh", "-c", script), {**os.environ, "S": CANARY}, new_mask=lambda: SecretMask(ApiSecret(CANARY))
    )

    assert capfd.readouterr() == ("[secret masked] out\n", "[secret masked] err\n")


@pytest.mark.parametrize("command", [("/no/such/program",), ("/",), ("",)])
async def test_a_command_that_cannot_be_started_is_an_input_error(command: tuple[str, ...]) -> None:
    """Nothing was handed to anybody, and the answer says what is wrong."""
    with pytest.raises(InputError) as caught:
        await run_child(command, os.environ)

    assert caught.value.title == "The command cannot be started"


@pytest.mark.parametrize("moment", ["before the fork", "during the fork"])
async def test_a_signal_that_comes_early_reaches_the_child(
    monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """What is sent to us while the child is being made is passed on when it is there."""
    preparation = child._preparation

    def signalled(passage: child._Passage) -> object:
        os.kill(os.getpid(), signal.SIGTERM)
        return preparation(passage)

    class Signalled(subprocess.Popen[bytes]):
        def __init__(self, *words: Any, **how: Any) -> None:
            os.kill(os.getpid(), signal.SIGTERM)
            super().__init__(*words, **how)

    if moment == "before the fork":
        monkeypatch.setattr(child, "_preparation", signalled)
    else:
        monkeypatch.setattr("subprocess.Popen", Signalled)

    assert await run_child(("sleep", "600"), os.environ) == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs a device that is always full")
async def test_output_that_cannot_be_shown_does_not_stop_the_child(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A full disk behind our output is told at the child's end; the child has gone on to it."""
    full = os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb", buffering=0)
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=full))
    script = f"head -c 200000 /dev/zero; echo done > {tmp_path / 'end'}"

    with pytest.raises(OSError, match="No space left"):
        await run_child(("sh", "-c", script), os.environ, new_mask=lambda: SecretMask(ApiSecret(CANARY)))

    full.close()
    assert (tmp_path / "end").read_text() == "done\n"
