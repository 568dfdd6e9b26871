"""The account log. Imports the standard library only."""

from collections.abc import Sequence

from kraken_desk.simulator.futures import refusals
from kraken_desk.simulator.futures.answers import iso_time
from kraken_desk.simulator.futures.calls import FuturesCall, Parameters
from kraken_desk.simulator.futures.refusals import FuturesRefusal
from kraken_desk.simulator.futures_book import LogRow, slashed_name
from kraken_desk.simulator.jsontext import JsonValue, as_double

DEFAULT_COUNT = 500
MOST_ROWS = 100_000
_PRICES = ((25, 1), (50, 2), (1000, 3), (5000, 6))
_HIGHEST_PRICE = 10
_ABSENT = (
    "collateral",
    "contract",
    "funding_rate",
    "mark_price",
    "new_average_entry_price",
    "old_average_entry_price",
    "realized_funding",
    "realized_pnl",
    "trade_price",
    "conversion_spread_percentage",
    "liquidation_fee",
    "position_uid",
    "fee",
)


def log_cost(parameters: Parameters) -> int:
    """Price a read by the rows that it asks for."""
    count = parameters.whole("count", DEFAULT_COUNT)
    return next((price for rows, price in _PRICES if count <= rows), _HIGHEST_PRICE)


def account_log(call: FuturesCall) -> dict[str, JsonValue]:
    """List rows of the key's own account by time, by id and by kind."""
    rows = _selected(call)
    if _sort(call.parameters) == "desc":
        rows = rows[::-1]
    count = min(call.parameters.whole("count", DEFAULT_COUNT), MOST_ROWS)
    conversion = call.parameters.text("conversion_details").lower() == "true"
    return {
        "accountUid": call.account.futures_uid,
        "logs": [row_as_json(row, conversion=conversion) for row in rows[:count]],
    }


def _selected(call: FuturesCall) -> list[LogRow]:
    parameters = call.parameters
    since, before = parameters.whole("since", 0), parameters.whole("before", 2**62)
    first, last = parameters.whole("from", 1), parameters.whole("to", 2**62)
    kinds: Sequence[str] = parameters.all("info")
    return [
        row
        for row in call.account.futures.log
        if row.visible_at <= call.now
        and first <= row.id <= last
        and since <= int(row.at * 1000) < before
        and (not kinds or row.info in kinds)
    ]


def _sort(parameters: Parameters) -> str:
    order = parameters.text("sort", "desc")
    if order not in {"asc", "desc"}:
        raise FuturesRefusal(f"{refusals.INVALID_ARGUMENT}: sort")
    return order


def _margin_account(row: LogRow) -> str:
    """Spell the wallet as the log does: flex, f-xbt:usd, or the asset's code for the holding wallet."""
    if row.wallet == "cash":
        return row.asset.upper()
    return row.wallet if row.wallet == "flex" else slashed_name(row.wallet)


def row_as_json(row: LogRow, *, conversion: bool = False) -> dict[str, JsonValue]:
    absent: dict[str, JsonValue] = dict.fromkeys(_ABSENT)
    if conversion:
        absent |= dict.fromkeys(("exchange_rate", "exchange_rate_from", "conversion_fee"))
    return {
        "id": row.id,
        "date": iso_time(row.at),
        "asset": row.asset,
        "booking_uid": row.booking_uid,
        "execution": row.execution,
        "info": row.info,
        "margin_account": _margin_account(row),
        "old_balance": as_double(row.old_balance),
        "new_balance": as_double(row.new_balance),
        **absent,
    }
