"""The guide to a new key: what to type into Kraken's form for a process and role, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from kraken_desk.domain.accounts import Account
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.hosts import Host
from kraken_desk.domain.key_changes import NOT_REPORTED_TEXT, Comparison
from kraken_desk.domain.key_form import LONGEST_NAME, FormValue, KeyWish, form_values, next_name, page_of
from kraken_desk.domain.keys import ApiKeyInfo, SpotPermission, Venue
from kraken_desk.domain.levels import Level
from kraken_desk.domain.nonces import span_text, ticks_in
from kraken_desk.domain.rights import RightId, in_order, label_of, permissions_of, right_ids, unknown_rights
from kraken_desk.domain.roles import Role, Streaming
from kraken_desk.domain.values import dataclass

_DAY = timedelta(days=1)
_NOT_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class GuideRequest:
    """What the key is for; without hosts, the allowlist is left to the operator."""

    role: Role
    process: str
    account: Account
    venue: Venue
    client: str = ""
    hosts: tuple[Host, ...] = ()
    taken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One step: what to do, where (`link` "" for nowhere in particular), with which values."""

    title: str
    text: str
    link: str = ""
    values: tuple[FormValue, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyGuide:
    """The wish, the way to it, and what to think about first."""

    wish: KeyWish
    steps: tuple[GuideStep, ...]
    notes: tuple[str, ...] = ()


def guide(request: GuideRequest, environment: Environment, now: datetime) -> KeyGuide:
    """Return the way to a key for a role; raises InputError where the role needs none on the venue."""
    role, venue = request.role, request.venue
    needed = role.needed(venue)
    if not needed:
        raise InputError(
            "This role needs no key here",
            f"The role {role.name} has no {venue.label} rights.",
            "Choose another role or venue.",
        )
    if not request.process.strip():
        raise InputError("Which process?", "A key belongs to one process.", "Name it.")
    end = now + timedelta(days=role.expiry_days) if role.expiry_days else None
    spot = venue is Venue.SPOT
    wish = KeyWish(
        venue=venue,
        name=_free_name(request.process, role, request.taken),
        permissions=permissions_of(venue, needed),
        ip_allowlist=tuple(dict.fromkeys(a for host in request.hosts for a in host.addresses)),
        client=request.client,
        nonce_window=_window(request) if spot else None,
        valid_until=end.replace(second=0, microsecond=0) if end is not None and spot else None,
    )
    return KeyGuide(wish, tuple(_steps(request, wish, environment)), tuple(_notes(request, wish)))


def _free_name(process: str, role: Role, taken: Iterable[str]) -> str:
    """Return a name for Kraken's form that none of the known keys has."""
    known = {name.casefold() for name in taken}
    name = _NOT_A_NAME.sub("-", f"{process} {role.role_id}").strip("-")[:LONGEST_NAME] or role.role_id
    for _ in range(len(known) + 1):
        if name.casefold() not in known:
            break
        name = next_name(name)
    return name


def _window(request: GuideRequest) -> int | None:
    if request.role.window_s == 0:
        return 0
    return ticks_in(request.role.window_s, request.client) if request.client else None


def _steps(request: GuideRequest, wish: KeyWish, environment: Environment) -> Iterable[GuideStep]:
    account, page = request.account, page_of(wish.venue, environment)
    where = "the API page" if wish.venue is Venue.SPOT else "Settings → Create Key of Kraken Futures"
    text = f"Sign in to Kraken as {account.label} ({account.kind}), and open {where}."
    if not page:
        text = f"“{environment.name}” is not Kraken itself: make the key where its keys are made."
    yield GuideStep("Open Kraken's page for keys", text, page)
    yield GuideStep("Fill in the form", "Field by field; leave every other box off.", "", form_values(wish))
    yield GuideStep(
        "Make the key",
        "Kraken shows the secret once. Copy both halves straight into the next step, and nowhere else.",
    )
    yield GuideStep(
        "Add it here",
        f"As “{wish.name}” for {request.process}; what was made is compared with what was asked.",
    )


def _notes(request: GuideRequest, wish: KeyWish) -> Iterable[str]:
    role, spot = request.role, wish.venue is Venue.SPOT
    if not wish.ip_allowlist:
        yield "No host is named, so the key would be usable from any address: name the process's host."
    elif IpAllowlist(wish.ip_allowlist).width > role.width:
        yield f"These hosts make the allowlist wider than the role's “{role.width.word}”."
    if spot and role.window_s and not request.client:
        span = span_text(role.window_s)
        yield f"The role allows a nonce window of {span}; name the client to get it in its ticks."
    if spot and role.streaming is Streaming.ALLOWED:
        token = label_of(RightId(SpotPermission.CREATE_WS_TOKEN))
        yield f"If the process uses private feeds, switch on “{token}” as well."
    if not request.account.is_master and RightId(SpotPermission.WITHDRAW_FUNDS) in role.needed(wish.venue):
        yield "Withdraw Funds is useless on a subaccount today: Kraken lets only the master use it."


def made_as_asked(wish: KeyWish, info: ApiKeyInfo, now: datetime) -> tuple[Comparison, ...]:
    """Set what was made beside what was asked: rights, allowlist, window and expiry."""
    if info.venue is not wish.venue:
        text = "The key is of the other venue."
        return (Comparison("Venue", wish.venue.label, info.venue.label, Level.HIGH, text),)
    found = (_rights(wish, info), _allowlist(wish, info))
    return (
        found
        if wish.venue is Venue.FUTURES
        else (*found, _nonce_window(wish, info), _expiry(wish, info, now))
    )


def _rights(wish: KeyWish, info: ApiKeyInfo) -> Comparison:
    asked, made = right_ids(wish.permissions), right_ids(info.permissions)
    strange = unknown_rights(info.permissions)
    missing, surplus = in_order(asked - made), (*in_order(made - asked), *strange)
    parts = [f"Rights missing: {_labels(missing)}; switch it on."] if missing else []
    parts += [f"Rights too many: {_labels(surplus)}; switch it off."] if surplus else []
    level = Level.HIGH if surplus or missing else Level.FINE
    return Comparison(
        "Rights", _labels(in_order(asked)), _labels((*in_order(made), *strange)), level, " ".join(parts)
    )


def _labels(rights: Iterable[str]) -> str:
    return ", ".join(map(label_of, rights)) or "none"


def _allowlist(wish: KeyWish, info: ApiKeyInfo) -> Comparison:
    label, made = "IP allowlist", info.ip_allowlist
    asked = IpAllowlist(wish.ip_allowlist)
    said = ", ".join(wish.ip_allowlist) or "any address"
    if not isinstance(made, IpAllowlist):
        return Comparison(
            label,
            said,
            NOT_REPORTED_TEXT,
            Level.LOW,
            "IP allowlist: Kraken does not report it; look there.",
        )
    shown = ", ".join(made.entries) or "any address"
    wider, narrower = not asked.covers(made), not made.covers(asked)
    if wider:
        return Comparison(
            label, said, shown, Level.HIGH, "IP allowlist: it lets in addresses that were not asked for."
        )
    if narrower:
        return Comparison(
            label, said, shown, Level.MEDIUM, "IP allowlist: it leaves out addresses that were asked for."
        )
    return Comparison(label, said, shown)


def _nonce_window(wish: KeyWish, info: ApiKeyInfo) -> Comparison:
    label, made = "Nonce window", info.nonce_window
    asked = wish.nonce_window or 0
    if not isinstance(made, int) or made == asked:
        shown = str(made) if isinstance(made, int) else NOT_REPORTED_TEXT
        return Comparison(label, str(asked), shown)
    text = "Nonce window: longer than asked for." if made > asked else "Nonce window: shorter than asked for."
    return Comparison(label, str(asked), str(made), Level.MEDIUM, text)


def _expiry(wish: KeyWish, info: ApiKeyInfo, now: datetime) -> Comparison:
    label, made = "Expires", info.valid_until
    said, shown = _time(wish.valid_until), _time(made)
    if isinstance(made, datetime) and made <= now:
        return Comparison(label, said, shown, Level.HIGH, "Expires: the key's end is over already.")
    if wish.valid_until is None:
        level = Level.LOW if isinstance(made, datetime) else Level.FINE
        return Comparison(label, said, shown, level, "Expires: an end was not asked for." if level else "")
    if not isinstance(made, datetime):
        return Comparison(label, said, shown, Level.MEDIUM, "Expires: never; an end was asked for.")
    if abs(made - wish.valid_until) > _DAY:
        return Comparison(label, said, shown, Level.MEDIUM, "Expires: on another day than was asked for.")
    return Comparison(label, said, shown)


def _time(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return "never" if value is None else NOT_REPORTED_TEXT
