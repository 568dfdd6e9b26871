"""What has become of an earlier report: new, settled and changed findings."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property

from kraken_desk.domain.audit.dossier import Dossier
from kraken_desk.domain.audit.findings import Finding
from kraken_desk.domain.audit.redaction import fingerprint
from kraken_desk.domain.values import dataclass


class Change(StrEnum):
    """How a finding stands to the earlier report; the words are SARIF's but for “settled”."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class EarlierFinding:
    """A finding as an earlier report tells it."""

    fingerprint: str
    rule: str
    severity: str
    title: str
    subject: str
    evidence: tuple[str, ...]
    muted: bool


@dataclass(frozen=True, slots=True)
class EarlierReport:
    """What is needed of an earlier report to compare with it; times as it writes them."""

    environment: str
    judged_at: str
    redacted: tuple[str, ...]
    findings: tuple[EarlierFinding, ...]


@dataclass(frozen=True)
class Difference:
    """The present findings by their fingerprints, and the settled ones; `since` is the earlier time."""

    since: str
    changes: tuple[tuple[str, Change], ...]
    settled: tuple[EarlierFinding, ...]

    def of(self, finding: Finding, environment: str) -> Change:
        return self._by_name.get(fingerprint(finding, environment), Change.NEW)

    @cached_property
    def _by_name(self) -> dict[str, Change]:
        return dict(self.changes)

    def count(self, change: Change) -> int:
        if change is Change.SETTLED:
            return len(self.settled)
        return sum(found is change for _, found in self.changes)


def difference(dossier: Dossier, earlier: EarlierReport) -> Difference:
    """Compare with an earlier report of the same environment.

    Evidence counts as changed only where both reports leave out the same, since a redacted text
    differs from the full one without anything having changed.
    """
    before = {finding.fingerprint: finding for finding in earlier.findings}
    same_form = dossier.redacted == earlier.redacted
    changes = []
    for finding in dossier.report.findings:
        name = fingerprint(finding, dossier.report.environment)
        old = before.pop(name, None)
        changes.append((name, _change(finding, old, same_form)))
    return Difference(earlier.judged_at, tuple(sorted(changes)), _ordered(before.values()))


def _change(finding: Finding, old: EarlierFinding | None, same_form: bool) -> Change:
    if old is None:
        return Change.NEW
    now = (finding.severity.word, finding.muted is not None)
    text = (finding.title, finding.evidence)
    differs = now != (old.severity, old.muted) or (same_form and text != (old.title, old.evidence))
    return Change.CHANGED if differs else Change.UNCHANGED


def _ordered(findings: Iterable[EarlierFinding]) -> tuple[EarlierFinding, ...]:
    return tuple(sorted(findings, key=lambda f: (f.rule, f.subject, f.fingerprint)))
