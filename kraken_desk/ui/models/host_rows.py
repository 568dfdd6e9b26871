"""The lines of the hosts pane as plain values."""

from __future__ import annotations

from decimal import Decimal

from kraken_desk.domain.allowlist import Width
from kraken_desk.domain.audit.host_view import HostsView, HostView, RangeView
from kraken_desk.domain.money import Amount, Asset
from kraken_desk.domain.worth import rounded
from kraken_desk.ui.formatting import count
from kraken_desk.ui.theme.tokens import Tone
from kraken_desk.ui.widgets.grouped_table import Cell, Column, Group, Row

HOST_COLUMNS = (
    Column("Host", 150, grow=1),
    Column("Addresses", 190, grow=2),
    Column("Keys", 56, right=True),
    Column("Falls if taken", 150, right=True),
    Column("Without open keys", 150, optional=True, right=True),
    Column("Note", 140, grow=1, optional=True),
)
RANGE_COLUMNS = (
    Column("Address or range", 190, grow=1),
    Column("Grade", 130),
    Column("Hosts", 130, grow=1, optional=True),
    Column("Keys", 200, grow=2),
    Column("Remarks", 210, grow=2, optional=True),
)
OWN_TIP = "What the host adds to the danger: keys that any address can use are left out"
WIDTH_TONES = {
    Width.HOST: Tone.OK,
    Width.FEW: Tone.OK,
    Width.NETWORK: Tone.INFO,
    Width.WIDE: Tone.WARN,
    Width.OPEN: Tone.DANGER,
}


def money(value: Decimal | None, currency: Asset) -> str:
    """Write what could be lost; what is not known is no zero."""
    return "not known" if value is None else str(Amount(rounded(value, currency), currency))


def host_key(view: HostView) -> str:
    """Return what tells a row of a host from all others."""
    return view.host.host_id or f"address:{view.host.name}"


def host_groups(view: HostsView, currency: Asset, words: str) -> tuple[Group, ...]:
    """Return this machine first, then the named hosts, then what nobody has named."""
    here = [v for v in view.named if v.host.this_machine]
    others = [v for v in view.named if not v.host.this_machine]
    groups = (
        ("This machine", "as you typed it in; nobody is asked", here),
        ("Hosts", "", others),
        ("Without a name", "addresses of allowlists that are on no host", list(view.nameless)),
    )
    found = []
    for title, note, views in groups:
        rows = tuple(_host_row(v, currency) for v in views if _matches(words, _host_words(v)))
        if rows:
            found.append(Group(title, note or count(len(rows), "host"), rows))
    return tuple(found)


def range_groups(view: HostsView, words: str) -> tuple[Group, ...]:
    """Return the ranges below the head of their grade, the widest first."""
    found = []
    for width in reversed(Width):
        rows = tuple(
            _range_row(line)
            for line in view.ranges
            if line.width is width and _matches(words, (line.text, *line.hosts, *line.keys, *line.remarks))
        )
        if rows:
            found.append(Group(width.word.capitalize(), count(len(rows), "entry", "entries"), rows))
    return tuple(found)


def _host_row(view: HostView, currency: Asset) -> Row:
    falls, own = view.falls.worst, view.own.worst
    named, addresses = bool(view.host.host_id), ", ".join(view.host.addresses)
    return Row(
        host_key(view),
        (
            Cell(view.host.name, mono=not named),
            Cell(addresses if named else "", Tone.MUTED, "\n".join(view.host.addresses), mono=True),
            Cell(str(len(view.keys)), tip="\n".join(key.name for key in view.keys)),
            Cell(money(falls, currency), Tone.DANGER if falls else Tone.MUTED, "\n".join(view.falls.why)),
            Cell(money(own, currency), Tone.PLAIN if own else Tone.MUTED, OWN_TIP),
            Cell(view.host.note, Tone.MUTED),
        ),
        view,
    )


def _range_row(line: RangeView) -> Row:
    return Row(
        line.text,
        (
            Cell(line.text, mono=line.width is not Width.OPEN or "/" in line.text),
            Cell(line.width.word, WIDTH_TONES[line.width], badge=True),
            Cell(", ".join(line.hosts) or "none named", Tone.MUTED),
            Cell(", ".join(line.keys), tip="\n".join(line.keys)),
            Cell("; ".join(line.remarks), Tone.WARN),
        ),
        line,
    )


def _host_words(view: HostView) -> tuple[str, ...]:
    host = view.host
    return (host.name, host.note, *host.addresses, *(key.name for key in view.keys))


def _matches(words: str, texts: tuple[str, ...]) -> bool:
    text = " ".join(texts).casefold()
    return all(word in text for word in words.casefold().split())
