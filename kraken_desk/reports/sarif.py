"""The audit as SARIF 2.1.0, for the tools that collect findings (OASIS: SARIF 2.1.0).

A key is no file, so findings stand at logical locations: environment, account, key. Muted findings
are suppressed results, unjudged rules are notifications, and a comparison is the baseline state.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from kraken_desk.domain.audit.difference import Change, Difference, EarlierFinding
from kraken_desk.domain.audit.dossier import Dossier
from kraken_desk.domain.audit.engine import Rule
from kraken_desk.domain.audit.findings import Finding, NotJudged, Severity, Subject
from kraken_desk.domain.audit.redaction import fingerprint
from kraken_desk.reports.audit_json import Document, time_text
from kraken_desk.reports.shown_text import shown

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

LEVELS = {
    Severity.INFO: "note",
    Severity.LOW: "note",
    Severity.MEDIUM: "warning",
    Severity.HIGH: "error",
    Severity.CRITICAL: "error",
}

_RANKS = {
    Severity.INFO: 0.0,
    Severity.LOW: 25.0,
    Severity.MEDIUM: 50.0,
    Severity.HIGH: 75.0,
    Severity.CRITICAL: 100.0,
}
_BASELINE = {
    Change.NEW: "new",
    Change.CHANGED: "updated",
    Change.UNCHANGED: "unchanged",
    Change.SETTLED: "absent",
}
_NAME = "krakenDeskFinding/v1"


def sarif_json(
    items: Iterable[tuple[Dossier, Difference | None]], rules: tuple[Rule, ...], version: str
) -> str:
    """Write one run for each environment; `rules` describe themselves, `version` is the program's."""
    runs = [_run(dossier, difference, rules, version) for dossier, difference in items]
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": runs}, indent=2) + "\n"


def _run(dossier: Dossier, difference: Difference | None, rules: tuple[Rule, ...], version: str) -> Document:
    report = dossier.report
    places = {rule.rule_id: place for place, rule in enumerate(rules)}
    results = [_result(f, report.environment, places, difference) for f in report.findings]
    results += [_settled(old, places) for old in (difference.settled if difference else ())]
    return {
        "tool": {"driver": _driver(rules, version)},
        "automationDetails": {"id": f"kraken-desk/{report.environment}/"},
        "invocations": [
            {
                "executionSuccessful": True,
                "endTimeUtc": time_text(report.judged_at),
                "toolExecutionNotifications": [_notification(item, places) for item in report.not_judged],
            }
        ],
        "results": results,
        "properties": {
            "keys": report.keys,
            "accounts": report.accounts,
            "environmentKind": dossier.kind.value,
            "redacted": list(dossier.redacted),
        },
    }


def _driver(rules: tuple[Rule, ...], version: str) -> Document:
    return {"name": "Kraken Desk", "semanticVersion": version, "rules": [_rule(rule) for rule in rules]}


def _rule(rule: Rule) -> Document:
    return {
        "id": rule.rule_id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.reason},
        "help": {"text": "\n".join(rule.repair)},
        "defaultConfiguration": {"level": LEVELS[rule.severity], "rank": _RANKS[rule.severity]},
        "properties": {"tags": sorted({rule.group, rule.scope.value}), "severity": rule.severity.word},
    }


def _result(
    finding: Finding, environment: str, places: dict[str, int], difference: Difference | None
) -> Document:
    found: Document = {
        **_about_rule(finding.rule, places),
        "level": LEVELS[finding.severity],
        "rank": _RANKS[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [{"logicalLocations": [_location(finding.subject, environment)]}],
        "partialFingerprints": {_NAME: fingerprint(finding, environment)},
        "properties": {
            "severity": finding.severity.word,
            "repair": list(map(shown, finding.repair)),
            "page": finding.link or None,
            "reference": finding.reference,
        },
    }
    if finding.muted is not None:
        why = f"{shown(finding.muted.reason)} (until {time_text(finding.muted.until)})"
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
    if difference is not None:
        found["baselineState"] = _BASELINE[difference.of(finding, environment)]
    return found


def _message(finding: Finding) -> str:
    parts = (f"{finding.subject.name}: {finding.title}.", *finding.evidence, finding.reason)
    return shown(" ".join(parts))


def _location(subject: Subject, environment: str) -> Document:
    path = [environment, *(name for name in (subject.account,) if name and name != subject.name)]
    return {
        "name": shown(subject.name),
        "fullyQualifiedName": "/".join(map(shown, (*path, subject.name))),
        "kind": subject.scope.value,
    }


def _settled(old: EarlierFinding, places: dict[str, int]) -> Document:
    return {
        **_about_rule(shown(old.rule), places),
        "message": {"text": shown(f"{old.subject}: {old.title}.")},
        "partialFingerprints": {_NAME: shown(old.fingerprint)},
        "baselineState": _BASELINE[Change.SETTLED],
    }


def _notification(item: NotJudged, places: dict[str, int]) -> Document:
    found: dict[str, Any] = {
        "level": "note",
        "message": {"text": shown(f"{item.subject.name}: {item.why}")},
    }
    if item.rule:
        found["associatedRule"] = {"id": item.rule, "index": places.get(item.rule, -1)}
    return found


def _about_rule(rule: str, places: dict[str, int]) -> Document:
    """Name a rule; one that this program does not know any more has no place in its table."""
    return {"ruleId": rule, "ruleIndex": places.get(rule, -1)}
