"""The program killed at random moments while it works: it always starts again, and nothing is lost.

The victim tells what it begins and what is done; after each kill a fresh start tells what is there, and
the two are compared. The keychain, the exchange behind HTTP and the files are real.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

from bench.local_exchange import LocalExchange, local_exchange
from bench.report import Claim
from bench.starts import start
from kraken_desk.app.paths import database_path
from kraken_desk.reports.journal_lines import verify_file
from tests.helpers.keychain import running_keychain

KILLS, SEED = 200, 11
RUN_EVERY, WINDOW_EVERY, COMMANDS_EVERY, SHOWN_EVERY = 4, 10, 5, 6
MOST_LINES = 24
LONGEST_MOMENT_S = 0.03
LONGEST_RUN_S = 0.25
LONGEST_WINDOW_S = 4.0
DESK_KEYS = ("desk monitor", "desk treasury", "momentum monitor")
ROOT = Path(__file__).parents[2]


def measure(runs: int) -> list[Claim]:  # noqa: ARG001  # what must be true needs no repetition
    with tempfile.TemporaryDirectory(prefix="kd-") as root:
        return campaign(Path(root), KILLS, SEED)


def campaign(root: Path, kills: int, seed: int, *, windows: bool = True) -> list[Claim]:
    """Kill so often and compare each time; `root` is short, since a socket's path is."""
    with running_keychain(root / "k") as keychain, local_exchange("demo") as exchange:
        exchange.switch(rate_limits=False)
        variables = keychain.env | {"QT_QPA_PLATFORM": "offscreen"}
        house = House(root, exchange, variables, seed)
        with house.victims():
            house.move_in()
            house.expected = kills
            for number in range(1, kills + 1):
                house.one_round(number, windows=windows)
                if number % 20 == 0:
                    print(f"  {number} of {kills} kills", file=sys.stderr)  # a bench's progress
            return house.claims()


class Model:
    """What must be there: what was said to be done, and what may be there: what was begun last."""

    def __init__(self) -> None:
        self.slots: dict[str, dict[str, str]] = {}
        self.single: dict[str, Any] = {"prefer": 100} | dict.fromkeys(("set", "note", "import", "lock"))
        self.lines = 0
        self.records: dict[str, str] = {}
        self.begun: dict[str, Any] | None = None

    def hear(self, said: dict[str, Any]) -> None:
        if "act" in said:
            self.begun = said
        elif "refused" in said:
            self.begun = None
        elif "done" in said and self.begun is not None:
            if "journal_id" in said:
                self.records[said["journal_id"]] = said["state"]
            self.slots, self.single = self._after(self.begun)
            self.begun = None

    def differences(self, there: dict[str, Any]) -> list[str]:
        """Compare with what a fresh start has told, and go on from there."""
        possible = [(self.slots, self.single)]
        if self.begun is not None:
            possible.append(self._after(self.begun))
        slots, single = there["slots"], {name: there[name] for name in self.single}
        found = []
        removed = self.begun["api_key"] if self.begun is not None and self.begun["act"] == "remove" else None
        if set(there["half_removed"]) - {removed}:
            found.append(f"the secrets of {there['half_removed']} are gone")
        if (slots, single) not in possible:
            found.append(f"{self.begun}: expected one of {possible}, found {(slots, single)}")
        for journal_id, state in self.records.items():
            now = there["records"].get(journal_id)
            if now is None or (now != state and state in ("confirmed", "rejected")):
                found.append(f"transfer {journal_id} was {state} and is {now}")
        if there["lines"] < self.lines:
            found.append(f"the journal had {self.lines} lines and has {there['lines']}")
        self.lines = there["lines"]
        self.slots, self.single, self.begun = slots, single, None
        return found

    def _after(self, begun: dict[str, Any]) -> tuple[dict[str, dict[str, str]], dict[str, Any]]:
        slots, single = {key: dict(slot) for key, slot in self.slots.items()}, dict(self.single)
        match begun["act"]:
            case "add":
                slots[begun["api_key"]] = {"name": begun["name"], "role": ""}
            case "remove":
                del slots[begun["api_key"]]
            case "rename" | "role" as what:
                field = "name" if what == "rename" else "role"
                slots[begun["api_key"]][field] = begun[field]
            case what if what in single:
                single[what] = begun["value"]
        return slots, single


class House:
    """A profile, a keychain and an exchange, the program that works on them, and what was found."""

    def __init__(self, root: Path, exchange: LocalExchange, variables: dict[str, str], seed: int) -> None:
        self._root, self._exchange, self._variables = root, exchange, variables
        self._home = root / "profile"
        self._random = random.Random(seed)  # noqa: S311  # a repeatable course, no secret
        self._model = Model()
        self._secrets: dict[str, str] = {}
        self._wrong: list[str] = []
        self._moments: Counter[str] = Counter()
        self._kept: dict[str, list[dict[str, Any]]] = {"export": [], "backup": []}
        self._slot_ids: set[str] = set()
        self._accounts: list[str] = [exchange.description["accounts"][0]["iiban"]]
        self._kills = self.expected = 0
        (root / "out").mkdir()

    @contextmanager
    def victims(self) -> Iterator[None]:
        """Keep the warm program whose forks do the work."""
        paths = os.pathsep.join((str(ROOT), str(ROOT / "packaging")))
        with subprocess.Popen(
            [sys.executable, "-m", "bench.kill_victim"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self._variables | {"PYTHONPATH": paths},
            text=True,
        ) as process:
            self._process = process
            try:
                yield
            finally:
                assert process.stdin is not None
                process.stdin.close()

    def move_in(self) -> None:
        """Make the environment and add the desk's own keys, by the command line."""
        description = self._exchange.description
        urls = ["--spot-url", description["spot_url"], "--futures-url", description["futures_url"]]
        self._command("environments", "add", "rehearsal", "--kind", "custom", *urls)
        for key in (k for a in description["accounts"] for k in a["keys"] if k["name"] in DESK_KEYS):
            words = ["keys", "add", "--environment", "rehearsal", "--venue", key["venue"], "--secret-stdin"]
            words += ["--api-key", key["api_key"], "--name", key["name"], "--process", "Kraken Desk"]
            self._command(*words, stdin=key["api_secret"] + "\n")
            self._secrets[key["api_key"]] = key["api_secret"]
        there = self._ask("check")
        self._model.slots, self._own = there["slots"], set(there["slots"])
        self._accounts += [each for each in there["accounts"] if each not in self._accounts]
        self._balances = self._usd()

    def one_round(self, number: int, *, windows: bool) -> None:
        others = [slot["name"] for key, slot in self._model.slots.items() if key not in self._own]
        if windows and number % WINDOW_EVERY == 0:
            self._kill({"kind": "window"}, lines=1, moment_s=self._random.uniform(0.1, LONGEST_WINDOW_S))
            self._opens(number)
        elif others and number % RUN_EVERY == 0:
            run = {"kind": "run", "slot": self._random.choice(others)}
            self._kill(run, lines=1, moment_s=self._random.uniform(0, LONGEST_RUN_S))
        else:
            work: dict[str, Any] = {"kind": "work", "round": number, "seed": self._random.random()}
            if number % COMMANDS_EVERY == 1:
                work["kind"] = "commands"
            elif windows and number % SHOWN_EVERY == 2:
                work["kind"] = "shown"
            lines = self._random.randint(0, MOST_LINES)
            moment_s = self._random.uniform(0, LONGEST_MOMENT_S)
            self._kill(work | {"pairs": self._new_pairs(3)}, lines=lines, moment_s=moment_s)
        self._compare(number)

    def _opens(self, number: int) -> None:
        """Start the window on what a killed one has left, before anything else has been there."""
        command = [sys.executable, "-m", "kraken_desk", "--environment", "rehearsal"]
        try:
            start(command, self._home, variables=self._variables)
        except RuntimeError as error:
            self._wrong.append(f"kill {number}: the window did not open again: {error}")

    def claims(self) -> list[Claim]:
        last = self._ask("tidy", pairs=self._new_pairs(1))
        log = [entry for entry in self._exchange.requests() if entry["path"].endswith("/AccountTransfer")]
        moved = sum(entry["verdict"] == "ok" for entry in log)
        states = Counter(self._there["records"].values())
        known = states.total()
        open_ones = states["planned"] + states["sent"] + states["unknown"]
        executed = states["confirmed"] + states["settled: executed"]
        moments = ", ".join(f"{name} {count}" for name, count in self._moments.most_common())
        return [
            Claim(
                "killed as often as was meant",
                self._kills == self.expected,
                f"{self._kills} kills: {moments}",
            ),
            Claim("it always starts again and nothing is lost", not self._wrong, "; ".join(self._wrong[:5])),
            Claim(
                "each transfer was asked for at most once, and the journal knows how it ended",
                executed <= moved <= executed + open_ones and len(log) <= known,
                f"{known} transfers, {len(log)} requests, {moved} moved, {dict(states)}",
            ),
            self._claim_of_balances(),
            Claim(
                "no secret is left over in the keychain",
                last["items"] == last["slots"] and last["abandoned"] == 0,
                f"{last['items']} items, {last['slots']} keys",
            ),
            self._claim_of_traces(),
            self._claim_of_copies(),
        ]

    def _kill(self, job: dict[str, Any], *, lines: int, moment_s: float) -> None:
        """Let a job say so many lines, and kill it some time later."""
        pid = self._begin(job)
        heard, begun = 0, "start"
        while heard < lines:
            said = self._hear()
            if "ended" in said:
                self._wrong.append(f"{job['kind']} ended by itself: {said}")
                return
            heard += 1
            begun = str(said.get("act", begun)) if "done" not in said else "between"
        time.sleep(moment_s)
        with suppress(ProcessLookupError):  # it has ended by itself, which is found right below
            os.kill(pid, signal.SIGKILL)
            self._kills += 1
        while "ended" not in (said := self._hear()):
            begun = str(said.get("act", begun)) if "done" not in said else "between"
        if said["ended"] != -signal.SIGKILL:
            self._wrong.append(f"{job['kind']} ended by itself: {said}")
        self._moments[begun] += 1

    def _let_time_pass(self) -> None:
        """Make it as if the last kill was a while ago.

        A killed call counts as refused for a quarter of an hour, so that so many kills would stop all
        calls, as they should. A secret without its key is taken for abandoned after some minutes.
        """
        for unfinished in self._home.glob("settings.toml.*"):
            os.utime(unfinished, (0, 0))
        with closing(sqlite3.connect(database_path(self._home), isolation_level=None)) as file:
            file.execute("DELETE FROM failures")
            file.execute("DELETE FROM failing_keys")
            file.execute("UPDATE settings SET value = '2026-01-01' WHERE name LIKE 'secret on its way: %'")

    def _compare(self, number: int) -> None:
        self._let_time_pass()
        there = self._there = self._ask("check")
        found = self._model.differences(there)
        doubts = ("integrity", "journal", "strangers", "leases", "prefer_problem")
        found += [f"{name}: {there[name]}" for name in doubts if there[name]]
        marks = {key: hashlib.sha256(self._secrets[key].encode()).hexdigest() for key in there["slots"]}
        if there["secrets"] != marks:
            found.append("a secret in the keychain is not the one that was added")
        self._slot_ids |= set(there["slot_ids"])
        self._accounts = sorted(there["accounts"], key=self._accounts[:1].count, reverse=True)
        found += [f"left behind: {path}" for path in self._left_behind()]
        for what in found:
            print(f"  kill {number}: {what}", file=sys.stderr)  # not only at the end
        self._wrong += [f"kill {number}: {what}" for what in found]

    def _left_behind(self) -> list[str]:
        """Return files with credentials, and unfinished files of the profile."""
        folders = [Path(f"/dev/shm/kraken-desk-{os.getuid()}")]  # noqa: S108  # where runs put them
        folders.append(Path(self._variables["XDG_RUNTIME_DIR"]) / folders[0].name)
        handed = [p for folder in folders for slot in self._slot_ids for p in folder.glob(f"{slot}-*")]
        unfinished = self._home.glob("settings.toml.*")
        return [str(path) for path in (*handed, *unfinished)]

    def _usd(self) -> Counter[str]:
        """Return each account's dollars, in its smallest units."""
        found: Counter[str] = Counter()
        for row in self._exchange.control("GET", "/balances")["balances"]:
            if row["asset"] == "USD":
                found[row["iiban"]] += _units(row["amount"])
        return found

    def _claim_of_balances(self) -> Claim:
        """Work out every balance from the journal; each amount is unique, so nothing makes up for another.

        A transfer that the journal still calls open may have moved or not.
        """
        change = self._usd()
        change.subtract(self._balances)
        change.subtract(_booked(self._there["moved"]))
        unclear = self._there["open"]
        fits = any(
            {a: b for a, b in change.items() if b} == {a: b for a, b in _booked(some).items() if b}
            for count in range(len(unclear) + 1)
            for some in combinations(unclear, count)
        )
        booked = f"{len(self._there['moved'])} moved, {len(unclear)} open"
        return Claim("every balance is what the journal makes of the first one", fits, booked)

    def _claim_of_traces(self) -> Claim:
        """Look for every secret in every file."""
        content = b"\n".join(p.read_bytes() for p in self._root.rglob("*") if p.is_file())
        found = [key for key, secret in self._secrets.items() if secret.encode() in content]
        size = f"{len(self._secrets)} secrets, {len(content) / 1e6:.1f} MB of files"
        return Claim("no secret is in any file", not found, size)

    def _claim_of_copies(self) -> Claim:
        """Verify every export and try the last backup that were said to be done."""
        exports = [(Path(kept["file"]).read_bytes(), kept["head"] or "none") for kept in self._kept["export"]]
        bad = [
            kept
            for kept, copy in zip(self._kept["export"], exports, strict=True)
            if not verify_file(*copy).whole
        ]
        for backup in self._kept["backup"][-1:]:
            report = self._ask("drill", file=backup["file"])
            if report["secrets"] != backup["slots"]:
                bad.append(backup | report)
        count = f"{len(self._kept['export'])} exports, {len(self._kept['backup'])} backups"
        return Claim("what was exported and backed up is whole", not bad, f"{count} {bad[:1] or ''}")

    def _new_pairs(self, count: int) -> list[dict[str, str]]:
        """Create keys at Kraken, which nobody has added yet."""
        made = []
        for _ in range(count):
            account = self._random.choice(self._exchange.description["accounts"])
            rights = ["query-funds", "query-open-trades"]
            wanted = {"account": account["iiban"], "name": f"k{len(self._secrets)}", "permissions": rights}
            key = self._exchange.control("POST", "/keys", wanted)
            self._secrets[key["api_key"]] = key["api_secret"]
            made.append({"api_key": key["api_key"], "api_secret": key["api_secret"]})
        return made

    def _ask(self, kind: str, **more: Any) -> dict[str, Any]:  # whatever the job takes
        """Let a job go to its end and return what it tells."""
        self._begin({"kind": kind, **more})
        told: dict[str, Any] = {}
        while "ended" not in (said := self._hear()):
            told |= said
        if said["ended"] or "failed" in told:
            raise RuntimeError(f"{kind} failed: {told.get('failed', said)}")
        return told

    def _begin(self, job: dict[str, Any]) -> int:
        assert self._process.stdin is not None
        told = job | {"home": str(self._home), "accounts": self._accounts}
        print(json.dumps(told), file=self._process.stdin, flush=True)
        return int(self._hear()["pid"])

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the victims' parent is gone")
        said: dict[str, Any] = json.loads(line)
        self._model.hear(said)
        if said.get("done") in self._kept:
            self._kept[said["done"]].append(said)
        return said

    def _command(self, *words: str, stdin: str = "") -> None:
        command = [sys.executable, "-m", "kraken_desk", "--home", str(self._home), *words]
        subprocess.run(
            command, input=stdin, env=self._variables, text=True, check=True, stdout=subprocess.DEVNULL
        )


def _booked(moves: Iterable[Sequence[str]]) -> Counter[str]:
    """Return what transfers of so many dollars change, by account, in its smallest units."""
    change: Counter[str] = Counter()
    for source, destination, amount in moves:
        change[source] -= _units(amount)
        change[destination] += _units(amount)
    return change


def _units(amount: str) -> int:
    """Return an amount in the smallest unit that a balance can have."""
    return int(Decimal(amount).scaleb(10))
