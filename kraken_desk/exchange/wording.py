"""The form of what the operator reads when Kraken refuses."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """Title (what happened), detail (what it means), hint (the next step) of one error."""

    title: str
    detail: str
    hint: str
