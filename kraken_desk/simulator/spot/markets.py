"""Public market endpoints: AssetPairs and Ticker. Imports the standard library only."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from kraken_desk.simulator.jsontext import JsonValue, fixed
from kraken_desk.simulator.markets import PAIRS, Pair, find_pair
from kraken_desk.simulator.spot.refusals import SpotRefusal
from kraken_desk.simulator.world import World

UNKNOWN_PAIR = "EQuery:Unknown asset pair"
_SPREAD = Decimal("0.0002")


def asset_pairs(_: World, query: Mapping[str, str]) -> JsonValue:
    return {pair.pair_id: _describe(pair) for pair in _chosen(query)}


def ticker(_: World, query: Mapping[str, str]) -> JsonValue:
    return {pair.pair_id: _tick(pair) for pair in _chosen(query)}


def _chosen(query: Mapping[str, str]) -> list[Pair]:
    """Resolve a comma list of pairs, all of them if there is none; one unknown name rejects the list."""
    names = [name for name in query.get("pair", "").split(",") if name] or list(PAIRS)
    found = [find_pair(name) for name in names]
    if None in found:
        raise SpotRefusal(UNKNOWN_PAIR)
    return [pair for pair in found if pair]


def _describe(pair: Pair) -> JsonValue:
    return {
        "altname": pair.altname,
        "wsname": pair.wsname,
        "aclass_base": "currency",
        "base": pair.base.asset_id,
        "aclass_quote": "currency",
        "quote": pair.quote.asset_id,
        "lot": "unit",
        "cost_decimals": 5,
        "pair_decimals": pair.price_decimals,
        "lot_decimals": 8,
        "lot_multiplier": 1,
        "leverage_buy": [],
        "leverage_sell": [],
        "fees": [],
        "fees_maker": [],
        "fee_volume_currency": "ZUSD",
        "margin_call": 80,
        "margin_stop": 40,
        "ordermin": pair.smallest,
        "costmin": "0.5",
        "tick_size": format(Decimal(1).scaleb(-pair.price_decimals), "f"),
        "status": "online",
    }


def _tick(pair: Pair) -> JsonValue:
    last = fixed(pair.price, pair.price_decimals)
    ask = fixed(pair.price * (1 + _SPREAD), pair.price_decimals)
    bid = fixed(pair.price * (1 - _SPREAD), pair.price_decimals)
    return {
        "a": [ask, "1", "1.000"],
        "b": [bid, "2", "2.000"],
        "c": [last, "0.10000000"],
        "v": ["120.00000000", "310.00000000"],
        "p": [last, last],
        "t": [840, 2210],
        "l": [bid, bid],
        "h": [ask, ask],
        "o": last,
    }


ENDPOINTS: dict[str, Callable[[World, Mapping[str, str]], JsonValue]] = {
    "AssetPairs": asset_pairs,
    "Ticker": ticker,
}
