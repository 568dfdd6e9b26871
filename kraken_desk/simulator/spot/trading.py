"""Orders, trades, trade balance and fee tier: enough for a trading key to have something to call.

Imports the standard library only.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from kraken_desk.simulator.assets import ASSETS, Asset, find_asset
from kraken_desk.simulator.jsontext import JsonValue, fixed
from kraken_desk.simulator.spot import refusals
from kraken_desk.simulator.spot.calls import Endpoint, Rights, SpotCall, all_of
from kraken_desk.simulator.spot.refusals import SpotRefusal, invalid_arguments
from kraken_desk.simulator.spot.wallets import WALLET_PARAMETERS, check_wallet
from kraken_desk.simulator.switches import Switches
from kraken_desk.simulator.trading_book import Order

PAGE = 50


def open_orders(call: SpotCall) -> JsonValue:
    orders = reversed(call.account.trading.open)
    return {"open": {order.txid: _order(order) for order in orders}}


def closed_orders(call: SpotCall) -> JsonValue:
    chosen = _dated(call, call.account.trading.filled)
    page = _page(call, chosen)
    return {"closed": {order.txid: _order(order) for order in page}, "count": len(chosen)}


def trades_history(call: SpotCall) -> JsonValue:
    chosen = _dated(call, call.account.trading.filled)
    page = _page(call, chosen)
    return {"trades": {order.trade_id: _trade(order) for order in page}, "count": len(chosen)}


def open_positions(call: SpotCall) -> JsonValue:
    """Spot margin positions: this exchange has none."""
    check_wallet(call)
    return {}


def trade_balance(call: SpotCall) -> JsonValue:
    """Value the account in one asset; without positions equity equals the trade balance."""
    check_wallet(call)
    asset = find_asset(call.parameters.text("asset", "ZUSD"))
    if asset is None:
        raise SpotRefusal(refusals.UNKNOWN_ASSET)
    holdings = call.account.spot.holdings
    everything = _value(holdings.keys(), call, asset)
    collateral = _value([name for name in holdings if not ASSETS[name].base], call, asset)
    figures = {"eb": everything, "tb": collateral, "e": collateral, "mf": collateral}
    zeros = dict.fromkeys(("m", "n", "c", "v"), Decimal(0))
    return {name: fixed(figure, 4) for name, figure in {**figures, **zeros}.items()}


def _value(asset_ids: Iterable[str], call: SpotCall, asset: Asset) -> Decimal:
    holdings = call.account.spot.holdings
    dollars = sum((holdings[name].balance * ASSETS[name].price_usd for name in asset_ids), Decimal(0))
    return dollars / asset.price_usd


def _dated(call: SpotCall, orders: Sequence[Order]) -> list[Order]:
    """Choose by `start` (excluded) and `end` (included), newest first, within the key's query dates."""
    check_wallet(call)
    start, end = call.parameters.moment("start"), call.parameters.moment("end")
    first, last = Decimal(call.key.query_from), Decimal(call.key.query_to or 2**53)
    if (start is not None and start < first) or (end is not None and end > last):
        raise invalid_arguments()
    after, until = (first if start is None else start), (last if end is None else end)
    return [order for order in reversed(orders) if after < _time(order.closed_at or 0.0) <= until]


def _page(call: SpotCall, orders: Sequence[Order]) -> Sequence[Order]:
    offset = call.parameters.whole("ofs", 0)
    return orders[offset : offset + PAGE]


def _order(order: Order) -> JsonValue:
    filled = order.closed_at is not None
    shown: dict[str, JsonValue] = {
        "refid": None,
        "userref": 0,
        "status": "closed" if filled else "open",
        "opentm": _time(order.opened_at),
        "starttm": 0,
        "expiretm": 0,
        "descr": _description(order),
        "vol": fixed(order.volume, 8),
        "vol_exec": fixed(order.volume if filled else Decimal(0), 8),
        "cost": fixed(order.cost if filled else Decimal(0), 5),
        "fee": fixed(order.fee, 5),
        "price": fixed(order.price if filled else Decimal(0), order.pair.price_decimals),
        "stopprice": "0.00000",
        "limitprice": "0.00000",
        "misc": "",
        "oflags": "fciq",
    }
    if order.closed_at is not None:
        shown |= {"closetm": _time(order.closed_at), "reason": None}
    return shown


def _description(order: Order) -> JsonValue:
    price = fixed(order.price, order.pair.price_decimals)
    volume = fixed(order.volume, 8)
    return {
        "pair": order.pair.altname,
        "type": order.side,
        "ordertype": "limit",
        "price": price,
        "price2": "0",
        "leverage": "none",
        "order": f"{order.side} {volume} {order.pair.altname} @ limit {price}",
        "close": "",
    }


def _trade(order: Order) -> JsonValue:
    return {
        "ordertxid": order.txid,
        "postxid": f"TKH2SE-M7IF5-{order.txid[-6:]}",
        "pair": order.pair.pair_id,
        "time": _time(order.closed_at or 0.0),
        "type": order.side,
        "ordertype": "limit",
        "price": fixed(order.price, order.pair.price_decimals),
        "cost": fixed(order.cost, 5),
        "fee": fixed(order.fee, 5),
        "vol": fixed(order.volume, 8),
        "margin": "0.00000",
        "leverage": "0",
        "misc": "",
        "trade_id": int(order.txid[1:6], 36),
        "maker": True,
    }


def _time(unix_s: float) -> Decimal:
    return Decimal(unix_s).quantize(Decimal("0.0001"))


def _trade_balance_rights(switches: Switches) -> Rights:
    return (frozenset({switches.trade_balance_needs}),)


_HISTORY = frozenset({"start", "end", "ofs", "type", "trades", "userref", "closetime", "without_count"})
ENDPOINTS = {
    "OpenOrders": Endpoint(
        open_orders, all_of("query-open-trades"), parameters=WALLET_PARAMETERS | {"trades", "userref"}
    ),
    "OpenPositions": Endpoint(
        open_positions, all_of("query-open-trades"), parameters=WALLET_PARAMETERS | {"txid", "docalcs"}
    ),
    "ClosedOrders": Endpoint(
        closed_orders, all_of("query-closed-trades"), cost=2, parameters=_HISTORY | WALLET_PARAMETERS
    ),
    "TradesHistory": Endpoint(
        trades_history, all_of("query-closed-trades"), cost=2, parameters=_HISTORY | WALLET_PARAMETERS
    ),
    "TradeBalance": Endpoint(trade_balance, _trade_balance_rights, parameters=WALLET_PARAMETERS | {"asset"}),
}
