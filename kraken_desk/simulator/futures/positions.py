"""Open positions, trading switches of subaccounts, notifications and fee volumes.

Imports the standard library only.
"""

from decimal import Decimal

from kraken_desk.simulator.accounts import Account
from kraken_desk.simulator.futures import refusals
from kraken_desk.simulator.futures.answers import iso_time
from kraken_desk.simulator.futures.calls import Endpoint, FuturesCall, Need, Route
from kraken_desk.simulator.futures.refusals import FuturesRefusal
from kraken_desk.simulator.futures_book import Position
from kraken_desk.simulator.jsontext import JsonValue, as_double

FEE_SCHEDULE = "eef90775-995b-4596-9257-0917f6134766"


def open_positions(call: FuturesCall) -> dict[str, JsonValue]:
    return {"openPositions": [_position(position) for position in call.account.futures.positions]}


def read_trading_enabled(call: FuturesCall) -> dict[str, JsonValue]:
    return {"tradingEnabled": _subaccount(call).futures.trading_enabled}


def set_trading_enabled(call: FuturesCall) -> dict[str, JsonValue]:
    """Allow or stop trading of a subaccount; resting orders stay."""
    subaccount = _subaccount(call)
    wanted = call.parameters.required("tradingEnabled").lower()
    if wanted not in {"true", "false"}:
        raise FuturesRefusal(f"{refusals.INVALID_ARGUMENT}: tradingEnabled")
    subaccount.futures.trading_enabled = wanted == "true"
    return {"tradingEnabled": subaccount.futures.trading_enabled}


def notifications(call: FuturesCall) -> dict[str, JsonValue]:
    listed: list[JsonValue] = []
    for notice in call.world.notifications:
        shown: dict[str, JsonValue] = {
            "type": notice.type,
            "priority": notice.priority,
            "note": notice.note,
        }
        if notice.effective_at is not None:
            shown["effectiveTime"] = iso_time(notice.effective_at)
        listed.append(shown)
    return {"notifications": listed}


def fee_volumes(call: FuturesCall) -> dict[str, JsonValue]:
    """Give the 30-day volume of the domain; deprecated by Kraken since June 2026."""
    volume = sum(account.volume_30d for account in call.world.accounts.domain(call.account))
    return {"volumesByFeeSchedule": {FEE_SCHEDULE: as_double(Decimal(volume))}}


def _subaccount(call: FuturesCall) -> Account:
    """Find a subaccount of the calling master; to anybody else it does not exist."""
    found = call.world.accounts.by_uid(call.segments[0])
    if found is None or found.master is not call.account:
        raise FuturesRefusal(refusals.NOT_FOUND, status=404)
    return found


def _position(position: Position) -> JsonValue:
    return {
        "side": position.side,
        "symbol": position.symbol,
        "price": as_double(position.price),
        "fillTime": iso_time(position.opened_at),
        "size": as_double(position.size),
        "unrealizedFunding": as_double(Decimal(0)),
        "pnlCurrency": "USD",
    }


ROUTES: tuple[Route, ...] = (
    ("GET", "openpositions", Endpoint(open_positions, Need.READ)),
    ("GET", "notifications", Endpoint(notifications, Need.READ)),
    ("GET", "feeschedules/volumes", Endpoint(fee_volumes, Need.READ)),
    (
        "GET",
        "subaccount/*/trading-enabled",
        Endpoint(read_trading_enabled, Need.FULL, enveloped=False),
    ),
    (
        "PUT",
        "subaccount/*/trading-enabled",
        Endpoint(set_trading_enabled, Need.FULL, enveloped=False),
    ),
)
