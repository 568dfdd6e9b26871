"""The operator's preferences about the program itself: looks, notifications, shortcuts; one TOML file.

What a whole profile shares with the command line (locking, the daily checks, the currency of totals, the
read-only switch) is kept in the profile's database and is not here. The file is for people: every field
may be left out, and one that nobody knows is refused, so that a typing mistake does not pass for a choice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, NoReturn

from kraken_desk.domain.errors import InputError
from kraken_desk.domain.toml_text import toml_document
from kraken_desk.domain.values import dataclass

LARGEST_FILE = 200_000
"""Characters; the usual file has some hundreds."""

FONT_PERCENTS = range(80, 201)
THEMES = ("system", "dark", "light")
_MOST_LOW = 200
_LOOKS = ("theme", "density", "reduced_motion", "font_percent", "hidden_from_capture")


class Density(StrEnum):
    """How close the rows of tables stand."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


class NoticeKind(StrEnum):
    """What a native notification may be about; the value is its name in the file."""

    EXPIRY = "expiry"
    DRIFT = "drift"
    FOREIGN_USE = "foreign_use"
    LOCKOUT_END = "lockout_end"
    UNKNOWN_TRANSFER = "unknown_transfer"
    LOW_BALANCE = "low_balances"

    @property
    def label(self) -> str:
        return {
            NoticeKind.EXPIRY: "Dates that come near: expiry, rotation, dormancy",
            NoticeKind.DRIFT: "Changes of a key at Kraken (drift)",
            NoticeKind.FOREIGN_USE: "Signs that somebody else uses a key",
            NoticeKind.LOCKOUT_END: "The end of a lockout",
            NoticeKind.UNKNOWN_TRANSFER: "Transfers whose outcome is unknown",
            NoticeKind.LOW_BALANCE: "Balances below their threshold",
        }[self]


class WhileLocked(StrEnum):
    """What notifications say while the window is locked."""

    NOTHING = "nothing"
    NO_NAMES = "no_names"
    NAMES = "names"


@dataclass(frozen=True, slots=True)
class LowBalance:
    """Below `least` units of an asset an account is low; `account` is its label, IIBAN or Futures uid."""

    account: str
    asset: str
    least: Decimal


@dataclass(frozen=True, slots=True)
class Preferences:
    """`font_percent` scales the desktop's own font; `shortcuts` are those that differ from the usual.

    A shortcut of "" takes an act its key. `amounts` lets notifications name amounts.
    `hidden_from_capture` keeps windows out of screenshots and shared screens, where the system can.
    """

    theme: str = "system"
    density: Density = Density.COMFORTABLE
    reduced_motion: bool = False
    font_percent: int = 100
    notices: frozenset[NoticeKind] = frozenset(NoticeKind)
    amounts: bool = False
    while_locked: WhileLocked = WhileLocked.NOTHING
    low_balances: tuple[LowBalance, ...] = ()
    shortcuts: tuple[tuple[str, str], ...] = ()
    hidden_from_capture: bool = False


def preferences_from(text: str) -> Preferences:
    """Read a file; raises InputError with the line and what is wrong there."""
    if len(text) > LARGEST_FILE:
        raise _refused(f"it has more than {LARGEST_FILE} characters")
    try:
        document = toml_document(text)
    except ValueError as error:
        raise _refused(str(error)[:200]) from None
    return _Reader(text).read(document)


def preferences_text(preferences: Preferences) -> str:
    """Write the file; the same preferences give the same text."""
    p = preferences
    lines = [
        "# Settings of Kraken Desk: looks, notifications, shortcuts. Every line may be left out.",
        "# The program reads this file when it starts and writes it when a setting is changed.",
        "",
        "[appearance]",
        f'theme = "{p.theme}"  # system, dark, light',
        f'density = "{p.density}"  # comfortable, compact',
        f"reduced_motion = {_word(p.reduced_motion)}",
        f"font_percent = {p.font_percent}  # of the desktop's own font, 80 to 200",
        f"hidden_from_capture = {_word(p.hidden_from_capture)}  # not on Linux",
        "",
        "[notifications]",
        *(f"{kind} = {_word(kind in p.notices)}" for kind in NoticeKind),
        f"amounts = {_word(p.amounts)}  # may notifications name amounts",
        f'while_locked = "{p.while_locked}"  # nothing, no_names, names',
    ]
    for low in p.low_balances:
        lines += ["", "[[notifications.low_balance]]", f"account = {_quoted(low.account)}"]
        lines += [f"asset = {_quoted(low.asset)}", f'least = "{low.least:f}"']
    if p.shortcuts:
        lines += ["", "[shortcuts]", *(f"{_quoted(name)} = {_quoted(keys)}" for name, keys in p.shortcuts)]
    return "\n".join(lines) + "\n"


def checked_low(account: str, asset: str, least: str) -> LowBalance:
    """Return a threshold as it was typed; raises InputError."""
    clean = " ".join(account.split())
    if not clean or len(clean) > 120:
        raise InputError("Which account?", "The account's name is missing or too long.", "Choose one.")
    if not re.fullmatch(r"[A-Za-z0-9.:_-]{1,24}", asset.strip()):
        raise InputError("Which asset?", "An asset is written like USD or XBT.", "Write its code.")
    try:
        amount = Decimal(least.strip())
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount <= 0 or amount.adjusted() > 18 or len(least) > 60:
        raise InputError("No such threshold", "A threshold is an amount above zero.", "Write it like 2500.")
    return LowBalance(clean, asset.strip().upper(), amount)


class _Reader:
    """Reads the document and knows the text, so that what is wrong is named with its line."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()

    def read(self, document: Mapping[str, Any]) -> Preferences:
        self._known(document, "", {"appearance", "notifications", "shortcuts"})
        looks = self._table(document, "appearance")
        self._known(looks, "appearance", {*_LOOKS})
        told = self._table(document, "notifications")
        self._known(told, "notifications", {*NoticeKind, "amounts", "while_locked", "low_balance"})
        usual = Preferences()
        return Preferences(
            theme=self._choice(looks, "appearance", "theme", THEMES, usual.theme),
            density=Density(self._choice(looks, "appearance", "density", tuple(Density), usual.density)),
            reduced_motion=self._switch(looks, "appearance", "reduced_motion", default=False),
            font_percent=self._percent(looks),
            hidden_from_capture=self._switch(looks, "appearance", "hidden_from_capture", default=False),
            notices=frozenset(k for k in NoticeKind if self._switch(told, "notifications", k, default=True)),
            amounts=self._switch(told, "notifications", "amounts", default=False),
            while_locked=WhileLocked(
                self._choice(told, "notifications", "while_locked", tuple(WhileLocked), usual.while_locked)
            ),
            low_balances=self._low(told),
            shortcuts=self._shortcuts(self._table(document, "shortcuts")),
        )

    def _known(self, table: Mapping[str, Any], place: str, known: set[str]) -> None:
        for name in table:
            if name not in known:
                self._wrong(place, name, f"nobody knows “{name[:40]}”; known: {', '.join(sorted(known))}")

    def _table(self, document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        found = document.get(name, {})
        if not isinstance(found, dict):
            self._wrong("", name, f"“{name}” is a table: write [{name}] on a line of its own")
        return found

    def _choice(
        self, table: Mapping[str, Any], place: str, name: str, known: tuple[str, ...], usual: str
    ) -> str:
        found = table.get(name, usual)
        if found not in known:
            self._wrong(place, name, f"{name} is one of {', '.join(known)}")
        return str(found)

    def _switch(self, table: Mapping[str, Any], place: str, name: str, *, default: bool) -> bool:
        found = table.get(name, default)
        if not isinstance(found, bool):
            self._wrong(place, name, f"{name} is true or false, without quotes")
        return found

    def _percent(self, table: Mapping[str, Any]) -> int:
        found = table.get("font_percent", 100)
        if not isinstance(found, int) or isinstance(found, bool) or found not in FONT_PERCENTS:
            self._wrong("appearance", "font_percent", "font_percent is a whole number from 80 to 200")
        return found

    def _low(self, table: Mapping[str, Any]) -> tuple[LowBalance, ...]:
        entries = table.get("low_balance", [])
        if not isinstance(entries, list) or len(entries) > _MOST_LOW:
            self._wrong(
                "notifications", "low_balance", f"low_balance is a list of at most {_MOST_LOW} tables"
            )
        try:
            return tuple(_one_low(entry) for entry in entries)
        except InputError as error:
            why = f"{error.title.rstrip('?.').lower()}: {error.detail}".rstrip(".")
            self._wrong("notifications", "low_balance", why)

    def _shortcuts(self, table: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        for name, keys in table.items():
            if not isinstance(keys, str) or len(keys) > 60 or len(name) > 80:
                self._wrong("shortcuts", name, "a shortcut is written in quotes, like “Ctrl+Shift+R”")
        return tuple(sorted(table.items()))

    def _wrong(self, place: str, name: str, why: str) -> NoReturn:
        line = _line_of(self._lines, place, name)
        raise _refused(f"line {line}: {why}" if line else why)


def _one_low(entry: object) -> LowBalance:
    if not isinstance(entry, dict) or set(entry) != {"account", "asset", "least"}:
        raise InputError("A threshold", "It has an account, an asset and a least amount.")
    return checked_low(str(entry["account"]), str(entry["asset"]), str(entry["least"]))


def _line_of(lines: list[str], place: str, name: str) -> int:
    """Return the number of the line on which a name stands in its table, 0 when it cannot be told."""
    inside = not place
    for number, line in enumerate(lines, 1):
        text = line.strip()
        head = text.startswith("[")
        if head:
            table = text.strip("[]# ").strip()
            if table in {name, f"{place}.{name}"}:
                return number
            inside = table == place
        if inside and re.match(rf"[\"']?{re.escape(name)}[\"']?\s*=", text):
            return number
    return 0


def _refused(why: str) -> InputError:
    return InputError(
        "The settings file cannot be used",
        f"{why[0].upper()}{why[1:]}.",
        "The usual settings apply until it is mended. Nothing in it was changed.",
    )


def _word(value: bool) -> str:
    return "true" if value else "false"


def _quoted(text: str) -> str:
    """Return a text as a TOML basic string."""
    inner = "".join(
        f"\\u{ord(c):04X}" if ord(c) < 32 or c == "\x7f" else {'"': '\\"', "\\": "\\\\"}.get(c, c)
        for c in text
    )
    return f'"{inner}"'
