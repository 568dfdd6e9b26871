"""Redaction: a dossier without ids, amounts or addresses, for readers who must not have them.

What belongs together still reads so: an id becomes a short hash of itself, the same in every report,
and an address becomes its number in this report. Names that people have given stay, but for what in
them is such an id, amount or address.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import StrEnum
from functools import cache

from kraken_desk.domain.allowlist import network_of
from kraken_desk.domain.audit.dossier import Dossier, KeyLine
from kraken_desk.domain.audit.findings import Finding, NotJudged, Scope, Score, Subject
from kraken_desk.domain.errors import InputError, without_secrets

_HASHED = re.compile(r"#[0-9a-f]{12}")
_MAYBE_ADDRESS = re.compile(r"[0-9A-Fa-f:.]*[:.][0-9A-Fa-f:.]*(?:/\d{1,3})?")
_AMOUNT = re.compile(
    r"(?<![\w:.,-])[-+]?\d[\d,\u202f\u00a0]*(?:\.\d+)? (?!UTC\b|API\b|IP\b)[A-Z][A-Z0-9.]{1,9}\b"
)
_WORD_START = re.compile(r"(?<!\w)[\w+/]")
_BEGINNING = 4
_BY_ID = (Scope.KEY, Scope.ACCOUNT)

Change = Callable[[str], str]


class Redaction(StrEnum):
    """What is taken out."""

    IDS = "ids"
    AMOUNTS = "amounts"
    ADDRESSES = "addresses"


def redactions(text: str) -> frozenset[Redaction]:
    """Read a list such as “ids,amounts”; raises InputError."""
    words = [word.strip().casefold() for word in text.split(",") if word.strip()]
    known = {level.value: level for level in Redaction}
    strange = next((word for word in words if word not in known), None)
    if strange is not None:
        raise InputError(
            "Nothing to redact by that name", f"“{strange[:40]}” is none.", f"Known: {', '.join(known)}."
        )
    return frozenset(known[word] for word in words)


def hashed(ref: str) -> str:
    """Return the stand-in of an id of ours; that of a stand-in is itself."""
    return (
        ref
        if _HASHED.fullmatch(ref)
        else f"#{hashlib.sha256(ref.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
    )


def fingerprint(finding: Finding, environment: str) -> str:
    """Return what names the same finding in every report of a profile, redacted or not."""
    subject = finding.subject
    ref = hashed(subject.ref) if subject.scope in _BY_ID else subject.ref
    text = f"{environment}\n{finding.rule}\n{subject.scope.value}\n{ref}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def redacted(dossier: Dossier, levels: frozenset[Redaction]) -> Dossier:
    """Return the dossier without what is to be left out; secrets are masked in any case."""
    change = _changes(dossier, levels)
    ids, amounts = Redaction.IDS in levels, Redaction.AMOUNTS in levels
    report = dossier.report
    clean = replace(
        report,
        findings=tuple(_finding(finding, change, ids) for finding in report.findings),
        not_judged=tuple(
            NotJudged(_subject(n.subject, change, ids), n.rule, change(n.why)) for n in report.not_judged
        ),
        scores=tuple(sorted(_scores(dossier, change, ids))),
    )
    keys = tuple(_line(line, change, ids, amounts) for line in dossier.keys)
    return replace(
        dossier,
        report=clean,
        keys=keys,
        known_ids=(),
        redacted=tuple(sorted(level.value for level in levels)),
    )


def _changes(dossier: Dossier, levels: frozenset[Redaction]) -> Change:
    steps: list[Change] = [without_secrets]
    if Redaction.IDS in levels:
        index = _indexed(dossier.known_ids)
        steps.append(lambda text: _without_ids(text, index))
    if Redaction.ADDRESSES in levels:
        numbers = _numbered(_texts(dossier))
        steps.append(lambda text: _MAYBE_ADDRESS.sub(lambda found: _without_address(found[0], numbers), text))
    if Redaction.AMOUNTS in levels:
        steps.append(lambda text: _AMOUNT.sub("[amount]", text))

    @cache  # most texts are those of the rules, again and again
    def change(text: str) -> str:
        for step in steps:
            text = step(text)
        return text

    return change


def _indexed(ids: Iterable[str]) -> dict[str, list[str]]:
    """Index ids by how they begin, the longest first: one look for each word, however many there are."""
    index: defaultdict[str, list[str]] = defaultdict(list)
    for known in sorted(ids, key=len, reverse=True):
        if len(known) >= _BEGINNING:
            index[known[:_BEGINNING].casefold()].append(known.casefold())
    return index


def _without_ids(text: str, index: dict[str, list[str]]) -> str:
    parts, at = [], 0
    for word in _WORD_START.finditer(text):
        start = word.start()
        if start < at:
            continue
        for known in index.get(text[start : start + _BEGINNING].casefold(), ()):
            end = start + len(known)
            if text[start:end].casefold() == known and not (text[end : end + 1].isalnum()):
                parts += [text[at:start], hashed(text[start:end])]
                at = end
                break
    return "".join((*parts, text[at:]))


def _texts(dossier: Dossier) -> Iterable[str]:
    """Yield every text in which an address can stand."""
    for finding in dossier.report.findings:
        yield from (finding.title, *finding.evidence, finding.reason, *finding.repair)
        yield from (finding.subject.name, finding.subject.account, finding.subject.process)
        yield finding.muted.reason if finding.muted else ""
    for item in dossier.report.not_judged:
        yield from (item.subject.name, item.why)
    for line in dossier.keys:
        yield from (line.account, line.name, line.process, line.role, *line.allowlist)


def _numbered(texts: Iterable[str]) -> dict[str, int]:
    """Number the networks in their own order, so that the order of the facts does not matter."""
    found = {}
    for text in texts:
        for match in _MAYBE_ADDRESS.findall(text):
            network = network_of(match.rstrip(".:"))
            if network is not None:
                found[str(network)] = (network.version, int(network.network_address), network.prefixlen)
    return {name: place for place, name in enumerate(sorted(found, key=found.__getitem__), 1)}


def _without_address(text: str, numbers: dict[str, int]) -> str:
    """Replace an address by its number; a range keeps its width, which is what it is judged by."""
    bare = text.rstrip(".:")
    network = network_of(bare)
    if network is None or ("." not in bare and ":" not in bare):
        return text
    width = "" if network.prefixlen == network.max_prefixlen else f"/{network.prefixlen}"
    return f"[address {numbers.get(str(network), 0)}{width}]{text[len(bare) :]}"


def _finding(finding: Finding, change: Change, ids: bool) -> Finding:
    subject, mute = _subject(finding.subject, change, ids), finding.muted
    return replace(
        finding,
        subject=subject,
        title=change(finding.title),
        evidence=tuple(map(change, finding.evidence)),
        reason=change(finding.reason),
        repair=tuple(map(change, finding.repair)),
        muted=replace(mute, subject=subject.ref, reason=change(mute.reason)) if mute else None,
    )


def _subject(subject: Subject, change: Change, ids: bool) -> Subject:
    return replace(
        subject,
        ref=_ref(subject.ref, change, ids and subject.scope in _BY_ID),
        name=change(subject.name),
        account_id=_ref(subject.account_id, change, ids) if subject.account_id else "",
        account=change(subject.account),
        process=change(subject.process),
    )


def _ref(ref: str, change: Change, ids: bool) -> str:
    return hashed(ref) if ids else change(ref)


def _scores(dossier: Dossier, change: Change, ids: bool) -> Iterable[tuple[str, Score]]:
    for ref, score in dossier.report.scores:
        clean = Score(score.value, tuple(map(change, score.reasons)))
        yield _ref(ref, change, ids and not ref.startswith("fleet:")), clean


def _line(line: KeyLine, change: Change, ids: bool, amounts: bool) -> KeyLine:
    return replace(
        line,
        ref=_ref(line.ref, change, ids),
        api_key=hashed(line.api_key) if ids else line.api_key,
        account=change(line.account),
        name=change(line.name),
        process=change(line.process),
        role=change(line.role),
        client=change(line.client),
        rights=tuple(map(change, line.rights)),
        allowlist=tuple(map(change, line.allowlist)),
        worst_case="[amount]" if amounts and line.worst_case else line.worst_case,
    )
