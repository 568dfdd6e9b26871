"""What a guide has asked for, as the dialog that adds the key takes it."""

from __future__ import annotations

from dataclasses import dataclass

from kraken_desk.domain.key_form import KeyWish


@dataclass(frozen=True, slots=True)
class GuidedKey:
    """The wish, and whose key it is to be; `role` is the role's id.

    `compared` is false where the wish leaves open what the operator is to decide at Kraken.
    """

    wish: KeyWish
    process: str
    role: str
    compared: bool = True
