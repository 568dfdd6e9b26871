"""Tables for spreadsheets: nothing in them runs, and figures stay figures."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.balances import BalanceSheet
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.prices import PriceBook, Rates
from kraken_desk.reports.balances_table import SheetOf, balances_csv
from kraken_desk.reports.csv_text import csv_text, harmless
from tests.helpers.builders import BTC, NOW, USD, a_balance
from tests.unit.domain.test_prices import a_price


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "  =1", "|calc", "\uff1d1"]
)
def test_what_looks_like_a_formula_is_text(text: str) -> None:
    """With an apostrophe in front a spreadsheet shows it."""
    assert harmless(text) == f"'{text}"


def test_figures_stay_figures() -> None:
    """Negative ones too, without exponent or grouping; None is an empty cell."""
    text = csv_text(("Name", "Figure", "At"), [("-desk", Decimal("-1E+3"), NOW), ("ok", None, None)])

    assert text == "Name,Figure,At\r\n'-desk,-1000,2026-11-20T12:00:00Z\r\nok,,\r\n"


@given(st.text(max_size=30))
def test_no_text_begins_a_formula(text: str) -> None:
    """Whatever an account is called, and nothing of it is lost but NUL."""
    shown = harmless(text)

    assert not shown.lstrip().startswith(("=", "+", "-", "@"))
    assert shown in (text.replace("\x00", ""), "'" + text.replace("\x00", ""))


def test_balances_have_value_age_and_source() -> None:
    """One row per wallet and part; what has no price has no value."""
    rows = (a_balance("0.5", BTC, part="28.S", available=None, hold=None), a_balance("-3"))
    sheet = BalanceSheet(AccountId("one"), Venue.SPOT, rows, NOW)
    rates = Rates(PriceBook((a_price(BTC, USD, "100000"),)), USD)

    lines = balances_csv([SheetOf("lab", "=Main", "monitor", sheet, rates)]).splitlines()

    at = "2026-11-20T12:00:00Z"
    assert lines[1:] == [
        f"lab,'=Main,Spot,spot,BTC,staked (28 days),0.5,,,50000,USD,{at},{at},,monitor,",
        f"lab,'=Main,Spot,spot,USD,,-3,-3,0,-3,USD,,{at},,monitor,",
    ]
