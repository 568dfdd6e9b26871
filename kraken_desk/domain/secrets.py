"""Secrets in memory, masked wherever they could be shown by accident."""

from __future__ import annotations

from typing import NoReturn


class _Masked:
    """A text in memory: readable by `reveal()` only, never printed, pickled or copied.

    Python cannot wipe strings, so the aim is few copies and a short life; see the README's
    threat model.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret text; a deliberate act of whoever signs or hands over."""
        return self._text

    def __repr__(self) -> str:
        return f"{type(self).__name__}(••••)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Masked) or type(self) is not type(other):
            return NotImplemented
        import hmac  # brings OpenSSL, which not everybody who holds a secret needs

        return hmac.compare_digest(_bytes(self._text), _bytes(other._text))

    __hash__ = None  # type: ignore[assignment]  # a secret is no dictionary key

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is never pickled or copied")

    __copy__ = __reduce__

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError("a secret is never pickled or copied")


class ApiSecret(_Masked):
    """The private half of a key."""

    __slots__ = ()

    def decoded(self) -> bytes:
        """Return the signing key's bytes; raises ValueError when the text is not base64."""
        import base64

        try:
            return base64.b64decode(self._text, validate=True)
        except ValueError:
            raise ValueError("the secret is not base64") from None


class Passphrase(_Masked):
    """What a person types to unlock the window or to open a backup."""

    __slots__ = ()


def _bytes(text: str) -> bytes:
    """Encode any text: an encoding error would carry the secret in its message."""
    return text.encode("utf-8", "surrogatepass")
