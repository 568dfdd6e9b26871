"""The command line's audit, matrix and hosts: text, JSON, CSV, exit codes, mutes."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kraken_desk.domain.allowlist import IpAllowlist
from tests.helpers.builders import NOW, a_check, a_public_key, spot_info
from tests.unit.cli.world import World
from tests.unit.services.bench import Bench

UNTIL = f"{NOW + timedelta(days=30):%Y-%m-%d}"


@pytest.fixture
def risky(world: World) -> World:
    """Return the small fleet with a bot that can withdraw from anywhere."""

    async def add(bench: Bench) -> None:
        info = spot_info(
            "withdraw-funds", "modify-trades", ip_allowlist=IpAllowlist(), api_key=a_public_key(3)
        )
        await bench.key(3, info=info, name="=bot", process="bot", role="trading", client="ccxt")

    world.furnish(add)
    return world


def findings(world: World) -> list[dict[str, Any]]:
    [report] = world("audit", "--json").json["reports"]
    return list(report["findings"])


def test_the_audit_tells_the_worst_first(risky: World) -> None:
    """In text with repair and page; in JSON with everything."""
    text = risky("audit")

    first = findings(risky)[0]
    assert text.code == 0
    assert "CRITICAL  =bot (Main): Can withdraw from anywhere  [withdraw-open]" in text.out
    assert "https://www.kraken.com/u/security/api" in text.out
    assert (first["rule"], first["severity"], first["subject"]["name"]) == (
        "withdraw-open",
        "critical",
        "=bot",
    )
    assert risky("audit", "--format", "json").json == risky("audit", "--json").json


@pytest.mark.parametrize(("severity", "code"), [("critical", 1), ("info", 1)])
def test_a_scheduler_learns_by_the_exit_code(risky: World, severity: str, code: int) -> None:
    """From the asked severity on."""
    assert risky("audit", "--fail-on", severity).code == code


def test_a_fleet_without_grave_findings_passes(world: World) -> None:
    """The asked severity is not reached."""
    assert world("audit", "--fail-on", "critical").code == 0


def test_an_empty_profile_is_no_failure(empty: World) -> None:
    """Nothing to judge."""
    answer = empty("audit", "--fail-on", "info")

    assert (answer.code, answer.out.strip()) == (0, "No keys yet.")


def test_findings_are_muted_with_reason_and_end(risky: World) -> None:
    """They cost nothing meanwhile, and come back."""
    words = ("--rule", "withdraw-open", "--about", "=bot")

    muted = risky("audit", "mute", *words, "--reason", "rotating", "--until", UNTIL, "--json").json
    assert [f["rule"] for f in muted["muted"]] == ["withdraw-open"]
    assert "Muted: 1." in risky("audit").out
    assert risky("audit", "mutes", "--json").json["mutes"][0]["reason"] == "rotating"
    listed = risky("audit", "mutes").out.splitlines()[-1].split("  ")
    assert [cell.strip() for cell in listed if cell] == ["withdraw-open", "=bot", "rotating", UNTIL]

    assert risky("audit", "unmute", *words).code == 0
    assert findings(risky)[0]["muted"] is None


@pytest.mark.parametrize(
    "words",
    [
        ("mute", "--reason", "x", "--until", UNTIL),
        ("mute", "--rule", "withdraw-open", "--reason", " ", "--until", UNTIL),
        ("mute", "--rule", "withdraw-open", "--reason", "x", "--until", "soon"),
        ("mute", "--rule", "withdraw-open", "--reason", "x", "--until", "2020-01-01"),
        ("mute", "--rule", "no-such-rule", "--reason", "x", "--until", UNTIL),
        ("unmute",),
        ("drift", "nobody"),
    ],
    ids=" ".join,
)
def test_wrong_words_mute_nothing(risky: World, words: tuple[str, ...]) -> None:
    """Exit code 2 and an explanation."""
    answer = risky("audit", *words, "--json")

    assert answer.code == 2
    assert answer.json["error"]["title"]
    assert risky("audit", "mutes", "--json").json == {"mutes": []}


def test_the_rules_are_listed(empty: World) -> None:
    """All of them, with their reasons."""
    rules = empty("audit", "rules", "--json").json["rules"]

    assert len(rules) >= 50
    assert all(rule["reason"] and rule["repair"] and rule["reference"] for rule in rules)
    assert "withdraw-open" in empty("audit", "rules").out


def test_drift_is_listed(risky: World) -> None:
    """By key and in one line."""

    async def change(bench: Bench) -> None:
        info = spot_info("withdraw-funds", api_key=a_public_key(3))
        await bench.store.metadata.save_check(a_check("key-3", info, checked_at=NOW + timedelta(hours=1)))

    assert "No change" in risky("audit", "drift").out
    risky.furnish(change)

    drift = risky("audit", "drift", "=bot", "--json").json["drift"]
    assert [entry["text"] for entry in drift] == [
        "IP allowlist: + 203.0.113.7, - any address",
        "rights: - Create & Modify Orders",
    ]


def test_a_key_shows_what_it_can_do_and_what_has_changed(risky: World) -> None:
    """In one sentence, and one line for each noticed change."""

    async def change(bench: Bench) -> None:
        info = spot_info("withdraw-funds", ip_allowlist=IpAllowlist(), api_key=a_public_key(3))
        await bench.store.metadata.save_check(a_check("key-3", info, checked_at=NOW + timedelta(hours=1)))

    risky.furnish(change)

    shown = risky("keys", "show", "=bot", "--json").json["key"]
    text = risky("keys", "show", "=bot").out
    assert shown["can"] == (
        "Can move money between master and subaccounts and withdraw to saved addresses outside Kraken."
    )
    assert [entry["text"] for entry in shown["drift"]] == ["rights: - Create & Modify Orders"]
    assert shown["can"] in text
    assert "2026-11-20 13:00 UTC: rights: - Create & Modify Orders" in text


def test_the_blast_radius_is_reckoned_in_money(risky: World) -> None:
    """Balances times prices, each holding once; the reader loses nothing."""
    text = risky("audit", "blast", "--currency", "USD")
    [found] = risky("audit", "blast", "--currency", "USD", "--json").json["blast"]

    assert text.code == 0
    assert found["currency"] == "USD"
    assert found["fleet"]["worst"] == "1010"
    assert found["keys"]["slot-3"]["worst"] == "1010"
    assert found["keys"]["slot-1"] == {
        "worst": "1010",
        "weighted": "50.5",
        "why": ["its withdrawals can empty the account", "it can pull money up from the subaccounts"],
        "gaps": [],
    }
    assert found["keys"]["slot-2"]["worst"] == "0"
    assert "1\u2009010.00" in text.out
    assert "carry monitor" not in text.out


def test_the_matrix_marks_rights(risky: World) -> None:
    """Filters choose keys; JSON names rights."""
    keys = {key["name"]: key for key in risky("matrix", "--json").json["keys"]}

    assert keys["=bot"]["surplus"] == ["withdraw-funds"]
    assert keys["=bot"]["missing"] == ["query-funds", "query-open-trades", "close-trades"]
    assert [k["name"] for k in risky("matrix", "--surplus", "--json").json["keys"]] == ["=bot"]
    assert {k["name"] for k in risky("matrix", "--dangerous", "--json").json["keys"]} == {"=bot", "treasury"}
    assert [k["name"] for k in risky("matrix", "--account", "carry", "--json").json["keys"]] == [
        "carry monitor"
    ]
    assert "Withdraw Funds" in risky("matrix").out
    assert risky("matrix", "--account", "nobody").out.strip() == "No key matches."


def test_the_matrix_opens_in_a_spreadsheet(risky: World) -> None:
    """A name that looks like a formula is defused."""
    rows = list(csv.DictReader(io.StringIO(risky("matrix", "--csv").out)))

    assert [row["key"] for row in rows] == ["carry monitor", "'=bot", "treasury"]
    assert rows[1]["withdraw-funds"] == "surplus"
    assert risky("matrix", "--csv", "--json").code == 2


def test_hosts_are_named_shown_and_forgotten(risky: World) -> None:
    """With the block for Kraken's form and what falls with the host."""
    added = risky(
        "hosts", "add", "box", "203.0.113.7/32", "2001:db8::7", "--this-machine", "--note", "cellar"
    )
    shown = risky("hosts", "show", "BOX", "--json").json

    assert added.code == 0
    assert shown["block"] == "203.0.113.7\n2001:db8::7"
    assert {(key["name"], key["whole_host"]) for key in shown["keys"]} == {
        ("treasury", False),
        ("carry monitor", False),
        ("=bot", True),
    }
    assert "cellar" in risky("hosts", "list").out
    assert risky("hosts", "remove", "box").code == 0
    assert risky("hosts", "list").out.strip() == "No hosts yet."


def test_any_address_can_be_checked(risky: World) -> None:
    """A host, an address, or this machine once it is named."""
    assert risky("hosts", "check").code == 2
    stranger = risky("hosts", "check", "198.51.100.1", "--json").json
    risky("hosts", "add", "away", "198.51.100.1", "--this-machine")
    here = risky("hosts", "check", "--json").json

    assert [key["name"] for key in stranger["keys"]] == ["=bot"]
    assert here["desk_keys_refused"] == ["carry monitor", "treasury"]
    assert "refuses from here" in risky("hosts", "check").out


@pytest.mark.parametrize(
    "words",
    [
        ("add", "box", "office"),
        ("add", " ", "203.0.113.7"),
        ("show", "nobody"),
        ("remove", "nobody"),
        ("check", "office"),
    ],
    ids=" ".join,
)
def test_wrong_hosts_are_refused(risky: World, words: tuple[str, ...]) -> None:
    """Exit code 2; nothing is stored."""
    assert risky("hosts", *words, "--json").code == 2
    assert risky("hosts", "list", "--json").json == {"hosts": []}


def test_a_report_goes_to_a_file_and_is_compared_with_it_later(risky: World, tmp_path: Path) -> None:
    """Private to the user; the later report tells what is settled."""
    first, page = tmp_path / "first.json", tmp_path / "page.html"

    wrote = risky("audit", "--format", "json", "--output", str(first), "--redact", "ids")
    assert (wrote.code, first.stat().st_mode & 0o777) == (0, 0o600)
    risky("audit", "mute", "--rule", "withdraw-open", "--reason", "rotating", "--until", UNTIL)
    later = risky("audit", "--against", str(first), "--json").json["reports"][0]["difference"]["counts"]
    assert (later["new"], later["changed"], later["settled"]) == (0, 1, 0)

    answer = risky("audit", "--format", "html", "--output", str(page), "--against", str(first), "--json").json
    assert (answer["file"], answer["format"]) == (str(page), "html")
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert [file.name for file in sorted(tmp_path.iterdir()) if file.is_file()] == ["first.json", "page.html"]


@pytest.mark.parametrize("form", ["csv", "html", "sarif"])
def test_a_report_without_a_file_is_printed_as_it_is(risky: World, form: str) -> None:
    """With --json inside one document."""
    printed = risky("audit", "--format", form)

    assert printed.code == 0
    assert risky("audit", "--format", form, "--json").json == {"format": form, "text": printed.out}


@pytest.mark.parametrize(
    "words",
    [
        ("--redact", "everything"),
        ("--against", "/nowhere/at/all.json"),
        ("--against", "/dev/zero"),
        ("--output", "/nowhere/at/all.html"),
    ],
)
def test_a_report_that_cannot_be_made_is_refused(risky: World, words: tuple[str, ...]) -> None:
    """With the error as the one document."""
    answer = risky("audit", *words, "--json")

    assert (answer.code, answer.category) == (2, "InputError")
