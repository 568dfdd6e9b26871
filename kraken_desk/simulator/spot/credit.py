"""CreditLines: for accounts with a credit line, null for all others. Imports the standard library only."""

from decimal import Decimal

from kraken_desk.simulator.assets import ASSETS
from kraken_desk.simulator.jsontext import JsonValue, fixed
from kraken_desk.simulator.spot.calls import Endpoint, SpotCall, all_of
from kraken_desk.simulator.spot.wallets import WALLET_PARAMETERS, check_wallet
from kraken_desk.simulator.spot_book import Holding

ZERO = Decimal(0)


def credit_lines(call: SpotCall) -> JsonValue:
    check_wallet(call)
    lines = {name: held for name, held in call.account.spot.holdings.items() if held.credit is not None}
    if not lines:
        return None
    dollars = {name: ASSETS[name].price_usd for name in lines}
    total = sum((_limit(held) * dollars[name] for name, held in lines.items()), ZERO)
    used = sum(((held.credit_used or ZERO) * dollars[name] for name, held in lines.items()), ZERO)
    worth = sum((held.balance * dollars[name] for name, held in lines.items()), ZERO)
    return {
        "asset_details": {name: _line(held, ASSETS[name].decimals) for name, held in lines.items()},
        "limits_monitor": {
            "total_credit_usd": fixed(total, 4),
            "total_credit_used_usd": fixed(used, 4),
            "total_collateral_value_usd": fixed(worth, 4),
            "equity_usd": fixed(worth - used, 4),
            "ongoing_balance": fixed(worth, 4),
            "debt_to_equity": fixed(used / (worth - used), 4) if worth > used else None,
        },
    }


def _limit(held: Holding) -> Decimal:
    return held.credit or ZERO


def _line(held: Holding, decimals: int) -> JsonValue:
    used = held.credit_used or ZERO
    return {
        "balance": fixed(held.balance, decimals),
        "credit_limit": fixed(_limit(held), decimals),
        "credit_used": fixed(used, decimals),
        "available_credit": fixed(_limit(held) - used, decimals),
    }


ENDPOINTS = {"CreditLines": Endpoint(credit_lines, all_of("query-funds"), parameters=WALLET_PARAMETERS)}
