"""Where a newly seen account belongs: master or subaccount, known or assumed."""

from __future__ import annotations

from kraken_desk.domain.accounts import Account, AccountId, AccountKind, KindSource
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.keys import ApiKeyInfo
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
        corrected = Account(
            account.account_id,
            account.environment,
            account.label,
            AccountKind.SUBACCOUNT,
            account.iiban,
            account.futures_uid,
            source,
        )
        if corrected != account:
            changed.append(corrected)
    return tuple(changed)
