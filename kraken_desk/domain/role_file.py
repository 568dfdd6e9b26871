"""Roles as one file, TOML or JSON, that a person can edit and a program can compare.

Both forms hold the same: a list `role` of tables. A field that is left out has its plain value; a
field that nobody knows is refused, so that a typing mistake does not weaken a role silently.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from kraken_desk.domain.allowlist import Width
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.rights import RightId, in_order, right_named
from kraken_desk.domain.roles import Role, Streaming, checked
from kraken_desk.domain.toml_text import toml_document

LARGEST_FILE = 1_000_000
"""Characters; a table of roles has some thousands."""

_FIELDS = {
    "id",
    "name",
    "about",
    "spot",
    "futures",
    "optional",
    "websocket",
    "allowlist",
    "nonce_window_s",
    "rotation_days",
    "expiry_days",
    "aliases",
    "for_desk",
}


class FileForm(StrEnum):
    """The two forms of a file of roles."""

    TOML = "toml"
    JSON = "json"


def roles_text(roles: tuple[Role, ...], form: FileForm) -> str:
    """Write roles as a file; the same roles give the same text."""
    documents = [role_document(role) for role in roles]
    if form is FileForm.JSON:
        return json.dumps({"role": documents}, indent=2, ensure_ascii=False) + "\n"
    head = "# Roles of Kraken Desk: the rights a kind of process needs, and the shape of its key.\n"
    return head + "".join(_toml_table(document) for document in documents)


def roles_from(text: str, form: FileForm) -> tuple[Role, ...]:
    """Read a file of roles; raises InputError that names the role and what is wrong with it."""
    entries = _entries(text, form)
    roles: list[Role] = []
    for entry in entries:
        role = checked(role_from(entry), tuple(roles))
        if any(role.role_id == other.role_id for other in roles):
            raise _wrong(f"the role “{role.role_id}” stands in it twice")
        roles.append(role)
    return tuple(roles)


def role_document(role: Role) -> dict[str, Any]:
    """Return a role as plain values; None stands for “not asked”."""
    return {
        "id": role.role_id,
        "name": role.name,
        "about": role.about,
        "spot": list(in_order(role.spot)),
        "futures": list(in_order(role.futures)),
        "optional": list(in_order(role.optional)),
        "websocket": role.streaming.value,
        "allowlist": role.width.word,
        "nonce_window_s": format(role.window_s, "f"),
        "rotation_days": role.rotation_days,
        "expiry_days": role.expiry_days,
        "aliases": list(role.aliases),
        "for_desk": role.for_desk,
    }


def role_from(entry: Any) -> Role:
    """Read one role of a file; rights may be given by any of Kraken's names."""
    if not isinstance(entry, dict):
        raise _wrong("a role is a table of fields")
    name = entry.get("id")
    if not isinstance(name, str):
        raise _wrong("a role has no id")
    strange = sorted(set(entry) - _FIELDS)
    if strange:
        raise _wrong(f"the role “{name}” has a field “{strange[0]}” that is not known")
    return Role(
        role_id=name,
        name=_text(entry, "name", name),
        about=_text(entry, "about", ""),
        spot=_rights(entry, "spot"),
        futures=_rights(entry, "futures"),
        optional=_rights(entry, "optional"),
        streaming=Streaming(_choice(entry, "websocket", [s.value for s in Streaming], "none")),
        width=Width.named(_choice(entry, "allowlist", [w.word for w in Width], Width.HOST.word)),
        window_s=_seconds(entry),
        rotation_days=_days(entry, "rotation_days"),
        expiry_days=_days(entry, "expiry_days"),
        aliases=tuple(_texts(entry, "aliases")),
        for_desk=_flag(entry, "for_desk"),
    )


def _entries(text: str, form: FileForm) -> list[Any]:
    if len(text) > LARGEST_FILE:
        raise _wrong("it is far too long for a table of roles")
    try:
        document = toml_document(text) if form is FileForm.TOML else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong(f"it is no {form.value.upper()} ({str(error)[:120]})") from None
    entries = document.get("role") if isinstance(document, dict) else None
    if not isinstance(entries, list) or set(document) != {"role"}:
        raise _wrong("it must hold a list “role” and nothing else")
    return entries


def _text(entry: dict[str, Any], field: str, absent: str) -> str:
    value = entry.get(field, absent)
    if not isinstance(value, str):
        raise _wrong(f"“{field}” of “{entry['id']}” is no text")
    return value


def _texts(entry: dict[str, Any], field: str) -> list[str]:
    value = entry.get(field, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _wrong(f"“{field}” of “{entry['id']}” is no list of texts")
    return value


def _rights(entry: dict[str, Any], field: str) -> frozenset[RightId]:
    return frozenset(right_named(name).right_id for name in _texts(entry, field))


def _choice(entry: dict[str, Any], field: str, choices: list[str], absent: str) -> str:
    value = _text(entry, field, absent)
    if value not in choices:
        raise _wrong(f"“{field}” of “{entry['id']}” is one of {', '.join(choices)}")
    return value


def _seconds(entry: dict[str, Any]) -> Decimal:
    value = entry.get("nonce_window_s", "0")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _wrong(f"“nonce_window_s” of “{entry['id']}” is no number of seconds")
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise _wrong(f"“nonce_window_s” of “{entry['id']}” is no number of seconds") from None


def _days(entry: dict[str, Any], field: str) -> int | None:
    value = entry.get(field)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise _wrong(f"“{field}” of “{entry['id']}” is no whole number of days")
    return value


def _flag(entry: dict[str, Any], field: str) -> bool:
    value = entry.get(field, False)
    if not isinstance(value, bool):
        raise _wrong(f"“{field}” of “{entry['id']}” is neither true nor false")
    return value


def _toml_table(document: dict[str, Any]) -> str:
    lines = [f"{name} = {_toml_value(value)}" for name, value in document.items() if value is not None]
    return "\n[[role]]\n" + "\n".join(lines) + "\n"


def _toml_value(value: Any) -> str:
    """Write text, number, flag or list; JSON's notation of these is TOML's as well."""
    return json.dumps(value, ensure_ascii=False)


def _wrong(why: str) -> InputError:
    return InputError(
        "The file of roles cannot be used", f"{why[:1].upper()}{why[1:]}.", "Nothing was changed."
    )
