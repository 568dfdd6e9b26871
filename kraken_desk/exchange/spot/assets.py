"""Names of assets on Spot: wire id (XXBT), altname (XBT) and the display code of the program (BTC).

The class letters X and Z are never stripped by rule, since XTZ or ZRX begin with them too: names
are resolved through the public Assets call. A balance row may carry a suffix (`XBT.F`,
`DOT28.S`, `ETH2`), which becomes the balance's part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from kraken_desk.domain.money import Asset, AssetInfo
from kraken_desk.exchange.values import WireError

_DISPLAY = {"XBT": "BTC", "XDG": "DOGE"}
_ETH2 = "ETH2"


class AssetRow(msgspec.Struct):
    """One asset of the Assets call."""

    altname: str
    decimals: int
    status: str = "enabled"


LEGACY = {
    "XXBT": AssetRow("XBT", 10),
    "XETH": AssetRow("ETH", 10),
    "XLTC": AssetRow("LTC", 10),
    "XXRP": AssetRow("XRP", 8),
    "XXLM": AssetRow("XLM", 8),
    "XXMR": AssetRow("XMR", 10),
    "XETC": AssetRow("ETC", 10),
    "XZEC": AssetRow("ZEC", 10),
    "XXDG": AssetRow("XDG", 8),
    "XMLN": AssetRow("MLN", 10),
    "XREP": AssetRow("REP", 10),
    "ZUSD": AssetRow("USD", 4),
    "ZEUR": AssetRow("EUR", 4),
    "ZGBP": AssetRow("GBP", 4),
    "ZCAD": AssetRow("CAD", 4),
    "ZJPY": AssetRow("JPY", 2),
    "ZAUD": AssetRow("AUD", 4),
}
"""The documented names with a class letter, for when the Assets call cannot be made."""


class AssetNames:
    """Resolves names both ways for one state of the Assets table."""

    def __init__(self, table: Mapping[str, AssetRow]) -> None:
        self._by_name: dict[str, Asset] = {}
        self._wire: dict[Asset, str] = {}
        self._split: dict[str, tuple[Asset, str]] = {}
        self.infos: tuple[AssetInfo, ...] = ()
        infos = []
        for wire_name, row in table.items():
            if "." in wire_name or wire_name == _ETH2:
                continue
            if not 0 <= row.decimals <= 30:
                raise WireError("an asset has an impossible number of decimals")
            asset = Asset(_DISPLAY.get(row.altname, row.altname))
            self._by_name.setdefault(row.altname, asset)
            self._by_name[wire_name] = asset
            self._wire[asset] = wire_name
            infos.append(AssetInfo(asset, wire_name, row.altname, row.decimals, row.status))
        self.infos = tuple(infos)

    def knows(self, wire_name: str) -> bool:
        """Say whether the table resolves a name, suffix aside."""
        base, part = self._apart(wire_name)
        return base in self._by_name or bool(part and base == "ETH")

    def split(self, wire_name: str) -> tuple[Asset, str]:
        """Return the asset of a wire name or altname and the part its suffix stands for."""
        known = self._split.get(wire_name)
        if known is None:
            base, part = self._apart(wire_name)
            asset = self._by_name.get(base) or Asset(_DISPLAY.get(base, base))
            known = self._split[wire_name] = (asset, part)
        return known

    def wire_name(self, asset: Asset) -> str:
        """Return what a request carries for an asset; an unknown one goes out as it is."""
        return self._wire.get(asset, asset)

    def _apart(self, name: str) -> tuple[str, str]:
        base, _, suffix = name.partition(".")
        if base == _ETH2:
            return "ETH", f"2.{suffix}" if suffix else "2"
        lock = re.fullmatch(r"(.*?[A-Z])(\d+)", base)
        if suffix and lock and base not in self._by_name and lock[1] in self._by_name:
            return lock[1], f"{lock[2]}.{suffix}"
        return base, suffix
