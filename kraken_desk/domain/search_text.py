"""The texts that free words are looked for in: everything an operator may know a key or account by."""

from __future__ import annotations

from functools import lru_cache

from kraken_desk.domain.accounts import Account
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.badges import BadgeKind, badges
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.keys import Permissions


def key_text(node: KeyNode, account_label: str) -> str:
    """Return a key's text, casefolded; a public key is in it only as far as it is shown."""
    slot, info = node.slot, node.check.info if node.check else None
    parts = [slot.name, slot.venue.value, slot.process, slot.role, slot.client, slot.masked_api_key()]
    parts += [account_label, node.health.level.word, slot.api_key[:4]]
    parts += [remark.title for remark in node.health.remarks]
    if info is not None:
        parts.append(_rights_text(info.permissions))
        if isinstance(info.ip_allowlist, IpAllowlist):
            parts.append(_addresses_text(info.ip_allowlist))
    return " ".join(filter(None, parts)).casefold()


def account_text(account: Account) -> str:
    iiban, uid = account.iiban or "", account.futures_uid or ""
    words = (
        account.label,
        account.kind.value,
        iiban or uid,
        iiban.replace(" ", "") or uid,
        uid,
        *account.tags,
        account.note,
    )
    return " ".join(words).casefold()


@lru_cache(maxsize=1024)
def _rights_text(permissions: Permissions) -> str:
    """Return the words that rights are found by: “trade” means trading, not reading trades."""
    words: list[str] = []
    for badge in badges(permissions):
        if badge.kind is not BadgeKind.NEUTRAL:
            words += [badge.text, *(() if badge.kind is BadgeKind.READ else badge.rights)]
    return " ".join(words)


@lru_cache(maxsize=1024)
def _addresses_text(allowlist: IpAllowlist) -> str:
    return " ".join((allowlist.status.value, *allowlist.entries))
