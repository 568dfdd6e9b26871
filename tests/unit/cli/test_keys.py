"""`keys`: secrets come in by pipe or prompt only, and a check tells what Kraken said."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import click
import pytest

from kraken_desk.domain.environments import UAT
from kraken_desk.domain.errors import AuthRejectedError, KeychainLockedError, UnavailableError
from kraken_desk.domain.keys import CheckOutcome
from kraken_desk.store import Store
from tests.helpers.builders import CANARY, LAB, a_check, a_master, a_public_key, an_iiban, spot_info
from tests.helpers.fakes import refused
from tests.unit.cli.world import Answer, Prepare, World
from tests.unit.services.bench import Bench

ADD = ("keys", "add", "--venue", "spot", "--environment", "lab", "--api-key", a_public_key(5), "--json")


def accepted(number: int) -> Prepare:
    def prepare(bench: Bench) -> None:
        bench.spot.answer("check_key", spot_info(iiban=an_iiban(number)), api_key=a_public_key(number))

    return prepare


def answering(value: object, number: int = 5) -> Prepare:
    return lambda bench: bench.spot.answer("check_key", value, api_key=a_public_key(number))


def stored(world: World) -> list[str]:
    """Return the names of the stored keys, as another process sees them."""

    async def names() -> list[str]:
        store = await Store.open(world.home / "desk.sqlite3")
        try:
            return [slot.name for slot in await store.metadata.slots(LAB.name)]
        finally:
            await store.close()

    return asyncio.run(names())


def add(world: World, *words: str, secret: str | bytes = CANARY, name: str = "new") -> Answer:
    return world(*ADD, "--name", name, "--secret-stdin", *words, stdin=secret)


def test_a_key_is_added(empty: World) -> None:
    """Secret by pipe, facts shown, stored under its account; the secret is printed nowhere."""
    empty.script.append(accepted(5))

    answer = add(
        empty, "--process", "bot", "--role", "trading", "--client", "ccxt", "--account-label", "Carry"
    )

    assert answer.code == 0
    key, account = answer.json["key"], answer.json["account"]
    assert (key["name"], key["process"], key["role"], key["client"]) == ("new", "bot", "trading", "ccxt")
    assert key["permissions"] == ["query-funds", "query-ledger"]
    assert (account["label"], account["kind"], account["iiban"]) == ("Carry", "master", "AA05 N84G WOAK NMOI")
    assert answer.json["account_is_new"] is True
    assert stored(empty) == ["new"]
    assert len(empty.vault.held) == 1
    assert CANARY not in answer.out + answer.err


def test_the_text_says_what_was_stored(empty: World) -> None:
    """One sentence and the key's line."""
    empty.script.append(accepted(5))

    answer = empty(*ADD[:-1], "--name", "new", "--secret-stdin", stdin=CANARY + "\n")

    assert answer.code == 0
    assert answer.out.startswith("Stored new under Account AA05 N84G (master).\n- new  Spot  [Read] [Ledger]")


@pytest.fixture
def descriptor(tmp_path: Path) -> int:
    """Return an open descriptor that holds the secret, as `3<FILE` gives."""
    path = tmp_path / "secret"
    path.write_text(CANARY + "\n")
    return os.open(path, os.O_RDONLY)


def test_a_secret_comes_in_by_descriptor(empty: World, descriptor: int) -> None:
    """And the descriptor is closed after reading."""
    empty.script.append(accepted(5))

    answer = empty(*ADD, "--name", "new", "--secret-fd", str(descriptor))

    assert answer.code == 0
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(descriptor)


def test_a_secret_comes_in_by_prompt(empty: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a terminal it is asked for, unseen, on standard error."""
    empty.script.append(accepted(5))
    asked: list[dict[str, object]] = []

    def prompt(text: str, **how: object) -> str:
        asked.append({"text": text, **how})
        return CANARY

    monkeypatch.setattr(click, "prompt", prompt)

    answer = empty(*ADD, "--name", "new", terminal=True)

    assert answer.code == 0
    assert asked == [{"text": "API secret", "hide_input": True, "err": True}]


@pytest.mark.parametrize(
    ("words", "stdin", "title"),
    [
        ((), "", "No secret"),
        (("--secret-stdin",), "", "No secret"),
        (("--secret-stdin",), "not a secret!", "Not a secret"),
        (("--secret-stdin",), b"\xff\xfe" + CANARY.encode(), "Not a secret"),
        (("--secret-stdin",), CANARY[:-3], "The secret is incomplete"),
        (("--secret-stdin",), CANARY * 50, "Too much text"),
        (("--secret-stdin", "--secret-fd", "0"), CANARY, "Two sources"),
        (("--secret-fd", "987"), "", "The secret cannot be read"),
        (("--secret-fd", "-5"), "", "The secret cannot be read"),
        (("--secret-fd", "99999999999"), "", "The secret cannot be read"),
    ],
)
def test_an_unusable_secret_is_refused_before_anything_is_sent(
    empty: World, words: tuple[str, ...], stdin: str | bytes, title: str
) -> None:
    """None, two, no descriptor, no secret, half a secret: code 2, unquoted, nothing spent."""
    answer = empty(*ADD, "--name", "new", *words, stdin=stdin)

    assert (answer.code, answer.category) == (2, "InputError")
    assert answer.json["error"]["title"] == title
    assert CANARY[:12] not in answer.out + answer.err
    assert empty.calls("check_key") == []


def test_a_rejected_pair_is_not_stored(empty: World) -> None:
    """Kraken's own word is in the document, with what to try; the code is 3."""
    error = AuthRejectedError("Kraken refused the key", "Why.", "Try this.", kraken=("EAPI:Invalid key",))
    empty.script.append(answering(error))

    answer = add(empty)

    assert answer.code == 3
    assert answer.json["error"] == {
        "category": "AuthRejectedError",
        "title": "Kraken refused the key",
        "detail": "Why.",
        "hint": "Try this.",
        "kraken": ["EAPI:Invalid key"],
    }
    assert stored(empty) == []
    assert empty.vault.held == set()


def test_a_locked_keychain_has_its_code(empty: World) -> None:
    """5, and nothing is stored."""
    empty.script.append(accepted(5))
    empty.vault.failures["put"] = KeychainLockedError("The keychain is locked")

    answer = add(empty)

    assert (answer.code, answer.category) == (5, "KeychainLockedError")
    assert stored(empty) == []


def test_a_taken_name_spends_no_nonce(world: World) -> None:
    """It is looked at before Kraken is asked."""
    answer = add(world, name="Treasury")

    assert (answer.code, answer.category) == (2, "DuplicateKeyError")
    assert world.calls("check_key") == []


def test_several_environments_must_be_named(world: World) -> None:
    """A key goes to no environment by accident."""

    async def elsewhere(bench: Bench) -> None:
        await bench.move_in(a_master(7, environment=bench.environment.name))
        await bench.key(7, account_id=a_master(7).account_id)

    world.furnish(elsewhere, UAT)

    answer = world(*[w for w in ADD if w not in ("--environment", "lab")], "--name", "x", "--secret-stdin",
                   stdin=CANARY)  # fmt: skip

    assert (answer.code, answer.json["error"]["title"]) == (2, "Which environment?")
    assert len(world("keys", "list", "--json").json["keys"]) == 3


@pytest.mark.parametrize("words", [("show",), ("check",), ("remove", "--yes")])
def test_a_name_in_two_environments_must_be_told_apart(world: World, words: tuple[str, ...]) -> None:
    """A rehearsal's command never touches the production key of the same name."""

    async def elsewhere(bench: Bench) -> None:
        account = a_master(7, environment=bench.environment.name)
        await bench.move_in(account)
        await bench.key(7, account_id=account.account_id, name="treasury")

    world.furnish(elsewhere, UAT)

    answer = world("keys", *words, "treasury", "--json")

    assert (answer.code, answer.json["error"]["title"]) == (2, "Which environment?")
    assert stored(world) == ["treasury", "carry monitor"]
    assert world("keys", "show", "treasury", "--environment", "lab").code == 0


def test_keys_are_listed_and_shown(world: World) -> None:
    """With their facts; what Kraken does not report is said in words, never left out."""
    listed = world("keys", "list", "--json").json["keys"]
    shown = world("keys", "show", "TREASURY", "--json").json["key"]
    text = world("keys", "show", "treasury").out

    assert [key["name"] for key in listed] == ["treasury", "carry monitor"]
    assert {**shown, "drift": None} == {**listed[0], "drift": None}
    assert "withdraw to saved addresses" in listed[0]["can"]
    assert (shown["valid_until"], shown["last_used"], shown["ip_allowlist"]) == (None, None, ["203.0.113.7"])
    assert "Expires         never" in text
    assert "Futures uid     not reported by Kraken" in text
    assert a_public_key(1) not in text


def test_an_unknown_key_is_named_with_the_known_ones(world: World) -> None:
    """Code 2."""
    answer = world("keys", "show", "nothing", "--json")

    assert (answer.code, answer.category) == (2, "UnknownNameError")
    assert answer.json["error"]["hint"] == "Known keys: treasury, carry monitor."


def test_a_check_tells_the_outcome(world: World) -> None:
    """Accepted keys with code 0; each named key once, and asked for by a person."""
    answer = world("keys", "check", "treasury", "carry monitor", "Treasury", "--json")

    assert answer.code == 0
    assert [(c["name"], c["outcome"]) for c in answer.json["checks"]] == [
        ("treasury", "accepted"),
        ("carry monitor", "accepted"),
    ]
    assert "error" not in answer.json
    assert world("keys", "check", "treasury").out.splitlines()[-1].startswith("Can read balances")
    assert [call.asked for call in world.benches[0].spot.made("check_key")] == [True, True]


@pytest.mark.parametrize(
    ("error", "code", "outcome"),
    [
        (refused(), 3, "rejected"),
        (UnavailableError("Kraken does not answer"), 6, "unreached"),
        (KeychainLockedError("locked"), 5, "unreached"),
    ],
)
def test_a_failed_check_has_the_code_of_its_reason(
    world: World, error: Exception, code: int, outcome: str
) -> None:
    """The document holds all results and the first reason; the text says it on standard error."""
    world.script.append(answering(error, 1))

    document, text = world("keys", "check", "treasury", "--json"), world("keys", "check", "treasury")

    assert (document.code, text.code) == (code, code)
    assert document.json["checks"][0]["outcome"] == outcome
    assert document.category == type(error).__name__
    assert "treasury:" in text.err


def test_two_refusals_in_a_row_stop_the_named_keys_too(world: World) -> None:
    """However many names are given, the address is not led into a lockout."""

    async def more(bench: Bench) -> None:
        for number in range(3, 8):
            await bench.key(number, checked=False)

    world.furnish(more)
    for number in range(3, 8):
        world.script.append(answering(refused(), number))

    answer = world("keys", "check", *(f"key {number}" for number in range(3, 8)), "--json")

    assert answer.code == 3
    assert len(world.calls("check_key")) == 2
    assert [c["outcome"] for c in answer.json["checks"]] == ["rejected"] * 2 + ["unreached"] * 3


def test_all_leaves_refused_keys_alone(world: World) -> None:
    """--all is not a wish for this very key; its last refusal is told again."""

    async def refuse(bench: Bench) -> None:
        slot = bench.fleet.slot_named("treasury")
        await bench.fleet.save_check(a_check(slot.key_id, outcome=CheckOutcome.REJECTED))
        await bench.store.guard.record_failure(
            LAB.name, bench.keys.signer_of(slot).fingerprint, bench.clock.now(), "AuthRejectedError"
        )

    world.furnish(refuse)

    answer = world("keys", "check", "--all", "--json")

    assert [(c["name"], c["outcome"]) for c in answer.json["checks"]] == [
        ("treasury", "rejected"),
        ("carry monitor", "accepted"),
    ]
    assert world.calls("check_key") == [a_public_key(2)]


@pytest.mark.parametrize("words", [(), ("treasury", "--all")])
def test_a_check_needs_names_or_all(world: World, words: tuple[str, ...]) -> None:
    """Neither and both are wrong usage."""
    assert world("keys", "check", *words).code == 2


def test_checking_an_empty_fleet_is_no_error(empty: World) -> None:
    """There is nothing to do."""
    assert empty("keys", "check", "--all").out == "No keys yet.\n"
    assert empty("keys", "list").out == "No keys yet.\n"


def test_a_key_is_removed_with_its_secret(world: World) -> None:
    """With --yes, or after a yes at the terminal."""
    assert world("keys", "remove", "treasury", "--yes", "--json").json == {"removed": "treasury"}
    assert world("keys", "remove", "carry monitor", stdin="y\n", terminal=True).code == 0

    assert stored(world) == []
    assert world.vault.held == set()


@pytest.mark.parametrize(("terminal", "typed"), [(False, ""), (False, "y\n"), (True, "n\n"), (True, "")])
def test_nothing_is_removed_without_a_yes(world: World, terminal: bool, typed: str) -> None:
    """A pipe cannot answer, a no is a no, and the end of input is none of both."""
    answer = world("keys", "remove", "treasury", stdin=typed, terminal=terminal)

    assert answer.code == 2
    assert stored(world) == ["treasury", "carry monitor"]
