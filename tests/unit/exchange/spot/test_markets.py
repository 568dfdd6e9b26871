"""Prices and fees of Spot over a transport with written answers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kraken_desk.domain.accounts import normal_iiban
from kraken_desk.domain.errors import BadRequestError
from kraken_desk.domain.fees import FeeTier, VolumeShare
from kraken_desk.domain.money import Asset
from tests.unit.exchange.fakes import Bench, a_signer

PAIRS, TICKER, VOLUME = "/0/public/AssetPairs", "/0/public/Ticker", "/0/private/TradeVolume"
ASSETS = {
    "error": [],
    "result": {
        "XXBT": {"altname": "XBT", "decimals": 10},
        "ZUSD": {"altname": "USD", "decimals": 4},
        "ZEUR": {"altname": "EUR", "decimals": 4},
        "XXDG": {"altname": "XDG", "decimals": 8},
    },
}
MARKETS = {
    "error": [],
    "result": {
        "XXBTZUSD": {"base": "XXBT", "quote": "ZUSD", "altname": "XBTUSD"},
        "XDGUSD": {"base": "XXDG", "quote": "ZUSD"},
        "XDGEUR": {"base": "XXDG", "quote": "ZEUR"},
        "XXBTXXDG": {"base": "XXBT", "quote": "XXDG"},
        "XBT.FZUSD": {"base": "XBT.F", "quote": "ZUSD"},
    },
}
BTC, USD, DOGE, EUR = map(Asset, ("BTC", "USD", "DOGE", "EUR"))


def a_bench(*ticks: object) -> Bench:
    return Bench({"/0/public/Assets": [ASSETS], PAIRS: [MARKETS], TICKER: list(ticks)})


def tick(**prices: str) -> dict[str, object]:
    return {"error": [], "result": {name: {"c": [price, "0.1"], "a": []} for name, price in prices.items()}}


async def test_prices_are_last_trades_of_the_markets_that_matter() -> None:
    """Only markets between what is held and what it is valued against are asked for."""
    bench = a_bench(tick(XXBTZUSD="97500.1", XDGUSD="0.36"))
    gateway = bench.spot()

    prices = await gateway.prices(frozenset({DOGE}), frozenset({USD, BTC}))

    asked = next(request.path for request in bench.transport.sent if request.path.startswith(TICKER))
    assert asked.partition("pair=")[2] == "XXBTZUSD,XDGUSD,XXBTXXDG"
    assert [(p.base, p.quote, p.price, p.market) for p in prices] == [
        (BTC, USD, Decimal("97500.1"), "BTC/USD"),
        (DOGE, USD, Decimal("0.36"), "DOGE/USD"),
    ]


async def test_the_list_of_markets_is_kept() -> None:
    """It is read once in six hours; prices are read every time."""
    bench = a_bench(tick(XXBTZUSD="1"), tick(XXBTZUSD="2"), tick(XXBTZUSD="3"))
    gateway = bench.spot()

    for _ in range(2):
        await gateway.prices(frozenset({BTC}), frozenset({USD}))
    bench.clock.move(6 * 3600 + 1)
    await gateway.prices(frozenset({BTC}), frozenset({USD}))

    assert (bench.transport.paths().count(PAIRS), bench.transport.paths().count(TICKER)) == (2, 3)


async def test_a_market_that_is_gone_renews_the_list_once() -> None:
    """One unknown name rejects all of them; the second refusal is told."""
    unknown = {"error": ["EQuery:Unknown asset pair"]}
    mended, lost = a_bench(unknown, tick(XXBTZUSD="2")), a_bench(unknown, unknown)

    [price] = await mended.spot().prices(frozenset({BTC}), frozenset({USD}))

    assert price.price == 2
    with pytest.raises(BadRequestError):
        await lost.spot().prices(frozenset({BTC}), frozenset({USD}))


async def test_nothing_to_price_asks_for_no_ticker() -> None:
    """An empty list would mean all markets to Kraken."""
    bench = a_bench()

    assert await bench.spot().prices(frozenset({Asset("XYZ")}), frozenset({USD})) == ()

    assert TICKER not in bench.transport.paths()


async def test_fees_are_read_in_full() -> None:
    """Volume, tier, schedule and what the subaccounts contribute."""
    result = {
        "currency": "ZUSD",
        "volume": "1500.5",
        "inputs": {"domain_spot_volume_30d": "1500.5", "domain_futures_volume_30d": "20"},
        "fees": {"XXBTZUSD": {"fee": "0.26", "next_fee": "0.24", "next_volume": "50000"}},
        "fees_maker": {"XXBTZUSD": {"fee": "0.16", "nextfee": "0.14"}},
        "schedules": [
            {
                "pair": "XXBTZUSD",
                "tiers": [
                    {"maker_fee": "0.14", "taker_fee": "0.24", "min_spot_volume": "50000"},
                    {"maker_fee": "0.16", "taker_fee": "0.26", "min_spot_volume": "0", "active": True},
                ],
            }
        ],
        "volume_subaccounts": [{"iiban": "AA03N84GAHGVXD4B", "volume": "1200.0000"}],
    }
    bench = Bench({"/0/public/Assets": [ASSETS], VOLUME: [{"error": [], "result": result}]})

    facts = await bench.spot().fees(a_signer(), "XBTUSD")

    form = next(request.form() for request in bench.transport.sent if request.path == VOLUME)
    assert (form["pair"], form["fee_schedule"]) == ("XBTUSD", "true")
    assert (facts.currency, facts.volume, facts.futures_volume) == (USD, Decimal("1500.5"), Decimal(20))
    assert (facts.maker, facts.taker, facts.next_taker) == (Decimal("0.16"), Decimal("0.26"), Decimal("0.24"))
    assert facts.tiers[0] == FeeTier(Decimal("0.16"), Decimal("0.26"), Decimal(0), active=True)
    assert facts.shares == (VolumeShare(normal_iiban("AA03 N84G AHGV XD4B"), Decimal(1200)),)
    assert facts.rest == Decimal("300.5")


async def test_fees_without_anything_but_the_volume_stay_unknown() -> None:
    """A subaccount is shown no shares, and absent fees are not zero."""
    answer = {"error": [], "result": {"currency": "ZUSD", "volume": "0"}}
    bench = Bench({"/0/public/Assets": [ASSETS], VOLUME: [answer]})

    facts = await bench.spot().fees(a_signer(), "XBTUSD")

    assert (facts.maker, facts.taker, facts.shares, facts.rest, facts.tiers) == (None, None, None, None, ())
