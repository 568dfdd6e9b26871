"""The journal as a document: its lines, whether its chain is whole, and copies of it."""

from __future__ import annotations

import logging

from kraken_desk.domain.errors import StoreError
from kraken_desk.domain.journal import ChainReport, TransferMove
from kraken_desk.domain.transfers import JournalId
from kraken_desk.services.ports import TransferJournal
from kraken_desk.services.topics import Topic

TAIL = 200
"""How many of the last lines are verified at the start: enough for a cut end, a moment's work."""

PAGE = 5000

_log = logging.getLogger(__name__)


class JournalService:
    """Reads and verifies the profile's journal; `chain` is what the last verification found."""

    def __init__(self, journal: TransferJournal) -> None:
        self._journal = journal
        self.chain: Topic[ChainReport | None] = Topic(None)

    async def history(self, journal_id: JournalId) -> tuple[TransferMove, ...]:
        """Return a transfer's lines, oldest first."""
        return await self._journal.history(journal_id)

    async def verify(self) -> ChainReport:
        """Verify every line."""
        return self._told(await self._journal.verify())

    async def look(self) -> ChainReport | None:
        """Verify the end, cheaply; None when the journal could not be read."""
        try:
            return self._told(await self._journal.verify(TAIL))
        except StoreError as error:
            _log.warning("the journal's end could not be verified: %s", error.category)
            return None

    async def lines(self) -> list[dict[str, str]]:
        """Return all lines with their seals, as an exported copy holds them."""
        found: list[dict[str, str]] = []
        while page := await self._journal.lines(len(found), PAGE):
            found += page
        return found

    def _told(self, report: ChainReport) -> ChainReport:
        self.chain.publish(report)
        if not report.whole:
            _log.error("the journal is not whole: %s", report.findings[0].text)
        return report
