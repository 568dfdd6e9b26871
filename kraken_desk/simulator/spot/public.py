"""Public Spot endpoints: time, system status, assets. Imports the standard library only."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from kraken_desk.simulator.assets import ASSETS, Asset, find_asset
from kraken_desk.simulator.jsontext import JsonValue
from kraken_desk.simulator.spot import refusals
from kraken_desk.simulator.spot.refusals import SpotRefusal
from kraken_desk.simulator.world import World

Query = Mapping[str, str]
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def time(world: World, _: Query) -> JsonValue:
    """Give the time twice; the text has a two-digit year and must not follow the process's locale."""
    now = datetime.fromtimestamp(int(world.now()), UTC)
    day, month = _DAYS[now.weekday()], _MONTHS[now.month - 1]
    return {
        "unixtime": int(now.timestamp()),
        "rfc1123": f"{day}, {now.day:02d} {month} {now:%y %H:%M:%S} +0000",
    }


def system_status(world: World, _: Query) -> JsonValue:
    now = datetime.fromtimestamp(world.now(), UTC)
    return {"status": world.system.spot, "timestamp": f"{now:%Y-%m-%dT%H:%M:%SZ}"}


def assets(_: World, query: Query) -> JsonValue:
    """List assets; one unknown name rejects the whole list."""
    if query.get("aclass", "currency") != "currency":
        return {}
    wanted = [name for name in query.get("asset", "").split(",") if name] or list(ASSETS)
    found = [find_asset(name) for name in wanted]
    by_display = query.get("assetVersion") == "1"
    result: dict[str, JsonValue] = {}
    for asset in found:
        if asset is None:
            raise SpotRefusal(refusals.UNKNOWN_ASSET)
        result[asset.display if by_display else asset.asset_id] = _describe(asset)
    return result


def _describe(asset: Asset) -> JsonValue:
    described: dict[str, JsonValue] = {
        "aclass": "currency",
        "altname": asset.altname,
        "decimals": asset.decimals,
        "display_decimals": asset.display_decimals,
    }
    if asset.futures:
        described["collateral_value"] = (1 - asset.haircut).normalize()
    described["status"] = asset.status
    return described


ENDPOINTS: dict[str, Callable[[World, Query], JsonValue]] = {
    "Time": time,
    "SystemStatus": system_status,
    "Assets": assets,
}
