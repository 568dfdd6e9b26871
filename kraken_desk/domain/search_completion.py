"""What may stand where the cursor is in a search: the grammar's words, and values of the fleet."""

from __future__ import annotations

from collections.abc import Iterable

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
    values = field.values or tuple((value, "") for value in _of_fleet(field.name, fleet))
    folded = [pair[0].casefold() for pair in values]
    found = [pair for pair, text in zip(values, folded, strict=True) if text.startswith(begun)]
    if not field.values and begun:
        found += [pair for pair, text in zip(values, folded, strict=True) if text.find(begun) > 0]
    sign = "-" if token.negated else ""
    return tuple(
        Completion(f"{sign}{field.name}:{_quoted(value)} ", about, token.start, token.end)
        for value, about in found[:MOST]
    )


def _of_fleet(name: str, fleet: FleetSnapshot) -> list[str]:
    if name == "tag":
        return _sorted(tag for node in fleet.accounts() for tag in node.account.tags)
    if name == "account":
        return _sorted(node.account.label for node in fleet.accounts())
    nodes = fleet.keys()
    slots = [node.slot for node in nodes]
    read = {"process": "process", "role": "role", "client": "client"}[name]
    found = _sorted(str(getattr(slot, read)) for slot in slots)
    return [*found, NONE] if any(not getattr(slot, read) for slot in slots) else found


def _sorted(values: Iterable[str]) -> list[str]:
    return sorted({value for value in values if value}, key=str.casefold)


def _quoted(value: str) -> str:
    """Return a value as the grammar reads it; a quote inside it cannot be written and is left out."""
    clean = value.replace('"', "")
    return f'"{clean}"' if " " in clean else clean
