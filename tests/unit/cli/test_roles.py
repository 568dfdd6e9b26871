"""The command line's roles: shown, edited as a file, and given back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.world import World


def test_roles_are_listed_with_their_rights(world: World) -> None:
    """Ten roles, each with what its key could do."""
    roles = {role["id"]: role for role in world("roles", "list", "--json").json["roles"]}

    assert len(roles) == 10
    assert roles["market-making"]["websocket"] == "needed"
    assert roles["dashboard"]["can"]["futures"] == (
        "Can read balances, orders and the account log; cannot withdraw."
    )
    assert "market-making" in world("roles", "list").out


def test_a_role_is_shown_by_any_of_its_names(world: World) -> None:
    """With Kraken's labels."""
    answer = world("roles", "show", "reconciliation")

    assert "Accounting and reconciliation (accounting)" in answer.out
    assert "Query Funds, Query Closed Orders & Trades, Query Ledger Entries" in answer.out


def test_rights_are_listed_with_all_names(world: World) -> None:
    """Sixteen rights, and what surprises about them."""
    answer = world("roles", "rights", "--json").json["rights"]

    assert len(answer) == 16
    assert answer[0]["fast_api_name"] == "funds_query"
    assert "WalletTransfer" in world("roles", "rights").out


@pytest.mark.parametrize("form", ["toml", "json"])
def test_a_file_goes_out_is_edited_and_comes_back(world: World, tmp_path: Path, form: str) -> None:
    """Only what was changed is marked; a reset gives the start back."""
    file = tmp_path / f"roles.{form}"
    assert world("roles", "export", "--format", form, "--output", str(file)).code == 0
    text = file.read_text("utf-8")
    edited = text.replace("rotation_days = 30", "rotation_days = 7").replace(
        '"rotation_days": 30', '"rotation_days": 7'
    )
    file.write_text(edited, "utf-8")

    assert world("roles", "import", str(file)).code == 0

    roles = world("roles", "list", "--json").json["roles"]
    assert [(r["id"], r["rotation_days"]) for r in roles if r["changed"]] == [("full", 7)]
    assert world("roles", "reset", "full", "--yes").code == 0
    assert not any(r["changed"] for r in world("roles", "list", "--json").json["roles"])


def test_export_without_a_file_prints_the_table(world: World) -> None:
    """Ready for a redirection, and as one document with --json."""
    text = world("roles", "export").out

    assert text == world("roles", "export", "--json").json["text"]
    assert text.startswith("# Roles of Kraken Desk")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[[role]]\nid = 'trading'\nspto = []\n"])
def test_a_bad_file_changes_nothing(world: World, tmp_path: Path, content: bytes) -> None:
    """It is refused whole, as wrong input."""
    file = tmp_path / "roles.toml"
    file.write_bytes(content)

    answer = world("roles", "import", str(file), "--json")

    assert (answer.code, answer.category) == (2, "InputError")
    assert not any(r["changed"] for r in world("roles", "list", "--json").json["roles"])


@pytest.mark.parametrize(
    "words",
    [
        ("roles", "show", "wizard"),
        ("roles", "import", "/no/such/file.toml"),
        ("roles", "export", "--output", "/no/such/directory/roles.toml"),
        ("roles", "reset"),
        ("roles", "reset", "trading", "--yes"),
    ],
    ids=" ".join,
)
def test_wrong_input_is_answered(world: World, words: tuple[str, ...]) -> None:
    """Unknown roles, missing files, a reset that nobody confirmed or that changes nothing."""
    answer = world(*words, "--json")

    assert answer.code == 2
    assert answer.json["error"]["title"]
