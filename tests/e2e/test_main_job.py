"""The main job through the command line: real process, real HTTP, real keychain."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.e2e.processes import CommandLine, SimulatorProcess

DESK = "Kraken Desk"


def add_desk_keys(desk: CommandLine, simulator: SimulatorProcess) -> None:
    for name in ("desk monitor", "desk treasury", "momentum monitor"):
        added = desk.add_key(simulator.key(name), process=DESK)
        assert added.code == 0, added.stdout + added.stderr


def files_below(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.rglob("*") if path.is_file())


def test_a_trader_adds_keys_sees_the_tree_and_moves_money(
    desk: CommandLine, simulator: SimulatorProcess
) -> None:
    """Keys go in, the tree and the balances come out, a transfer moves exactly its amount."""
    totals_before = simulator.control("GET", "/totals")
    add_desk_keys(desk, simulator)
    bot = simulator.key("mm-bot-1")
    assert desk.add_key(bot, process="mm-bot").code == 0
    for label, iiban in (("Meridian Capital", "Meridian Capital"), ("Momentum", "Momentum")):
        known = simulator.account(iiban)["iiban"]
        assert desk("accounts", "rename", known, label).code == 0

    checked = desk("keys", "check", "--all", "--json")
    tree = desk("accounts", "list", "--json").json["accounts"]
    before = balance_of(desk, "Momentum", "USD")
    ends = ("--from", "Momentum", "--to", "Meridian Capital")
    moved = desk("transfer", *ends, "--asset", "USD", "--amount", "12500", "--yes", "--json")
    after = balance_of(desk, "Momentum", "USD")
    journal = desk("journal", "list", "--json").json["transfers"]

    assert checked.code == 0, checked.stdout
    assert {c["outcome"] for c in checked.json["checks"]} == {"accepted"}
    assert [(a["label"], a["kind"]) for a in tree] == [("Meridian Capital", "master")]
    assert {s["kind"] for s in tree[0]["subaccounts"]} == {"subaccount"}
    assert moved.code == 0, moved.stdout + moved.stderr
    assert moved.json["transfer"]["state"] == "confirmed"
    assert before - after == Decimal(12500)
    assert [t["state"] for t in journal] == ["confirmed"]
    assert simulator.control("GET", "/totals") == totals_before


def balance_of(desk: CommandLine, label: str, asset: str) -> Decimal:
    sheets = desk("balances", "--json").json["accounts"]
    rows = [row for s in sheets if s["account"] == label and s["venue"] == "spot" for row in s["rows"]]
    return Decimal(next(row["total"] for row in rows if row["asset"] == asset and row["part"] is None))


def test_no_secret_is_on_disk_or_in_any_output(
    desk: CommandLine, simulator: SimulatorProcess, tmp_path: Path
) -> None:
    """A secret is in the keychain only: not in the profile's files, nor in what commands print."""
    add_desk_keys(desk, simulator)
    desk("keys", "list", "--json")
    desk("keys", "show", "desk treasury")
    desk("doctor", "--json")

    secrets = [
        simulator.key(name)["api_secret"] for name in ("desk monitor", "desk treasury", "momentum monitor")
    ]

    on_disk = files_below(tmp_path / "profile")
    printed = "".join(desk.said)
    for secret in secrets:
        assert secret.encode() not in on_disk
        assert secret not in printed


def test_removing_a_key_removes_its_secret_from_the_keychain(
    desk: CommandLine, simulator: SimulatorProcess
) -> None:
    """A removed key can be added again, because nothing of it was left."""
    key = simulator.key("desk monitor")
    desk.add_key(key, process=DESK)

    removed = desk("keys", "remove", "desk monitor", "--yes", "--json")
    listed = desk("keys", "list", "--environment", "rehearsal", "--json")
    again = desk.add_key(key, process=DESK)

    assert removed.code == 0
    assert listed.json["keys"] == []
    assert again.code == 0


def test_futures_money_moves_between_master_and_subaccount(
    desk: CommandLine, simulator: SimulatorProcess
) -> None:
    """Naming both ends by their Futures uid moves money on Futures, signed by the master's Futures key."""
    assert desk.add_key(simulator.key("futures desk"), process=DESK).code == 0
    assert desk.add_key(simulator.key("momentum futures"), process="momentum").code == 0
    master, sub = simulator.account("Meridian Capital"), simulator.account("Momentum")

    moved = desk(
        "transfer", "--from", master["futures_uid"], "--to", sub["futures_uid"],
        "--asset", "usd", "--amount", "250.5", "--yes", "--json",
    )  # fmt: skip

    assert moved.code == 0, moved.stdout + moved.stderr
    assert moved.json["transfer"]["venue"] == "futures"
    assert moved.json["transfer"]["transfer_id"] is None
