"""Short texts that several rules put into their evidence; absolute, so that they age well."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kraken_desk.domain.rights import RightId, in_order, label_of


def day(time: datetime) -> str:
    return f"{time:%Y-%m-%d}"


def moment(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"


def labels(rights: Iterable[RightId]) -> str:
    """Name rights as Kraken's form does, in its order."""
    return ", ".join(label_of(right_id) for right_id in in_order(frozenset(rights)))


def listed(names: Iterable[str]) -> str:
    """Write names in one order, whatever order they come in."""
    return ", ".join(sorted(names))
