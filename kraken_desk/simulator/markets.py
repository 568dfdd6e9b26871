"""Markets of the Spot side and their fixed prices. Imports the standard library only."""

from dataclasses import dataclass
from decimal import Decimal

from kraken_desk.simulator.assets import ASSETS, Asset

MAKER_FEE_PERCENT = Decimal("0.1400")
TAKER_FEE_PERCENT = Decimal("0.2400")


@dataclass(frozen=True, slots=True)
class Pair:
    """One market: `pair_id` is Kraken's key, `altname` what clients send."""

    pair_id: str
    base: Asset
    quote: Asset
    price_decimals: int
    smallest: str

    @property
    def altname(self) -> str:
        return f"{self.base.altname}{self.quote.altname}"

    @property
    def wsname(self) -> str:
        return f"{self.base.altname}/{self.quote.altname}"

    @property
    def price(self) -> Decimal:
        exact = self.base.price_usd / self.quote.price_usd
        return exact.quantize(Decimal(1).scaleb(-self.price_decimals))


def _pair(pair_id: str, base: str, quote: str, decimals: int, smallest: str) -> Pair:
    return Pair(pair_id, ASSETS[base], ASSETS[quote], decimals, smallest)


_TABLE = (
    _pair("XXBTZUSD", "XXBT", "ZUSD", 1, "0.00005"),
    _pair("XXBTZEUR", "XXBT", "ZEUR", 1, "0.00005"),
    _pair("XETHZUSD", "XETH", "ZUSD", 2, "0.002"),
    _pair("XXRPZUSD", "XXRP", "ZUSD", 5, "3"),
    _pair("XLTCZUSD", "XLTC", "ZUSD", 2, "0.06"),
    _pair("XDGUSD", "XXDG", "ZUSD", 7, "13"),
    _pair("SOLUSD", "SOL", "ZUSD", 2, "0.03"),
    _pair("ADAUSD", "ADA", "ZUSD", 6, "6"),
    _pair("DOTUSD", "DOT", "ZUSD", 4, "0.8"),
    _pair("USDCUSD", "USDC", "ZUSD", 4, "5"),
    _pair("USDTZUSD", "USDT", "ZUSD", 5, "5"),
    _pair("ZEURZUSD", "ZEUR", "ZUSD", 5, "5"),
)
PAIRS = {pair.pair_id: pair for pair in _TABLE}
_BY_NAME = {
    **{f"{pair.base.display}/{pair.quote.display}": pair for pair in _TABLE},
    **{pair.wsname: pair for pair in _TABLE},
    **{pair.altname: pair for pair in _TABLE},
    **PAIRS,
}


def find_pair(name: str) -> Pair | None:
    """Find a market by id, altname or a name with a slash."""
    return _BY_NAME.get(name.upper())
