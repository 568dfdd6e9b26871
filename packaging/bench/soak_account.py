"""Settles the soak: our own record against the exchange's request log, call by call."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

from bench.report import Claim
from bench.soak_record import Sent
from kraken_desk.services.guard import FAILURE_BUDGET, LOCKOUT

Logged = dict[str, Any]
INJECTED_REFUSALS = ("invalid_nonce", "invalid_key")
_NONCE_WORDS = ("Invalid nonce", "nonceBelowThreshold", "nonceDuplicate")
_KEY_WORDS = ("Invalid key", "Invalid signature", "authenticationError")
_LOCKOUT_WORDS = ("Temporary lockout",)
_SPOT = "/0/"  # Futures has no lockout: there the fault reads “apiLimitExceeded”
_TRANSFERS = ("/AccountTransfer", "/transfer/subaccount")


def claims(sent: list[Sent], log: list[Logged], transfers_asked: int) -> list[Claim]:
    """Say what the two records prove; a fault that the exchange injected is never counted as ours."""
    signed = [entry for entry in sent if entry.api_key and entry.left]
    logged = [entry for entry in log if entry["api_key"]]
    most = _most_failures_at_once(logged)
    late = _sent_during_lockouts(signed, logged)
    repeated = [entry for entry in signed if entry.path.endswith(_TRANSFERS)]
    struck = sum(bool(entry["fault"]) for entry in logged)
    return [
        _none("calls that only one side knows", _unmatched(signed, logged), f"{len(signed)} calls matched"),
        _none("invalid nonces caused by us", _said(logged, _NONCE_WORDS), f"{struck} calls struck by faults"),
        _none("failed authentications caused by us", _said(logged, _KEY_WORDS)),
        _none("lockouts provoked", _said(logged, _LOCKOUT_WORDS)),
        _none("nonces of a key that did not rise", _falling(signed)),
        Claim(
            "failures in any quarter of an hour, injected ones included, stay inside our budget",
            most <= FAILURE_BUDGET,
            f"at most {most} of {FAILURE_BUDGET}",
        ),
        Claim(
            "an injected lockout is heeded: only calls already admitted were still sent",
            late < FAILURE_BUDGET,
            f"at most {late} per lockout",
        ),
        Claim(
            "no transfer was sent twice",
            len(repeated) <= transfers_asked,
            f"{len(repeated)} sent for {transfers_asked} asked",
        ),
    ]


def _none(what: str, count: int, note: str = "") -> Claim:
    return Claim(f"no {what}", count == 0, f"{count}" + (f" ({note})" if note else ""))


def _unmatched(signed: list[Sent], logged: list[Logged]) -> int:
    """Count the differences, key by key in order; a call struck before it was read shows no nonce."""
    ours, theirs = defaultdict(list), defaultdict(list)
    for entry in signed:
        ours[entry.api_key].append((entry.path, entry.nonce))
    for line in logged:
        theirs[line["api_key"]].append((line["path"], line["nonce"], bool(line["fault"])))
    wrong = 0
    for key in ours.keys() | theirs.keys():
        wrong += abs(len(ours[key]) - len(theirs[key]))
        for (path, nonce), (seen_path, seen_nonce, struck) in zip(ours[key], theirs[key], strict=False):
            wrong += path != seen_path or (nonce != seen_nonce and not (struck and not seen_nonce))
    return wrong


def _said(logged: list[Logged], words: tuple[str, ...]) -> int:
    """Count verdicts of the exchange's own rules; an injected refusal reads “fault NAME”."""
    return sum(any(word in line["verdict"] for word in words) for line in logged)


def _falling(signed: list[Sent]) -> int:
    last: Counter[str] = Counter()
    falling = 0
    for entry in signed:
        if entry.nonce:
            falling += int(entry.nonce) <= last[entry.api_key]
            last[entry.api_key] = int(entry.nonce)
    return falling


def _most_failures_at_once(logged: list[Logged]) -> int:
    words = _NONCE_WORDS + _KEY_WORDS
    at = [
        float(line["at"])
        for line in logged
        if line["fault"] in INJECTED_REFUSALS or any(word in line["verdict"] for word in words)
    ]
    window = LOCKOUT.total_seconds()
    return max((sum(start <= other < start + window for other in at) for start in at), default=0)


def _sent_during_lockouts(signed: list[Sent], logged: list[Logged]) -> int:
    """Return the most calls that left after an answer “locked out” had come in, before its end."""
    position: Counter[str] = Counter()
    of_key: dict[str, list[Sent]] = defaultdict(list)
    for entry in signed:
        of_key[entry.api_key].append(entry)
    most = 0
    for line in logged:
        key, place = line["api_key"], position[line["api_key"]]
        position[key] += 1
        if line["fault"] != "lockout" or not line["path"].startswith(_SPOT) or place >= len(of_key[key]):
            continue
        known = of_key[key][place].ended_at
        if known is not None:
            end = known + LOCKOUT - timedelta(seconds=1)
            most = max(most, sum(known < entry.sent_at < end for entry in signed))
    return most
