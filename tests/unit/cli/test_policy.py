"""The command line's policy: exported, shown, checked, and part of an audit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.world import World


@pytest.fixture
def policy(world: World, tmp_path: Path) -> Path:
    """Return a policy that the small fleet agrees with."""
    file = tmp_path / "policy.toml"
    assert world("policy", "export", "--output", str(file)).code == 0
    return file


def test_what_was_exported_is_agreed_with(world: World, policy: Path) -> None:
    """The same state gives the same file, and nothing differs from it."""
    again = world("policy", "export", "--json").json

    assert again == {"environment": "lab", "text": policy.read_text("utf-8")}
    assert world("policy", "check", str(policy)).out.strip() == "Everything is as the policy declares."
    assert world("policy", "check", str(policy), "--json").json == {"environment": "lab", "findings": []}


def test_a_difference_ends_with_one(world: World, policy: Path) -> None:
    """In a check of the policy, and in an audit by the asked severity."""
    text = policy.read_text("utf-8").replace('name = "treasury"', 'name = "other"')
    policy.write_text(text, "utf-8")

    answer = world("policy", "check", str(policy), "--json")
    assert answer.code == 1
    assert [f["rule"] for f in answer.json["findings"]] == ["policy-key-undeclared", "policy-key-missing"]
    found = world("audit", "--policy", str(policy), "--json").json["reports"][0]
    assert found["counts"]["high"] == world("audit", "--json").json["reports"][0]["counts"]["high"] + 1
    assert world("audit", "--policy", str(policy), "--fail-on", "high").code == 1
    assert "[policy-key-undeclared]" in world("audit", "--policy", str(policy)).out


def test_a_policy_is_read_without_a_profile(world: World, policy: Path) -> None:
    """It says what it declares."""
    shown = world("policy", "show", str(policy), "--json").json

    assert (shown["environment"], shown["keys"]) == ("lab", ["carry monitor", "treasury"])
    assert "not judged" not in world("policy", "show", str(policy)).out


@pytest.mark.parametrize("words", [("audit", "--policy"), ("policy", "check"), ("policy", "show")])
def test_a_wrong_policy_judges_nothing(world: World, policy: Path, words: tuple[str, ...]) -> None:
    """The error names line and field."""
    with policy.open("a", encoding="utf-8") as file:
        file.write("\n[[key]]\nname = 'x'\nvenue = 'spot'\nacount = 'y'\n")

    answer = world(*words, str(policy), "--json")

    assert (answer.code, answer.category) == (2, "InputError")
    assert "field “acount”" in answer.json["error"]["detail"]


def test_a_huge_policy_is_refused(world: World, policy: Path) -> None:
    """Without reading all of it."""
    policy.write_bytes(b"#" * 1_000_001)

    assert world("policy", "check", str(policy), "--json").category == "InputError"


def test_a_policy_of_another_environment_is_refused(world: World, policy: Path) -> None:
    """Nothing of this one is compared with it."""
    text = policy.read_text("utf-8").replace('environment = "lab"', 'environment = "production"')
    policy.write_text(text, "utf-8")

    answer = world("policy", "check", str(policy), "--environment", "lab", "--json")

    assert (answer.code, answer.json["error"]["title"]) == (2, "The policy is of another environment")


def test_what_differs_from_a_policy_can_be_muted(world: World, policy: Path) -> None:
    """Such findings are known only beside their policy; once muted they stay out of its check."""
    policy.write_text(policy.read_text("utf-8").replace('name = "treasury"', 'name = "other"'), "utf-8")
    words = ("--rule", "policy-key-undeclared", "--reason", "being declared", "--until", "2027-01-31")

    unknown = world("audit", "mute", *words, "--json")
    muted = world("audit", "mute", *words, "--policy", str(policy), "--json")
    left = world("policy", "check", str(policy), "--json").json["findings"]
    again = world("audit", "unmute", *words[:2], "--policy", str(policy))

    assert (unknown.code, unknown.category) == (2, "UnknownNameError")
    assert [found["rule"] for found in muted.json["muted"]] == ["policy-key-undeclared"]
    assert [found["rule"] for found in left if found["muted"] is None] == ["policy-key-missing"]
    assert again.out == "1 finding counts again.\n"
