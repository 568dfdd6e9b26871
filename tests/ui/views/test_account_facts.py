"""The details of an account and of the whole tree in words."""

from datetime import timedelta

from kraken_desk.domain.accounts import KindSource
from kraken_desk.domain.balances import BalanceSheet
from kraken_desk.domain.keys import Problem, Venue
from kraken_desk.ui.theme.tokens import Tone
from kraken_desk.ui.views.account_facts import account_facts, fleet_facts, worst_keys
from kraken_desk.ui.widgets.fact_lines import FigureLine
from kraken_desk.ui.widgets.facts import Fact
from tests.helpers.builders import (
    BTC,
    NOW,
    a_balance,
    a_key,
    a_master,
    a_master_with,
    a_node,
    a_refused_key,
    an_account,
    an_unchecked_key,
)

SUB = a_node(an_account(2, label="Momentum"), a_key(2, venue=Venue.FUTURES), a_refused_key(3))


def by_label(facts: tuple[Fact, ...]) -> dict[str, Fact]:
    return {fact.label: fact for fact in facts}


def test_an_account_says_how_its_kind_is_known() -> None:
    """Whether Kraken, the operator or an assumption made it a master is part of the fact."""
    assumed = by_label(account_facts(a_node(a_master()), (), NOW))["Kind"]
    told = by_label(account_facts(a_node(a_master(kind_source=KindSource.KRAKEN)), (), NOW))["Kind"]

    assert (assumed.text, assumed.note) == ("master", "assumed: Kraken's Spot API does not say")
    assert told.note == "as Kraken says"


def test_an_account_counts_its_keys_and_what_is_below() -> None:
    """Own keys are told by venue, those below as a sum."""
    shown = by_label(account_facts(a_node(a_master(), a_key(1), below=(SUB,)), (), NOW))

    assert shown["Keys"].text == "1 Spot"
    assert shown["Below"].text == "1 subaccount with 2 keys"


def test_unknown_ids_are_called_unknown() -> None:
    """An id that no key has told yet is not left blank."""
    shown = by_label(account_facts(a_node(an_account(2, iiban=None)), (), NOW))

    assert shown["IIBAN"].text == "not known yet"


def test_stale_figures_stay_with_their_reason() -> None:
    """After a failed reading the old figures are shown, dimmed, with age and reason."""
    sheet = BalanceSheet(
        an_account(2).account_id,
        Venue.SPOT,
        (a_balance("1.5", BTC), a_balance("0")),
        NOW - timedelta(minutes=7),
        problem=Problem("UnavailableError", "Kraken did not answer"),
    )

    shown = by_label(account_facts(SUB, (sheet,), NOW))["Spot holds"]

    assert (shown.figures, shown.tone) == ((FigureLine("1.50 BTC"),), Tone.MUTED)
    assert shown.note == "stale: Kraken did not answer, read 7 min ago"


def test_the_fleet_counts_by_level() -> None:
    """The whole tree tells how many keys are of each severity, and unchecked."""
    shown = by_label(fleet_facts(a_master_with(a_key(1), an_unchecked_key(4), below=(SUB,))))

    assert {label: fact.text for label, fact in shown.items()} == {
        "Accounts": "2",
        "Keys": "4",
        "Critical": "0",
        "High": "1",
        "Medium": "0",
        "Low": "0",
        "Unchecked": "1",
    }
    assert shown["High"].tone is Tone.DANGER


def test_keys_that_need_a_look_come_worst_first() -> None:
    """Fine and unchecked keys are left out."""
    found = worst_keys((a_key(1), an_unchecked_key(4), a_refused_key(3)))

    assert [node.slot.name for node in found] == ["key 3"]
