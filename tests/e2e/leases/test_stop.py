"""Subaccounts and the emergency stop as commands, over real HTTP, with real processes that hold keys."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from kraken_desk.services.lease_ending import LeaseEnder
from tests.e2e.leases.conftest import Bench, until
from tests.e2e.processes import PROGRAM

STUBBORN = "trap '' TERM; echo $$; while :; do sleep 1; done"
CREATE = "/0/private/CreateSubaccount"
MOVES = ("AccountTransfer", "WalletTransfer", "Withdraw", "/transfer", "/withdrawal")
MASTERS = ("futures desk", "desk treasury")


@pytest.fixture(scope="module")
def fleet(house: Bench) -> Bench:
    """Add the master's keys and a subaccount's Futures key to the profile."""
    for name in MASTERS:
        assert house.line.add_key(house.simulator.key(name)).code == 0
    assert house.line.add_key(house.simulator.key("momentum futures"), process="momentum").code == 0
    return house


@pytest.fixture
def desk(fleet: Bench, bench: Bench) -> Iterator[Bench]:
    fleet.simulator.control("DELETE", "/requests")
    yield bench
    fleet.simulator.control("DELETE", "/faults")
    fleet.simulator.control("PUT", "/latency", {"seconds": 0})


def requests(desk: Bench, part: str) -> list[dict[str, Any]]:
    told = desk.simulator.control("GET", "/requests")["requests"]
    return [request for request in told if part in request["path"]]


def trading(desk: Bench) -> set[bool | None]:
    told = desk.line("subaccounts", "list", "--ask", "--json").json
    return {s["trading_enabled"] for s in told["subaccounts"] + told["unknown_here"]} - {None}


def test_trading_is_switched_and_read_back(desk: Bench) -> None:
    """Disable, show, enable; a master is refused in words."""
    uid = desk.simulator.account("Momentum")["futures_uid"]

    off = desk.line("subaccounts", "trading", uid, "disable", "--json")
    shown = desk.line("subaccounts", "trading", uid, "--json")
    on = desk.line("subaccounts", "trading", uid, "enable", "--json")
    master = desk.line(
        "subaccounts", "trading", desk.simulator.account("Meridian Capital")["futures_uid"], "--json"
    )

    assert [a.json["trading_enabled"] for a in (off, shown, on)] == [False, False, True]
    assert (master.code, master.category) == (2, "InputError")
    assert len(requests(desk, "trading-enabled")) == 5


def test_a_lost_reply_to_a_creation_is_unknown_and_never_sent_again(desk: Bench) -> None:
    """Exit code 4, one request, no second one until somebody has looked and settled it."""
    desk.simulator.control("POST", "/faults", {"name": "reply_lost_after_execution", "path": CREATE})

    lost = desk.line("subaccounts", "create", "Options", "options@meridian.example", "--yes", "--json")
    again = desk.line("subaccounts", "create", "Options", "options@meridian.example", "--yes", "--json")
    settled = desk.line("subaccounts", "settle", "Options", "--created", "--json")
    listed = desk.line("subaccounts", "list", "--json").json["creations"]

    assert (lost.code, lost.category) == (4, "OutcomeUnknownError")
    assert (again.code, again.category) == (2, "InputError")
    assert len(requests(desk, CREATE)) == 1
    assert settled.json["creation"]["state"] == "created after all"
    assert [(c["username"], c["state"]) for c in listed] == [("Options", "created after all")]


def test_a_refused_creation_says_who_may(desk: Bench) -> None:
    """A key without the right is told as Kraken's gate, with Kraken's own words, and nothing remains open."""
    treasury = desk.simulator.key("desk treasury")
    change = {"api_key": treasury["api_key"], "permissions": ["query-funds"]}
    desk.simulator.control("PATCH", "/keys", change)

    refused = desk.line("subaccounts", "create", "Gated", "gated@meridian.example", "--yes", "--json")
    desk.simulator.control("PATCH", "/keys", {**change, "permissions": treasury["permissions"]})
    taken = desk.line("subaccounts", "create", "Momentum", "momentum@meridian.example", "--yes", "--json")
    made = desk.line("subaccounts", "create", "Gated", "gated@meridian.example", "--yes", "--json")

    assert (refused.code, refused.category) == (3, "ForbiddenError")
    assert "institutional clients only" in refused.json["error"]["detail"]
    assert refused.json["error"]["kraken"] == ["EGeneral:Permission denied"]
    assert (taken.code, taken.category) == (3, "BadRequestError")
    assert (made.code, made.json["creation"]["state"]) == (0, "created")


def test_a_drill_stops_everything_and_moves_nothing(desk: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trading is off everywhere, the process that ignores the request is gone, every step has its time."""
    usual = LeaseEnder.__init__.__kwdefaults__
    assert usual is not None
    monkeypatch.setitem(usual, "grace_s", 0.5)
    before = desk.simulator.control("GET", "/totals")
    process = desk.start("--", "sh", "-c", STUBBORN, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline()
    until(lambda: all(lease["child_pid"] for lease in desk.leases() or [{"child_pid": None}]))

    stop = desk.line("stop", "--drill", "--yes", "--environment", "rehearsal", "--json")
    twice = desk.line("stop", "--drill", "--yes", "--environment", "rehearsal", "--json")

    told = stop.json["stop"]
    done = [s for s in told["steps"] if s["kind"] != "revoke key"]
    assert (stop.code, twice.code, told["failed"]) == (0, 0, 0)
    assert {s["state"] for s in done} == {"done"}
    assert all(s["seconds"] >= 0 for s in done)
    assert [s["result"] for s in done if s["kind"] == "end process"] == [
        "It ignored the request for 0.5 s and was killed. The key is free."
    ]
    assert process.wait(10) == 128 + signal.SIGKILL
    assert desk.leases() == []
    assert trading(desk) == {False}
    assert desk.simulator.control("GET", "/totals") == before
    assert not [r for r in requests(desk, "") if any(part in r["path"] for part in MOVES)]


def test_a_stop_killed_half_way_goes_on(desk: Bench) -> None:
    """After kill -9 in the middle the next call goes on with the same list and ends it."""
    desk.simulator.control("PUT", "/latency", {"seconds": 0.5})
    command = [*PROGRAM, "--home", str(desk.line.home), "stop", "--drill", "--yes"]
    dying = subprocess.Popen([*command, "--environment", "rehearsal"], env=desk.line.variables)
    until(lambda: requests(desk, "trading-enabled"))
    dying.kill()
    dying.wait()
    desk.simulator.control("PUT", "/latency", {"seconds": 0})

    cut = desk.line("stop", "--show", "--environment", "rehearsal", "--json").json["stop"]
    after = desk.line("stop", "--drill", "--yes", "--environment", "rehearsal", "--json")

    assert cut["ended_at"] is None
    assert after.code == 0
    assert after.json["stop"]["stop_id"] == cut["stop_id"]
    assert {s["state"] for s in after.json["stop"]["steps"]} == {"done", "yours to do"}


def test_a_deletion_is_proven_by_one_call(desk: Bench) -> None:
    """One call that must fail: first the key is alive, then deleted, then never called again."""
    key = desk.simulator.key("mm-bot-1")
    desk.line("stop", "--drill", "--yes", "--environment", "rehearsal")
    desk.simulator.control("DELETE", "/requests")

    alive = desk.line("stop", "--prove", "mm-bot-1", "--environment", "rehearsal", "--json").json
    desk.simulator.control("DELETE", "/keys", {"api_key": key["api_key"]})
    gone = desk.line("stop", "--prove", "mm-bot-1", "--environment", "rehearsal", "--json").json
    again = desk.line("stop", "--prove", "mm-bot-1", "--environment", "rehearsal", "--json").json

    proofs = [
        next(s["proof"]["outcome"] for s in told["stop"]["steps"] if s["label"].startswith("mm-bot-1"))
        for told in (alive, gone, again)
    ]
    assert proofs == ["not revoked", "revoked", "revoked"]
    assert len(requests(desk, "GetApiKeyInfo")) == 2


def test_a_drill_needs_the_local_exchange(desk: Bench) -> None:
    """In production it is refused, and an unconfirmed stop does nothing."""
    drill = desk.line("stop", "--drill", "--yes", "--environment", "production", "--json")
    unasked = desk.line("stop", "--environment", "rehearsal", "--json")

    assert (drill.code, drill.category) == (7, "RuleError")
    assert (unasked.code, unasked.category) == (2, "InputError")
    assert requests(desk, "") == []
