"""The SQLite adapter: metadata, transfer journal, nonces and guard of one profile; never a secret.

Imports only the domain and the standard library, and is the only package that knows sqlite3. Every
statement runs on the one worker thread that owns the connection; callers await. Window and command
line each open the same file: transactions, not locks in memory, keep them apart.
"""

from kraken_desk.store.store import Store

__all__ = ["Store"]
