"""Names of Spot assets, resolved through the Assets table and never by stripping letters."""

from __future__ import annotations

import pytest

from kraken_desk.domain.money import Asset
from kraken_desk.exchange.spot.assets import LEGACY, AssetNames, AssetRow
from kraken_desk.exchange.values import WireError

TABLE = {
    **LEGACY,
    "XTZ": AssetRow("XTZ", 8),
    "XCN": AssetRow("XCN", 10),
    "ZRX": AssetRow("ZRX", 10),
    "DOT": AssetRow("DOT", 10),
    "DOT.S": AssetRow("DOT.S", 10),
    "DOT28.S": AssetRow("DOT28.S", 10),
    "ETH2": AssetRow("ETH2", 10),
    "ETH2.S": AssetRow("ETH2.S", 10),
    "C98": AssetRow("C98", 8, "deposit_only"),
    "USDT": AssetRow("USDT", 8),
}


@pytest.mark.parametrize(
    ("wire_name", "asset", "part"),
    [
        ("XXBT", "BTC", ""),
        ("XBT", "BTC", ""),
        ("XXDG", "DOGE", ""),
        ("XETH", "ETH", ""),
        ("ZUSD", "USD", ""),
        ("XTZ", "XTZ", ""),
        ("XCN", "XCN", ""),
        ("ZRX", "ZRX", ""),
        ("XXRP", "XRP", ""),
        ("USDT", "USDT", ""),
        ("XBT.F", "BTC", "F"),
        ("USD.M", "USD", "M"),
        ("DOT.S", "DOT", "S"),
        ("DOT28.S", "DOT", "28.S"),
        ("ETH2", "ETH", "2"),
        ("ETH2.S", "ETH", "2.S"),
        ("C98", "C98", ""),
        ("C98.S", "C98", "S"),
        ("DOT.P", "DOT", "P"),
        ("USD.HOLD", "USD", "HOLD"),
        ("XBT.BASE", "BTC", "BASE"),
        ("NEWCOIN", "NEWCOIN", ""),
        ("NEWCOIN.B", "NEWCOIN", "B"),
    ],
)
def test_wire_names_become_asset_and_part(wire_name: str, asset: str, part: str) -> None:
    """Ids, altnames and suffixed rows resolve to the display code and the suffix."""
    assert AssetNames(TABLE).split(wire_name) == (asset, part)


@pytest.mark.parametrize("wire_name", sorted(name for name in TABLE if "." not in name and name != "ETH2"))
def test_every_asset_resolves_both_ways(wire_name: str) -> None:
    """From the wire to the display code and back gives the same wire name."""
    names = AssetNames(TABLE)

    asset, part = names.split(wire_name)

    assert (names.wire_name(asset), part) == (wire_name, "")


def test_infos_list_plain_assets_only() -> None:
    """Suffix rows of the table and ETH2 are no assets of their own; decimals and status are kept."""
    infos = {info.asset: info for info in AssetNames(TABLE).infos}

    assert not [asset for asset in infos if "." in asset or asset == "ETH2"]
    assert infos[Asset("BTC")].altname == "XBT"
    assert (infos[Asset("C98")].decimals, infos[Asset("C98")].status) == (8, "deposit_only")


def test_an_unknown_asset_goes_out_as_it_is() -> None:
    """A code that no table knows is sent unchanged, for Kraken to judge."""
    assert AssetNames(TABLE).wire_name(Asset("NEWCOIN")) == "NEWCOIN"


@pytest.mark.parametrize(
    ("name", "known"), [("XBT.F", True), ("ETH2.S", True), ("DOT28.S", True), ("NEWCOIN.S", False)]
)
def test_a_table_knows_what_it_resolves(name: str, known: bool) -> None:
    """A missing name is told, so that the table can be read anew."""
    assert AssetNames(TABLE).knows(name) is known


@pytest.mark.parametrize("decimals", [-1, 31])
def test_impossible_decimals_are_refused(decimals: int) -> None:
    """A table with absurd decimals is not used."""
    with pytest.raises(WireError):
        AssetNames({"A": AssetRow("A", decimals)})
