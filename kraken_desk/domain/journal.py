"""The journal's lines and their chain of hashes: each line is sealed together with the line before it.

A line is what was written at one move of a transfer, as named texts; the line that plans a
transfer also holds its terms. Its seal is the SHA-256 of the seal before it, a line feed and its
canonical text. So a changed line does not fit its own seal, and a changed seal does not fit the line
after it. Who rewrites everything from some line on is found only by a head that was noted elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

from kraken_desk.domain.keys import Problem
from kraken_desk.domain.line_forms import quoted
from kraken_desk.domain.transfers import LEGAL_MOVES, Evidence, JournalId, SettledBy, TransferState
from kraken_desk.domain.values import dataclass

MOST_FINDINGS = 20
"""How many findings a report lists; a journal in ruins needs no longer list."""

LINE, PREVIOUS, HASH = "line", "previous", "hash"
"""The names in a line that the chain itself gives."""

_FOLLOWING = {state.value: frozenset(after.value for after in moves) for state, moves in LEGAL_MOVES.items()}
_FIRST = frozenset({TransferState.PLANNED.value})


@cache
def _heads(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return names in order, each with how it begins in the text; lines have few different shapes."""
    return tuple((name, f"{quoted(name)}:") for name in sorted(names))


@dataclass(frozen=True, slots=True)
class TransferMove:
    """One line of the journal: a state that a transfer came into, and what came with it."""

    line: int
    journal_id: JournalId
    state: TransferState
    at: datetime
    transfer_id: str | None
    problem: Problem | None
    note: str
    evidence: Evidence | None
    settled_by: SettledBy | None
    hash: str


@dataclass(frozen=True, slots=True)
class ChainFinding:
    """Something wrong with the journal, at a line where it can be told; `line` 0 means the whole."""

    line: int
    journal_id: str
    what: str

    @property
    def text(self) -> str:
        of = f" (transfer {self.journal_id})" if self.journal_id else ""
        return f"line {self.line}{of}: {self.what}" if self.line else self.what


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a verification found: `head` is the seal of the last of `lines` lines.

    `first` is the first line that was verified. `found` counts all findings, of which `findings`
    lists the first.
    """

    lines: int
    head: str
    findings: tuple[ChainFinding, ...] = ()
    found: int = 0
    first: int = 1

    @property
    def whole(self) -> bool:
        return not self.found


def canonical(content: Mapping[str, str]) -> str:
    """Write a line as the text that is sealed: JSON in ASCII, names sorted, empty values left out."""
    parts = [head + quoted(text) for name, head in _heads(tuple(content)) if (text := content[name])]
    return "{" + ",".join(parts) + "}"


def seal(content: Mapping[str, str], previous: str) -> str:
    """Return a line's seal in 64 hexadecimal digits; `previous` is "" for the first line."""
    return seal_of(canonical(content), previous)


def seal_of(text: str, previous: str) -> str:
    """Return the seal of a line by its canonical text; a damaged `previous` may be no ASCII."""
    return hashlib.sha256(f"{previous}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()


class ChainCheck:
    """Takes lines in order and tells what does not fit.

    `after` and `previous` are number and seal of the line before the first one taken; the legal
    moves can be judged only from the first line on.
    """

    def __init__(self, after: int = 0, previous: str = "") -> None:
        self._first = after + 1
        self._line = after
        self._stored = previous
        self._computed = previous
        self._doubt: ChainFinding | None = None
        self._behind_a_gap = False
        self._states: dict[str, str] | None = {} if after == 0 else None
        self._findings: list[ChainFinding] = []
        self._found = 0

    def passes_all(
        self,
        numbers: Sequence[str],
        journal_ids: Sequence[str],
        words: Sequence[str],
        texts: Sequence[str],
        seals: Sequence[str],
        stated: Sequence[str] | None = None,
    ) -> bool:
        """Take the next lines if each has its number and its seal; otherwise all are for `take`.

        The lines come as columns, each with a text for each line, so that very many cost little.
        `words` are their states, `texts` their canonical texts, of which the first three are part,
        and `stated` the seals that they name before their own. False leaves everything as it was.
        """
        before = [self._stored, *seals[:-1]]
        if (
            self._doubt is not None
            or self._behind_a_gap
            or list(map(str, range(self._line + 1, self._line + 1 + len(seals)))) != list(numbers)
            or (stated is not None and list(stated) != before)
            or list(map(seal_of, texts, before)) != list(seals)
        ):
            return False
        for journal_id, word in zip(journal_ids, words, strict=True):
            self._line += 1
            self._judge(journal_id, word)
        self._stored = self._computed = seals[-1]
        return True

    def take(
        self, content: Mapping[str, str], stored: str, stated: str | None = None, text: str | None = None
    ) -> None:
        """Verify the next line against its seal `stored`; `content` is without seals.

        `stated` is the seal before, as the line itself names it in an exported copy. `text` is the
        canonical text of `content` where the caller has it already.
        """
        if text is None:
            text = canonical(content)
        number, journal_id = content.get(LINE, ""), content.get("journal_id", "")
        follows = self._count(number, journal_id) and not self._behind_a_gap
        self._behind_a_gap = False
        if not follows:
            computed = seal_of(text, stated) if stated is not None else stored
        else:
            computed = seal_of(text, self._stored)
            if stated is not None and stated not in (self._stored, self._computed):
                self._report(self._line, journal_id, "the hash it names before its own was changed")
        fits = computed == stored
        if self._doubt is not None:
            # the line before did not fit: was it its content, or the seal itself?
            if not fits and seal_of(text, self._computed) == stored:
                fits, computed = True, stored
                self._report(self._doubt.line, self._doubt.journal_id, "its hash was changed")
            else:
                self._report(self._doubt.line, self._doubt.journal_id, self._doubt.what)
            self._doubt = None
        if not fits:
            what = "its content does not fit its hash: it was changed"
            self._doubt = ChainFinding(self._line, journal_id, what)
        self._judge(journal_id, content.get("state", ""))
        self._stored, self._computed = stored, computed

    def skip(self, what: str) -> None:
        """Take a line that cannot be read at all."""
        self._line += 1
        self.find(self._line, "", what)
        self._behind_a_gap, self._states = True, None

    def find(self, line: int, journal_id: str, what: str) -> None:
        """Add a finding of another kind."""
        self._flush()
        self._report(line, journal_id, what)

    def end(self, lines: int | None = None, head: str | None = None) -> ChainReport:
        """Compare the end with what was noted elsewhere, where it was, and report."""
        self._flush()
        if lines is not None and lines > self._line:
            missing = f"line {lines}" if lines == self._line + 1 else f"lines {self._line + 1} to {lines}"
            self._report(0, "", f"cut off at the end: {missing} missing, as the noted head shows")
        elif lines is not None and lines < self._line:
            self._report(lines + 1, "", "added behind the noted head")
        elif head is not None and head != self._stored:
            self._report(0, "", "the last hash is not the noted head: the end was written anew")
        return ChainReport(self._line, self._stored, tuple(self._findings), self._found, self._first)

    def _count(self, number: str, journal_id: str) -> bool:
        """Say whether the line follows the one before; behind a gap its seal cannot be judged."""
        expected = self._line + 1
        self._line = int(number) if number.isascii() and number.isdigit() else expected
        if self._line != expected:
            self._flush()
            self._report(expected, journal_id, f"is missing: line {number} follows line {expected - 1}")
            self._states = None
            return False
        if number != str(expected):
            self._report(expected, journal_id, "its number is not readable")
        return True

    def _judge(self, journal_id: str, word: str) -> None:
        """Report a move that no program makes: sealed or not, it is not how transfers go."""
        if self._states is None:
            return
        before = self._states.get(journal_id)
        if word not in (_FIRST if before is None else _FOLLOWING[before]):
            was = "unknown to the journal" if before is None else before
            self._report(self._line, journal_id, f"a transfer that is {was} cannot become “{word}”")
        if word in _FOLLOWING:
            self._states[journal_id] = word

    def _flush(self) -> None:
        if self._doubt is not None:
            self._report(self._doubt.line, self._doubt.journal_id, self._doubt.what)
            self._doubt = None

    def _report(self, line: int, journal_id: str, what: str) -> None:
        self._found += 1
        if len(self._findings) < MOST_FINDINGS:
            self._findings.append(ChainFinding(line, journal_id, what))
