"""The allowlists from the other side: what each host can use, what falls with it, and every range."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from kraken_desk.domain.allowlist import IpAllowlist, Width
from kraken_desk.domain.audit.blast import Radius, together
from kraken_desk.domain.audit.facts import KeyFacts
from kraken_desk.domain.audit.judgement import Judgement
from kraken_desk.domain.hosts import Host, HostId
from kraken_desk.domain.values import dataclass
from kraken_desk.domain.xray import Entry, lets_in, lets_in_all, strangers, xray

ANY = "any address"
"""Stands for the entry of a list without entries."""


@dataclass(frozen=True, slots=True)
class HostKey:
    """A key that can be used from a host; `whole`: from each of its addresses."""

    ref: str
    account_id: str
    name: str
    account: str
    process: str
    width: Width
    whole: bool


@dataclass(frozen=True, slots=True)
class HostView:
    """A host with what it can use, and what could be lost with it.

    `host` without an id is an address that nobody has named. `own` leaves out the keys that any
    address can use, so that it is what this host adds to the danger. `refused` are Kraken Desk's own keys
    that this machine cannot use; empty for other hosts.
    """

    host: Host
    keys: tuple[HostKey, ...]
    falls: Radius
    own: Radius
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RangeView:
    """One entry of any list: its grade, named hosts inside, the keys that have it, and remarks."""

    text: str
    width: Width
    hosts: tuple[str, ...]
    keys: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HostsView:
    """All hosts and ranges; `silent` keys were never checked, or Kraken reports no list for them."""

    named: tuple[HostView, ...] = ()
    nameless: tuple[HostView, ...] = ()
    ranges: tuple[RangeView, ...] = ()
    silent: int = 0


def hosts_view(judgement: Judgement) -> HostsView:
    """Look at all lists; pure, and slow for a thousand keys."""
    listed = _listed(judgement)
    named = tuple(host_view(host, judgement) for host in judgement.hosts)
    loose = sorted({text for _, list_ in listed for text in strangers(list_, judgement.facts.host_list)})
    nameless = tuple(
        host_view(Host(HostId(""), text, (text,)), judgement) for text in loose if xray_of(text).normal
    )
    return HostsView(named, nameless, _ranges(judgement), len(judgement.keys) - len(listed))


def host_view(host: Host, judgement: Judgement) -> HostView:
    """Say what a host can use, and what falls when it is taken."""
    usable = [(key, list_) for key, list_ in _listed(judgement) if lets_in(list_, host)]
    blast = judgement.exposure.blast
    worths = judgement.exposure.worths
    falls = together((blast.keys[key.subject.ref] for key, _ in usable), worths)
    closed = (blast.keys[key.subject.ref] for key, list_ in usable if list_.width is not Width.OPEN)
    refused = tuple(
        key.slot.name
        for key, list_ in _listed(judgement)
        if host.this_machine and key.slot.is_desk_key and not lets_in(list_, host)
    )
    keys = tuple(_host_key(key, list_, host) for key, list_ in usable)
    return HostView(host, keys, falls, together(closed, worths), refused)


def xray_of(text: str) -> Entry:
    """Look through one entry alone."""
    return xray(IpAllowlist((text,))).entries[0]


def _listed(judgement: Judgement) -> list[tuple[KeyFacts, IpAllowlist]]:
    found = ((key, key.allowlist) for key in judgement.keys if key.known)
    return [(key, list_) for key, list_ in found if list_ is not None]


def _host_key(key: KeyFacts, list_: IpAllowlist, host: Host) -> HostKey:
    subject = key.subject
    return HostKey(
        subject.ref,
        subject.account_id,
        subject.name,
        subject.account,
        subject.process,
        list_.width,
        lets_in_all(list_, host),
    )


def _ranges(judgement: Judgement) -> tuple[RangeView, ...]:
    entries: dict[str, Entry] = {}
    keys: defaultdict[str, list[str]] = defaultdict(list)
    remarks: defaultdict[str, set[str]] = defaultdict(set)
    for key, list_ in _listed(judgement):
        if not list_.entries:
            keys[ANY].append(key.slot.name)
        for entry in xray(list_, judgement.hosts).entries:
            name = entry.normal or entry.text
            entries[name] = entry
            keys[name].append(key.slot.name)
            remarks[name].update(_remarks(entry))
    found = [
        RangeView(
            name,
            entries[name].width if name in entries else Width.OPEN,
            entries[name].hosts if name in entries else (),
            tuple(dict.fromkeys(keys[name])),
            tuple(sorted(remarks[name])),
        )
        for name in keys
    ]
    return tuple(sorted(found, key=lambda view: (-view.width, view.text)))


def _remarks(entry: Entry) -> Iterable[str]:
    if entry.normal is None:
        yield "neither address nor range"
    if entry.inside is not None:
        yield f"does nothing beside {entry.inside}"
    if entry.private:
        yield "private: Kraken never sees it"
    if entry.mapped:
        yield "IPv4 written as IPv6"
    if entry.host_bits:
        yield "a range written by an address inside it"
