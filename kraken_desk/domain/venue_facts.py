"""What a venue says about itself and about the accounts linked to a key's account."""

from __future__ import annotations

from datetime import datetime

from kraken_desk.domain.accounts import Iiban
from kraken_desk.domain.values import dataclass


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """A venue's public status; `offset_s` is its clock minus ours in seconds."""

    status: str
    server_time: datetime | None
    offset_s: float | None


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """A subaccount that a master's key can see."""

    iiban: Iiban | None
    futures_uid: str | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class DomainFacts:
    """What a key can tell about its place: `is_master` is None where Kraken does not say."""

    is_master: bool | None = None
    master_uid: str | None = None
    linked: tuple[LinkedAccount, ...] = ()
