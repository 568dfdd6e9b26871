"""Kraken Spot's answers about markets and fees: AssetPairs, Ticker, TradeVolume."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec

from kraken_desk.domain.accounts import normal_iiban
from kraken_desk.domain.fees import FeeFacts, FeeTier, VolumeShare
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.money import Asset
from kraken_desk.domain.prices import MarketPrice
from kraken_desk.exchange.spot.assets import AssetNames
from kraken_desk.exchange.values import quantity


@dataclass(frozen=True, slots=True)
class Market:
    """One pair of assets and the name by which Ticker answers."""

    name: str
    base: Asset
    quote: Asset


class _PairRow(msgspec.Struct):
    base: str
    quote: str


class _Tick(msgspec.Struct):
    c: list[Decimal]


class _Fee(msgspec.Struct):
    """One fee; a rendering of the documented example parts the words `nextfee` and `nextvolume`."""

    fee: Decimal
    nextfee: Decimal | None = None
    nextvolume: Decimal | None = None
    next_fee: Decimal | None = None
    next_volume: Decimal | None = None

    @property
    def following(self) -> Decimal | None:
        return self.nextfee if self.nextfee is not None else self.next_fee

    @property
    def following_volume(self) -> Decimal | None:
        return self.nextvolume if self.nextvolume is not None else self.next_volume


class _Tier(msgspec.Struct):
    maker_fee: Decimal
    taker_fee: Decimal
    min_spot_volume: Decimal | None = None
    min_futures_volume: Decimal | None = None
    min_assets_on_platform: Decimal | None = None
    active: bool = False


class _Schedule(msgspec.Struct):
    tiers: list[_Tier] = []


class _Inputs(msgspec.Struct):
    domain_spot_volume_30d: Decimal | None = None
    domain_futures_volume_30d: Decimal | None = None
    domain_assets_on_platform: Decimal | None = None


class _Share(msgspec.Struct):
    iiban: str
    volume: Decimal


class _Volume(msgspec.Struct):
    currency: str
    volume: Decimal
    inputs: _Inputs | None = None
    fees: dict[str, _Fee] | None = None
    fees_maker: dict[str, _Fee] | None = None
    schedules: list[_Schedule] | None = None
    volume_subaccounts: list[_Share] | None = None


_pairs = msgspec.json.Decoder(dict[str, _PairRow])
_ticks = msgspec.json.Decoder(dict[str, _Tick])
_volume = msgspec.json.Decoder(_Volume)


def markets(result: bytes, names: AssetNames) -> tuple[Market, ...]:
    """Read AssetPairs; pairs of suffixed assets are left out, since nothing is priced by them."""
    found = []
    for name, row in _pairs.decode(result).items():
        (base, base_part), (quote, quote_part) = names.split(row.base), names.split(row.quote)
        if not base_part and not quote_part:
            found.append(Market(name, base, quote))
    return tuple(found)


def market_prices(result: bytes, known: Iterable[Market], read_at: datetime) -> tuple[MarketPrice, ...]:
    """Read Ticker: the price of the last trade; a market without one has no price."""
    ticks = _ticks.decode(result)
    return tuple(
        MarketPrice(
            market.base,
            market.quote,
            quantity(ticks[market.name].c[0]),
            Venue.SPOT,
            f"{market.base}/{market.quote}",
            read_at,
        )
        for market in known
        if market.name in ticks and ticks[market.name].c
    )


def fee_facts(result: bytes, names: AssetNames, pair: str, read_at: datetime) -> FeeFacts:
    """Read TradeVolume for one pair; whatever Kraken leaves out stays unknown."""
    raw = _volume.decode(result)
    inputs = raw.inputs or _Inputs()
    taker, maker = _only(raw.fees), _only(raw.fees_maker)
    shares = raw.volume_subaccounts
    return FeeFacts(
        currency=names.split(raw.currency)[0],
        volume=quantity(raw.volume),
        read_at=read_at,
        pair=pair,
        spot_volume=_checked(inputs.domain_spot_volume_30d),
        futures_volume=_checked(inputs.domain_futures_volume_30d),
        assets=_checked(inputs.domain_assets_on_platform),
        maker=_checked(maker.fee) if maker else None,
        taker=_checked(taker.fee) if taker else None,
        next_maker=_checked(maker.following) if maker else None,
        next_taker=_checked(taker.following) if taker else None,
        next_volume=_checked(taker.following_volume) if taker else None,
        tiers=tuple(_tier(tier) for tier in _first(raw.schedules)),
        shares=None
        if shares is None
        else tuple(VolumeShare(normal_iiban(s.iiban), quantity(s.volume)) for s in shares),
    )


def _tier(raw: _Tier) -> FeeTier:
    return FeeTier(
        quantity(raw.maker_fee),
        quantity(raw.taker_fee),
        _checked(raw.min_spot_volume),
        _checked(raw.min_futures_volume),
        _checked(raw.min_assets_on_platform),
        raw.active,
    )


def _only(fees: dict[str, _Fee] | None) -> _Fee | None:
    return next(iter(fees.values()), None) if fees else None


def _first(schedules: list[_Schedule] | None) -> list[_Tier]:
    """Return the tiers of the one pair asked for, least volume first."""
    tiers = schedules[0].tiers if schedules else []
    return sorted(tiers, key=lambda tier: (tier.min_spot_volume or Decimal(0), -tier.taker_fee))


def _checked(figure: Decimal | None) -> Decimal | None:
    return None if figure is None else quantity(figure)
