"""What may stand where the cursor is in a search: the grammar's words, and values of the fleet."""

from __future__ import annotations

from heapq import nsmallest
from operator import attrgetter

from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.search import Token, tokens
from kraken_desk.domain.search_terms import FIELDS, NONE, Field
from kraken_desk.domain.values import dataclass

MOST = 12
"""More proposals than this are no help; the next letter makes them fewer."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A proposal: `text` replaces what stands between `start` and `end`, `about` explains it."""

    text: str
    about: str
    start: int
    end: int

    def applied(self, whole: str) -> tuple[str, int]:
        """Return the text with the proposal in its place, and where the cursor goes."""
        changed = whole[: self.start] + self.text + whole[self.end :].lstrip()
        return changed, self.start + len(self.text)


def completions(text: str, cursor: int, fleet: FleetSnapshot) -> tuple[Completion, ...]:
    """Propose how the word before the cursor may go on; nothing for a free word that is none of ours."""
    token = next((t for t in tokens(text) if t.start < cursor <= t.end), None)
    if token is None:
        return ()
    if not token.field:
        return _fields(token)
    field = FIELDS.get(token.field)
    return () if field is None else _values(token, field, fleet)


def _fields(token: Token) -> tuple[Completion, ...]:
    begun = token.value.casefold()
    if token.quoted or not begun:
        return ()
    found = [field for name, field in FIELDS.items() if name.startswith(begun)]
    sign = "-" if token.negated else ""
    return tuple(Completion(f"{sign}{f.name}:", f.about, token.start, token.end) for f in found)


def _values(token: Token, field: Field, fleet: FleetSnapshot) -> tuple[Completion, ...]:
    begun = token.value.casefold()
    if field.values:
        found = [pair for pair in field.values if pair[0].casefold().startswith(begun)]
    else:
        found = [(value, "") for value in _begun(begun, _of_fleet(field.name, fleet))]
    sign = "-" if token.negated else ""
    return tuple(
        Completion(f"{sign}{field.name}:{_quoted(value)} ", about, token.start, token.end)
        for value, about in found[:MOST]
    )


def _begun(begun: str, values: set[str]) -> list[str]:
    """Return values that begin so, the way to ask for none, and values that hold it further on.

    Of ten thousand values only those that are proposed are sorted: a keystroke waits for it.
    """
    folded = [(value.casefold(), value) for value in values if value]
    found = nsmallest(MOST, [pair for pair in folded if pair[0].startswith(begun)])
    named = [value for _, value in found]
    if "" in values and NONE.startswith(begun):
        named.append(NONE)
    if begun and len(named) < MOST:
        named += [value for _, value in nsmallest(MOST, [p for p in folded if p[0].find(begun) > 0])]
    return named


def _of_fleet(name: str, fleet: FleetSnapshot) -> set[str]:
    """Return what stands in a field; the empty text when some key has nothing there."""
    accounts = fleet.accounts()
    if name == "tag":
        return {tag for node in accounts for tag in node.account.tags}
    if name == "account":
        return {node.account.label for node in accounts}
    read = attrgetter({"process": "process", "role": "role", "client": "client"}[name])
    return {read(key.slot) for node in accounts for key in node.keys}


def _quoted(value: str) -> str:
    """Return a value as the grammar reads it; a quote inside it cannot be written and is left out."""
    clean = value.replace('"', "")
    return f'"{clean}"' if " " in clean else clean
