"""`journal`: filters, history, settling by traces, verification, copies and receipts."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.helpers.builders import a_balance, a_ledger_entry, a_public_key
from tests.unit.cli.test_transfer import WORDS, lost
from tests.unit.cli.world import World
from tests.unit.services.bench import Bench


def traces(bench: Bench) -> None:
    """Let both ledgers show the transfer of 5 USD."""
    for number, quantity, after in ((1, "-5", "995"), (2, "5", "15")):
        row = replace(a_ledger_entry(number, quantity), balance=Decimal(after))
        bench.spot.answer("ledger_since", (row,), api_key=a_public_key(number))


def moved_without_rows(bench: Bench) -> None:
    """Let both balances have changed by 5 USD, with no row in either ledger."""
    for number, quantity in ((1, "995"), (2, "15")):
        bench.spot.answer("balances", (a_balance(quantity),), api_key=a_public_key(number))


def test_list_is_narrowed(world: World) -> None:
    """State, account, asset, text and number narrow the list; an unknown state is wrong input."""
    unknown = lost(world)

    def ids(*words: str) -> list[str]:
        return [r["id"] for r in world("journal", "list", *words, "--json").json["transfers"]]

    assert (
        ids("--state", "open") == ids("--state", "unknown") == ids("--text", "AccountTransfer") == [unknown]
    )
    assert ids("--account", "carry", "--asset", "usd", "--limit", "1") == [unknown]
    assert ids("--state", "confirmed") == ids("--account", "Grid") == ids("--text", "nothing") == []
    assert world("journal", "list", "--state", "lost").code == 2
    assert world("journal", "list", "--state", "rejected").out == "No such transfers.\n"


def test_settle_proves_or_says_why_not(world: World) -> None:
    """Code 4 while an outcome stays unknown, 0 when all are settled, also when there is nothing to do."""
    journal_id = lost(world)

    waiting = world("journal", "settle", "--json")
    world.script.append(traces)
    settled = world("journal", "settle", journal_id, "--json")
    nothing = world("journal", "settle")

    assert (waiting.code, waiting.json["looks"][0]["settled"]) == (4, False)
    assert "No trace yet" in waiting.json["looks"][0]["reason"]
    [look] = settled.json["looks"]
    assert (settled.code, look["transfer"]["state"], look["transfer"]["settled_by"]) == (
        0,
        "settled: executed",
        "traces",
    )
    assert (nothing.code, nothing.out) == (0, "No transfer has an unknown outcome.\n")
    assert len(world.calls("transfer")) == 1


def test_show_tells_history_and_evidence(world: World) -> None:
    """Every line with its hash, who decided, and what the decision rests on."""
    journal_id = lost(world)
    world.script.append(traces)
    world("journal", "settle")

    document = world("journal", "show", journal_id, "--json").json["transfer"]
    text = world("journal", "show", journal_id).out

    states = [line["state"] for line in document["history"]]
    assert states == ["planned", "sent", "unknown", "settled: executed"]
    assert all(len(line["hash"]) == 64 for line in document["history"])
    assert document["evidence"]["source"][0]["amount"] == "-5"
    assert document["evidence"]["source_balance"] == {"before": "1000", "now": "1000", "unexplained": "5"}
    assert "settled: executed by the traces at both ends" in text
    assert document["history"][3]["hash"] in text
    assert world("journal", "show", "nobody").code == 2


def test_resolve_keeps_what_was_seen(world: World) -> None:
    """A person's decision is kept with the evidence of that moment."""
    journal_id = lost(world)
    world.script.append(traces)

    world("journal", "resolve", journal_id, "--executed")

    document = world("journal", "show", journal_id, "--json").json["transfer"]
    assert document["settled_by"] == "person"
    assert [row["id"] for row in document["evidence"]["destination"]] == [a_ledger_entry(2, "5").entry_id]


def test_resolve_against_the_ledger_needs_to_be_said(world: World) -> None:
    """“Not executed” would invite to send money again that a ledger shows as moved; code 7 and no change."""
    journal_id = lost(world)
    world.script.append(traces)

    refused = world("journal", "resolve", journal_id, "--not-executed", "--json")
    state = world("journal", "show", journal_id, "--json").json["transfer"]["state"]
    insisted = world("journal", "resolve", journal_id, "--not-executed", "--against-evidence", "--json")

    assert (refused.code, refused.category, state) == (7, "RuleError", "unknown")
    assert a_ledger_entry(2, "5").entry_id in refused.json["error"]["detail"]
    assert (insisted.code, insisted.json["transfer"]["state"]) == (0, "settled: not executed")


def test_resolve_against_a_balance_needs_to_be_said(world: World) -> None:
    """A balance that has moved by the amount without a row speaks against “not executed” as well."""
    journal_id = lost(world)
    world.script.append(moved_without_rows)

    told = world("journal", "evidence", journal_id)
    refused = world("journal", "resolve", journal_id, "--not-executed", "--json")
    insisted = world("journal", "resolve", journal_id, "--not-executed", "--against-evidence", "--json")

    assert "it probably executed, and its row is late" in told.out
    assert (refused.code, refused.json["error"]["title"]) == (7, "A balance says that it executed")
    assert (insisted.code, insisted.json["transfer"]["state"]) == (0, "settled: not executed")


def test_verify_finds_a_changed_amount(world: World) -> None:
    """Code 0 and the head for a whole journal, 1 and the line for a changed one."""
    world(*WORDS, "--yes")

    whole = world("journal", "verify", "--json")
    with closing(sqlite3.connect(world.home / "desk.sqlite3")) as file:
        file.execute("DROP TRIGGER transfer_terms_are_fixed")
        file.execute("UPDATE transfers SET quantity = '500'")
        file.commit()
    broken = world("journal", "verify", "--json")

    assert (whole.code, whole.json["journal"]["lines"], whole.json["journal"]["whole"]) == (0, 3, True)
    assert len(whole.json["journal"]["head"]) == 64
    assert broken.code == 1
    assert [f["line"] for f in broken.json["journal"]["findings"]] == [1]
    assert "line 1" in world("journal", "verify").out


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_copy_is_verified_without_the_profile(world: World, tmp_path: Path, form: str) -> None:
    """An exported copy verifies by itself, opens no profile, and a change in it is located."""
    world(*WORDS, "--yes")
    out = tmp_path / f"journal.{form}"

    made = world("journal", "export", "--format", form, "--out", str(out), "--json").json
    world.started.clear()
    checked = world("journal", "verify", "--file", str(out), "--head", made["head"], "--json")

    assert (made["lines"], checked.code, checked.json["journal"]["head"]) == (3, 0, made["head"])
    assert world.started == []
    out.write_bytes(out.read_bytes().replace(b"AccountTransfer", b"AccountTransfes", 1))
    broken = world("journal", "verify", "--file", str(out), "--json")
    assert (broken.code, broken.json["journal"]["findings"][0]["line"]) == (1, 1)


def test_export_replaces_nothing(world: World, tmp_path: Path) -> None:
    """An existing file is left alone, a missing directory and a missing copy are wrong input."""
    out = tmp_path / "journal.jsonl"
    out.write_text("older proof", "utf-8")

    assert world("journal", "export", "--out", str(out)).code == 2
    assert out.read_text("utf-8") == "older proof"
    assert world("journal", "export", "--out", str(tmp_path / "no" / "x")).code == 2
    assert world("journal", "verify", "--file", str(tmp_path / "none")).code == 2


def test_verify_tells_a_noted_head_that_is_gone(world: World) -> None:
    """A head that the journal does not end with any more is told, with code 1."""
    answer = world("journal", "verify", "--head", "0" * 64)

    assert answer.code == 1
    assert "does not end with the noted head" in answer.out


def test_receipt_is_written(world: World, tmp_path: Path) -> None:
    """A receipt is one HTML file with the transfer's facts; an unknown id is wrong input."""
    record = world(*WORDS, "--yes", "--json").json["transfer"]
    out = tmp_path / "receipt.html"

    answer = world("journal", "receipt", record["id"], "--out", str(out), "--json")

    assert (answer.code, json.loads(answer.out)["file"]) == (0, str(out))
    assert "5.00 USD" in out.read_text("utf-8")
    assert world("journal", "receipt", "nobody", "--out", str(tmp_path / "x")).code == 2


def test_the_ending_of_a_copy_says_its_form(world: World, tmp_path: Path) -> None:
    """Whoever asks for a table by the name of the file gets one; what is said counts more."""
    world("journal", "export", "--out", str(tmp_path / "a.csv"))
    world("journal", "export", "--out", str(tmp_path / "b.CSV"), "--format", "jsonl")
    world("journal", "export", "--out", str(tmp_path / "c.txt"))

    first = [(tmp_path / name).read_text(encoding="utf-8")[:1] for name in ("a.csv", "b.CSV", "c.txt")]

    assert first[0] != "{"
    assert first[1:] == ["{", "{"]
