"""The permission matrix: keys by rights, with what the role lacks, has too much of, and what is dangerous."""

from __future__ import annotations

from enum import StrEnum

from kraken_desk.domain.abilities import what_it_can_do
from kraken_desk.domain.audit.facts import FleetFacts, KeyFacts
from kraken_desk.domain.rights import RIGHTS, Right, RightId, Risk
from kraken_desk.domain.values import dataclass


class Mark(StrEnum):
    """What stands in a cell: how a key has a right, and what its role says to that."""

    HELD = "held"
    SURPLUS = "surplus"
    MISSING = "missing"
    NONE = ""
    NOT_APPLICABLE = "n/a"
    NOT_KNOWN = "?"


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One key: its marks in the order of the matrix's rights, and what the form cannot show.

    `dangerous` are the held rights of high or critical risk; `unknown` the rights outside the
    vocabulary; `sentence` is what the key can do, "" while it was never checked.
    """

    ref: str
    name: str
    account: str
    process: str
    role: str
    venue: str
    marks: tuple[Mark, ...]
    dangerous: frozenset[RightId]
    unknown: tuple[str, ...]
    sentence: str

    def has(self, *marks: Mark) -> bool:
        return any(mark in marks for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Matrix:
    """The rights as columns, the keys as rows, sorted by account and name."""

    rights: tuple[Right, ...]
    rows: tuple[MatrixRow, ...]


def matrix_of(facts: FleetFacts) -> Matrix:
    """Build the matrix of all keys."""
    rows = sorted(map(_row, facts.keys), key=lambda row: (row.account, row.name, row.ref))
    return Matrix(RIGHTS, tuple(rows))


def _row(key: KeyFacts) -> MatrixRow:
    held = key.rights if key.known else frozenset()
    return MatrixRow(
        ref=key.subject.ref,
        name=key.slot.name,
        account=key.subject.account,
        process=key.slot.process,
        role=key.role.name if key.role is not None else key.slot.role,
        venue=key.slot.venue.value,
        marks=tuple(_mark(key, right) for right in RIGHTS),
        dangerous=frozenset(r.right_id for r in RIGHTS if r.right_id in held and r.risk >= Risk.HIGH),
        unknown=key.unknown if key.known else (),
        sentence=what_it_can_do(key.info.permissions, key.kind) if key.known else "",
    )


def _mark(key: KeyFacts, right: Right) -> Mark:
    if right.venue is not key.slot.venue:
        return Mark.NOT_APPLICABLE
    if not key.known:
        return Mark.NOT_KNOWN
    if right.right_id in key.rights:
        tolerated = key.role is None or right.right_id in key.role.tolerated(key.slot.venue)
        return Mark.HELD if tolerated else Mark.SURPLUS
    missing = key.role is not None and right.right_id in key.role.needed(key.slot.venue)
    return Mark.MISSING if missing else Mark.NONE
