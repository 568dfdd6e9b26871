"""The transfer form judged field by field, without a widget."""

from dataclasses import replace
from decimal import Decimal

import pytest

from kraken_desk.domain.keys import Venue
from kraken_desk.domain.transfers import Route
from kraken_desk.ui.dialogs.transfer_draft import FormField, TransferDraft, judge
from tests.ui.money_samples import DEMO, MASTER, MOMENTUM, USD, an_end, dec

GOOD = TransferDraft(
    environment=DEMO.name,
    venue=Venue.SPOT,
    source=an_end(MOMENTUM),
    destination=an_end(MASTER),
    asset=USD,
    amount_text="12500.25",
    places=4,
    available=dec("20000"),
)


def test_a_good_form_gives_route_and_exact_quantity() -> None:
    """A complete form is ready, with the route of its ends and the amount as typed."""
    judgement = judge(GOOD)

    assert judgement.ready
    assert judgement.errors == {}
    assert judgement.quantity == Decimal("12500.25")
    assert judgement.route == Route(
        DEMO.name, Venue.SPOT, MOMENTUM.account_id, MASTER.account_id, "spot", "spot"
    )


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", "No amount"),
        ("0", "The amount is zero"),
        ("0.000", "The amount is zero"),
        ("-5", "The amount is negative"),
        ("12,500", "The amount has a comma"),
        ("1e3", "The amount is not a number"),
        ("1.23456", "The amount has too many decimals"),
        ("20000.01", "More than is available"),
    ],
)
def test_a_bad_amount_is_answered_at_the_amount(text: str, title: str) -> None:
    """Every amount that cannot be sent is an error of the amount's field and of no other."""
    judgement = judge(replace(GOOD, amount_text=text))

    assert not judgement.ready
    assert {name: error.title for name, error in judgement.errors.items()} == {FormField.AMOUNT: title}


def test_the_same_account_twice_is_answered_at_the_destination() -> None:
    """A transfer from an account to itself is refused beside To."""
    judgement = judge(replace(GOOD, destination=an_end(MOMENTUM)))

    assert judgement.route is None
    assert judgement.errors[FormField.DESTINATION].title == "Both ends are the same account"


def test_all_that_is_available_may_be_sent() -> None:
    """The limit itself is allowed."""
    assert judge(replace(GOOD, amount_text="20000")).ready


def test_unknown_availability_refuses_nothing() -> None:
    """Where the source's balance is not known, only the plan can tell."""
    assert judge(replace(GOOD, amount_text="999999", available=None)).ready


def test_everything_missing_is_named() -> None:
    """An empty form has an error at each of its fields."""
    empty = replace(GOOD, source=None, destination=None, asset=None, amount_text="")

    assert set(judge(empty).errors) == set(FormField)
