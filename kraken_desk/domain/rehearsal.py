"""Rehearsals: which configurations of a key have worked in lower environments, and what that leaves open.

A configuration is everything about a key that can be got wrong: venue, role, rights, the shape of the
allowlist, client and nonce window. Never the key itself: nothing of a lower environment's key or
secret goes with a promotion.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.environments import (
    Environment,
    EnvironmentKind,
    EnvironmentName,
    is_loopback,
    origin_of,
)
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.keys import ApiKeyInfo, KeySlot, SlotId, Venue
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.domain.rights import RightId, in_order, label_of, right_ids
from kraken_desk.domain.values import dataclass

STALE = timedelta(days=90)
"""A rehearsal of this age says little about the present client and the present Kraken."""

_RANKS = {
    EnvironmentKind.DEMO: 0,
    EnvironmentKind.CUSTOM: 1,
    EnvironmentKind.UAT: 2,
    EnvironmentKind.PRODUCTION: 3,
}


class Call(StrEnum):
    """What has been seen to work."""

    CHECK = "signed check"
    RUN = "run by its process"


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a rehearsal has to share with a key; `window` is in ticks, as Kraken reports it."""

    venue: Venue
    process: str
    role: str
    client: str
    rights: tuple[RightId, ...]
    width: str
    window: str

    def matches(self, other: Configuration) -> bool:
        """Say whether a rehearsal of `other` was one of this; whose process it was does not matter."""
        return self.essence == other.essence

    @property
    def essence(self) -> tuple[str, str, str, tuple[RightId, ...], str, str]:
        return (self.venue, self.role.casefold(), self.client, self.rights, self.width, self.window)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One configuration that worked: by which call, how often, from when to when."""

    environment: EnvironmentName
    slot_id: SlotId
    name: str
    configuration: Configuration
    call: Call
    first_at: datetime
    last_at: datetime
    count: int = 1


def configuration_of(slot: KeySlot, info: ApiKeyInfo) -> Configuration:
    """Return a key's configuration as it is declared and as Kraken reports it."""
    return configuration_from(slot.venue, slot.process, slot.role, slot.client, info)


def configuration_from(venue: Venue, process: str, role: str, client: str, info: ApiKeyInfo) -> Configuration:
    """Put a configuration together from what is declared, and what Kraken reports."""
    listed = info.ip_allowlist
    window = info.nonce_window
    return Configuration(
        venue=venue,
        process=process,
        role=role,
        client=client,
        rights=in_order(right_ids(info.permissions)),
        width=listed.width.word if isinstance(listed, IpAllowlist) else "not reported",
        window=str(window) if window is not NOT_REPORTED else "not reported",
    )


def check_direction(source: Environment, target: Environment) -> None:
    """Raise InputError unless the target is another and no lower environment."""
    if source.name == target.name:
        raise InputError("The same environment", f"The key is in “{target.name}” already.", "Name another.")
    if _RANKS[target.kind] < _RANKS[source.kind]:
        raise InputError(
            "That way is no promotion",
            f"“{target.name}” ({target.kind}) is below “{source.name}” ({source.kind}).",
            "Rehearse there first, and promote from it.",
        )


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that was rehearsed or was not, with what is known of it."""

    what: str
    rehearsed: bool
    text: str


def points(
    wanted: Configuration,
    evidence: tuple[Rehearsal, ...],
    source: Environment,
    target: Environment,
    now: datetime,
) -> tuple[Point, ...]:
    """Say what of a configuration was rehearsed in the source, and what was not."""
    same = tuple(rehearsal for rehearsal in evidence if rehearsal.configuration.matches(wanted))
    rights = ", ".join(map(label_of, wanted.rights)) or "none"
    return (
        _parts(same, wanted, rights),
        *(_calls(same, call, now) for call in Call),
        _rights_used(wanted),
        _exchange(source, target),
        *_streams(source, target, wanted),
        _addresses(source),
    )


def _parts(same: tuple[Rehearsal, ...], wanted: Configuration, rights: str) -> Point:
    what = "Role, rights, allowlist shape, client and window together"
    shape = (
        f"role {wanted.role or 'none'}; rights {rights}; allowlist {wanted.width};"
        f" client {wanted.client or 'not declared'}; window {wanted.window}"
    )
    if not same:
        return Point(what, False, f"No key of this shape was accepted there: {shape}.")
    names = ", ".join(sorted({rehearsal.name for rehearsal in same}))
    return Point(what, True, f"As {names}: {shape}.")


def _calls(same: tuple[Rehearsal, ...], call: Call, now: datetime) -> Point:
    found = [rehearsal for rehearsal in same if rehearsal.call is call]
    what = call.value.capitalize()
    if not found:
        return Point(what, False, "Not seen with this configuration.")
    count = sum(rehearsal.count for rehearsal in found)
    first = min(rehearsal.first_at for rehearsal in found)
    last = max(rehearsal.last_at for rehearsal in found)
    times = "once" if count == 1 else f"{count} times"
    when = f"from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"
    text = f"Passed {times}, {f'at {last:%Y-%m-%d %H:%M}' if first == last else when} UTC"
    if now - last > STALE:
        return Point(what, False, f"{text}; that is more than {STALE.days} days ago.")
    return Point(what, True, f"{text}.")


def _rights_used(wanted: Configuration) -> Point:
    changing = [right for right in wanted.rights if not right.startswith("query-") and "read" not in right]
    if not changing:
        return Point("Every right in use", True, "It only reads.")
    names = ", ".join(map(label_of, changing))
    text = f"Kraken Desk sees that the key is accepted, not what its process does with: {names}."
    return Point("Every right in use", False, text)


def _exchange(source: Environment, target: Environment) -> Point:
    what = "The same exchange"
    if _local(source):
        text = f"“{source.name}” is a local exchange: Kraken's own limits, delays and settling were not met."
        return Point(what, False, text)
    same = source.kind is target.kind
    text = f"“{source.name}” is {source.kind}, “{target.name}” is {target.kind}."
    return Point(what, same, text)


def _streams(source: Environment, target: Environment, wanted: Configuration) -> tuple[Point, ...]:
    url = (source.spot_ws_url, target.spot_ws_url)
    if wanted.venue is Venue.FUTURES:
        url = (source.futures_ws_url, target.futures_ws_url)
    if url[0] or not url[1]:
        return ()
    return (Point("WebSocket feeds", False, f"“{source.name}” has none for {wanted.venue.label}."),)


def _addresses(source: Environment) -> Point:
    what = "The allowlist in force"
    if _local(source):
        return Point(what, False, "Calls to this machine itself come from no public address.")
    text = "Which address the process will call from is not rehearsed; try it when it is new."
    return Point(what, False, text)


def _local(environment: Environment) -> bool:
    origins = environment.origins()
    hosts = {origin_of(origin).partition("://")[2].rpartition(":")[0] for origin in origins}
    return bool(hosts) and all(is_loopback(host) for host in hosts)
