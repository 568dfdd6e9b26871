"""Valuation: prices of what is held, the profile's currency, and prices that cannot be read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kraken_desk.domain.errors import InputError, UnavailableError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.money import Asset
from kraken_desk.services.valuation import ValuationService
from kraken_desk.store import Store
from tests.helpers.builders import BTC, USD, a_balance, a_master
from tests.helpers.fakes import FakeClock
from tests.unit.domain.test_prices import a_price
from tests.unit.services.bench import Bench

EUR, ODD = Asset("EUR"), Asset("ODD")


@pytest.fixture
async def bench(store: Store, clock: FakeClock) -> Bench:
    """A master that holds bitcoin, dollars and something that only Futures prices."""
    made = Bench(store, clock)
    await made.move_in(a_master(1))
    await made.key(1)
    made.spot.answer("balances", (a_balance("2", BTC), a_balance("5"), a_balance("3", ODD)))
    made.spot.answer("prices", (a_price(BTC, USD, "100000"), a_price(EUR, USD, "1.25")))
    made.futures.answer("prices", (a_price(ODD, USD, "7", venue=Venue.FUTURES), a_price(BTC, USD, "1")))
    await made.balances.refresh()
    return made


async def test_futures_prices_are_asked_for_only_where_spot_has_none(bench: Bench) -> None:
    """And then for nothing else, so that Spot's price of bitcoin stays."""
    rates = await bench.valuation.refresh()

    assert rates.value(BTC, Decimal(2)) == 200_000
    assert rates.value(ODD, Decimal(3)) == 21

    bench.spot.answer("balances", (a_balance("2", BTC),))
    await bench.balances.refresh()
    await bench.valuation.refresh()

    assert len(bench.futures.made("prices")) == 1


async def test_a_failed_reading_keeps_the_old_prices(bench: Bench) -> None:
    """With their age, and the reason."""
    before = await bench.valuation.refresh()
    bench.spot.answer("prices", UnavailableError("down"))

    after = await bench.valuation.refresh()

    assert after.value(BTC, Decimal(1)) == before.value(BTC, Decimal(1)) == 100_000
    assert after.book.problem is not None
    assert after.book.problem.title == "down"


async def test_the_currency_is_remembered_in_the_profile(bench: Bench, store: Store) -> None:
    """A new start values in it; what is not offered is refused and changes nothing."""
    await bench.valuation.choose("eur ")
    again = ValuationService(bench.balances, {}, store)
    await again.load()

    assert bench.valuation.rates.value.value(USD, Decimal(5)) == 4
    assert again.currency == EUR
    with pytest.raises(InputError):
        await bench.valuation.choose("x" * 500)
    assert bench.valuation.currency == EUR


async def test_a_foreign_setting_is_passed_over(bench: Bench, store: Store) -> None:
    """A newer version may have offered more."""
    await store.save_setting("valuation.currency", "XAU")

    await bench.valuation.load()

    assert bench.valuation.currency == USD


async def test_another_currency_for_once_is_not_remembered(bench: Bench) -> None:
    """The command line asks so."""
    rates = await bench.valuation.refresh(EUR)

    assert rates.value(BTC, Decimal(1)) == 80_000
    assert bench.valuation.currency == USD
