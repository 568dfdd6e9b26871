"""Findings: what is wrong about a key, an account, a process or the fleet, why, and how to mend it."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.mutes import Mute
from kraken_desk.domain.values import dataclass, field

SPOT_KEYS_PAGE = "https://www.kraken.com/u/security/api"
"""Where Spot keys are made and edited (Kraken support: How to create an API key)."""

FUTURES_KEYS_PAGE = "https://futures.kraken.com/trade/settings/api"
"""Where Futures keys are made (observed; Kraken documents the way there by menus only)."""


class Severity(IntEnum):
    """How bad a finding is; the number orders, the word is what people and programs read."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        return self.name.lower()

    @classmethod
    def named(cls, word: str) -> Severity:
        """Return the severity of a word; raises InputError."""
        found = next((s for s in cls if s.word == word.strip().casefold()), None)
        if found is None:
            known = ", ".join(s.word for s in cls)
            raise InputError("No such severity", f"“{word.strip()[:40]}” is none.", f"Known: {known}.")
        return found


class Scope(StrEnum):
    """What a rule judges."""

    KEY = "key"
    ACCOUNT = "account"
    PROCESS = "process"
    FLEET = "fleet"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about: `ref` is the slot's or account's id, or the process's name.

    `account` is the label of the account it belongs to, "" where it belongs to none or several;
    `process` the process of a key.
    """

    scope: Scope
    ref: str
    name: str
    account_id: str = ""
    account: str = ""
    process: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. `evidence` quotes facts, `reason` says why they matter.

    `link` is the page at Kraken where `repair` is done, "" when it is done here. `reference` names
    what the rule rests on.
    """

    rule: str
    subject: Subject
    severity: Severity
    title: str
    evidence: tuple[str, ...]
    reason: str
    repair: tuple[str, ...]
    link: str
    reference: str
    muted: Mute | None = None

    @property
    def identity(self) -> tuple[str, str]:
        """The rule and what it is about: the same finding in two reports."""
        return (self.rule, self.subject.ref)


@dataclass(frozen=True, slots=True)
class NotJudged:
    """A rule that could not be applied, or `rule` "" for all rules of a subject, and why."""

    subject: Subject
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Score:
    """The health of a key or account from 0 to 100, and the findings that cost points, worst first.

    `value` None means that nothing is known to judge by.
    """

    value: int | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditReport:
    """All findings of an environment, worst first; equal when nothing but the time differs.

    `ready` is False while facts are still loading: then there is nothing to show yet, not nothing
    to mend. Scores are by the subject's `ref`.
    """

    environment: EnvironmentName
    judged_at: datetime = field(compare=False)
    findings: tuple[Finding, ...] = ()
    not_judged: tuple[NotJudged, ...] = ()
    scores: tuple[tuple[str, Score], ...] = ()
    keys: int = 0
    accounts: int = 0
    ready: bool = True

    def open(self) -> tuple[Finding, ...]:
        """Return the findings that are not muted."""
        return tuple(finding for finding in self.findings if finding.muted is None)

    def of(self, ref: str) -> tuple[Finding, ...]:
        """Return the findings about one key, account or process."""
        return tuple(finding for finding in self.findings if finding.subject.ref == ref)

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.open())

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.open() if finding.severity >= severity)

    def score(self, ref: str) -> Score:
        return next((score for name, score in self.scores if name == ref), Score(None))
