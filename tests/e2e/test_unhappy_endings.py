"""Bad input and a failing exchange, through the command line: clear answers, nothing lost."""

from __future__ import annotations

import base64

import pytest

from tests.e2e.processes import Answer, CommandLine, CommandsHere, SimulatorProcess

DESK = "Kraken Desk"
SENT_TWICE = "/0/private/AccountTransfer"


@pytest.fixture
def desk(desk: CommandLine) -> CommandLine:
    """Take the commands into this process: their answers are the point."""
    return CommandsHere(desk.home, desk.variables, desk.environment)


@pytest.fixture
def ready(desk: CommandLine, simulator: SimulatorProcess) -> CommandLine:
    """A profile with the desk's keys for the master and two subaccounts."""
    for name in ("desk monitor", "desk treasury", "momentum monitor", "basis monitor"):
        assert desk.add_key(simulator.key(name), process=DESK).code == 0
    for label in ("Meridian Capital", "Momentum", "Basis"):
        assert desk("accounts", "rename", simulator.account(label)["iiban"], label).code == 0
    return desk


def transfer(
    desk: CommandLine, amount: str, *, source: str = "Momentum", to: str = "Meridian Capital"
) -> Answer:
    words = (
        "transfer",
        "--from",
        source,
        "--to",
        to,
        "--asset",
        "USD",
        "--amount",
        amount,
        "--yes",
        "--json",
    )
    return desk(*words)


def sent(simulator: SimulatorProcess) -> int:
    requests = simulator.control("GET", "/requests")["requests"]
    return sum(1 for request in requests if request["path"] == SENT_TWICE)


def test_an_unusable_amount_sends_nothing(ready: CommandLine, simulator: SimulatorProcess) -> None:
    """Zero, negative, exponent, comma, too fine and too much are refused before anything leaves."""
    answers = {
        amount: transfer(ready, amount) for amount in ("0", "-5", "1e3", "1,5", "0.00001", "999999999")
    }

    assert {amount: (a.code, a.category) for amount, a in answers.items()} == dict.fromkeys(
        answers, (2, "InvalidAmountError")
    )
    assert sent(simulator) == 0


def test_the_same_account_twice_sends_nothing(ready: CommandLine, simulator: SimulatorProcess) -> None:
    """Both ends must differ."""
    answer = transfer(ready, "1", source="Momentum", to="Momentum")

    assert (answer.code, answer.category) == (2, "SameAccountError")
    assert sent(simulator) == 0


def test_a_lost_reply_leaves_the_outcome_unknown_and_blocks_the_route(
    ready: CommandLine, simulator: SimulatorProcess
) -> None:
    """The transfer executed, its reply was lost: unknown, one send, the next one refused until settled."""
    fault = {"name": "reply_lost_after_execution", "path": "/0/private/AccountTransfer"}
    simulator.control("POST", "/faults", fault)

    lost = transfer(ready, "100")
    second = transfer(ready, "50")
    record = ready("journal", "list", "--json").json["transfers"][0]
    evidence = ready("journal", "evidence", record["id"], "--json").json["evidence"]
    settled = ready(
        "journal", "resolve", record["id"], "--executed", "--note", "seen in the ledger", "--json"
    )
    third = transfer(ready, "50")

    assert (lost.code, lost.category) == (4, "OutcomeUnknownError")
    assert record["state"] == "unknown"
    assert (second.code, second.category) == (7, "RouteBlockedError")
    assert len(evidence["source"]) == len(evidence["destination"]) == 1
    assert settled.json["transfer"]["state"] == "settled: executed"
    assert third.code == 0
    assert sent(simulator) == 2


def test_an_error_page_instead_of_a_reply_is_unknown_too(
    ready: CommandLine, simulator: SimulatorProcess
) -> None:
    """An HTML 520 says nothing about what happened behind it, and is never shown."""
    simulator.control("POST", "/faults", {"name": "html_520", "path": "/0/private/AccountTransfer"})

    answer = transfer(ready, "100")

    assert (answer.code, answer.category) == (4, "OutcomeUnknownError")
    assert "<" not in answer.stdout
    assert sent(simulator) == 1


def test_a_refusal_by_kraken_does_not_block_the_route(
    ready: CommandLine, simulator: SimulatorProcess
) -> None:
    """Rejected means not executed, so the next transfer may go."""
    fault = {"name": "rate_limited", "path": "/0/private/AccountTransfer"}
    simulator.control("POST", "/faults", fault)

    refused = transfer(ready, "100")
    second = transfer(ready, "100")

    assert (refused.code, refused.category) == (3, "RateLimitedError")
    assert second.code == 0


def test_a_wrong_secret_is_refused_and_not_stored(desk: CommandLine, simulator: SimulatorProcess) -> None:
    """Kraken's word is shown, and neither key nor secret stays."""
    key = {**simulator.key("desk monitor"), "api_secret": base64.b64encode(b"x" * 64).decode()}

    answer = desk.add_key(key)
    listed = desk("keys", "list", "--environment", "rehearsal", "--json")

    assert (answer.code, answer.category) == (3, "AuthRejectedError")
    assert answer.json["error"]["kraken"] == ["EAPI:Invalid signature"]
    assert answer.json["error"]["hint"]
    assert listed.json["keys"] == []


def test_a_key_of_the_other_venue_is_refused(desk: CommandLine, simulator: SimulatorProcess) -> None:
    """A Futures key does not work on Spot, and the answer says where it might."""
    answer = desk.add_key({**simulator.key("futures desk"), "venue": "spot"})

    assert answer.code in (2, 3)
    assert "Futures" in answer.stdout


def test_an_expired_key_is_refused_with_its_likely_causes(
    desk: CommandLine, simulator: SimulatorProcess
) -> None:
    """Kraken answers “Invalid key” for an expired key; the answer names expiry among the causes."""
    answer = desk.add_key(simulator.key("quarter-end audit"))

    assert (answer.code, answer.category) == (3, "AuthRejectedError")
    assert "expired" in answer.stdout


def test_the_same_key_twice_is_refused_before_anything_is_sent(
    desk: CommandLine, simulator: SimulatorProcess
) -> None:
    """One key serves one process."""
    key = simulator.key("desk monitor")
    desk.add_key(key)
    before = simulator.control("GET", "/requests")["total"]

    answer = desk.add_key(key, name="another name")

    assert (answer.code, answer.category) == (2, "DuplicateKeyError")
    assert simulator.control("GET", "/requests")["total"] == before


def test_without_the_exchange_everything_says_so(desk: CommandLine, simulator: SimulatorProcess) -> None:
    """With nothing listening, commands end with “unreachable” and doctor names it."""
    assert desk.add_key(simulator.key("desk monitor"), process=DESK).code == 0
    desk("environments", "add", "nowhere", "--spot-url", "http://127.0.0.1:9")

    added = desk("keys", "add", "--environment", "nowhere", "--venue", "spot", "--name", "x", "--json",
                 "--api-key", simulator.key("desk treasury")["api_key"], "--secret-stdin",
                 secret=simulator.key("desk treasury")["api_secret"])  # fmt: skip
    doctor = desk("doctor", "--environment", "nowhere", "--json")

    assert (added.code, added.category) == (6, "UnreachableError")
    assert doctor.code == 1
    assert [c["name"] for c in doctor.json["checks"] if not c["ok"] and "API" in c["name"]] == ["Spot API"]


def test_without_a_keychain_a_real_environment_refuses(
    desk: CommandLine, simulator: SimulatorProcess
) -> None:
    """There is no plaintext fallback: the answer says what to install, and nothing is stored."""
    bare = {k: v for k, v in desk.variables.items() if k != "DBUS_SESSION_BUS_ADDRESS"}
    bare["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
    alone = CommandsHere(desk.home, bare, desk.environment)

    answer = alone.add_key(simulator.key("desk monitor"))

    assert answer.code == 5, answer.stdout
    assert answer.category in ("KeychainUnavailableError", "KeychainLockedError")
    assert answer.json["error"]["hint"]
    assert desk("keys", "list", "--environment", "rehearsal", "--json").json["keys"] == []
