"""Domain values as JSON documents: amounts as exact text, times as ISO 8601 UTC."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from kraken_desk.cli.output import Document, problem_document
from kraken_desk.domain.accounts import Account
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.badges import badges
from kraken_desk.domain.balances import AssetTotal, BalanceSheet
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import UnknownNameError
from kraken_desk.domain.fleet import AccountNode, KeyNode
from kraken_desk.domain.foreign_use import UseFinding
from kraken_desk.domain.journal import ChainReport, TransferMove
from kraken_desk.domain.keys import ApiKeyInfo, KeyCheck, SpotPermissions
from kraken_desk.domain.leases import Lease
from kraken_desk.domain.legs import Place
from kraken_desk.domain.money import plain_text
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.domain.transfers import (
    BalanceTrace,
    Evidence,
    LedgerEntry,
    PlanCheck,
    TransferPlan,
    TransferRecord,
)

if TYPE_CHECKING:
    from kraken_desk.services.plan_checks import LegCheck
    from kraken_desk.services.routes import RoutesService

NOT_REPORTED_TEXT = "not reported"


def value(thing: object) -> Any:
    """Write one value: “not reported” for what Kraken does not report, null for never or none."""
    if thing is NOT_REPORTED:
        return NOT_REPORTED_TEXT
    if isinstance(thing, datetime):
        return thing.isoformat().replace("+00:00", "Z")
    if isinstance(thing, Decimal):
        return plain_text(thing)
    if isinstance(thing, Enum):
        return thing.value
    return thing


def environment(item: Environment, *, built_in: bool) -> Document:
    return {
        "name": item.name,
        "kind": item.kind.value,
        "built_in": built_in,
        "spot_url": item.spot_url,
        "spot_ws_url": item.spot_ws_url,
        "futures_url": item.futures_url,
        "futures_ws_url": item.futures_ws_url,
    }


def account(item: Account) -> Document:
    return {
        "id": item.account_id,
        "environment": item.environment,
        "label": item.label,
        "kind": item.kind.value,
        "kind_source": item.kind_source.value,
        "iiban": item.iiban,
        "futures_uid": item.futures_uid,
        "note": item.note,
        "tags": list(item.tags),
    }


def account_tree(node: AccountNode) -> Document:
    return {
        **account(node.account),
        "state": node.worst.word,
        "keys": [key(k) for k in node.keys],
        "subaccounts": [account_tree(sub) for sub in node.subaccounts],
    }


def key(node: KeyNode) -> Document:
    slot = node.slot
    return {
        "id": slot.slot_id,
        "name": slot.name,
        "environment": slot.environment,
        "venue": slot.venue.value,
        "api_key": slot.api_key,
        "process": slot.process or None,
        "role": slot.role or None,
        "client": slot.client or None,
        "added_at": value(slot.added_at),
        "only_here": slot.only_here,
        "two_factor": slot.two_factor,
        "state": node.health.level.word,
        "settling": node.health.settling,
        "use": use(node.use) if node.use else None,
        "remarks": [
            {"level": r.level.word, "title": r.title, "detail": r.detail, "hint": r.hint}
            for r in node.health.remarks
        ],
        "lease": lease(node.lease) if node.lease else None,
        "check": check(node.check) if node.check else None,
        **(facts(node.check.info) if node.check and node.check.info else {}),
    }


def use(item: UseFinding) -> Document:
    return {
        "state": item.state.value,
        "judged_at": value(item.judged_at),
        "words": item.words,
        "evidence": [
            {
                "state": sign.state.value,
                "kind": sign.kind.value,
                "seen_at": value(sign.seen_at),
                "text": sign.text,
                "why": sign.why,
            }
            for sign in item.signs
        ],
    }


def lease(item: Lease) -> Document:
    return {
        "command": item.command,
        "pid": item.holder.pid,
        "started": item.holder.started or None,
        "child_pid": item.child.pid if item.child else None,
        "host": item.host,
        "since": value(item.since),
    }


def check(item: KeyCheck) -> Document:
    return {
        "outcome": item.outcome.value,
        "checked_at": value(item.checked_at),
        "problem": problem_document(item.problem) if item.problem else None,
    }


def facts(info: ApiKeyInfo) -> Document:
    rights = info.permissions
    if isinstance(rights, SpotPermissions):
        permissions: Any = list(rights.strings())
    else:
        permissions = {"general": rights.general, "transfer": rights.transfer}
    allowlist = info.ip_allowlist
    return {
        "api_key_name": value(info.api_key_name),
        "iiban": info.iiban,
        "account_uid": info.account_uid,
        "permissions": permissions,
        "badges": [badge.text for badge in badges(rights)],
        "ip_allowlist": list(allowlist.entries) if isinstance(allowlist, IpAllowlist) else NOT_REPORTED_TEXT,
        "ip_allowlist_status": allowlist.status.value
        if isinstance(allowlist, IpAllowlist)
        else NOT_REPORTED_TEXT,
        "nonce": value(info.nonce),
        "nonce_window": value(info.nonce_window),
        "valid_until": value(info.valid_until),
        "query_from": value(info.query_from),
        "query_to": value(info.query_to),
        "created_time": value(info.created_time),
        "modified_time": value(info.modified_time),
        "last_used": value(info.last_used),
        "read_at": value(info.read_at),
    }


def sheet(item: BalanceSheet, label: str) -> Document:
    return {
        "account": label,
        "venue": item.venue.value,
        "as_of": value(item.as_of),
        "stale": item.stale,
        "problem": problem_document(item.problem) if item.problem else None,
        "rows": [
            {
                "asset": row.asset,
                "wallet": row.wallet,
                "part": row.part or None,
                "total": value(row.total),
                "available": value(row.available),
                "hold": value(row.hold),
            }
            for row in item.rows
        ],
    }


def total(item: AssetTotal) -> Document:
    return {
        "asset": item.asset,
        "total": value(item.total),
        "available": value(item.available),
        "hold": value(item.hold),
        "oldest": value(item.oldest),
        "stale": item.stale,
    }


def plan(item: TransferPlan) -> Document:
    def figure(which: Any) -> Any:
        if which is None:
            return None
        return {"before": value(which.before), "after": value(which.after), "as_of": value(which.as_of)}

    return {
        "from": item.source_label,
        "to": item.destination_label,
        "venue": item.request.route.venue.value,
        "asset": item.request.asset,
        "amount": value(item.request.quantity),
        "key": item.key_name,
        "endpoint": item.endpoint,
        "source": figure(item.source),
        "destination": figure(item.destination),
        "checks": _checks(item.checks),
        "notes": list(item.notes),
    }


def leg_check(item: LegCheck) -> Document:
    """Write what was found of one leg of a plan before anything is sent."""
    return {
        "number": item.leg.number,
        "endpoint": item.endpoint or None,
        "signed_by": item.key_name or None,
        "sound": item.sound,
        "checks": _checks(item.checks),
    }


def _checks(checks: Iterable[PlanCheck]) -> list[Document]:
    return [{"name": c.name, "holds": c.holds, "verdict": c.verdict.value, "text": c.text} for c in checks]


def place(routes: RoutesService, item: Place) -> Document:
    """Write a place; an account that is gone keeps its id."""
    try:
        label = routes.account(item).label
    except UnknownNameError:
        label = item.account
    return {"account": label, "venue": item.venue.value, "wallet": item.wallet}


def record(item: TransferRecord) -> Document:
    route = item.request.route
    return {
        "id": item.journal_id,
        "environment": route.environment,
        "venue": route.venue.value,
        "from": item.source_label,
        "to": item.destination_label,
        "asset": item.request.asset,
        "amount": value(item.request.quantity),
        "state": item.state.value,
        "key": item.key_name,
        "endpoint": item.endpoint,
        "planned_at": value(item.planned_at),
        "sent_at": value(item.sent_at),
        "changed_at": value(item.changed_at),
        "transfer_id": item.transfer_id,
        "problem": problem_document(item.problem) if item.problem else None,
        "note": item.note,
        "plan_id": item.plan_id,
        "leg": item.leg,
        "settled_by": value(item.settled_by),
    }


def move(item: TransferMove) -> Document:
    return {
        "line": item.line,
        "state": item.state.value,
        "at": value(item.at),
        "transfer_id": item.transfer_id,
        "problem": problem_document(item.problem) if item.problem else None,
        "note": item.note,
        "settled_by": value(item.settled_by),
        "hash": item.hash,
    }


def chain(item: ChainReport) -> Document:
    return {
        "whole": item.whole,
        "lines": item.lines,
        "head": item.head,
        "found": item.found,
        "findings": [
            {"line": f.line or None, "transfer": f.journal_id or None, "what": f.what} for f in item.findings
        ],
    }


def trace(item: BalanceTrace | None) -> Any:
    if item is None:
        return None
    return {"before": value(item.before), "now": value(item.now), "unexplained": value(item.unexplained)}


def evidence(item: Evidence) -> Document:
    def rows(found: tuple[LedgerEntry, ...] | None) -> Any:
        if found is None:
            return None
        return [
            {
                "id": r.entry_id,
                "refid": r.refid,
                "time": value(r.time),
                "kind": r.kind,
                "amount": value(r.quantity),
            }
            for r in found
        ]

    return {
        "read_at": value(item.read_at),
        "source": rows(item.source_rows),
        "destination": rows(item.destination_rows),
        "source_balance": trace(item.source_balance),
        "destination_balance": trace(item.destination_balance),
        "gaps": list(item.gaps),
        "suggests_executed": item.suggests_executed,
    }
