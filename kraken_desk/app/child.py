"""One child process: signals go in, its output and exit code come out, and it does not outlive us unseen.

Nothing here needs an event loop: `run` starts its child without one, and where there is one (the demo's
exchange lives in it) the waiting is done beside it. Signals that a terminal sends reach the whole
foreground group, the child included, so those are not sent to it twice. On Linux the child is asked to
end (SIGTERM) when this process is killed; it keeps the lease by its inherited descriptor until it has
done so.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any, BinaryIO

from kraken_desk.domain.errors import InputError

if TYPE_CHECKING:  # most runs mask nothing, and a run is to start quickly
    from kraken_desk.domain.masking import SecretMask

_PASSED_ON = ("SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGTSTP", "SIGCONT")
_FROM_TERMINALS = ("SIGINT", "SIGQUIT", "SIGTSTP")
_SET_DEATH_SIGNAL = 1
_AT_ONCE = 65_536

Started = Callable[[int], Awaitable[None]]
Wait = Callable[[Callable[[], int]], Awaitable[int]]
"""Awaits a blocking call: `asyncio.to_thread`, or a plain call where nothing else waits."""

_Process = subprocess.Popen[bytes]


async def run_child(
    command: tuple[str, ...],
    variables: Mapping[str, str],
    *,
    wait: Wait,
    descriptors: tuple[int, ...] = (),
    new_mask: Callable[[], SecretMask] | None = None,
    on_start: Started | None = None,
) -> int:
    """Run a command to its end and return its exit code, 128+n for signal n; for the main thread.

    The child has `descriptors` besides the three usual ones. With `new_mask`, output and errors pass
    through a mask each, so the child sees no terminal there.
    """
    passage = _Passage()
    passage.install()
    try:
        process = _start(command, variables, descriptors, passage, piped=new_mask is not None)
        passage.catch_up()
        if on_start is not None:
            await on_start(process.pid)
        code = await wait(lambda: _ended(process, new_mask, passage))
    finally:
        passage.close()
    return 128 - code if code < 0 else code


def _start(
    command: tuple[str, ...],
    variables: Mapping[str, str],
    descriptors: tuple[int, ...],
    passage: _Passage,
    *,
    piped: bool,
) -> _Process:
    stream = subprocess.PIPE if piped else None
    prepare = _preparation(passage)
    try:
        with passage.held_back():
            process = subprocess.Popen(  # noqa: S603  # running what the operator names is what this is for
                command,
                env=variables,
                stdout=stream,
                stderr=stream,
                pass_fds=descriptors,
                preexec_fn=prepare,  # noqa: PLW1509  # it takes no lock that a thread could hold
            )
            passage.open(process)
    except OSError as error:
        raise InputError(
            "The command cannot be started",
            f"“{command[0]}”: {os.strerror(error.errno) if error.errno else type(error).__name__}.",
            "Give a program that exists and may be executed, after “--”.",
        ) from None
    return process


def _preparation(passage: _Passage) -> Callable[[], None] | None:
    """Return what is done in the child between fork and exec, with everything looked up before the fork."""
    if os.name != "posix":
        return None
    note = _death_note()

    def prepare() -> None:
        if note is not None:
            note()
        passage.leave()

    return prepare


def _death_note() -> Callable[[], None] | None:
    """Return what asks Linux to end the child with us."""
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


def _ended(process: _Process, new_mask: Callable[[], SecretMask] | None, passage: _Passage) -> int:
    """Wait for the end of the child, and of its output where that is masked."""
    pumps: list[_Pump] = []
    if new_mask is not None:
        assert process.stdout is not None
        assert process.stderr is not None
        pumps.append(_Pump(process.stdout, sys.stdout.buffer, new_mask()))
        pumps.append(_Pump(process.stderr, sys.stderr.buffer, new_mask()))
    for pump in pumps:
        pump.join()
    if hasattr(os, "waitid"):
        # Its number stays its own until we have taken its exit code, so no signal goes to another process.
        with suppress(ChildProcessError):
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        passage.shut()
    code = process.wait()
    for pump in pumps:
        pump.complain()
    return code


class _Pump:
    """Copies a stream through a mask; a reader who went away does not stop the child."""

    def __init__(self, source: IO[bytes], target: BinaryIO, mask: SecretMask) -> None:
        self._source = source
        self._target: BinaryIO | None = target
        self._mask = mask
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._copy, name="mask", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait for the end of the stream."""
        self._thread.join()
        self._source.close()

    def complain(self) -> None:
        """Raise the OSError for which something could not be shown."""
        if self._error is not None:
            raise self._error

    def _copy(self) -> None:
        while data := os.read(self._source.fileno(), _AT_ONCE):
            self._show(self._mask.feed(data))
        self._show(self._mask.rest())

    def _show(self, shown: bytes) -> None:
        if not shown or self._target is None:
            return
        try:
            self._target.write(shown)
            self._target.flush()
        except (BrokenPipeError, ValueError):
            self._target = None
        except OSError as error:  # a full disk; the child goes on, and who waits for it is told at its end
            self._target, self._error = None, error


class _Passage:
    """Passes signals on to the child; those that come before it has started wait for it."""

    def __init__(self) -> None:
        self._process: _Process | None = None
        self._shut = False
        self._early: list[signal.Signals] = []
        self._before: dict[signal.Signals, Any] = {}
        self._mask: Iterable[int] = ()

    def install(self) -> None:
        if os.name != "posix":
            return
        for name in _PASSED_ON:
            number = getattr(signal, name, None)
            if number is None or signal.getsignal(number) is signal.SIG_IGN:
                continue  # what our starter has us ignore (nohup), the child ignores as well
            self._before[number] = signal.signal(number, self._on_signal) or signal.SIG_DFL

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """Have signals wait while a child is made, so that none is lost between the two."""
        if os.name != "posix":
            yield
            return
        self._mask = signal.pthread_sigmask(signal.SIG_BLOCK, self._before)
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)

    def leave(self) -> None:
        """In the child: have every signal do what it does by itself, and let those come that wait."""
        for number in self._before:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)

    def open(self, process: _Process) -> None:
        """Have a child from here on; for as long as signals are held back."""
        self._process = process

    def catch_up(self) -> None:
        """Pass on what came before there was a child, also what a terminal sent: it has not had that."""
        for number in self._early:
            self._send(number)
            self._stop_as_well(number)

    def shut(self) -> None:
        """Send nothing any more: the child has ended."""
        self._shut = True

    def close(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _on_signal(self, arrived: int, _: object) -> None:
        number = signal.Signals(arrived)
        if self._process is None:
            self._early.append(number)
            return
        if not (number.name in _FROM_TERMINALS and _in_foreground()):
            self._send(number)
        self._stop_as_well(number)

    def _stop_as_well(self, number: signal.Signals) -> None:
        """Stop as we would have without a handler: the system decides, as it does for the child."""
        if number.name != "SIGTSTP":
            return
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.signal(number, self._on_signal)

    def _send(self, number: signal.Signals) -> None:
        if self._process is None or self._shut:
            return
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
