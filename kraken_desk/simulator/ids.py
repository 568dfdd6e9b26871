"""Identifiers in Kraken's patterns, drawn from a seeded generator so that a seed always gives the same world.

Imports the standard library only. Patterns: ledger 6-5-6 beginning with L, trade-like reference 6-5-6
beginning with T, transfer 7-6-6 beginning with T, wallet transfer 7-6-6, withdrawal FT + mixed case
(documented samples).
"""

import base64
import random
import string
import uuid

_UPPER = string.ascii_uppercase + string.digits
_MIXED = string.ascii_letters + string.digits
API_KEY_BYTES = 42
SPOT_SECRET_BYTES = 64
FUTURES_SECRET_BYTES = 66


class Ids:
    """A source of identifiers and key material for one world."""

    def __init__(self, seed: int | str) -> None:
        self._random = random.Random(seed)

    def _word(self, length: int, alphabet: str = _UPPER) -> str:
        return "".join(self._random.choices(alphabet, k=length))

    def ledger_id(self) -> str:
        return f"L{self._word(5)}-{self._word(5)}-{self._word(6)}"

    def trade_refid(self) -> str:
        return f"T{self._word(5)}-{self._word(5)}-{self._word(6)}"

    def transfer_id(self) -> str:
        return f"T{self._word(6)}-{self._word(6)}-{self._word(6)}"

    def wallet_transfer_refid(self) -> str:
        return f"B{self._word(6)}-{self._word(6)}-{self._word(6)}"

    def withdrawal_refid(self) -> str:
        return f"FT{self._word(5, _MIXED)}-{self._word(22, _MIXED)}"

    def order_txid(self) -> str:
        return f"O{self._word(5)}-{self._word(5)}-{self._word(6)}"

    def transaction_id(self) -> str:
        return self._random.randbytes(32).hex()

    def wallet_id(self) -> str:
        return "-".join(self._word(4) for _ in range(4))

    def uid(self) -> str:
        return str(uuid.UUID(bytes=self._random.randbytes(16), version=4))

    def iiban(self) -> str:
        return iiban_for(f"N84G{self._word(8)}")

    def api_key(self) -> str:
        return base64.b64encode(self._random.randbytes(API_KEY_BYTES)).decode()

    def spot_secret(self) -> bytes:
        return self._random.randbytes(SPOT_SECRET_BYTES)

    def futures_secret(self) -> bytes:
        return self._random.randbytes(FUTURES_SECRET_BYTES)

    def token(self) -> str:
        return base64.b64encode(self._random.randbytes(33)).decode()

    def connection_id(self) -> int:
        """Give a number above 2**53, as Kraken does, so that a client using doubles is found out."""
        return self._random.randrange(2**63, 2**64)


def iiban_for(body: str) -> str:
    """Prefix the twelve characters of `body` with AA and the two ISO 7064 check digits, grouped by four."""
    digits = "".join(str(int(character, 36)) for character in f"{body}AA00")
    compact = f"AA{98 - int(digits) % 97:02d}{body}"
    return group_iiban(compact)


def group_iiban(text: str) -> str:
    compact = compact_iiban(text)
    return " ".join(compact[start : start + 4] for start in range(0, len(compact), 4))


def compact_iiban(text: str) -> str:
    return "".join(text.split()).upper()
