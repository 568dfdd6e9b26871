"""`balances` and `fees`: parts, values, tables for spreadsheets, volume and tiers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from kraken_desk.domain.balances import Holdings, Margin
from kraken_desk.domain.errors import UnavailableError
from kraken_desk.domain.fees import FeeFacts, FeeTier, VolumeShare
from kraken_desk.domain.money import Asset
from tests.helpers.builders import BTC, NOW, USD, a_balance, a_public_key, an_iiban
from tests.unit.cli.world import World
from tests.unit.domain.test_prices import EUR, a_price
from tests.unit.services.bench import Bench

ODD = Asset("=ODD")


def furnished(bench: Bench) -> None:
    """Main holds bitcoin in parts and something without a market; Carry holds dollars."""
    rows = (
        a_balance("2", BTC, available=Decimal("1.5"), hold=Decimal("0.5")),
        a_balance("1", BTC, part="F", available=None, hold=None),
        a_balance("7", ODD),
    )
    bench.spot.answer("balances", rows, api_key=a_public_key(1))
    bench.spot.answer("balances", (a_balance("10"),), api_key=a_public_key(2))
    bench.spot.answer("prices", (a_price(BTC, USD, "100000"), a_price(EUR, USD, "1.25")))


@pytest.fixture
def rich(world: World) -> World:
    world.script.append(furnished)
    return world


def test_balances_are_valued_and_what_has_no_price_is_named(rich: World) -> None:
    """Per row, per asset with its parts, per account and for the whole tree."""
    answer = rich("balances", "--json")

    [worth] = answer.json["worth"]
    assert (answer.code, worth["total"]["value"], worth["total"]["not_valued"]) == (0, "300010", ["=ODD"])
    assert [(a["account"], a["own"]["value"], a["with_subaccounts"]["value"]) for a in worth["accounts"]] == [
        ("Main", "300000", "300010"),
        ("Carry", "10", "10"),
    ]
    btc = next(total for total in answer.json["totals"] if total["asset"] == "BTC")
    assert btc["parts"] == {"free": "1.5", "on hold": "0.5", "auto-earning": "1"}
    assert (btc["value"], btc["available"]) == ("300000", "1.5")
    assert worth["prices"]["rates"]["BTC"]["markets"] == ["BTC/USD"]
    assert [row["value"] for row in answer.json["accounts"][0]["rows"]] == ["200000", "100000", None]


def test_another_currency_is_taken_for_once(rich: World) -> None:
    """Over the market of euros in dollars; the text says value, gaps and the age of the prices."""
    text = rich("balances", "--currency", "eur").out

    assert "Worth: 240\u2009008.00 EUR, without =ODD (not valued)" in text
    assert "BTC: free 1.50, on hold 0.50, auto-earning 1.00" in text
    assert "Prices read 2026-11-20 12:00 UTC" in text
    assert rich("balances", "--json").json["worth"][0]["total"]["currency"] == "USD"


def test_an_unknown_currency_is_wrong_input(rich: World) -> None:
    """Before anything is read."""
    answer = rich("balances", "--currency", "gold", "--json")

    assert (answer.code, answer.category) == (2, "InputError")
    assert rich.calls("balances") == []


def test_the_table_has_figures_and_no_formula(rich: World, tmp_path: Path) -> None:
    """Into a file beside the answer, or to standard output alone."""
    file = tmp_path / "balances.csv"

    answer = rich("balances", "--csv", str(file), "--json")
    piped = rich("balances", "--csv", "-")

    lines = file.read_text("utf-8").splitlines()
    assert answer.json["totals"]
    assert lines[0].startswith("Environment,Account,Venue,Wallet,Asset,Part,Total")
    assert lines[2].startswith("lab,Main,Spot,spot,BTC,auto-earning,1,,,100000,USD,")
    assert ",'=ODD," in lines[3]
    assert piped.out.splitlines() == lines


def test_a_table_that_cannot_be_written_is_told(rich: World, tmp_path: Path) -> None:
    """Code 2; and two documents do not fit one output."""
    assert rich("balances", "--csv", str(tmp_path / "no" / "such"), "--json").code == 2
    assert rich("balances", "--csv", "-", "--json").category == "InputError"


def test_prices_that_cannot_be_read_leave_the_balances(rich: World) -> None:
    """Nothing is valued, and the reason is told; the code is that of the balances."""
    rich.script.append(lambda b: b.spot.answer("prices", UnavailableError("down")))

    document, text = rich("balances", "--json"), rich("balances")

    assert (document.code, document.json["worth"][0]["total"]["not_valued"]) == (0, ["=ODD", "BTC"])
    assert document.json["worth"][0]["prices"]["problem"]["title"] == "down"
    assert "Prices could not be read: down" in text.out


def test_margin_figures_are_shown_with_their_unit(rich: World) -> None:
    """What Kraken does not tell is left out, in JSON null."""
    flex = Margin("flex", USD, initial=Decimal(10), available=Decimal("84.5"), profit=Decimal(-3))
    rich.script.append(lambda b: b.spot.answer("balances", Holdings((), (flex,)), api_key=a_public_key(2)))

    document, text = rich("balances", "--json"), rich("balances")

    assert "Margin of Carry, flex: initial 10.00, available 84.50, PnL \u22123.00 USD" in text.out
    [shown] = document.json["accounts"][1]["margins"]
    assert (shown["initial_margin"], shown["maintenance_margin"], shown["pnl"]) == ("10", None, "-3")


FACTS = FeeFacts(
    USD,
    Decimal(60_000),
    NOW,
    pair="XBTUSD",
    spot_volume=Decimal(60_000),
    maker=Decimal("0.25"),
    taker=Decimal("0.4"),
    tiers=(
        FeeTier(Decimal("0.25"), Decimal("0.4"), Decimal(0)),
        FeeTier(Decimal("0.14"), Decimal("0.24"), Decimal(100_000)),
    ),
    shares=(VolumeShare(an_iiban(2), Decimal(20_000)), VolumeShare(an_iiban(9), Decimal(1))),
)


def test_fees_tell_volume_tier_shares_and_distance(world: World) -> None:
    """From the master's key; an unlisted account's volume is in the rest."""
    world.script.append(lambda b: b.spot.answer("fees", FACTS))

    document, text = world("fees", "--json"), world("fees")

    [main] = document.json["accounts"]
    assert (document.code, main["account"], main["volume_30d"], main["futures_volume_30d"]) == (
        0,
        "Main",
        "60000",
        None,
    )
    assert main["next_tier"]["spot_volume_missing"] == "40000"
    assert [(s["account"], s["volume_30d"]) for s in main["subaccounts"]] == [("Carry", "20000"), (None, "1")]
    assert main["rest"] == "39999"
    assert "missing 40\u2009000.00 USD of Spot volume" in text.out
    assert "on Futures    not told by Kraken" in text.out
    assert world.calls("fees") == [a_public_key(1)] * 2


def test_a_subaccount_is_shown_no_shares(world: World) -> None:
    """It is said that a master is."""
    world.script.append(lambda b: b.spot.answer("fees", replace(FACTS, shares=None)))

    assert "to a master only" in world("fees", "--account", "Carry").out


def test_fees_that_cannot_be_read_decide_the_code(world: World) -> None:
    """With the reason in the document."""
    world.script.append(lambda b: b.spot.answer("fees", UnavailableError("down")))

    answer = world("fees", "--json")

    assert (answer.code, answer.category) == (6, "UnavailableError")
