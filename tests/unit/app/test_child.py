"""One child process: its exit code, its descriptors, and its output behind a mask."""

from __future__ import annotations

import asyncio
import os
import sys
from functools import partial

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
