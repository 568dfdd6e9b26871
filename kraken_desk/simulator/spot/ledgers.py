"""Ledgers and QueryLedgers. Imports the standard library only."""

import base64
import binascii
from collections.abc import Sequence
from decimal import Decimal

from kraken_desk.simulator.assets import ASSETS, find_asset
from kraken_desk.simulator.credentials import SpotKey
from kraken_desk.simulator.jsontext import JsonValue, fixed
from kraken_desk.simulator.spot import refusals
from kraken_desk.simulator.spot.calls import Endpoint, SpotCall, all_of
from kraken_desk.simulator.spot.parameters import Parameters
from kraken_desk.simulator.spot.refusals import SpotRefusal, invalid_arguments
from kraken_desk.simulator.spot.wallets import check_wallet
from kraken_desk.simulator.spot_book import LedgerEntry

PAGE = 50
QUERY_LIMIT = 20
_TYPES = frozenset(
    {
        "all",
        "trade",
        "deposit",
        "withdrawal",
        "transfer",
        "margin",
        "adjustment",
        "rollover",
        "credit",
        "settled",
        "staking",
        "dividend",
        "sale",
        "nft_rebate",
    }
)


def ledgers(call: SpotCall) -> JsonValue:
    """List entries, newest first: `start` excluded, `end` included, fifty to a page."""
    check_wallet(call)
    entries = _selected(call)
    if call.parameters.flag("with_cursor") or call.parameters.text("cursor"):
        return _page_by_cursor(entries, call.parameters)
    offset = call.parameters.whole("ofs", 0)
    page: dict[str, JsonValue] = {"ledger": _as_map(entries[offset : offset + PAGE])}
    if not call.parameters.flag("without_count"):
        page["count"] = len(entries)
    return page


def query_ledgers(call: SpotCall) -> JsonValue:
    wanted = call.parameters.names("id", "id")
    if not 0 < len(wanted) <= QUERY_LIMIT:
        raise invalid_arguments("id")
    found = {entry.ledger_id: entry for entry in call.account.spot.visible(call.now)}
    if any(ledger_id not in found for ledger_id in wanted):
        raise SpotRefusal("EOrder:Invalid order")
    return _as_map([found[ledger_id] for ledger_id in wanted])


def _selected(call: SpotCall) -> list[LedgerEntry]:
    parameters, switches = call.parameters, call.world.switches
    visible = call.account.spot.visible(call.now)
    after, until = _range(call.key, parameters, visible)
    assets = _asset_ids(parameters)
    kind = parameters.text("type", "all")
    if kind not in _TYPES:
        raise invalid_arguments("type")
    if kind == "transfer" and switches.transfer_type_filter_broken:
        kind = "all"
    return [
        entry
        for entry in visible
        if after < _stamp(entry) <= until
        and (not assets or entry.asset_id in assets)
        and kind in {"all", entry.type}
    ]


def _range(key: SpotKey, parameters: Parameters, entries: Sequence[LedgerEntry]) -> tuple[Decimal, Decimal]:
    """Give the open start and closed end of the request, within the key's query dates."""
    start = _bound("start", parameters, entries)
    end = _bound("end", parameters, entries)
    first, last = Decimal(key.query_from), Decimal(key.query_to or 2**53)
    if (start is not None and start < first) or (end is not None and end > last):
        raise invalid_arguments()
    return (
        start if start is not None else first - Decimal("0.0001"),
        end if end is not None else last,
    )


def _bound(name: str, parameters: Parameters, entries: Sequence[LedgerEntry]) -> Decimal | None:
    """Read a bound given as a ledger id or as a time."""
    text = parameters.text(name).strip()
    for entry in entries:
        if entry.ledger_id == text:
            return _stamp(entry)
    return parameters.moment(name)


def _asset_ids(parameters: Parameters) -> set[str]:
    names = parameters.names("asset")
    if not names or names == ["all"]:
        return set()
    found = [find_asset(name) for name in names]
    if None in found:
        raise SpotRefusal(refusals.UNKNOWN_ASSET)
    return {asset.asset_id for asset in found if asset}


def _page_by_cursor(entries: Sequence[LedgerEntry], parameters: Parameters) -> JsonValue:
    """Page by a cursor that stays valid while newer entries arrive: it names the last entry given."""
    first = 0
    cursor = parameters.text("cursor")
    if cursor:
        last_given = _read_cursor(cursor)
        positions = [index for index, entry in enumerate(entries) if entry.ledger_id == last_given]
        if not positions:
            raise invalid_arguments("cursor")
        first = positions[0] + 1
    page = entries[first : first + PAGE]
    more = first + PAGE < len(entries)
    following = base64.urlsafe_b64encode(page[-1].ledger_id.encode()).decode() if more else None
    return {"ledger": _as_map(page), "count": None, "cursor": {"next": following}}


def _read_cursor(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor.encode()).decode()
    except (binascii.Error, ValueError):
        raise invalid_arguments("cursor") from None


def _stamp(entry: LedgerEntry) -> Decimal:
    return Decimal(entry.time).quantize(Decimal("0.0001"))


def _as_map(entries: Sequence[LedgerEntry]) -> dict[str, JsonValue]:
    return {entry.ledger_id: _as_json(entry) for entry in entries}


def _as_json(entry: LedgerEntry) -> JsonValue:
    decimals = ASSETS[entry.asset_id].decimals
    return {
        "refid": entry.refid,
        "time": _stamp(entry),
        "type": entry.type,
        "subtype": entry.subtype,
        "aclass": "currency",
        "asset": entry.asset_id,
        "amount": fixed(entry.amount, decimals),
        "fee": fixed(entry.fee, decimals),
        "balance": fixed(entry.balance, decimals),
    }


_LEDGER_PARAMETERS = frozenset(
    {
        "asset",
        "aclass",
        "type",
        "start",
        "end",
        "ofs",
        "with_cursor",
        "cursor",
        "without_count",
        "rebase_multiplier",
        "account_id",
    }
)
ENDPOINTS = {
    "Ledgers": Endpoint(ledgers, all_of("query-ledger"), cost=2, parameters=_LEDGER_PARAMETERS),
    "QueryLedgers": Endpoint(
        query_ledgers,
        all_of("query-ledger"),
        cost=2,
        parameters=frozenset({"id", "trades", "rebase_multiplier"}),
    ),
}
