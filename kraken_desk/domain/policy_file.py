"""A policy as one TOML file: written in one order and form, read strictly.

A field that nobody knows is refused, so that a typing mistake does not leave something unjudged.
Errors name the line where it can be found; the file may come from anybody.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict
from decimal import Decimal
from typing import Any, TypeVar

from kraken_desk.domain.accounts import AccountKind
from kraken_desk.domain.clients import known_client
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.hosts import normal_address
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.limits import LimitKind
from kraken_desk.domain.money import parse_quantity, plain_text
from kraken_desk.domain.plain_names import LONGEST_REMARK, plain_line, plain_name
from kraken_desk.domain.policy import (
    DeclaredAccount,
    DeclaredHost,
    DeclaredKey,
    DeclaredLimit,
    DeclaredProcess,
    Policy,
)
from kraken_desk.domain.role_file import role_document, role_from
from kraken_desk.domain.roles import Role, checked
from kraken_desk.domain.toml_text import toml_document

LARGEST_FILE = 1_000_000
"""Bytes; a fleet of a thousand keys has some two hundred thousand."""

VERSION = 1
_MOST_ENTRIES = 20_000
_TOP = ("version", "environment", "account", "process", "key", "host", "role", "limit")
_HEAD = """\
# A policy of Kraken Desk: what there is to be. kraken-desk audit --policy FILE tells what differs.
# A kind of thing that is left out altogether is not judged; an empty list means that there is to be none.
"""

T = TypeVar("T")
Entry = dict[str, Any]


def policy_text(policy: Policy) -> str:
    """Write a policy; the same policy gives the same text."""
    kinds = _documents(policy)
    lines = [f"version = {VERSION}", f"environment = {_value(policy.environment)}"]
    lines += [f"{kind} = []" for kind, entries in kinds.items() if entries == []]
    parts = [_HEAD, "\n".join(lines) + "\n"]
    for kind, entries in kinds.items():
        for entry in entries or ():
            fields = [f"{name} = {_value(value)}" for name, value in entry.items() if _said(value)]
            parts.append(f"\n[[{kind}]]\n" + "\n".join(fields) + "\n")
    return "".join(parts)


def policy_from(text: str) -> Policy:
    """Read a policy; raises InputError that names line, entry and field."""
    if len(text) > LARGEST_FILE:
        raise _wrong("it is far too long for a policy")
    try:
        document = toml_document(text)
    except ValueError as error:
        raise _wrong(f"it is no TOML: {str(error)[:160]}") from None
    return _Reader(text, document).policy()


class _Reader:
    """Reads the tables of a file, and knows the line of what is wrong."""

    def __init__(self, text: str, document: Entry) -> None:
        self._text = text
        self._document = document

    def policy(self) -> Policy:
        strange = sorted(set(self._document) - set(_TOP))
        if strange:
            raise _wrong(f"“{strange[0][:40]}” is no part of a policy (known: {', '.join(_TOP)})")
        if self._document.get("version") != VERSION or self._document.get("version") is True:
            raise _wrong(f"“version” is not {VERSION}")
        name = self._document.get("environment")
        if not isinstance(name, str) or not name.strip():
            raise _wrong("“environment” is no name")
        return Policy(
            environment=EnvironmentName(name.strip()),
            accounts=self._each("account", ("name", "kind"), _account, lambda a: a.name),
            processes=self._each("process", ("name", "hosts"), _process, lambda p: p.name),
            keys=self._each(
                "key", ("name", "account", "venue", "process", "role", "client"), _key, lambda k: k.name
            ),
            hosts=self._each("host", ("name", "addresses"), _host, lambda h: h.name),
            roles=self._each("role", None, _role, lambda r: r.role_id),
            limits=self._each(
                "limit", ("kind", "from", "to", "currency", "amount", "seconds"), _limit, lambda x: x.text
            ),
        )

    def _each(
        self,
        kind: str,
        fields: tuple[str, ...] | None,
        read: Callable[[Entry], T],
        name_of: Callable[[T], str],
    ) -> tuple[T, ...] | None:
        entries = self._document.get(kind)
        if entries is None:
            return None
        if not isinstance(entries, list):
            raise _wrong(f"“{kind}” is no list of tables")
        if len(entries) > _MOST_ENTRIES:
            raise _wrong(f"it has more than {_MOST_ENTRIES:,} entries “{kind}”")
        found: dict[str, T] = {}
        for place, entry in enumerate(entries):
            item = self._one(kind, place, entry, fields, read)
            name = name_of(item).casefold()
            if name in found:
                raise self._at(kind, place, "name", f"“{name_of(item)[:60]}” stands in it twice")
            found[name] = item
        return tuple(found[name] for name in sorted(found))

    def _one(
        self, kind: str, place: int, entry: Any, fields: tuple[str, ...] | None, read: Callable[[Entry], T]
    ) -> T:
        if not isinstance(entry, dict):
            raise self._at(kind, place, "", "it is no table of fields")
        strange = sorted(set(entry) - set(fields)) if fields is not None else []
        if strange:
            raise self._at(kind, place, strange[0], f"the field “{strange[0][:40]}” is not known")
        try:
            return read(entry)
        except _FieldError as error:
            raise self._at(kind, place, error.field, error.why) from None
        except InputError as error:
            raise self._at(kind, place, "", f"{error.title}. {error.detail}") from None

    def _at(self, kind: str, place: int, field: str, why: str) -> InputError:
        line = _line_of(self._text, kind, place, field)
        where = f"line {line}, " if line else ""
        named = f", field “{field[:40]}”" if field else ""
        return _wrong(f"{where}{kind} {place + 1}{named}: {why.rstrip('.')}")


class _FieldError(Exception):
    """A field cannot be used."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field
        self.why = why


def _account(entry: Entry) -> DeclaredAccount:
    return DeclaredAccount(
        _name(entry), _choice(entry, "kind", [kind.value for kind in AccountKind], AccountKind.SUBACCOUNT)
    )


def _process(entry: Entry) -> DeclaredProcess:
    return DeclaredProcess(_name(entry), tuple(sorted(set(_texts(entry, "hosts")))))


def _key(entry: Entry) -> DeclaredKey:
    return DeclaredKey(
        name=_name(entry),
        account=_needed(entry, "account"),
        venue=_choice(entry, "venue", [venue.value for venue in Venue], ""),
        process=_text(entry, "process"),
        role=_text(entry, "role"),
        client=_tried("client", lambda: known_client(_text(entry, "client"))),
    )


def _host(entry: Entry) -> DeclaredHost:
    given = _texts(entry, "addresses")
    if not given:
        raise _FieldError("addresses", "a host has at least one address")
    addresses = _tried("addresses", lambda: {normal_address(address) for address in given})
    return DeclaredHost(_name(entry), tuple(sorted(addresses)))


def _role(entry: Entry) -> Role:
    return checked(role_from(entry))


def _limit(entry: Entry) -> DeclaredLimit:
    amount = _text(entry, "amount")
    seconds = entry.get("seconds", 0)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 <= seconds <= 10**9:
        raise _FieldError("seconds", "it is no whole number of seconds")
    quantity: Decimal | None = _tried("amount", lambda: parse_quantity(amount)) if amount else None
    return DeclaredLimit(
        kind=_choice(entry, "kind", [kind.value for kind in LimitKind], ""),
        source=_text(entry, "from"),
        destination=_text(entry, "to"),
        currency=_text(entry, "currency").upper(),
        amount=plain_text(quantity) if quantity is not None else "",
        seconds=seconds,
    )


def _name(entry: Entry) -> str:
    text = _needed(entry, "name")
    return _tried("name", lambda: plain_name(text, what="A name"))


def _needed(entry: Entry, field: str) -> str:
    text = _text(entry, field)
    if not text:
        raise _FieldError(field, "it is missing")
    return text


def _text(entry: Entry, field: str) -> str:
    value = entry.get(field, "")
    if not isinstance(value, str):
        raise _FieldError(field, "it is no text")
    return _clean(field, value)


def _clean(field: str, text: str) -> str:
    return _tried(field, lambda: plain_line(text, what="It", longest=LONGEST_REMARK))


def _texts(entry: Entry, field: str) -> list[str]:
    value = entry.get(field, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _FieldError(field, "it is no list of texts")
    return [_clean(field, item) for item in value]


def _choice(entry: Entry, field: str, choices: list[str], absent: str) -> str:
    value = _text(entry, field) or absent
    if value not in choices:
        raise _FieldError(field, f"it is one of {', '.join(choices)}")
    return value


def _tried(field: str, work: Callable[[], T]) -> T:
    """Do something for a field, and name the field in what goes wrong."""
    try:
        return work()
    except InputError as error:
        raise _FieldError(field, error.detail or error.title) from None


def _documents(policy: Policy) -> dict[str, list[Entry] | None]:
    """Return the entries by kind, in the order of the file; None for a kind that is not declared."""

    def plain(items: Iterable[Any] | None) -> list[Entry] | None:
        return None if items is None else [asdict(item) for item in items]

    limits = plain(policy.limits)
    for limit in limits or ():
        limit["from"], limit["to"] = limit.pop("source"), limit.pop("destination")
    return {
        "account": plain(policy.accounts),
        "process": plain(policy.processes),
        "key": plain(policy.keys),
        "host": plain(policy.hosts),
        "role": None if policy.roles is None else [role_document(role) for role in policy.roles],
        "limit": limits,
    }


def _said(value: object) -> bool:
    """Leave out what is not there; a False of a role is said."""
    return value is False or (value is not None and value not in ("", 0, (), []))


def _value(value: object) -> str:
    """Write text, number, flag or list; JSON's notation is TOML's as well, but for pairs of escapes."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _line_of(text: str, kind: str, place: int, field: str) -> int:
    """Return the line of an entry's field, or of its head; 0 where the file writes it in another way."""
    head = re.compile(rf"\s*\[\[\s*{kind}\s*\]\]")
    wanted = re.compile(rf"""\s*["']?{re.escape(field)}["']?\s*=""") if field else None
    seen, at = -1, 0
    for number, line in enumerate(text.splitlines(), 1):
        if head.match(line):
            seen += 1
            at = number if seen == place else at
        elif line.lstrip().startswith("[") and seen == place:
            break
        elif seen == place and wanted is not None and wanted.match(line):
            return number
        if seen > place:
            break
    return at


def _wrong(why: str) -> InputError:
    return InputError("The policy cannot be used", f"{why[:1].upper()}{why[1:]}.", "Nothing was judged.")
