"""`accounts`, `balances`, `environments` and `doctor`: the tree, honest figures, and what is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kraken_desk.domain.accounts import KindSource
from kraken_desk.domain.environments import UAT
from kraken_desk.domain.errors import KeychainUnavailableError, UnavailableError, UnreachableError
from tests.helpers.builders import TREASURY, a_balance, a_master, a_public_key, an_account
from tests.unit.cli.world import World
from tests.unit.services.bench import Bench


async def in_uat(bench: Bench) -> None:
    """Put a master with a key into UAT."""
    account = a_master(7, environment=bench.environment.name, label="Test master")
    await bench.move_in(account)
    await bench.key(7, *TREASURY, account_id=account.account_id)


def test_the_tree_is_listed(world: World) -> None:
    """Master over subaccounts over keys, with their states."""
    [master] = world("accounts", "list", "--json").json["accounts"]
    lines = world("accounts", "list").out.splitlines()

    assert (master["label"], master["kind"], master["state"]) == ("Main", "master", "fine")
    assert [key["name"] for key in master["keys"]] == ["treasury"]
    assert [sub["label"] for sub in master["subaccounts"]] == ["Carry"]
    assert lines[0] == "Main  master  AA01 N84G WOAK NMOI  [fine]"
    assert lines[2] == "  Carry  subaccount  AA02 N84G WOAK NMOI  [fine]"
    assert lines[3].startswith("    - carry monitor  Spot  [Read] [Ledger]")


def test_an_empty_tree_says_how_to_begin(empty: World) -> None:
    """With the command that adds a first key."""
    answer = empty("accounts", "list")

    assert (answer.code, answer.out) == (
        0,
        "No accounts yet. Add a first key with: kraken-desk keys add\n",
    )


def test_an_account_is_renamed_and_placed(world: World) -> None:
    """Found by any of its names; a kind is the operator's word."""
    renamed = world("accounts", "rename", "aa02 n84g woak nmoi", "Basis", "--json").json["account"]
    placed = world("accounts", "set-kind", "Basis", "master", "--json").json["account"]

    assert renamed["label"] == "Basis"
    assert (placed["kind"], placed["kind_source"]) == ("master", "operator")
    assert world("accounts", "rename", "Basis", "Main").code == 2


def test_krakens_word_about_an_account_stays(world: World) -> None:
    """What Kraken has proved is not overruled."""

    async def prove(bench: Bench) -> None:
        await bench.fleet.save_account(a_master(1, kind_source=KindSource.KRAKEN))

    world.furnish(prove)

    answer = world("accounts", "set-kind", "Main", "subaccount", "--json")

    assert (answer.code, answer.category) == (2, "InputError")


def test_balances_are_read_and_added_up(world: World) -> None:
    """Rows per account with their time, totals over all."""
    answer = world("balances", "--json")

    assert answer.code == 0
    assert [(a["account"], a["rows"][0]["total"], a["stale"]) for a in answer.json["accounts"]] == [
        ("Main", "1000", False),
        ("Carry", "10", False),
    ]
    assert answer.json["totals"] == [
        {
            "asset": "USD",
            "total": "1010",
            "available": "1010",
            "hold": "0",
            "oldest": "2026-11-20T12:00:00Z",
            "stale": False,
            "parts": {"free": "1010"},
            "value": "1010",
            "environment": "lab",
        }
    ]
    assert "Total           USD            1\u2009010.00   1\u2009010.00     0.00" in world("balances").out


def test_one_account_is_read_alone(world: World) -> None:
    """No nonce of another account is spent."""
    answer = world("balances", "--account", "Carry", "--json")

    assert [a["account"] for a in answer.json["accounts"]] == ["Carry"]
    assert world.calls("balances") == [a_public_key(2)]


def test_a_failing_account_does_not_hide_the_others(world: World) -> None:
    """The figures that were read are printed; the failure decides the code."""
    world.script.append(
        lambda b: b.spot.answer("balances", UnavailableError("down", "HTTP 520."), api_key=a_public_key(1))
    )

    document, text = world("balances", "--json"), world("balances")

    assert (document.code, document.category) == (6, "UnavailableError")
    assert [a["problem"] is not None for a in document.json["accounts"]] == [True, False]
    assert document.json["accounts"][0]["as_of"] is None
    assert (text.code, "Main (Spot): down" in text.err) == (6, True)
    assert "10.00" in text.out


def test_an_account_without_a_key_is_no_failure(world: World) -> None:
    """It says what is missing, and the code is 0."""
    world.furnish(lambda bench: bench.move_in(an_account(3, label="Grid")))

    answer = world("balances", "--json")

    assert answer.code == 0
    assert answer.json["accounts"][2]["problem"]["category"] == "NoKey"


def test_not_reported_is_neither_zero_nor_left_out(world: World) -> None:
    """Null in the document, an empty cell in the text, in rows and totals."""
    silent = (a_balance("7", available=None, hold=None),)
    world.script.append(lambda b: b.spot.answer("balances", silent, api_key=a_public_key(1)))

    answer = world("balances", "--account", "Main", "--json")

    [row] = answer.json["accounts"][0]["rows"]
    assert (row["total"], row["available"], row["hold"]) == ("7", None, None)
    assert (answer.json["totals"][0]["available"], answer.json["totals"][0]["hold"]) == (None, None)
    lines = world("balances", "--account", "Main").out.splitlines()
    [total] = [line.split() for line in lines if line.startswith("Total")]
    assert total == ["Total", "USD", "7.00", "7.00"]


def test_money_of_different_environments_is_not_added_up(world: World) -> None:
    """Play money and real money have totals of their own."""
    world.furnish(in_uat, UAT)
    world.script.append(
        lambda b: b.spot.answer("balances", (a_balance("999", hold=Decimal(1)),), api_key=a_public_key(7))
    )

    document, text = world("balances", "--json"), world("balances")

    assert [(t["environment"], t["total"]) for t in document.json["totals"]] == [
        ("uat", "999"),
        ("lab", "1010"),
    ]
    assert {a["environment"] for a in document.json["accounts"]} == {"uat", "lab"}
    assert "Total of uat" in text.out
    assert "Total of lab" in text.out


def test_lists_name_the_environment_when_there_are_several(world: World) -> None:
    """Production and rehearsal never stand in one list without being told apart."""
    assert "environment" not in world("accounts", "list").out.casefold()
    assert "Environment" not in world("keys", "list").out

    world.furnish(in_uat, UAT)

    tree, keys = world("accounts", "list").out.splitlines(), world("keys", "list").out.splitlines()
    assert [line for line in tree if "environment" in line] == [
        "uat  environment  uat",
        "lab  environment  custom",
    ]
    assert keys[0].startswith("Environment")
    assert [line.split()[0] for line in keys[2:]] == ["uat", "lab", "lab"]


def test_environments_are_listed_added_and_removed(empty: World) -> None:
    """The built-in ones are marked; an added one is listed until it is removed."""
    added = empty(
        "environments", "add", "mine", "--kind", "uat", "--spot-url", "http://127.0.0.1:8080/", "--json"
    )
    names = [e["name"] for e in empty("environments", "list", "--json").json["environments"]]
    removed = empty("environments", "remove", "MINE", "--json")

    assert added.json["environment"] == {
        "name": "mine",
        "kind": "uat",
        "built_in": False,
        "spot_url": "http://127.0.0.1:8080",
        "spot_ws_url": "",
        "futures_url": "",
        "futures_ws_url": "",
    }
    assert names == ["production", "uat", "lab", "mine"]
    assert removed.json == {"removed": "mine"}
    assert "mine" not in empty("environments", "list").out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("x", "--spot-url", "http://kraken.example"), 7),
        (("x", "--spot-url", "https://api.kraken.com"), 7),
        (("x", "--spot-url", "kraken.example"), 2),
        (("x", "--spot-url", "https://kraken.example/0"), 2),
        (("x", "--spot-url", "https://kraken.example", "--kind", "demo"), 2),
        (("production", "--spot-url", "https://kraken.example"), 2),
        (("lab", "--spot-url", "https://kraken.example"), 2),
    ],
)
def test_unsafe_environments_are_refused(empty: World, words: tuple[str, ...], code: int) -> None:
    """Plain http over a network and Kraken's own addresses break the seal; the rest is wrong input."""
    assert empty("environments", "add", *words, "--json").code == code


def test_an_environment_with_keys_is_not_removed(world: World) -> None:
    """Its keys are sealed to it."""
    assert world("environments", "remove", "lab", "--json").category == "InputError"


def test_the_doctor_tells_what_is_wrong(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code 1 with findings, the cure beside each; nothing signed is sent."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)

    def broken(bench: Bench) -> None:
        bench.spot.answer("server_status", UnreachableError("No connection", "Refused.", "Check the URL."))

    async def describe() -> object:
        raise KeychainUnavailableError("No keychain", "Nothing answers.", "Install one.")

    world.script.append(broken)
    monkeypatch.setattr(world.vault, "describe", describe)

    document, text = world("doctor", "--json"), world("doctor")

    assert (document.code, text.code, document.json["ok"]) == (1, 1, False)
    found = {c["name"]: (c["ok"], c["hint"]) for c in document.json["checks"]}
    assert found["keychain"] == (False, "Install one.")
    assert found["Spot API"] == (False, "Check the URL.")
    assert found["Futures API"] == (True, "")
    assert "BAD  keychain: No keychain. Nothing answers.\n     Install one." in text.out
    assert world.calls("check_key") == []


def test_the_doctor_examines_every_environment_with_keys(world: World) -> None:
    """It needs no --environment to say what is wrong."""
    world.furnish(in_uat, UAT)

    names = [c["name"] for c in world("doctor", "--json").json["checks"]]

    assert names.count("keychain") == 1
    assert {"lab: Spot API", "uat: Spot API", "lab: Futures API"} <= set(names)
