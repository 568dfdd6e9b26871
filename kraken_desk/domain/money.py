"""Amounts as exact decimals, with the one parser and the one formatter of the program."""

from __future__ import annotations

import re
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import NewType

from kraken_desk.domain.errors import InvalidAmountError
from kraken_desk.domain.values import dataclass

Asset = NewType("Asset", str)
"""An asset by its display code (BTC, USD), whatever the venue calls it on the wire."""

THIN_SPACE = "\u2009"
MINUS = "\u2212"

EXACT = Context(prec=60, traps=[InvalidOperation, Inexact])
"""Arithmetic on amounts: sixty digits, and an exception rather than a rounded figure."""

_PLAIN = re.compile(r"\d+(\.\d*)?|\.\d+", re.ASCII)
_BETWEEN_GROUPS = f" _'{THIN_SPACE}\u202f\u00a0"
_GROUPED = re.compile(rf"\d{{1,3}}([{_BETWEEN_GROUPS}]\d{{3}})+(\.\d*)?", re.ASCII)
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class AssetInfo:
    """An asset as a venue describes it: `wire_name` is what requests carry."""

    asset: Asset
    wire_name: str
    altname: str
    decimals: int
    status: str = "enabled"


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity of one asset."""

    quantity: Decimal
    asset: Asset

    def __str__(self) -> str:
        return f"{format_quantity(self.quantity)} {self.asset}"


def parse_quantity(text: str, *, decimals: int | None = None) -> Decimal:
    """Read a typed positive quantity exactly; spaces group thousands, the point separates decimals.

    Raises InvalidAmountError for anything else: empty, zero, negative, exponents, commas (which
    mean thousands to some and decimals to others), digits in odd groups (which may be two numbers
    pasted as one), or more than `decimals` places.
    """
    plain = text.strip()
    if not plain:
        raise InvalidAmountError("No amount", "The amount is empty.", "Type a positive decimal number.")
    if plain.startswith(("-", MINUS)):
        raise InvalidAmountError(
            "The amount is negative",
            f"{_shown(plain)} is below zero.",
            "Swap From and To to move the other way.",
        )
    if "," in plain:
        raise InvalidAmountError(
            "The amount has a comma",
            "A comma means thousands to some and decimals to others.",
            "Write decimals with a point and leave thousands ungrouped, for instance 12500.25.",
        )
    if len(plain) <= _LONGEST and _GROUPED.fullmatch(plain):
        plain = re.sub(f"[{_BETWEEN_GROUPS}]", "", plain)
    if len(plain) > _LONGEST or not _PLAIN.fullmatch(plain):
        raise InvalidAmountError(
            "The amount is not a number",
            f"{_shown(plain)} is not a plain decimal number.",
            "Use digits and one point, without exponent or sign.",
        )
    quantity = Decimal(plain)
    if quantity == 0:
        raise InvalidAmountError(
            "The amount is zero", "Nothing would move.", "Type a positive decimal number."
        )
    check_precision(quantity, decimals)
    return quantity


def _shown(text: str) -> str:
    """Quote what was typed, unless it is long: a secret pasted into the wrong field must not be shown."""
    return f"“{text}”" if len(text) <= _LONGEST else f"A text of {len(text)} characters"


def check_precision(quantity: Decimal, decimals: int | None) -> None:
    """Raise InvalidAmountError when `quantity` has more decimal places than the asset carries."""
    if decimals is None:
        return
    places = places_of(quantity)
    if places > decimals:
        raise InvalidAmountError(
            "The amount has too many decimals",
            f"{plain_text(quantity)} has {places} decimal places; the asset carries {decimals}.",
            f"Shorten it to {decimals} decimal places.",
        )


def places_of(quantity: Decimal) -> int:
    """Count the decimal places that matter: 1.50 has one."""
    exponent = quantity.normalize(EXACT).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def plain_text(quantity: Decimal) -> str:
    """Write a quantity for the wire or a file: plain digits and a point, no exponent, no grouping."""
    if quantity == 0:
        return "0"
    text = format(quantity, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_quantity(quantity: Decimal, *, places: int | None = None, least: int = 2) -> str:
    """Write a quantity for people: thin spaces between thousands, every digit kept.

    Shows at least `least` decimals; with `places` exactly that many, padded, and more only where
    cutting would lose a digit.
    """
    wanted = max(places if places is not None else least, places_of(quantity))
    text = format(quantity.copy_abs(), f".{wanted}f")
    whole, _, fraction = text.partition(".")
    grouped = f"{int(whole):,}".replace(",", THIN_SPACE)
    sign = MINUS if quantity < 0 else ""
    return f"{sign}{grouped}.{fraction}" if fraction else f"{sign}{grouped}"


def exact_sum(quantities: list[Decimal]) -> Decimal:
    """Add without rounding."""
    total = Decimal(0)
    for quantity in quantities:
        total = EXACT.add(total, quantity)
    return total
