"""The values for Kraken's form for a new key, ready to be copied field by field.

Kraken has no call that makes a key (Kraken docs: the API lists none), so a person types them. Labels are
those of its form; their wording varies by release. Spot keys are made under Settings → API, Futures
keys under Settings → Create Key of the futures interface (Kraken support).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.badges import LABELS
from kraken_desk.domain.environments import Environment, EnvironmentKind
from kraken_desk.domain.keys import (
    ApiKeyInfo,
    FuturesAccess,
    Permissions,
    SpotPermission,
    SpotPermissions,
    Venue,
)
from kraken_desk.domain.nonces import seconds_in, span_text
from kraken_desk.domain.values import dataclass

SPOT_PAGE = "https://www.kraken.com/u/security/api"
"""Where Spot keys are made and deleted (Kraken support: How to create an API key)."""

FUTURES_PAGE = "https://futures.kraken.com/trade/settings/api"
"""Where Futures keys are made and deleted (observed)."""

LONGEST_NAME = 32
"""Of a key's name at Kraken (Kraken docs: Fast API key)."""

_NUMBERED = re.compile(r"(.*?)-(\d{1,3})")
_LEVEL_WORDS = {"NO_ACCESS": "No Access", "READ_ONLY": "Read Only", "FULL_ACCESS": "Full Access"}


@dataclass(frozen=True, slots=True)
class KeyWish:
    """The key that is wanted; `nonce_window` is in the ticks of the client, None leaves the field alone."""

    venue: Venue
    name: str
    permissions: Permissions
    ip_allowlist: tuple[str, ...] = ()
    client: str = ""
    nonce_window: int | None = None
    valid_until: datetime | None = None
    query_from: datetime | None = None
    query_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class FormValue:
    """One field of the form: Kraken's label, the value to put there, and why or how."""

    label: str
    value: str
    hint: str = ""
    is_box: bool = False


def form_values(wish: KeyWish) -> tuple[FormValue, ...]:
    """Return the form's fields in its order; a box says “on” or “off” for every right there is."""
    name = FormValue("Name", wish.name[:LONGEST_NAME], "Unique among the account's keys.")
    if isinstance(wish.permissions, FuturesAccess):
        return (name, *_futures_levels(wish.permissions), *_allowlist(wish, " If the form offers it."))
    return (
        name,
        *_boxes(wish.permissions),
        *_allowlist(wish, ""),
        _moment("Key expiration", wish.valid_until, "The key stops working then."),
        _moment("Query start date", wish.query_from, "Earlier data stays hidden from the key."),
        _moment("Query end date", wish.query_to, "Later data stays hidden from the key."),
        _window(wish),
    )


def page_of(venue: Venue, environment: Environment) -> str:
    """Return the address of Kraken's page for keys; "" where it is not Kraken's production."""
    if environment.kind is not EnvironmentKind.PRODUCTION:
        return ""
    return SPOT_PAGE if venue is Venue.SPOT else FUTURES_PAGE


def wish_like(info: ApiKeyInfo, client: str, now: datetime) -> KeyWish:
    """Return the wish for a successor that may do exactly what this key may do.

    An expiry lies as far from now as the old one lay from the old key's making.
    """
    allowlist = info.ip_allowlist.entries if isinstance(info.ip_allowlist, IpAllowlist) else ()
    name = info.api_key_name if isinstance(info.api_key_name, str) else ""
    return KeyWish(
        venue=info.venue,
        name=next_name(name),
        permissions=info.permissions,
        ip_allowlist=allowlist,
        client=client,
        nonce_window=info.nonce_window if isinstance(info.nonce_window, int) else None,
        valid_until=_as_far_from(now, info),
        query_from=info.query_from if isinstance(info.query_from, datetime) else None,
        query_to=info.query_to if isinstance(info.query_to, datetime) else None,
    )


def next_name(name: str) -> str:
    """Return a name for the successor: `bot` becomes `bot-2`, `bot-2` becomes `bot-3`."""
    base = name.strip() or "key"
    match = _NUMBERED.fullmatch(base)
    stem, number = (match[1], int(match[2]) + 1) if match else (base, 2)
    ending = f"-{number}"
    return stem[: LONGEST_NAME - len(ending)] + ending


def _as_far_from(now: datetime, info: ApiKeyInfo) -> datetime | None:
    if not isinstance(info.valid_until, datetime) or not isinstance(info.created_time, datetime):
        return None
    span = info.valid_until - info.created_time
    return (now + max(span, timedelta(days=1))).replace(second=0, microsecond=0)


def _boxes(rights: SpotPermissions) -> tuple[FormValue, ...]:
    boxes = [
        FormValue(LABELS[p], "on" if p in rights.known else "off", p.value, True) for p in SpotPermission
    ]
    unknown = [
        FormValue(text, "on", "Not documented by Kraken; look for it yourself.", True)
        for text in rights.unknown
    ]
    return (*boxes, *unknown)


def _futures_levels(access: FuturesAccess) -> tuple[FormValue, ...]:
    return (
        FormValue("General API", _LEVEL_WORDS.get(access.general, access.general), "Trades and reads."),
        FormValue(
            "Withdrawal API",
            _LEVEL_WORDS.get(access.transfer, access.transfer),
            "Moves funds to the Spot wallet.",
        ),
    )


def _allowlist(wish: KeyWish, note: str) -> tuple[FormValue, ...]:
    if not wish.ip_allowlist:
        return (FormValue("IP restriction", "", f"Empty: usable from any address.{note}"),)
    return (
        FormValue("IP restriction", ", ".join(wish.ip_allowlist), f"One entry per address or range.{note}"),
    )


def _moment(label: str, at: datetime | None, hint: str) -> FormValue:
    if at is None:
        return FormValue(label, "", "Leave it empty.")
    return FormValue(label, f"{at:%Y-%m-%d %H:%M}", f"{hint} In UTC; the form may show your own time zone.")


def _window(wish: KeyWish) -> FormValue:
    label = "Custom nonce window"
    if not wish.nonce_window:
        return FormValue(label, "0" if wish.nonce_window == 0 else "", "Kraken's default is 0.")
    seconds: Decimal = seconds_in(wish.nonce_window, wish.client)
    unit = f" for {wish.client}" if wish.client else ""
    return FormValue(label, str(wish.nonce_window), f"In ticks of the client: {span_text(seconds)}{unit}.")
