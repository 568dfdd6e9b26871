"""Rotations with a real keychain and the simulator as Kraken; as processes, killed anywhere."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import Answer, CommandLine, CommandsHere, SimulatorProcess
from tests.helpers.keychain import RealKeychain, require_programs

KEY = "mm-bot-1"
DYING = str(Path(__file__).with_name("dying.py"))
KILLED = -9
PRIVATE = "/0/private/GetApiKeyInfo"


@dataclass
class House:
    """A profile with one process's key in a real keychain, and the exchange behind it."""

    line: CommandLine
    simulator: SimulatorProcess
    keychain: RealKeychain
    _dying: subprocess.Popen[str] | None = None

    def be_processes(self) -> None:
        """Start a process for each command from here on."""
        self.line = CommandLine(self.line.home, self.line.variables)

    def rotate(self, step: str, *words: str, secret: str | None = None) -> Answer:
        return self.line("keys", "rotate", step, KEY, *words, "--json", secret=secret)

    def take(self, step: str, *words: str, secret: str | None = None, code: int = 0) -> dict[str, Any]:
        answer = self.rotate(step, *words, secret=secret)
        assert answer.code == code, answer.stdout + answer.stderr
        rotation: dict[str, Any] = answer.json["rotation"]
        return rotation

    def new_key(self) -> dict[str, Any]:
        """Create a key at Kraken like the first one, as an operator does on its page."""
        old = self.simulator.key(KEY)
        account = next(a for a in self.simulator.description["accounts"] if old in a["keys"])
        made: dict[str, Any] = self.simulator.control(
            "POST",
            "/keys",
            {
                "account": account["iiban"],
                "name": f"{KEY}-new",
                "permissions": old["permissions"],
                "ip_allowlist": old["ip_allowlist"],
            },
        )
        return made

    def paste(self, key: dict[str, Any]) -> dict[str, Any]:
        return self.take("paste", "--api-key", key["api_key"], "--secret-stdin", secret=key["api_secret"])

    def handed_over(self) -> dict[str, Any]:
        """Go up to the hand-over; returns the new key."""
        self.take("start")
        key = self.new_key()
        self.paste(key)
        self.take("compare", "--accept")
        self.take("hand-over")
        return key

    def use(self, api_key: str) -> None:
        """Let another program call Kraken with a key, at its own clock."""
        import base64
        import hashlib
        import hmac
        import urllib.request

        secret = base64.b64decode(self.simulator.key(KEY)["api_secret"])
        nonce = str(int(time.time() * 1000))
        body = f"nonce={nonce}"
        digest = hashlib.sha256((nonce + body).encode()).digest()
        sign = base64.b64encode(hmac.digest(secret, PRIVATE.encode() + digest, "sha512")).decode()
        request = urllib.request.Request(self.simulator.description["spot_url"] + PRIVATE, body.encode())
        request.add_header("API-Key", api_key)
        request.add_header("API-Sign", sign)
        with urllib.request.urlopen(request, timeout=10) as reply:
            assert b'"error":[]' in reply.read()

    def calls(self, api_key: str) -> list[str]:
        """Return the verdicts on all calls that were made with a key."""
        log = self.simulator.control("GET", "/requests?limit=100000")["requests"]
        return [str(entry["verdict"]) for entry in log if entry["api_key"] == api_key]

    def verdicts(self) -> list[str]:
        """Return the verdicts on all calls of all keys; Kraken knows no key of a refused call."""
        log = self.simulator.control("GET", "/requests?limit=100000")["requests"]
        return [str(entry["verdict"]) for entry in log]

    def items(self) -> int:
        return len(self.keychain.items())

    def die(self, step: str, number: int, *, stdin: str = "") -> int:
        """Take a step in a program that is killed before its write of that number."""
        process = self._warm_program()
        assert process.stdin is not None
        assert process.stdout is not None
        job = [str(self.line.home), self.line.environment, KEY, step, number, stdin]
        print(json.dumps(job), file=process.stdin, flush=True)
        code = int(process.stdout.readline())
        assert code in (0, KILLED)
        return code

    def _warm_program(self) -> subprocess.Popen[str]:
        """Start what forks the programs that die: it imports everything once."""
        if self._dying is None:
            self._dying = subprocess.Popen(
                [sys.executable, DYING],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=self.line.variables,
            )
        return self._dying

    def close(self) -> None:
        if self._dying is not None:
            self._dying.communicate(timeout=60)


@pytest.fixture
def house() -> Iterator[House]:
    require_programs()
    with tempfile.TemporaryDirectory(prefix="kd-") as root:
        keychain = RealKeychain(Path(root) / "k")
        simulator = SimulatorProcess("--population", "demo", "--seed", "7")
        line = CommandsHere(Path(root) / "profile", keychain.env)
        try:
            assert line.add_environment(simulator.description).code == 0
            assert line.add_key(simulator.key(KEY), process="mm-bot").code == 0
            house = House(line, simulator, keychain)
            yield house
            house.close()
        finally:
            simulator.stop()
            keychain.stop()


def finish(house: House, old: str) -> None:
    """Go from the watch to the end."""
    if house.take("status")["watch"] is None:
        house.take("watch", "--for", "1s")
    time.sleep(1.1)
    assert house.take("watch")["stage"] == "revoke"
    house.simulator.control("DELETE", "/keys", {"api_key": old})
    house.take("revoke", "--yes")
    assert house.take("prove")["stage"] == "clean-up"
    assert house.take("finish")["stage"] == "finished"


def test_the_whole_way_in_processes(house: House) -> None:
    """Ten commands; in the end one secret is left, the child gets the new key, the old key failed once."""
    house.be_processes()
    old = house.simulator.key(KEY)["api_key"]
    started = house.take("start")
    assert ("Name", "mm-bot-2") in [(v["label"], v["value"]) for v in started["form"]]
    new = house.new_key()
    assert house.paste(new)["serving"] == "old"
    assert house.rotate("compare").json["rotation"]["comparison"][0]["differs"] is False
    house.take("compare", "--accept")
    assert house.take("hand-over")["serving"] == "new"
    child = house.line("run", KEY, "--", "sh", "-c", 'echo "$KRAKEN_APIKEY$KRAKEN_API_KEY"')
    assert child.stdout.strip() == new["api_key"]
    spent = len(house.calls(old))

    finish(house, old)

    assert house.calls(old)[spent:] == ["ok", "ok"]
    assert house.verdicts().count("EAPI:Invalid key") == 1
    assert house.items() == 1
    assert house.line("keys", "show", KEY, "--json").json["key"]["api_key"] == new["api_key"]
    assert house.line("keys", "check", KEY).code == 0
    assert [text for text in house.line.said if new["api_secret"] in text] == []


def test_a_straggler_is_noticed(house: House) -> None:
    """A program that still uses the old key at its own clock: the key is not called quiet until it stops."""
    old = house.simulator.key(KEY)["api_key"]
    house.handed_over()
    house.take("watch", "--for", "1s")
    time.sleep(1.1)
    house.use(old)

    noticed = house.take("watch", code=1)

    assert noticed["stage"] == "watch"
    assert "Kraken refused our nonce" in noticed["watch"]["sign"]
    house.use(old)  # the look has not disturbed it
    assert house.take("watch")["stage"] == "watch"
    finish(house, old)


def test_a_key_still_alive_is_not_called_revoked(house: House) -> None:
    """The one call succeeds, which says so and leads back; deleting the key then proves it."""
    old = house.simulator.key(KEY)["api_key"]
    house.handed_over()
    house.take("watch", "--for", "1s")
    time.sleep(1.1)
    house.take("watch")
    house.take("revoke", "--yes")
    before = len(house.calls(old))

    alive = house.take("prove", code=1)

    assert (alive["stage"], alive["proof"]["outcome"]) == ("revoke", "not revoked")
    assert len(house.calls(old)) == before + 1
    house.simulator.control("DELETE", "/keys", {"api_key": old})
    house.take("revoke", "--yes")
    assert house.take("prove")["proof"]["outcome"] == "revoked"


def dies_everywhere(
    house: House,
    step: str,
    *,
    stdin: str = "",
    again: Callable[[], object] | None = None,
) -> int:
    """Kill a step before each of its writes in turn; between the tries, undo it where it was done."""
    for number in range(12):
        code = house.die(step, number, stdin=stdin)
        if code == 0:
            assert house.rotate("status").code == 0
            return number
        if again is not None:
            again()
    raise AssertionError("the step never ends")


@pytest.mark.timeout(300)  # some forty programs
def test_killed_between_any_two_writes(house: House) -> None:
    """Every step killed before each of its writes goes on from there, and no secret is lost or left over."""
    old = house.simulator.key(KEY)["api_key"]
    new = house.new_key()
    pair = f"{new['api_key']} {new['api_secret']}"

    def let_go() -> None:
        """Give up what the killed paste has reached; the new secret must be gone then."""
        house.take("abandon")
        assert house.items() == 1
        house.take("start")

    dies_everywhere(house, "start")
    assert dies_everywhere(house, "paste", stdin=pair, again=let_go) == 4
    assert house.items() == 2
    assert [house.die("abandon", number) for number in range(2)] == [KILLED, KILLED]
    assert house.items() == 2  # abandoned, and killed before the secret was removed

    house.take("start")
    assert house.items() == 1
    house.paste(new)
    for step in ("accept", "hand_over", "back", "hand_over"):
        dies_everywhere(house, step)
    house.take("watch", "--for", "1s")
    time.sleep(1.1)
    dies_everywhere(house, "watch")
    house.simulator.control("DELETE", "/keys", {"api_key": old})
    dies_everywhere(house, "declare_revoked")
    assert house.die("prove", 1) == KILLED
    assert house.take("status")["proof"]["outcome"] is None
    assert house.take("prove")["stage"] == "clean-up"
    dies_everywhere(house, "finish")

    assert house.items() == 1
    assert house.take("status")["stage"] == "finished"
    assert house.line("keys", "check", KEY).code == 0


def test_two_programs_at_once(house: House) -> None:
    """Eight processes start and hand over at the same time: one of them wins each, nothing is doubled."""
    house.be_processes()
    with ThreadPoolExecutor(4) as pool:
        started = [a.code for a in pool.map(lambda _: house.rotate("start"), range(4))]
        house.paste(house.new_key())
        house.take("compare", "--accept")
        handed = [a.code for a in pool.map(lambda _: house.rotate("hand-over"), range(4))]

    assert (sorted(started), sorted(handed)) == ([0, 7, 7, 7], [0, 7, 7, 7])
    assert house.take("status")["stage"] == "watch"
