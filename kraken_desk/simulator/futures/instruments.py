"""Public Futures endpoints: market status. Imports the standard library only."""

from kraken_desk.simulator.futures import refusals
from kraken_desk.simulator.futures.calls import PublicCall, PublicEndpoint, Route
from kraken_desk.simulator.futures.refusals import FuturesRefusal
from kraken_desk.simulator.jsontext import JsonValue

SYMBOLS = {
    "PF_XBTUSD": ("flexible_futures", "xbt"),
    "PF_ETHUSD": ("flexible_futures", "eth"),
    "PF_SOLUSD": ("flexible_futures", "sol"),
    "PF_XRPUSD": ("flexible_futures", "xrp"),
    "PI_XBTUSD": ("futures_inverse", "xbt"),
    "PI_ETHUSD": ("futures_inverse", "eth"),
}


def instrument_status(call: PublicCall) -> dict[str, JsonValue]:
    symbol = call.segments[0].upper()
    if symbol not in SYMBOLS:
        raise FuturesRefusal(refusals.NOT_FOUND, status=404)
    return _status(symbol)


def instruments_status(call: PublicCall) -> dict[str, JsonValue]:
    kinds = set(call.parameters.all("contractType"))
    everything = not kinds or "all" in kinds
    listed = [symbol for symbol, (kind, _) in SYMBOLS.items() if everything or kind in kinds]
    return {"instrumentStatus": [_status(symbol) for symbol in listed]}


def _status(symbol: str) -> dict[str, JsonValue]:
    return {
        "tradeable": symbol,
        "experiencingDislocation": False,
        "priceDislocationDirection": None,
        "experiencingExtremeVolatility": False,
        "extremeVolatilityInitialMarginMultiplier": 1,
    }


ROUTES: tuple[Route, ...] = (
    ("GET", "instruments/*/status", PublicEndpoint(instrument_status)),
    ("GET", "instruments/status", PublicEndpoint(instruments_status)),
)
