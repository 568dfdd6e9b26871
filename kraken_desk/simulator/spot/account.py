"""Private Spot endpoints about the key and its balances. Imports the standard library only."""

from decimal import Decimal
from typing import Final

from kraken_desk.simulator.assets import ASSETS
from kraken_desk.simulator.jsontext import JsonValue, fixed
from kraken_desk.simulator.spot.calls import Endpoint, SpotCall, all_of, any_key
from kraken_desk.simulator.spot.wallets import WALLET_PARAMETERS, check_wallet
from kraken_desk.simulator.spot_book import Holding

NOTHING: Final[JsonValue] = {}
"""Answered by identity to leave `result` out altogether."""


def api_key_info(call: SpotCall) -> JsonValue:
    """Describe the signing key; `nonce` is already that of this very call."""
    key, switches = call.key, call.world.switches
    window: JsonValue = str(key.nonce_window) if switches.nonce_window_as == "text" else key.nonce_window
    allowlist = key.ip_allowlist or ([""] if switches.empty_allowlist == "blank" else [])
    used = key.last_used if switches.last_used == "this call" else key.used_before
    info: dict[str, JsonValue] = {
        "api_key_name": key.name,
        "api_key": key.api_key,
        "nonce": str(key.nonce),
        "nonce_window": window,
        "permissions": list(key.permissions),
        "iban": key.account.iiban,
        "valid_until": str(key.valid_until),
        "query_from": str(key.query_from),
        "query_to": str(key.query_to),
        "created_time": str(key.created_time),
        "modified_time": str(key.modified_time),
        "ip_allowlist": list(allowlist),
        "last_used": None if used is None else str(used),
    }
    if switches.api_key_info_case == "camel":
        return {_camel(name): value for name, value in info.items()}
    return info


def balance(call: SpotCall) -> JsonValue:
    """List totals, net of pending withdrawals, open orders still included."""
    check_wallet(call)
    holdings = call.account.spot.holdings
    if not holdings and call.world.switches.empty_balance_without_result:
        return NOTHING
    return {asset_id: fixed(held.balance, ASSETS[asset_id].decimals) for asset_id, held in holdings.items()}


def balance_ex(call: SpotCall) -> JsonValue:
    check_wallet(call)
    as_text = call.world.switches.balance_ex_numbers == "text"
    return {
        asset_id: _extended(held, ASSETS[asset_id].decimals, as_text=as_text)
        for asset_id, held in call.account.spot.holdings.items()
    }


def _extended(held: Holding, decimals: int, *, as_text: bool) -> JsonValue:
    figures: dict[str, Decimal | None] = {
        "balance": held.balance,
        "hold_trade": held.hold_trade,
        "credit": held.credit,
        "credit_used": held.credit_used,
    }
    return {
        name: fixed(figure, decimals) if as_text else Decimal(fixed(figure, decimals)).normalize()
        for name, figure in figures.items()
        if figure is not None
    }


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


ENDPOINTS = {
    "GetApiKeyInfo": Endpoint(api_key_info, any_key),
    "Balance": Endpoint(balance, all_of("query-funds"), parameters=WALLET_PARAMETERS),
    "BalanceEx": Endpoint(balance_ex, all_of("query-funds"), parameters=WALLET_PARAMETERS),
}
