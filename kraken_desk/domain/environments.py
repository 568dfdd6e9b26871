"""Environments: where a key may speak, and the seal that keeps it there."""

from __future__ import annotations

import ipaddress
import re
from enum import StrEnum
from typing import NewType
from urllib.parse import urlsplit

from kraken_desk.domain.errors import EnvironmentSealError, InputError
from kraken_desk.domain.values import dataclass

EnvironmentName = NewType("EnvironmentName", str)

_NAME = r"[A-Za-z0-9_. -]{1,40}"
"""Letters of one alphabet: a “production” with a Cyrillic letter must not stand beside the real one."""


class EnvironmentKind(StrEnum):
    """What an environment is for; shown in words and colour on every window."""

    PRODUCTION = "production"
    UAT = "uat"
    DEMO = "demo"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Environment:
    """A name, a kind and four base URLs; an empty URL means the environment lacks that service."""

    name: EnvironmentName
    kind: EnvironmentKind
    spot_url: str
    spot_ws_url: str = ""
    futures_url: str = ""
    futures_ws_url: str = ""

    def __post_init__(self) -> None:
        for url, schemes in (
            (self.spot_url, ("https", "http")),
            (self.futures_url, ("https", "http")),
            (self.spot_ws_url, ("wss", "ws")),
            (self.futures_ws_url, ("wss", "ws")),
        ):
            if url:
                _check_base(url, *schemes)

    @property
    def uses_real_keychain(self) -> bool:
        """Everything but the demo keeps its secrets in the operating system's keychain."""
        return self.kind is not EnvironmentKind.DEMO

    def origins(self) -> frozenset[str]:
        """Return every scheme, host and port that this environment's keys may be sent to."""
        urls = (self.spot_url, self.spot_ws_url, self.futures_url, self.futures_ws_url)
        return frozenset(origin_of(url) for url in urls if url)

    def check_seal(self, url: str) -> None:
        """Raise EnvironmentSealError unless `url` lies inside this environment."""
        if origin_of(url) not in self.origins():
            raise EnvironmentSealError(
                "Address outside the environment",
                f"{origin_of(url)} does not belong to the environment “{self.name}”.",
                "Nothing was sent. A key only ever speaks to its own environment.",
            )


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL in one normal spelling; what is no URL has no origin of ours."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "unreadable"
    default = {"https": 443, "wss": 443, "http": 80, "ws": 80}.get(parts.scheme, 0)
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{default if port is None else port}"


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_plain(url: str) -> bool:
    """Allow printable ASCII without spaces and backslashes, which other URL parsers read differently."""
    return url.isascii() and url.isprintable() and not set(url) & set(" \\")


def _is_host_name(host: str) -> bool:
    """Allow names of the internet, without a last dot, which would be a second spelling of the same host.

    Longer runs of letters would be taken for a secret by the store, and nothing would be left to read.
    """
    parts = host.split(".")
    lengths_fit = len(host) <= 253 and all(1 <= len(part) <= 63 for part in parts)
    return lengths_fit and all(letter.isalnum() or letter in "_-" for part in parts for letter in part)


def _check_base(url: str, secure: str, plain: str) -> None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in (secure, plain) or not host or port == 0 or not _is_plain(url):
        raise InputError(
            "Not a usable URL",
            f"“{url}” is not a {secure} address.",
            f"Write it like {secure}://host or {secure}://host:port.",
        )
    if ":" not in host and not _is_host_name(host):
        raise InputError(
            "Not a usable URL", "Its host is no name that the internet knows.", "Copy the address again."
        )
    if "@" in parts.netloc or url.partition("://")[2].rstrip("/") != parts.netloc:
        raise InputError(
            "The URL is not a base",
            f"The address of {host} has more than scheme, host and port.",
            "Kraken's own paths are appended to it, so leave them out.",
        )
    if parts.scheme == plain and not is_loopback(host):
        raise EnvironmentSealError(
            "Unencrypted address",
            f"“{url}” would send keys unencrypted over a network.",
            f"Use {secure}://; {plain}:// is accepted for this machine (loopback) only.",
        )


PRODUCTION = Environment(
    name=EnvironmentName("production"),
    kind=EnvironmentKind.PRODUCTION,
    spot_url="https://api.kraken.com",
    spot_ws_url="wss://ws-auth.kraken.com",
    futures_url="https://futures.kraken.com",
    futures_ws_url="wss://futures.kraken.com",
)

UAT = Environment(
    name=EnvironmentName("uat"),
    kind=EnvironmentKind.UAT,
    # Printed in the server list of Kraken's OAuth specification; granted on request, Spot REST only.
    spot_url="https://api.vip.uat.lobster.kraken.com",
)

BUILT_IN = (PRODUCTION, UAT)

RESERVED_NAMES = frozenset({"production", "uat", "demo"})


def named(name: str, kind: str, **urls: str) -> Environment:
    """Build an environment of the operator's; raises InputError for a bad name, kind or URL."""
    clean = name.strip()
    if not re.fullmatch(_NAME, clean):
        raise InputError(
            "Not a usable name",
            f"“{clean}” cannot name an environment." if len(clean) <= 40 else "It is too long.",
            "Use up to 40 letters (a to z), digits, - _ .",
        )
    if clean.lower() in RESERVED_NAMES:
        raise InputError(
            "The name is built in", f"“{clean}” is built in and cannot be redefined.", "Choose another name."
        )
    try:
        chosen = EnvironmentKind(kind)
    except ValueError:
        raise InputError(
            "Not a kind of environment", f"“{kind}” is not one of {', '.join(EnvironmentKind)}.", ""
        ) from None
    if chosen is EnvironmentKind.DEMO:
        raise InputError(
            "The demo is built in", "Only the embedded simulator is a demo.", "Use the kind custom."
        )
    made = Environment(EnvironmentName(clean), chosen, **{k: v.strip().rstrip("/") for k, v in urls.items()})
    _refuse_built_in_addresses(made)
    return made


def _refuse_built_in_addresses(environment: Environment) -> None:
    """Keep each of Kraken's addresses in one environment, with one kind and one lockout budget."""
    for built_in in BUILT_IN:
        if environment.origins() & built_in.origins():
            raise EnvironmentSealError(
                "The address is built in",
                f"It belongs to the environment “{built_in.name}”.",
                f"Use --environment {built_in.name}, or an address of your own.",
            )
