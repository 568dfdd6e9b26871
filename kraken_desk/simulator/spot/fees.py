"""TradeVolume: fee tier, consolidated volume, and the only Spot answer that names subaccounts.

Imports the standard library only.
"""

from decimal import Decimal

from kraken_desk.simulator.accounts import Account
from kraken_desk.simulator.ids import compact_iiban
from kraken_desk.simulator.jsontext import JsonValue, fixed
from kraken_desk.simulator.markets import MAKER_FEE_PERCENT, TAKER_FEE_PERCENT, Pair, find_pair
from kraken_desk.simulator.spot.calls import Endpoint, SpotCall, all_of
from kraken_desk.simulator.spot.markets import UNKNOWN_PAIR
from kraken_desk.simulator.spot.refusals import SpotRefusal

_TIERS = (
    ("0.2500", "0.4000", "0.0000"),
    ("0.1400", "0.2400", "100000.0000"),
    ("0.0000", "0.1000", "10000000.0000"),
)
_SEPARATED = {
    "minfee": "min_fee",
    "maxfee": "max_fee",
    "nextfee": "next_fee",
    "tiervolume": "tier_volume",
    "nextvolume": "next_volume",
}


def trade_volume(call: SpotCall) -> JsonValue:
    """Give the 30-day volume of the whole domain; fees only for the pairs asked for."""
    accounts = call.world.accounts.domain(call.account)
    total = fixed(Decimal(sum(account.volume_30d for account in accounts)), 4)
    pairs = [_known_pair(name) for name in call.parameters.names("pair")]
    result: dict[str, JsonValue] = {
        "currency": "ZUSD",
        "asset_class": "currency",
        "volume": total,
        "inputs": {
            "domain_spot_volume_30d": total,
            "domain_futures_volume_30d": "0.0000",
            "domain_assets_on_platform": "0.0000",
        },
    }
    if pairs:
        result["fees"] = {pair.pair_id: _fee(call, TAKER_FEE_PERCENT, "0.1000", "0.4000") for pair in pairs}
        result["fees_maker"] = {
            pair.pair_id: _fee(call, MAKER_FEE_PERCENT, "0.0000", "0.2500") for pair in pairs
        }
    if call.parameters.flag("fee_schedule"):
        result["schedules"] = [_schedule(pair) for pair in pairs]
    if call.account.master is None and call.world.switches.volume_subaccounts != "absent":
        result["volume_subaccounts"] = _subaccounts(call, accounts[1:])
    return result


def _known_pair(name: str) -> Pair:
    pair = find_pair(name)
    if pair is None:
        raise SpotRefusal(UNKNOWN_PAIR)
    return pair


def _fee(call: SpotCall, fee: Decimal, least: str, most: str) -> JsonValue:
    row: dict[str, JsonValue] = {
        "fee": fixed(fee, 4),
        "minfee": least,
        "maxfee": most,
        "nextfee": None,
        "tiervolume": "100000.0000",
        "nextvolume": None,
    }
    if call.world.switches.trade_volume_keys == "joined":
        return row
    return {_SEPARATED.get(name, name): value for name, value in row.items()}


def _schedule(pair: Pair) -> JsonValue:
    tiers: list[JsonValue] = [
        {"maker_fee": maker, "taker_fee": taker, "min_spot_volume": volume} for maker, taker, volume in _TIERS
    ]
    return {"pair": pair.pair_id, "class": "currency", "tiers": tiers}


def _subaccounts(call: SpotCall, accounts: list[Account]) -> JsonValue:
    switches = call.world.switches
    listed = [
        account for account in accounts if account.volume_30d or switches.volume_subaccounts == "present"
    ]
    compact = switches.volume_iiban == "compact"
    return [
        {
            "iiban": compact_iiban(account.iiban) if compact else account.iiban,
            "volume": fixed(Decimal(account.volume_30d), 4),
        }
        for account in listed
    ]


ENDPOINTS = {
    "TradeVolume": Endpoint(
        trade_volume,
        all_of("query-funds"),
        parameters=frozenset({"pair", "fee-info", "fee_schedule", "rebase_multiplier"}),
    ),
}
