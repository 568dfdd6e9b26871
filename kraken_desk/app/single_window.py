"""One window per profile: a second start raises the first window and ends.

The lock is the operating system's, so it is free the moment its holder is gone, whatever ended it.
The socket is only there to raise the window; it carries no data.
"""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal

from kraken_desk.domain.errors import RuleError

LOCK_NAME = "window.lock"
ANSWER_WITHIN_MS = 2_000
UNFINISHED_MS = 300
"""How long another start may take from making the lock's file to writing in it."""


class SingleWindow(QObject):
    """Holds a profile's window lock.

    Signals:
        raise_requested: another start wants to see this window.
    """

    raise_requested = Signal()

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._home = home
        self._lock = QLockFile(str(home / LOCK_NAME))
        self._lock.setStaleLockTime(0)  # a lock never grows old; Qt frees that of a process that is gone
        self._server: QObject | None = None

    def take(self) -> None:
        """Take the lock; raises RuleError when another window has it, which was asked to show itself."""
        if self._lock.tryLock(0) or self._takes_an_unfinished_one():
            return
        shown = self._ask_other()
        pid, _host, _program = self._lock.getLockInfo()
        raise RuleError(
            "Kraken Desk is open already",
            f"Another window has this profile (process {pid})."
            + (" It was asked to come to the front." if shown else ""),
            "Use that window, close it, or choose another profile with --home.",
        )

    def _takes_an_unfinished_one(self) -> bool:
        """Take a lock whose file says nothing: its maker was killed before it wrote who it is.

        Qt calls such a file never stale; it is removed only if nobody alive has it locked.
        """
        if self._lock.getLockInfo()[0] or self._lock.tryLock(UNFINISHED_MS):
            return self._lock.isLocked()
        return not self._lock.getLockInfo()[0] and self._lock.removeStaleLockFile() and self._lock.tryLock(0)

    def listen(self) -> None:
        """Hear other starts from now on; Qt's network module is imported only now."""
        from PySide6.QtNetwork import QLocalServer

        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(_socket_name(self._home))  # of a killed window: the lock is ours
        server.newConnection.connect(self._on_asked)
        server.listen(_socket_name(self._home))
        self._server = server

    def free(self) -> None:
        if self._server is not None:
            self._server.deleteLater()
            self._server = None
        self._lock.unlock()

    def _ask_other(self) -> bool:
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        socket.connectToServer(_socket_name(self._home))
        return socket.waitForConnected(ANSWER_WITHIN_MS)

    def _on_asked(self) -> None:
        from PySide6.QtNetwork import QLocalServer

        assert isinstance(self._server, QLocalServer)
        while self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            socket.disconnectFromServer()
            socket.deleteLater()
        self.raise_requested.emit()


def _socket_name(home: Path) -> str:
    import hashlib  # brings a library of ciphers, which the start has no time for

    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    mark = hashlib.sha256(str(home.absolute()).encode()).hexdigest()[:16]
    return f"kraken-desk-{user}-{mark}"
