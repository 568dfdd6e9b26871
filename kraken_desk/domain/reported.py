"""“Not reported by Kraken” as a value of its own, so that it never looks like zero or empty."""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal, TypeVar

T = TypeVar("T")


class _NotReported(Enum):
    NOT_REPORTED = "not reported by Kraken"

    def __repr__(self) -> str:
        return "NOT_REPORTED"


NOT_REPORTED: Final = _NotReported.NOT_REPORTED
NotReported = Literal[_NotReported.NOT_REPORTED]
