"""The variables that name a real environment and its keys."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from kraken_desk.domain.clients import CLIENTS
from kraken_desk.domain.environments import BUILT_IN, Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.keys import Venue

PREFIX = "KRAKEN_DESK_LIVE_"


@dataclass(frozen=True)
class Pair:
    """A key as the operator supplies it."""

    api_key: str
    secret: str = field(repr=False)
    client: str = ""


@dataclass(frozen=True)
class LiveSettings:
    """Where to read, and with which keys; without keys there is nothing to read."""

    environment: Environment
    pairs: dict[Venue, Pair]


def live_settings(variables: Mapping[str, str] = os.environ) -> LiveSettings:
    """Read the variables; raises ValueError for half a pair, or a name that is none."""
    pairs = {}
    for venue in Venue:
        names = [f"{PREFIX}{venue.value.upper()}_{part}" for part in ("KEY", "SECRET")]
        key, secret = (variables.get(name, "") for name in names)
        if bool(key) != bool(secret):
            raise ValueError(f"{names[0]} and {names[1]} belong together")
        if key:
            client = variables.get(f"{PREFIX}SPOT_CLIENT", "") if venue is Venue.SPOT else ""
            if client and client not in CLIENTS:
                raise ValueError(f"{PREFIX}SPOT_CLIENT is one of {', '.join(CLIENTS)}")
            pairs[venue] = Pair(key, secret, client)
    return LiveSettings(_environment(variables), pairs)


def _environment(variables: Mapping[str, str]) -> Environment:
    name = variables.get(f"{PREFIX}ENVIRONMENT", "production")
    found = next((known for known in BUILT_IN if known.name == name), None)
    if found is None:
        raise ValueError(f"{PREFIX}ENVIRONMENT is one of {', '.join(known.name for known in BUILT_IN)}")
    spot, futures = (variables.get(f"{PREFIX}{venue}_URL", "") for venue in ("SPOT", "FUTURES"))
    if not spot and not futures:
        return found
    return Environment(
        EnvironmentName("live"), EnvironmentKind.CUSTOM, spot_url=spot, futures_url=futures or spot
    )
