"""Public Futures endpoints: market status and prices. Imports the standard library only."""

from decimal import Decimal

from kraken_desk.simulator.assets import find_futures_asset
from kraken_desk.simulator.futures import refusals
from kraken_desk.simulator.futures.calls import PublicCall, PublicEndpoint, Route
from kraken_desk.simulator.futures.refusals import FuturesRefusal
from kraken_desk.simulator.jsontext import JsonValue, as_double

SYMBOLS = {
    "PF_XBTUSD": ("flexible_futures", "xbt"),
    "PF_ETHUSD": ("flexible_futures", "eth"),
    "PF_SOLUSD": ("flexible_futures", "sol"),
    "PF_XRPUSD": ("flexible_futures", "xrp"),
    "PI_XBTUSD": ("futures_inverse", "xbt"),
    "PI_ETHUSD": ("futures_inverse", "eth"),
}


def instrument_status(call: PublicCall) -> dict[str, JsonValue]:
    return _status(_known(call.segments[0]))


def instruments_status(call: PublicCall) -> dict[str, JsonValue]:
    kinds = set(call.parameters.all("contractType"))
    everything = not kinds or "all" in kinds
    listed = [symbol for symbol, (kind, _) in SYMBOLS.items() if everything or kind in kinds]
    return {"instrumentStatus": [_status(symbol) for symbol in listed]}


def tickers(_: PublicCall) -> dict[str, JsonValue]:
    return {"tickers": [_ticker(symbol) for symbol in SYMBOLS]}


def ticker(call: PublicCall) -> dict[str, JsonValue]:
    return {"ticker": _ticker(_known(call.segments[0]))}


def _known(name: str) -> str:
    symbol = name.upper()
    if symbol not in SYMBOLS:
        raise FuturesRefusal(refusals.NOT_FOUND, status=404)
    return symbol


def _ticker(symbol: str) -> JsonValue:
    _, code = SYMBOLS[symbol]
    asset = find_futures_asset(code)
    assert asset is not None
    price = as_double(asset.price_usd)
    return {
        "symbol": symbol,
        "tag": "perpetual",
        "pair": f"{code.upper()}:USD",
        "last": price,
        "markPrice": price,
        "indexPrice": price,
        "bid": as_double(asset.price_usd * Decimal("0.9998")),
        "ask": as_double(asset.price_usd * Decimal("1.0002")),
        "vol24h": as_double(Decimal(1200)),
        "openInterest": as_double(Decimal(3400)),
        "suspended": False,
        "postOnly": False,
    }


def _status(symbol: str) -> dict[str, JsonValue]:
    return {
        "tradeable": symbol,
        "experiencingDislocation": False,
        "priceDislocationDirection": None,
        "experiencingExtremeVolatility": False,
        "extremeVolatilityInitialMarginMultiplier": 1,
    }


ROUTES: tuple[Route, ...] = (
    ("GET", "instruments/*/status", PublicEndpoint(instrument_status)),
    ("GET", "instruments/status", PublicEndpoint(instruments_status)),
    ("GET", "tickers", PublicEndpoint(tickers)),
    ("GET", "tickers/*", PublicEndpoint(ticker)),
)
