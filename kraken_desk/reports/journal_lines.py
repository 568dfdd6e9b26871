"""The journal as a file that proves itself: one line of JSON or CSV for each line of the journal.

A copy can be verified without the program's database: every line names its seal and the one before
it, and the last line tells how many there are. What of a line's form is not content (spaces,
quotes) is verified as well.
"""

from __future__ import annotations

from kraken_desk.domain.journal import ChainReport
from kraken_desk.domain.uncollected import uncollected
from kraken_desk.reports.csv_copy import csv_text, verify_csv
from kraken_desk.reports.json_copy import jsonl, verify_jsonl

__all__ = ["csv_text", "jsonl", "verify_file"]


def verify_file(raw: bytes, head: str | None = None) -> ChainReport:
    """Verify an exported copy; `head` is the hash that was noted when it was made, if any."""
    form = raw.lstrip(b"\xef\xbb\xbf")[:1]
    with uncollected():
        return (verify_jsonl if form == b"{" else verify_csv)(raw, head)
