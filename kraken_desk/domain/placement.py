"""Where a newly seen account belongs: master or subaccount, known or assumed."""

from __future__ import annotations

from dataclasses import replace

from kraken_desk.domain.accounts import Account, AccountId, AccountKind, KindSource
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.keys import ApiKeyInfo
from kraken_desk.domain.values import dataclass
from kraken_desk.domain.venue_facts import DomainFacts


def account_of(accounts: tuple[Account, ...], info: ApiKeyInfo) -> Account | None:
    """Find the account that a key belongs to: by IIBAN first, then by Futures uid."""
    if info.iiban is not None:
        by_iiban = next((a for a in accounts if a.iiban == info.iiban), None)
        if by_iiban is not None:
            return by_iiban
    if info.account_uid is not None:
        return next((a for a in accounts if a.futures_uid == info.account_uid), None)
    return None


@dataclass(frozen=True, slots=True)
class Merge:
    """Two records of one account: `kept` as it is to be, and the one that goes."""

    kept: Account
    gone: Account


def proven_merge(accounts: tuple[Account, ...], info: ApiKeyInfo) -> Merge | None:
    """Return the merge that a key's facts prove: it reports both ids, and two accounts have one each.

    None too when either account already has another id of the other kind: then something is wrong
    that a person must look at. The Futures side is the one that goes; a name given by the operator
    and the better known kind stay.
    """
    if info.iiban is None or info.account_uid is None:
        return None
    spot = next((a for a in accounts if a.iiban == info.iiban), None)
    futures = next((a for a in accounts if a.futures_uid == info.account_uid), None)
    if spot is None or futures is None or spot.account_id == futures.account_id:
        return None
    if spot.futures_uid is not None or futures.iiban is not None:
        return None
    named = futures if _is_named_by_us(spot) and not _is_named_by_us(futures) else spot
    ranks = (KindSource.ASSUMED, KindSource.OPERATOR, KindSource.KRAKEN)
    told = max((spot, futures), key=lambda account: ranks.index(account.kind_source))
    kept = replace(
        spot, label=named.label, futures_uid=info.account_uid, kind=told.kind, kind_source=told.kind_source
    )
    return Merge(kept, futures)


def completed(accounts: tuple[Account, ...], account: Account, info: ApiKeyInfo) -> Account:
    """Fill in an id that a key of the account reports and nobody else has."""
    iiban, uid = account.iiban, account.futures_uid
    if iiban is None and all(a.iiban != info.iiban for a in accounts):
        iiban = info.iiban
    if uid is None and all(a.futures_uid != info.account_uid for a in accounts):
        uid = info.account_uid
    contradicts = info.iiban not in (None, iiban) or info.account_uid not in (None, uid)
    return account if contradicts else replace(account, iiban=iiban, futures_uid=uid)


def _is_named_by_us(account: Account) -> bool:
    return account.label.startswith(f"Account {account.short_id()}")


def propose_account(
    accounts: tuple[Account, ...],
    environment: EnvironmentName,
    info: ApiKeyInfo,
    facts: DomainFacts,
    new_id: AccountId,
) -> Account:
    """Describe a new account from what its first key tells.

    Kraken marks masters only in part (Futures subaccount list, volume_subaccounts of a Spot
    master), so without such a fact the first account is assumed to be the master.
    """
    kind, source = _kind(accounts, facts)
    label = _free_label(accounts, info)
    return Account(new_id, environment, label, kind, info.iiban, info.account_uid, source)


def _kind(accounts: tuple[Account, ...], facts: DomainFacts) -> tuple[AccountKind, KindSource]:
    if facts.is_master is True:
        return AccountKind.MASTER, KindSource.KRAKEN
    if facts.is_master is False:
        return AccountKind.SUBACCOUNT, KindSource.KRAKEN
    has_master = any(a.is_master for a in accounts)
    return (AccountKind.SUBACCOUNT if has_master else AccountKind.MASTER), KindSource.ASSUMED


def _free_label(accounts: tuple[Account, ...], info: ApiKeyInfo) -> str:
    taken = {a.label.casefold() for a in accounts}
    base = f"Account {info.iiban[:9]}" if info.iiban else f"Account {(info.account_uid or 'new')[:8]}"
    name, count = base, 2
    while name.casefold() in taken:
        name, count = f"{base} ({count})", count + 1
    return name


def corrections(
    accounts: tuple[Account, ...], proven_master: Account, facts: DomainFacts
) -> tuple[Account, ...]:
    """Return the accounts whose assumed kind a proven master contradicts, corrected.

    When Kraken proves one account to be the master, another that was only assumed to be one
    becomes a subaccount, and accounts that the master lists are known to be subaccounts.
    """
    linked_ibans = {linked.iiban for linked in facts.linked if linked.iiban}
    linked_uids = {linked.futures_uid for linked in facts.linked if linked.futures_uid}
    changed = []
    for account in accounts:
        if account.account_id == proven_master.account_id or account.kind_source is not KindSource.ASSUMED:
            continue
        listed = account.iiban in linked_ibans or account.futures_uid in linked_uids
        source = KindSource.KRAKEN if listed else KindSource.ASSUMED
        corrected = replace(account, kind=AccountKind.SUBACCOUNT, kind_source=source)
        if corrected != account:
            changed.append(corrected)
    return tuple(changed)
