"""One child process: signals go in, its output and exit code come out, and it does not outlive us unseen.

Signals that a terminal sends reach the whole foreground group, the child included, so those are not
sent to it twice. On Linux the child is asked to end (SIGTERM) when this process is killed; it keeps
the lease by its inherited descriptor until it has done so.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio import StreamReader
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import BinaryIO

from kraken_desk.domain.errors import InputError
from kraken_desk.domain.masking import SecretMask
from kraken_desk.services.tasks import all_of

_PASSED_ON = ("SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGTSTP", "SIGCONT")
_FROM_TERMINALS = ("SIGINT", "SIGQUIT", "SIGTSTP")
_SET_DEATH_SIGNAL = 1
_AT_ONCE = 65_536

Started = Callable[[int], Awaitable[None]]


async def run_child(
    command: tuple[str, ...],
    variables: Mapping[str, str],
    *,
    descriptors: tuple[int, ...] = (),
    new_mask: Callable[[], SecretMask] | None = None,
    on_start: Started | None = None,
) -> int:
    """Run a command to its end and return its exit code, 128+n for signal n.

    The child has `descriptors` besides the three usual ones. With `new_mask`, output and errors pass
    through a mask each, so the child sees no terminal there.
    """
    passage = _Passage()
    passage.install()
    try:
        process = await _start(command, variables, descriptors, piped=new_mask is not None)
        passage.open(process)
        if on_start is not None:
            await on_start(process.pid)
        if new_mask is not None:
            assert process.stdout is not None
            assert process.stderr is not None
            await all_of(
                (
                    _pump(process.stdout, sys.stdout.buffer, new_mask()),
                    _pump(process.stderr, sys.stderr.buffer, new_mask()),
                )
            )
        code = await process.wait()
    finally:
        passage.close()
    return 128 - code if code < 0 else code


async def _start(
    command: tuple[str, ...], variables: Mapping[str, str], descriptors: tuple[int, ...], *, piped: bool
) -> Process:
    stream = asyncio.subprocess.PIPE if piped else None
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            env=variables,
            stdout=stream,
            stderr=stream,
            limit=_AT_ONCE,
            pass_fds=descriptors,
            preexec_fn=_death_note(),
        )
    except OSError as error:
        raise InputError(
            "The command cannot be started",
            f"{os.strerror(error.errno) if error.errno else type(error).__name__}.",
            "Give a program that exists and may be executed, after “--”.",
        ) from None


def _death_note() -> Callable[[], None] | None:
    """Return what asks Linux to end the child with us; it runs in the child, between fork and exec.

    Everything is looked up before the fork: afterwards only the one call is made.
    """
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    try:
        prctl = ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return None
    parent, terminate = os.getpid(), int(signal.SIGTERM)

    def note() -> None:
        prctl(_SET_DEATH_SIGNAL, terminate)
        if os.getppid() != parent:
            os._exit(128 + terminate)

    return note


async def _pump(source: StreamReader, target: BinaryIO, mask: SecretMask) -> None:
    """Copy a stream through a mask; a reader who went away does not stop the child."""
    wanted = True
    while True:
        data = await source.read(_AT_ONCE)
        shown = mask.feed(data) if data else mask.rest()
        if shown and wanted:
            try:
                target.write(shown)
                target.flush()
            except (BrokenPipeError, ValueError):
                wanted = False
        if not data:
            return


class _Passage:
    """Passes signals on to the child; those that come before it has started wait for it."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._early: list[signal.Signals] = []
        self._installed: list[signal.Signals] = []

    def install(self) -> None:
        loop = asyncio.get_running_loop()
        for name in _PASSED_ON:
            number = getattr(signal, name, None)
            if number is None or signal.getsignal(number) is signal.SIG_IGN:
                continue  # what our starter has us ignore (nohup), the child ignores as well
            with suppress(NotImplementedError, RuntimeError):
                loop.add_signal_handler(number, self._on_signal, number)
                self._installed.append(number)

    def open(self, process: Process) -> None:
        self._process = process
        for number in self._early:
            self._send(number)

    def close(self) -> None:
        loop = asyncio.get_running_loop()
        for number in self._installed:
            loop.remove_signal_handler(number)

    def _on_signal(self, number: signal.Signals) -> None:
        if not (number.name in _FROM_TERMINALS and _in_foreground()):
            if self._process is None:
                self._early.append(number)
            else:
                self._send(number)
        if number.name == "SIGTSTP":
            self._stop_ourselves(number)

    def _stop_ourselves(self, number: signal.Signals) -> None:
        """Stop as we would have without a handler: the system decides, as it does for the child."""
        loop = asyncio.get_running_loop()
        loop.remove_signal_handler(number)
        os.kill(os.getpid(), number)
        loop.add_signal_handler(number, self._on_signal, number)

    def _send(self, number: signal.Signals) -> None:
        assert self._process is not None
        with suppress(ProcessLookupError):
            self._process.send_signal(number)


def _in_foreground() -> bool:
    """Say whether a terminal sends its signals to our process group, and so to the child."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
