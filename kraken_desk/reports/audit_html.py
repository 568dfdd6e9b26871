"""The audit as one HTML file that needs nothing else, on a screen, in the dark, or on paper.

It holds no script, and its own policy forbids it to load anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from kraken_desk.domain.audit.difference import Change, Difference
from kraken_desk.domain.audit.dossier import Dossier, KeyLine
from kraken_desk.domain.audit.findings import Finding, Severity
from kraken_desk.reports.audit_style import STYLE
from kraken_desk.reports.audit_text import counts_sentence, difference_sentence
from kraken_desk.reports.shown_text import escaped

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_COLUMNS = (
    "Key",
    "Account",
    "Venue",
    "Process",
    "Role",
    "Client",
    "Rights",
    "May be used from",
    "Nonce window",
    "Expires",
    "Last used",
    "Last check",
    "Health",
    "Public key",
)

Item = tuple[Dossier, Difference | None]


def audit_html(items: Iterable[Item], *, styled: bool = True) -> str:
    """Write the report of one or several environments; `styled` False leaves the style to a printer."""
    reports = list(items)
    names = ", ".join(dossier.report.environment for dossier, _ in reports)
    title = f"Kraken Desk audit: {names}"
    style = f"<style>{STYLE}</style>" if styled else ""
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    head = (
        f"<meta charset='utf-8'>{policy}<meta name='viewport' content='width=device-width'>"
        f"<meta name='referrer' content='no-referrer'><title>{escaped(title)}</title>{style}"
    )
    body = "".join(_section(place, *item) for place, item in enumerate(reports, 1))
    return (
        f"<!DOCTYPE html>\n<html lang='en'><head>{head}</head><body><main>"
        f"<h1>Kraken Desk audit</h1>{body}</main></body></html>\n"
    )


def _section(place: int, dossier: Dossier, difference: Difference | None) -> str:
    report = dossier.report
    fleet = report.score(f"fleet:{report.environment}").value
    kind = f"<span class='kind'>{escaped(dossier.kind)}</span>"
    parts = [
        f"<h2 id='e{place}'>{escaped(report.environment)} {kind}</h2>",
        (
            f"<p>Judged {report.judged_at:%Y-%m-%d %H:%M:%S} UTC: {_many(report.keys, 'key')} on"
            f" {_many(report.accounts, 'account')}. {escaped(counts_sentence(report))}"
            f" Health of the fleet: {'not known' if fleet is None else f'{fleet} of 100'}.</p>"
        ),
    ]
    if dossier.redacted:
        parts.append(f"<p class='soft'>Left out of this report: {', '.join(dossier.redacted)}.</p>")
    parts += [
        _counts(dossier, place),
        _difference(difference),
        _findings(dossier, difference),
        _muted(dossier),
        _not_judged(dossier),
        _inventory(dossier, place),
    ]
    return f"<section aria-labelledby='e{place}'>{''.join(parts)}</section>"


def _counts(dossier: Dossier, place: int) -> str:
    report = dossier.report
    heads = "".join(f"<th scope='col'>{s.word.capitalize()}</th>" for s in reversed(Severity))
    cells = "".join(f"<td>{report.count(s)}</td>" for s in reversed(Severity))
    muted = len(report.findings) - len(report.open())
    return (
        f"<table class='counts' id='c{place}'><caption>Findings by severity</caption>"
        f"<thead><tr>{heads}<th scope='col'>Muted</th></tr></thead>"
        f"<tbody><tr>{cells}<td>{muted}</td></tr></tbody></table>"
    )


def _difference(difference: Difference | None) -> str:
    if difference is None:
        return ""
    rows = "".join(
        f"<li><s>{escaped(old.subject)}: {escaped(old.title)}</s> <code>{escaped(old.rule)}</code></li>"
        for old in difference.settled
    )
    settled = f"<p>Settled:</p><ul>{rows}</ul>" if rows else ""
    return f"<h3>Since the earlier report</h3><p>{escaped(difference_sentence(difference))}</p>{settled}"


def _findings(dossier: Dossier, difference: Difference | None) -> str:
    environment = dossier.report.environment
    parts = []
    for severity, group in groupby(dossier.report.open(), key=lambda finding: finding.severity):
        found = list(group)
        parts.append(f"<h3>{severity.word.capitalize()} ({len(found)})</h3>")
        for finding in found:
            change = difference.of(finding, environment) if difference else Change.UNCHANGED
            parts.append(_article(finding, change))
    return "".join(parts) or "<h3>Findings</h3><p>There is nothing to mend.</p>"


def _article(finding: Finding, change: Change) -> str:
    subject, word = finding.subject, finding.severity.word
    where = [subject.account] if subject.account and subject.account != subject.name else []
    where += [f"process {subject.process}"] if subject.process and subject.process != subject.name else []
    place = f" <span class='soft'>({escaped(', '.join(where))})</span>" if where else ""
    tag = f" <b class='tag'>{change.value}</b>" if change in (Change.NEW, Change.CHANGED) else ""
    evidence = "".join(f"<li>{escaped(text)}</li>" for text in finding.evidence)
    steps = "".join(f"<li>{escaped(text)}</li>" for text in finding.repair)
    link = f"<p><a href='{escaped(finding.link)}'>{escaped(finding.link)}</a></p>" if finding.link else ""
    return (
        f"<article class='{word}'><h4><b class='sev'>{word}</b> {escaped(finding.title)}{tag}</h4>"
        f"<p><b>{escaped(subject.name)}</b>{place}</p>"
        f"{f'<ul>{evidence}</ul>' if evidence else ''}<p>{escaped(finding.reason)}</p>"
        f"{f'<p>To mend it:</p><ol>{steps}</ol>' if steps else ''}{link}"
        f"<p class='soft'>Rule <code>{escaped(finding.rule)}</code>, from {escaped(finding.reference)}.</p>"
        "</article>"
    )


def _muted(dossier: Dossier) -> str:
    rows = "".join(
        f"<tr><th scope='row'>{escaped(f.subject.name)}</th><td>{f.severity.word}</td>"
        f"<td>{escaped(f.title)}</td><td>{escaped(f.muted.reason)}</td>"
        f"<td>{f.muted.until:%Y-%m-%d}</td></tr>"
        for f in dossier.report.findings
        if f.muted is not None
    )
    return _table("Muted", "Muted findings", ("About", "Severity", "Finding", "Because", "Until"), rows)


def _not_judged(dossier: Dossier) -> str:
    rows = "".join(
        f"<tr><th scope='row'>{escaped(n.subject.name)}</th><td>{escaped(n.rule or 'all rules')}</td>"
        f"<td>{escaped(n.why)}</td></tr>"
        for n in dossier.report.not_judged
    )
    return _table("Not judged", "Rules that could not judge", ("About", "Rule", "Because"), rows)


def _inventory(dossier: Dossier, place: int) -> str:
    heads = (*_COLUMNS, "Worst case") if any(line.worst_case for line in dossier.keys) else _COLUMNS
    rows = "".join(_key_row(line, with_worst=len(heads) > len(_COLUMNS)) for line in dossier.keys)
    name = f"Keys of {dossier.report.environment}"
    return _table("Keys", name, heads, rows, wide=f"k{place}")


def _key_row(line: KeyLine, *, with_worst: bool) -> str:
    where = ", ".join(line.allowlist) or ("any address" if line.width == "open" else line.width)
    cells = [
        line.account,
        line.venue,
        line.process or "none",
        line.role or "none",
        line.client or "not declared",
        ", ".join(line.rights) or "not known",
        where or "not known",
        line.nonce_window or "not known",
        line.expires or "not known",
        line.last_used or "not known",
        line.checked,
        "not known" if line.score is None else str(line.score),
    ]
    found = "".join(f"<td>{escaped(cell)}</td>" for cell in cells)
    worst = f"<td>{escaped(line.worst_case)}</td>" if with_worst else ""
    return (
        f"<tr><th scope='row'>{escaped(line.name)}</th>{found}"
        f"<td><code>{escaped(line.api_key)}</code></td>{worst}</tr>"
    )


def _table(head: str, name: str, columns: tuple[str, ...], rows: str, *, wide: str = "") -> str:
    """Write a table under a heading; a wide one scrolls by itself, and by the keyboard too."""
    if not rows:
        return ""
    heads = "".join(f"<th scope='col'>{escaped(column)}</th>" for column in columns)
    inner = f"<caption>{escaped(name)}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>"
    made = f"<table>{inner}</table>"
    if wide:
        label = f"role='region' tabindex='0' aria-label='{escaped(name)}'"
        made = f"<div class='wide' id='{wide}' {label}>{made}</div>"
    return f"<h3>{escaped(head)}</h3>{made}"


def _many(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
