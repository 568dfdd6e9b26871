"""Accounts of one operator: a master and the subaccounts below it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NewType

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.values import dataclass

AccountId = NewType("AccountId", str)
Iiban = NewType("Iiban", str)
"""Kraken's public account id, in its normal form of four groups: `AA88 N84G WOAK NMOI`."""


class AccountKind(StrEnum):
    """Owner of a domain, or an account below one."""

    MASTER = "master"
    SUBACCOUNT = "subaccount"


class KindSource(StrEnum):
    """How the kind is known: Kraken's Spot API has no marker for it, so it may be an assumption."""

    ASSUMED = "assumed"
    KRAKEN = "kraken"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Account:
    """One Kraken account; Spot and Futures sides share it, joined by the IIBAN.

    Label, `note` and `tags` are the operator's own words about it; Kraken does not see them.
    """

    account_id: AccountId
    environment: EnvironmentName
    label: str
    kind: AccountKind
    iiban: Iiban | None = None
    futures_uid: str | None = None
    kind_source: KindSource = KindSource.ASSUMED
    note: str = ""
    tags: tuple[str, ...] = ()

    @property
    def is_master(self) -> bool:
        return self.kind is AccountKind.MASTER

    def answers_to(self, name: str) -> bool:
        """Say whether the operator's `name` means this account: label, IIBAN or Futures uid."""
        wanted = name.strip().casefold()
        if wanted in (self.label.casefold(), (self.futures_uid or "").casefold()):
            return bool(wanted)
        return self.iiban is not None and normal_iiban(name) == self.iiban

    def short_id(self) -> str:
        """Return the first two groups of the IIBAN, or the head of the Futures uid."""
        if self.iiban:
            return self.iiban[:9]
        return (self.futures_uid or "")[:8]


def normal_iiban(text: str) -> Iiban:
    """Bring an IIBAN into groups of four upper-case characters; other text comes back as typed.

    The checksum is not enforced: published samples break it.
    """
    compact = re.sub(r"[\s-]", "", text).upper()
    if not re.fullmatch(r"AA[A-Z0-9]{14}", compact):
        return Iiban(text.strip())
    return Iiban(" ".join(compact[i : i + 4] for i in range(0, 16, 4)))
