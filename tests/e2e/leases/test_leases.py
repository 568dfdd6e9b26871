"""One key, one process: the race, every kind of death, signals and exit codes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.e2e.leases.conftest import Bench, until

TELLS_SIGNALS = """
import signal, sys, time
seen = []
for name in ("SIGINT", "SIGHUP", "SIGUSR1"):
    signal.signal(getattr(signal, name), lambda number, _: (seen.append(number), print(number, flush=True)))
signal.signal(signal.SIGTERM, lambda *_: (print(sorted(seen), flush=True), sys.exit(9)))
print("ready", flush=True)
while True:
    time.sleep(0.02)  # a signal between two calls of pause() would wait for the next one
"""
STUBBORN = "trap '' TERM; echo $$; while :; do sleep 1; done"


def line_of(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().decode().strip()


@pytest.mark.timeout(240)
def test_of_fifty_racing_runs_exactly_one_wins(bench: Bench, tmp_path: Path) -> None:
    """The others are refused with 7, and their commands are never started."""
    winners, end = tmp_path / "winners", tmp_path / "end"
    command = f'echo won >> "{winners}"; while [ ! -e "{end}" ]; do sleep 0.1; done'
    racing = [bench.start("--", "sh", "-c", command, stderr=subprocess.DEVNULL) for _ in range(50)]
    until(lambda: sum(p.poll() is not None for p in racing) == 49, limit_s=200)

    held = bench.leases()
    end.touch()
    codes = Counter(process.wait(30) for process in racing)

    assert codes == {0: 1, 7: 49}
    assert winners.read_text() == "won\n"
    assert [lease["command"] for lease in held] == ["sh"]
    assert bench.leases() == []


def test_a_second_run_is_told_who_holds_the_key(bench: Bench) -> None:
    """The refusal names the command, its process and the time."""
    first = bench.start("--", "sh", "-c", "echo $$; exec sleep 600", stdout=subprocess.PIPE)
    pid = int(line_of(first))
    until(lambda: [lease["child_pid"] for lease in bench.leases()] == [pid])

    second = bench.run("--", "true")

    assert second.returncode == 7
    assert f"“sh” (process {pid}, since" in second.stderr


def test_killing_the_run_ends_its_child_and_frees_the_key(bench: Bench) -> None:
    """After kill -9 the child is asked to end, and the next run gets the key."""
    first = bench.start("--", "sh", "-c", "echo $$; exec sleep 600", stdout=subprocess.PIPE)
    child = int(line_of(first))

    first.kill()
    first.wait()
    until(lambda: not Path(f"/proc/{child}").exists())
    after = bench.run("--", "true")

    assert after.returncode == 0, after.stderr


def test_a_child_that_does_not_end_keeps_the_key(bench: Bench) -> None:
    """While a process still knows the secret, the key is not given to another one."""
    first = bench.start("--", "sh", "-c", STUBBORN, stdout=subprocess.PIPE)
    child = int(line_of(first))
    until(lambda: [lease["child_pid"] for lease in bench.leases()] == [child])
    first.kill()
    first.wait()

    refused, held = bench.run("--", "true"), bench.leases()
    os.kill(child, signal.SIGKILL)
    until(lambda: bench.leases() == [])
    after = bench.run("--", "true")

    assert (refused.returncode, after.returncode) == (7, 0)
    assert [lease["child_pid"] for lease in held] == [child]


def test_signals_pass_through_in_order_and_once(bench: Bench) -> None:
    """What is sent to the run reaches the child; its own exit code comes back."""
    process = bench.start("--", sys.executable, "-c", TELLS_SIGNALS, stdout=subprocess.PIPE)
    assert line_of(process) == "ready"

    seen = []
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
        process.send_signal(number)
        seen.append(line_of(process))
    process.terminate()

    assert seen == ["2", "1", "10"]
    assert line_of(process) == "[1, 2, 10]"
    assert process.wait(20) == 9


def test_ctrl_c_at_a_terminal_reaches_the_child_once(bench: Bench) -> None:
    """The terminal tells the child itself, so the run does not repeat it."""
    pty = pytest.importorskip("pty", reason="needs a pseudo-terminal")
    ours, theirs = pty.openpty()
    process = bench.start(
        "--", sys.executable, "-c", TELLS_SIGNALS,
        stdin=theirs, stdout=subprocess.PIPE, preexec_fn=lambda: _take_terminal(theirs),
    )  # fmt: skip
    assert line_of(process) == "ready"

    os.write(ours, b"\x03")
    first = line_of(process)
    process.terminate()
    rest = line_of(process)
    code = process.wait(20)
    os.close(ours)
    os.close(theirs)

    assert (first, rest, code) == ("2", "[2]", 9)


def test_a_stopped_run_stops_its_child_and_both_go_on(bench: Bench) -> None:
    """SIGTSTP and SIGCONT take the child along, where a shell could have sent them."""
    process = bench.start(
        "--", "sh", "-c", "echo $$; exec sleep 600",
        stdout=subprocess.PIPE, start_new_session=False, process_group=0,
    )  # fmt: skip
    child = int(line_of(process))

    process.send_signal(signal.SIGTSTP)
    until(lambda: (_state(child), _state(process.pid)) == ("T", "T"))
    process.send_signal(signal.SIGCONT)
    until(lambda: _state(child) == "S" and _state(process.pid) != "T")
    process.terminate()

    assert process.wait(20) == 128 + signal.SIGTERM


@pytest.mark.parametrize(("end", "code"), [("exit 42", 42), ("kill -KILL $$", 137), ("kill -SEGV $$", 139)])
def test_the_childs_end_is_ours(bench: Bench, end: str, code: int) -> None:
    """Its exit code passes through, a signal's as 128 and its number."""
    assert bench.run("--", "sh", "-c", end).returncode == code


def test_checking_all_keys_skips_the_held_one(bench: Bench) -> None:
    """A check of everything leaves a leased process key alone; asked by name it is made."""
    process = bench.start("--", "sh", "-c", "echo ready; exec sleep 600", stdout=subprocess.PIPE)
    assert line_of(process) == "ready"

    every = bench.line("keys", "check", "--all", "--environment", "rehearsal", "--json")
    named = bench.line("keys", "check", "mm-bot-1", "--json")

    assert every.json["checks"][0]["problem"]["category"] == "LeaseHeldError"
    assert named.json["checks"][0]["outcome"] == "accepted"


def _take_terminal(descriptor: int) -> None:
    import fcntl
    import termios

    fcntl.ioctl(descriptor, termios.TIOCSCTTY, 0)


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
