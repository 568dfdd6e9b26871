"""In which form a slot's credentials reach its process; kept with the slot."""

from __future__ import annotations

from enum import StrEnum

from kraken_desk.domain.values import dataclass


class HandOverForm(StrEnum):
    """How credentials reach the child."""

    PIPE = "pipe"
    FILE = "file"
    VARIABLES = "variables"


@dataclass(frozen=True, slots=True)
class VariableNames:
    """The variables that carry the public key and the secret."""

    key: str
    secret: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """One way of handing over: `preset` or `names` for variables, `ws_token` in place of the pair.

    Without preset and names the variables are those of the slot's declared client.
    """

    form: HandOverForm
    preset: str = ""
    names: VariableNames | None = None
    ws_token: bool = False
    mask: bool = False
