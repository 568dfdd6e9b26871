"""The Kraken adapter: HTTP lives here and nowhere else; imports the domain only.

`create_gateways` is the one entry. It is looked up late, because the HTTP libraries behind it
take a noticeable time to import and the window is painted before. Everything runs on the event
loop of the caller; nothing here starts a task or a thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kraken_desk.exchange.access import ExchangeAccess, create_gateways

__all__ = ["ExchangeAccess", "create_gateways"]


def __getattr__(name: str) -> Any:
    """Import the factory at its first use."""
    if name in __all__:
        from kraken_desk.exchange import access

        return getattr(access, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
