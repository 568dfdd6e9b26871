"""The audit as JSON values, and what is read back of an earlier report to compare with."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from kraken_desk.domain.audit.difference import Change, Difference, EarlierFinding, EarlierReport
from kraken_desk.domain.audit.dossier import Dossier, KeyLine
from kraken_desk.domain.audit.findings import Finding, Severity
from kraken_desk.domain.audit.redaction import fingerprint
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.mutes import Mute

Document = dict[str, Any]  # JSON as json.dumps takes it

LARGEST_EARLIER = 64_000_000
"""Bytes of an earlier report; one of a thousand keys has some ten millions."""


def reports_json(documents: Iterable[Document]) -> str:
    """Write reports as one file; ASCII only, so that it reads the same everywhere."""
    return json.dumps({"reports": list(documents)}, indent=2) + "\n"


def report_document(dossier: Dossier, difference: Difference | None = None) -> Document:
    """Return a whole report as plain values."""
    report = dossier.report
    found = {
        "environment": report.environment,
        "kind": dossier.kind.value,
        "judged_at": time_text(report.judged_at),
        "redacted": list(dossier.redacted),
        "keys": report.keys,
        "accounts": report.accounts,
        "counts": {severity.word: report.count(severity) for severity in reversed(Severity)},
        "findings": [finding_document(finding, report.environment) for finding in report.findings],
        "not_judged": [
            {"subject": n.subject.name, "ref": n.subject.ref, "rule": n.rule or None, "why": n.why}
            for n in report.not_judged
        ],
        "scores": {ref: {"value": s.value, "reasons": list(s.reasons)} for ref, s in report.scores},
        "inventory": [key_document(line) for line in dossier.keys],
    }
    if difference is not None:
        found["difference"] = difference_document(difference)
    return found


def finding_document(finding: Finding, environment: str) -> Document:
    subject = finding.subject
    return {
        "rule": finding.rule,
        "fingerprint": fingerprint(finding, environment),
        "severity": finding.severity.word,
        "subject": {
            "scope": subject.scope.value,
            "ref": subject.ref,
            "name": subject.name,
            "account": subject.account or None,
            "process": subject.process or None,
        },
        "title": finding.title,
        "evidence": list(finding.evidence),
        "reason": finding.reason,
        "repair": list(finding.repair),
        "link": finding.link or None,
        "reference": finding.reference,
        "muted": mute_document(finding.muted) if finding.muted else None,
    }


def mute_document(mute: Mute) -> Document:
    return {
        "rule": mute.rule,
        "subject": mute.subject,
        "reason": mute.reason,
        "muted_at": time_text(mute.muted_at),
        "until": time_text(mute.until),
    }


def key_document(line: KeyLine) -> Document:
    return {
        "ref": line.ref,
        "account": line.account or None,
        "name": line.name,
        "venue": line.venue.lower(),
        "process": line.process or None,
        "role": line.role or None,
        "client": line.client or None,
        "api_key": line.api_key,
        "rights": list(line.rights),
        "allowlist": list(line.allowlist),
        "allowlist_width": line.width or None,
        "nonce_window": line.nonce_window or None,
        "expires": line.expires or None,
        "last_used": line.last_used or None,
        "checked": line.checked,
        "score": line.score,
        "worst_case": line.worst_case or None,
    }


def difference_document(difference: Difference) -> Document:
    return {
        "since": difference.since,
        "counts": {change.value: difference.count(change) for change in Change},
        "new": [name for name, change in difference.changes if change is Change.NEW],
        "changed": [name for name, change in difference.changes if change is Change.CHANGED],
        "settled": [
            {
                "fingerprint": old.fingerprint,
                "rule": old.rule,
                "severity": old.severity,
                "subject": old.subject,
                "title": old.title,
            }
            for old in difference.settled
        ],
    }


def time_text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def earlier_reports(text: str) -> tuple[EarlierReport, ...]:
    """Read what `audit --format json` has written; raises InputError that says what is wrong with it."""
    if len(text) > LARGEST_EARLIER:
        raise _wrong("it is far too long for a report")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong(f"it is no JSON ({str(error)[:80]})") from None
    entries = document.get("reports") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise _wrong("it has no list “reports”")
    return tuple(_earlier(entry, place) for place, entry in enumerate(entries, 1))


def _earlier(entry: Any, place: int) -> EarlierReport:
    where = f"report {place}"
    if not isinstance(entry, dict):
        raise _wrong(f"{where} is no object")
    findings = entry.get("findings")
    if not isinstance(findings, list):
        raise _wrong(f"{where} has no list “findings”")
    return EarlierReport(
        environment=_text(entry, "environment", where),
        judged_at=_text(entry, "judged_at", where),
        redacted=_texts(entry.get("redacted", []), f"“redacted” of {where}"),
        findings=tuple(_earlier_finding(f, f"finding {n} of {where}") for n, f in enumerate(findings, 1)),
    )


def _earlier_finding(entry: Any, where: str) -> EarlierFinding:
    if not isinstance(entry, dict):
        raise _wrong(f"{where} is no object")
    subject = entry.get("subject")
    if not isinstance(subject, dict):
        raise _wrong(f"{where} has no “subject”")
    return EarlierFinding(
        fingerprint=_text(entry, "fingerprint", where),
        rule=_text(entry, "rule", where),
        severity=_text(entry, "severity", where),
        title=_text(entry, "title", where),
        subject=_text(subject, "name", where),
        evidence=_texts(entry.get("evidence", []), f"“evidence” of {where}"),
        muted=entry.get("muted") is not None,
    )


def _text(entry: dict[str, Any], name: str, where: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str):
        raise _wrong(f"“{name}” of {where} is no text")
    return value


def _texts(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _wrong(f"{where} is no list of texts")
    return tuple(value)


def _wrong(why: str) -> InputError:
    return InputError(
        "The earlier report cannot be used",
        f"{why[:1].upper()}{why[1:]}.",
        "Compare with a file that audit --format json has written.",
    )
