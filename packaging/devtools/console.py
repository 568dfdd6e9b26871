"""What the developer command says: short progress lines with the time they took, and clear ends."""

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

Part = str | Path
"""A word of a command line."""

HEARTBEAT_S = 15.0
TAIL_LINES = 30


class SetupError(Exception):
    """The command cannot go on; its text is the one line that says why and what to do."""


def end_tidily() -> None:
    """Let SIGTERM end this process like an error: what it has started is stopped first."""

    def end(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, end)


def say(text: str) -> None:
    sys.stdout.write(f"[dev] {text}\n")
    sys.stdout.flush()


def seconds(since: float) -> str:
    return f"{time.monotonic() - since:.1f} s"


def run_logged(
    what: str, command: Sequence[Part], log: Path, env: Mapping[str, str], cwd: Path | None = None
) -> None:
    """Run a command with its output in `log`, a sign of life now and then, and the log's end when it fails.

    Raises:
        SetupError: the command could not be started or ended with an error.
    """
    started = time.monotonic()
    say(f"{what} ...")
    with log.open("ab") as output:
        output.write(f"$ {' '.join(map(str, command))}\n".encode())
        output.flush()
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=env, cwd=cwd
            )
        except OSError as error:
            raise SetupError(f"{what}: cannot start {command[0]} ({error.strerror})") from error
        code = _wait(process, what, started)
    if code:
        sys.stdout.write(_tail(log))
        raise SetupError(
            f"{what} failed with exit code {code} after {seconds(started)}; the whole log: {log}"
        )
    say(f"{what}: done in {seconds(started)}")


def _wait(process: subprocess.Popen[bytes], what: str, started: float) -> int:
    try:
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return process.wait(HEARTBEAT_S)
            say(f"{what} ... {seconds(started)}")
    except BaseException:
        process.terminate()
        process.wait()
        raise


def _tail(log: Path) -> str:
    lines = log.read_text("utf-8", errors="replace").splitlines()[-TAIL_LINES:]
    return "".join(f"    {line}\n" for line in lines)
