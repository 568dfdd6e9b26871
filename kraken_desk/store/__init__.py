"""The SQLite adapter: metadata, transfer journal, nonces and guard of one profile; never a secret.

Imports only the domain and the standard library, and is the only package that knows sqlite3. Every
statement runs on the one worker thread that owns the connection; callers await. Only where there is no
event loop (the first look at a profile, a run of a bot) it runs in the caller's thread. Window and
command line each open the same file: transactions, not locks in memory, keep them apart.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kraken_desk.store.store import Store

__all__ = ["Store"]


def __getattr__(name: str) -> object:
    """Import the store when it is asked for: a first look does without it."""
    if name == "Store":
        from kraken_desk.store.store import Store

        return Store
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
