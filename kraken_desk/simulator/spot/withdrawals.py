"""Reading withdrawals: methods, addresses, a fee quote, the past. Imports the standard library only."""

from kraken_desk.simulator.assets import ASSETS, Asset, find_asset
from kraken_desk.simulator.jsontext import JsonValue, fixed
from kraken_desk.simulator.spot import refusals
from kraken_desk.simulator.spot.calls import Endpoint, SpotCall, all_of, one_of
from kraken_desk.simulator.spot.refusals import SpotRefusal, invalid_arguments
from kraken_desk.simulator.withdrawals import METHODS, Method, PastWithdrawal, SavedAddress

UNKNOWN_FUNDING_ASSET = "EFunding:Unknown asset"
UNKNOWN_KEY = "EFunding:Unknown withdraw key"
NO_METHOD = "EFunding:No funding method"
MOST_LISTED = 500


def methods(call: SpotCall) -> JsonValue:
    asset, network = _asset(call), call.parameters.text("network")
    return [
        _method(method)
        for method in METHODS
        if (asset is None or method.asset_id == asset.asset_id) and network in {"", method.network}
    ]


def addresses(call: SpotCall) -> JsonValue:
    asset, parameters = _asset(call), call.parameters
    name, method = parameters.text("key"), parameters.text("method")
    verified_only = parameters.flag("verified")
    saved = [
        item
        for item in call.account.addresses
        if (asset is None or item.asset_id == asset.asset_id)
        and name in {"", item.key}
        and method in {"", item.method}
        and (item.verified or not verified_only)
    ]
    if name and not saved:
        raise SpotRefusal(UNKNOWN_KEY)
    return [_address(item) for item in saved]


def info(call: SpotCall) -> JsonValue:
    """Quote fee and limit for an amount to a saved address."""
    asset = _asset(call)
    if asset is None:
        raise invalid_arguments("asset")
    wanted, amount = call.parameters.required("key"), call.parameters.amount()
    saved = next((item for item in call.account.addresses if item.key == wanted), None)
    if saved is None or saved.asset_id != asset.asset_id:
        raise SpotRefusal(UNKNOWN_KEY)
    method = next((method for method in METHODS if method.method == saved.method), None)
    if method is None:
        raise SpotRefusal(NO_METHOD)
    available = call.account.spot.available(asset.asset_id)
    if amount < method.minimum or amount > available:
        raise SpotRefusal(refusals.INVALID_AMOUNT)
    return {
        "method": method.method,
        "limit": fixed(available, 8),
        "amount": fixed(amount - method.fee, 8),
        "fee": fixed(method.fee, 8),
    }


def status(call: SpotCall) -> JsonValue:
    """List past withdrawals, newest first; with a cursor as an object (its list key is inferred)."""
    parameters = call.parameters
    asset, method = _asset(call), parameters.text("method")
    start, end = parameters.moment("start"), parameters.moment("end")
    chosen = [
        _withdrawal(item)
        for item in reversed(call.account.withdrawals)
        if (asset is None or item.saved.asset_id == asset.asset_id)
        and method in {"", item.saved.method}
        and (start is None or item.at > start)
        and (end is None or item.at <= end)
    ][: parameters.whole("limit", MOST_LISTED)]
    if call.parameters.flag("cursor"):
        return {"withdrawals": chosen, "next_cursor": None}
    return chosen


def _asset(call: SpotCall) -> Asset | None:
    name = call.parameters.text("asset")
    if not name:
        return None
    asset = find_asset(name)
    if asset is None:
        raise SpotRefusal(UNKNOWN_FUNDING_ASSET)
    return asset


def _method(method: Method) -> JsonValue:
    return {
        "asset": method.asset_id,
        "method": method.method,
        "method_id": method.method_id,
        "network": method.network,
        "network_id": method.network_id,
        "minimum": format(method.minimum, "f"),
        "fee": {"aclass": "currency", "asset": method.asset_id, "fee": fixed(method.fee, 8)},
    }


def _address(saved: SavedAddress) -> JsonValue:
    return {
        "address": saved.address,
        "asset": ASSETS[saved.asset_id].altname,
        "method": saved.method,
        "key": saved.key,
        "verified": saved.verified,
    }


def _withdrawal(item: PastWithdrawal) -> dict[str, JsonValue]:
    shown: dict[str, JsonValue] = {
        "method": item.saved.method,
        "aclass": "currency",
        "asset": item.saved.asset_id,
        "refid": item.refid,
        "txid": item.txid,
        "info": item.saved.address,
        "amount": fixed(item.amount, 8),
        "fee": fixed(item.fee, 8),
        "time": item.at,
        "status": item.status,
        "key": item.saved.key,
    }
    if item.property_:
        shown["status-prop"] = item.property_
    return shown


_BOTH = all_of("query-funds", "withdraw-funds")
_FILTERS = frozenset({"asset", "aclass", "method", "network", "rebase_multiplier"})
ENDPOINTS = {
    "WithdrawMethods": Endpoint(methods, _BOTH, parameters=_FILTERS),
    "WithdrawAddresses": Endpoint(addresses, _BOTH, parameters=_FILTERS | {"key", "verified"}),
    "WithdrawInfo": Endpoint(info, _BOTH, parameters=frozenset({"asset", "key", "amount"})),
    "WithdrawStatus": Endpoint(
        status,
        one_of("withdraw-funds", "query-ledger"),
        parameters=_FILTERS | {"start", "end", "cursor", "limit"},
    ),
}
