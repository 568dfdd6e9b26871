"""Policies: written and read back, strict about files, and every difference a finding."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.audit.policy_findings import POLICY_RULES, policy_findings
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.hosts import Host, HostId
from kraken_desk.domain.limits import Limit, LimitId, LimitKind
from kraken_desk.domain.money import Asset
from kraken_desk.domain.plain_names import plain_name
from kraken_desk.domain.policy import DeclaredKey, DeclaredProcess, Policy, PolicyState, policy_of
from kraken_desk.domain.policy_file import policy_from, policy_text
from kraken_desk.domain.roles import STARTING_ROLES
from tests.helpers.builders import LAB, NOW
from tests.unit.domain.audit.facts import BOX, MASTER, SUB, fleet, key, trader

LIMIT = Limit(
    LimitId("l1"),
    LAB.name,
    LimitKind.PER_DAY,
    NOW,
    destination=SUB.account_id,
    currency=Asset("USD"),
    amount=Decimal("1000.50"),
)
COOLING = Limit(LimitId("l2"), LAB.name, LimitKind.COOLING_OFF, NOW, seconds=3600)
STATE = PolicyState(fleet(trader(), hosts=(BOX,)), STARTING_ROLES, (LIMIT, COOLING))
POLICY = policy_of(STATE)


def rules(policy: Policy, state: PolicyState = STATE) -> list[str]:
    return sorted(finding.rule for finding in policy_findings(policy, state))


def texts(policy: Policy, state: PolicyState = STATE) -> list[str]:
    return [text for finding in policy_findings(policy, state) for text in finding.evidence]


def with_fleet(*keys: Any, **changes: Any) -> PolicyState:
    return replace(STATE, fleet=fleet(*keys, **{"hosts": (BOX,), **changes}))


def test_the_present_state_is_a_policy_that_nothing_differs_from() -> None:
    """Also after it was written and read back."""
    text = policy_text(POLICY)

    assert policy_from(text) == POLICY
    assert policy_text(policy_from(text)) == text
    assert rules(POLICY) == []
    assert 'hosts = ["box"]' in text
    assert 'amount = "1000.5"' in text
    assert "for_desk = false" in text


def test_an_empty_state_declares_that_there_is_nothing() -> None:
    """Which is not the same as leaving things out."""
    nothing = PolicyState(fleet(accounts=()), STARTING_ROLES, ())
    text = policy_text(policy_of(nothing))

    assert "key = []" in text
    assert policy_from(text) == policy_of(nothing)
    assert rules(policy_from(text), with_fleet(trader())) != []
    assert rules(Policy(LAB.name), with_fleet(trader())) == []


names = st.text(min_size=1, max_size=20).filter(lambda text: text.strip() != "")


@given(names, names, st.booleans())
def test_any_usable_name_survives_the_file(name: str, process: str, turned: bool) -> None:
    """Quotes, backslashes and other scripts included; the order of facts changes nothing."""
    try:
        name, process = plain_name(name, what="x"), plain_name(process, what="x")
    except InputError:
        return
    keys = [key(name=name, process=process), key(name=f"{name} 2", slot_id="slot-2", process=process)]
    state = with_fleet(*(reversed(keys) if turned else keys))

    text = policy_text(policy_of(state))

    assert rules(policy_from(text), state) == []
    assert text == policy_text(policy_of(with_fleet(*keys)))


OTHER_ROLES = tuple(
    replace(role, rotation_days=7) if role.role_id == "trading" else role for role in STARTING_ROLES
)
AWAY = Host(HostId("h2"), "away", ("198.51.100.1",))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (with_fleet(trader(), trader(name="extra", slot_id="s2")), "policy-key-undeclared"),
        (with_fleet(), "policy-key-missing"),
        (with_fleet(trader(client="kraken-cli")), "policy-key-differs"),
        (with_fleet(trader(account=MASTER)), "policy-key-differs"),
        (with_fleet(trader(facts={"ip_allowlist": IpAllowlist(("198.51.100.1",))})), "policy-key-hosts"),
        (with_fleet(trader(facts={"ip_allowlist": IpAllowlist()})), "policy-key-hosts"),
        (with_fleet(trader(process="stranger")), "policy-process-undeclared"),
        (with_fleet(trader(process="stranger")), "policy-process-missing"),
        (with_fleet(trader(), accounts=(SUB, MASTER)), "policy-account-undeclared"),
        (with_fleet(trader(), accounts=()), "policy-account-missing"),
        (with_fleet(trader(), accounts=(replace(SUB, kind=MASTER.kind),)), "policy-account-differs"),
        (with_fleet(trader(), hosts=(BOX, AWAY)), "policy-host-differs"),
        (with_fleet(trader(), hosts=()), "policy-host-differs"),
        (with_fleet(trader(), hosts=(replace(BOX, addresses=("203.0.113.8",)),)), "policy-host-differs"),
        (replace(STATE, roles=OTHER_ROLES), "policy-role-differs"),
        (replace(STATE, roles=()), "policy-role-differs"),
        (replace(STATE, limits=(LIMIT,)), "policy-limit-differs"),
        (
            replace(STATE, limits=(LIMIT, COOLING, replace(LIMIT, amount=Decimal(5)))),
            "policy-limit-differs",
        ),
    ],
)
def test_every_difference_is_a_finding(state: PolicyState, expected: str) -> None:
    """And is none where the policy does not speak of that kind of thing."""
    silent = Policy(LAB.name)

    assert expected in rules(POLICY, state)
    assert rules(silent, state) == []


def test_every_rule_of_policies_has_a_case() -> None:
    """A new one is to be added to the table above."""
    cases = next(
        mark
        for mark in test_every_difference_is_a_finding.pytestmark  # type: ignore[attr-defined]  # pytest's
        if mark.name == "parametrize"
    ).args[1]

    assert {rule for _, rule in cases} == {rule.rule_id for rule in POLICY_RULES}


def test_a_difference_says_what_was_decided_and_what_is() -> None:
    """In one sentence for each field."""
    state = with_fleet(trader(client="kraken-cli", role="dashboard", process=""))

    assert "The client is declared as ccxt, and is kraken-cli." in texts(POLICY, state)
    assert "The process is declared as bot, and is none." in texts(POLICY, state)


def test_a_role_may_be_declared_by_any_of_its_names() -> None:
    """As a person writes it."""
    declared = DeclaredKey("bot key", SUB.label, "spot", "bot", "Trading", "ccxt")

    assert rules(replace(POLICY, keys=(declared,))) == []


def test_hosts_without_an_address_in_the_policy_let_nobody_in() -> None:
    """A misspelled host must not pass as “no restriction”."""
    declared = replace(POLICY, processes=(DeclaredProcess("bot", ("bocks",)),))

    assert texts(declared) == ["The policy gives no address of bocks."]


def test_another_environments_policy_is_refused() -> None:
    """Everything would differ."""
    with pytest.raises(InputError, match="another environment"):
        policy_findings(replace(POLICY, environment="elsewhere"), STATE)  # type: ignore[arg-type]  # a name


HEAD = 'version = 1\nenvironment = "lab"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "“version” is not 1"),
        ("version = true\nenvironment = 'lab'", "“version” is not 1"),
        ("version = 1", "“environment” is no name"),
        ("version = ", "no TOML: Invalid value (at end of document)"),
        (HEAD + "keys = []", "“keys” is no part of a policy"),
        (HEAD + "key = 3", "“key” is no list"),
        (HEAD + "key = [3]", "Key 1: it is no table"),
        (HEAD + "\n[[key]]\nname = 'a'\naccount = 'A'\nvenue = 'spto'", "Line 7, key 1, field “venue”"),
        (HEAD + "\n[[key]]\nname = 'a'\nvenue = 'spot'", "Line 4, key 1, field “account”: it is missing"),
        (HEAD + "\n[[key]]\nname = 'a'\nacount = 'A'\n", "Line 6, key 1, field “acount”"),
        (HEAD + "\n[[host]]\nname='b'\naddresses=['1.2.3']", "Line 6, host 1, field “addresses”"),
        (HEAD + "\n[[host]]\nname='b'", "field “addresses”: a host has at least one"),
        (HEAD + "\n[[account]]\nname='b'\n[[account]]\nname='B'", "Line 7, account 2, field “name”"),
        (HEAD + "\n[[process]]\nname='b\u202e'", "field “name”"),
        (HEAD + '\n[[process]]\nname="b\\u202e"', "Line 5, process 1, field “name”"),
        (HEAD + "\n[[process]]\nname='b'\nhosts='box'", "Line 6, process 1, field “hosts”"),
        (
            HEAD + "\n[[limit]]\nkind='per-day'\namount='-5'\ncurrency='USD'",
            "Line 6, limit 1, field “amount”",
        ),
        (HEAD + "\n[[limit]]\nkind='cooling-off'\nseconds=1.5", "Line 6, limit 1, field “seconds”"),
        (HEAD + "\n[[role]]\nid='trading'\nspot=['fly']", "Line 4, role 1"),
        (HEAD + "[" * 100_000, "no"),
        (HEAD + "a.b.c = 1", "“a” is no part"),
        (HEAD + "#" + "x" * 1_000_001, "far too long"),
        (HEAD + "\n[[process]]\nname = '" + "x" * 500 + "'", "field “name”"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_field(text: str, said: str) -> None:
    """Nothing of it is used."""
    with pytest.raises(InputError) as caught:
        policy_from(text)

    assert re.search(re.escape(said), caught.value.detail), caught.value.detail
