"""The assets of the exchange: their three spellings, precision and a fixed price for valuations.

Imports the standard library only. Kraken says XXBT in Spot answers, XBT as altname, BTC in WebSocket v2,
xbt on Futures; all four name one asset here, so that totals over both venues can be added up.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Asset:
    """One asset. `asset_id` is Kraken's key in Spot answers, `futures` the Futures code or empty."""

    asset_id: str
    altname: str
    display: str
    decimals: int
    display_decimals: int
    price_usd: Decimal
    futures: str = ""
    haircut: Decimal = Decimal(0)
    base: str = ""
    status: str = "enabled"

    @property
    def transferable(self) -> bool:
        """Suffixed rows (rewards, staking) are balances that no transfer can name."""
        return not self.base


def _asset(
    ids: str,
    decimals: int,
    shown: int,
    price: str,
    futures: str = "",
    haircut: str = "0",
    base: str = "",
    status: str = "enabled",
) -> Asset:
    asset_id, altname, display = ids.split()
    value, cut = Decimal(price), Decimal(haircut)
    return Asset(asset_id, altname, display, decimals, shown, value, futures, cut, base, status)


_TABLE = (
    _asset("XXBT XBT BTC", 10, 5, "97500", "xbt", "0.02"),
    _asset("XETH ETH ETH", 10, 5, "3350", "eth", "0.03"),
    _asset("XXRP XRP XRP", 8, 5, "2.15", "xrp", "0.1"),
    _asset("XLTC LTC LTC", 10, 5, "92", "ltc", "0.1"),
    _asset("XXLM XLM XLM", 8, 5, "0.31", "xlm", "0.2"),
    _asset("XXMR XMR XMR", 10, 5, "210"),
    _asset("XETC ETC ETC", 10, 5, "24", "etc", "0.2"),
    _asset("XZEC ZEC ZEC", 10, 5, "55"),
    _asset("XXDG XDG DOGE", 8, 2, "0.36", "doge", "0.2"),
    _asset("XMLN MLN MLN", 10, 5, "17"),
    _asset("XREP REP REP", 10, 5, "1.1", status="disabled"),
    _asset("ZUSD USD USD", 4, 2, "1", "usd"),
    _asset("ZEUR EUR EUR", 4, 2, "1.08", "eur", "0.02"),
    _asset("ZGBP GBP GBP", 4, 2, "1.27", "gbp", "0.02"),
    _asset("ZCAD CAD CAD", 4, 2, "0.71"),
    _asset("ZJPY JPY JPY", 2, 0, "0.0065"),
    _asset("ZAUD AUD AUD", 4, 2, "0.65"),
    _asset("CHF CHF CHF", 4, 2, "1.12"),
    _asset("USDT USDT USDT", 8, 4, "1", "usdt", "0.01"),
    _asset("USDC USDC USDC", 8, 4, "1", "usdc", "0.01"),
    _asset("DAI DAI DAI", 10, 5, "1"),
    _asset("DOT DOT DOT", 10, 8, "7.2", "dot", "0.2"),
    _asset("SOL SOL SOL", 10, 5, "185", "sol", "0.1"),
    _asset("ADA ADA ADA", 8, 6, "0.74", "ada", "0.2"),
    _asset("LINK LINK LINK", 10, 5, "18", "link", "0.2"),
    _asset("XTZ XTZ XTZ", 8, 5, "0.95"),
    _asset("XCN XCN XCN", 10, 5, "0.002"),
    _asset("ZRX ZRX ZRX", 10, 5, "0.42"),
    _asset("MATIC MATIC MATIC", 10, 5, "0.55", status="withdrawal_only"),
    _asset("XBT.F XBT.F BTC.F", 10, 5, "97500", base="XXBT"),
    _asset("ETH.F ETH.F ETH.F", 10, 5, "3350", base="XETH"),
    _asset("SOL.F SOL.F SOL.F", 10, 5, "185", base="SOL"),
    _asset("USDC.F USDC.F USDC.F", 8, 4, "1", base="USDC"),
    _asset("USDT.F USDT.F USDT.F", 8, 4, "1", base="USDT"),
    _asset("EUR.F EUR.F EUR.F", 4, 2, "1.08", base="ZEUR"),
    _asset("USD.M USD.M USD.M", 4, 2, "1", base="ZUSD"),
    _asset("USD.F USD.F USD.F", 4, 2, "1", base="ZUSD"),
    _asset("DOT28.S DOT28.S DOT28.S", 10, 8, "7.2", base="DOT"),
    _asset("ETH2.S ETH2.S ETH2.S", 10, 5, "3350", base="XETH"),
)

ASSETS = {asset.asset_id: asset for asset in _TABLE}
_BY_NAME = {
    **{asset.display.upper(): asset for asset in _TABLE},
    **{asset.altname.upper(): asset for asset in _TABLE},
    **{asset.asset_id.upper(): asset for asset in _TABLE},
}
_BY_FUTURES = {asset.futures: asset for asset in _TABLE if asset.futures}
_FUTURES_ALIASES = {"btc": "xbt", "xdg": "doge"}


def find_asset(name: str) -> Asset | None:
    """Find an asset by id, altname or display name, in any case."""
    return _BY_NAME.get(name.upper())


def find_futures_asset(code: str) -> Asset | None:
    """Find an asset by its Futures code, in any case; `btc` and `xbt` are one asset."""
    lower = code.lower()
    return _BY_FUTURES.get(_FUTURES_ALIASES.get(lower, lower))


def total_name(asset_id: str) -> str:
    """Name the line of the totals that a Spot balance row counts towards: the base asset's display name."""
    asset = ASSETS[asset_id]
    return ASSETS[asset.base].display if asset.base else asset.display
