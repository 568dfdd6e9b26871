"""Which events are worth a native notification, in words that give nothing away.

A notice names keys and accounts, never a secret; amounts only where the operator allows them. Its `ident`
is claimed in the store before it is shown, so that none is shown twice, whichever window sees it first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.balances import BalancesSnapshot
from kraken_desk.domain.drift import DriftEvent
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.places import ANYWHERE, Place
from kraken_desk.domain.preferences import LowBalance, NoticeKind, Preferences
from kraken_desk.domain.reminders import Reminder
from kraken_desk.domain.transfers import JournalSnapshot, TransferState
from kraken_desk.domain.values import dataclass

MOST_LINES = 3
FRESH = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification before it is shown.

    A later notice of the same `subject` takes the place of the earlier; `place` is what it speaks of.
    """

    kind: NoticeKind
    ident: str
    title: str
    body: str
    subject: str = ""
    place: Place = ANYWHERE

    @property
    def urgent(self) -> bool:
        """Say whether it waits until it is looked at: money or a key is in doubt."""
        return self.kind in {NoticeKind.UNKNOWN_TRANSFER, NoticeKind.FOREIGN_USE}

    def nameless(self) -> Notice:
        """Return it for a locked screen: what kind of thing happened, and nothing of which."""
        return replace(self, title=_NAMELESS[self.kind], body="Unlock Kraken Desk to see which.")


_NAMELESS = {
    NoticeKind.EXPIRY: "Dates are near",
    NoticeKind.DRIFT: "A key has changed at Kraken",
    NoticeKind.FOREIGN_USE: "Somebody else may use a key",
    NoticeKind.LOCKOUT_END: "The lockout is over",
    NoticeKind.UNKNOWN_TRANSFER: "A transfer's outcome is unknown",
    NoticeKind.LOW_BALANCE: "A balance is low",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known now; `lockout_ended` is the end of a lockout that has just passed."""

    fleet: FleetSnapshot
    journal: JournalSnapshot
    balances: BalancesSnapshot
    drift: tuple[DriftEvent, ...] = ()
    reminder: Reminder | None = None
    lockout_ended: datetime | None = None


def notices(seen: Seen, preferences: Preferences, now: datetime) -> tuple[Notice, ...]:
    """Return what the operator wants to be told of, told before or not."""
    found = (
        *_dates(seen.reminder),
        *_drift(seen, now),
        *_foreign(seen.fleet),
        *_lockout(seen),
        *_unknown(seen.journal, amounts=preferences.amounts),
        *_low(seen, preferences, now),
    )
    return tuple(notice for notice in found if notice.kind in preferences.notices)


def _dates(reminder: Reminder | None) -> Iterable[Notice]:
    if reminder is not None:
        lines = reminder.lines()
        more = [f"and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []
        body = "\n".join([*lines[:MOST_LINES], *more])
        ident = f"dates:{reminder.at.isoformat()}"
        yield Notice(NoticeKind.EXPIRY, ident, "Dates are near", body, "dates", Place("timeline"))


def _drift(seen: Seen, now: datetime) -> Iterable[Notice]:
    """Yield the changes of the last day; older ones are history."""
    for event in seen.drift:
        node = seen.fleet.key(event.key_id)
        if node is not None and now - event.seen_at < FRESH:
            ident = f"drift:{event.key_id}:{event.seen_at.isoformat()}:{event.change.fact}"
            title = f"“{node.slot.name}” has changed at Kraken"
            place = Place(account_id=node.slot.account_id, slot_id=node.slot.slot_id)
            subject = f"drift:{event.key_id}"
            yield Notice(NoticeKind.DRIFT, ident, title, f"Changed: {event.change.name}.", subject, place)


def _foreign(fleet: FleetSnapshot) -> Iterable[Notice]:
    keys = fleet.keys()
    for node in keys:
        if node.use is not None and node.use.is_foreign:
            title = f"Somebody else may use “{node.slot.name}”"
            ident = f"foreign:{node.slot.key_id}:{node.use.judged_at:%Y-%m-%d}"
            place = Place(account_id=node.slot.account_id, slot_id=node.slot.slot_id)
            subject = f"foreign:{node.slot.key_id}"
            yield Notice(NoticeKind.FOREIGN_USE, ident, title, node.use.words, subject, place)


def _lockout(seen: Seen) -> Iterable[Notice]:
    if seen.lockout_ended is not None:
        ident = f"lockout:{seen.fleet.environment}:{seen.lockout_ended.isoformat()}"
        body = "Kraken answers this address again. Find out which key caused it before checking all."
        yield Notice(NoticeKind.LOCKOUT_END, ident, "The lockout is over", body, "lockout", Place("findings"))


def _unknown(journal: JournalSnapshot, *, amounts: bool) -> Iterable[Notice]:
    for record in journal.records:
        if record.state is TransferState.UNKNOWN:
            what = f"{record.request.quantity:f} {record.request.asset}. " if amounts else ""
            body = f"{what}It is not sent again; its route is blocked until the ledgers or you settle it."
            ident = f"unknown:{record.journal_id}"
            place = Place("journal", journal_id=record.journal_id)
            yield Notice(
                NoticeKind.UNKNOWN_TRANSFER, ident, "A transfer's outcome is unknown", body, ident, place
            )


def _low(seen: Seen, preferences: Preferences, now: datetime) -> Iterable[Notice]:
    """Yield one notice for each threshold that is undercut, at most once a day for each."""
    for low in preferences.low_balances:
        for account_id, label in _accounts_named(seen.fleet, low.account):
            total = _total(seen.balances, account_id, low.asset)
            if total is not None and total < low.least:
                ident = f"low:{account_id}:{low.asset}:{low.least:f}:{now:%Y-%m-%d}"
                body = f"Below its threshold{_figures(total, low) if preferences.amounts else ''}."
                place = Place("balances", account_id=account_id)
                title, subject = f"{label} is low on {low.asset}", f"low:{account_id}:{low.asset}"
                yield Notice(NoticeKind.LOW_BALANCE, ident, title, body, subject, place)


def _figures(total: Decimal, low: LowBalance) -> str:
    return f": {total:f} of at least {low.least:f} {low.asset}"


def _accounts_named(fleet: FleetSnapshot, name: str) -> Iterable[tuple[AccountId, str]]:
    wanted = name.casefold()
    for node in fleet.accounts():
        account = node.account
        names = (account.label, account.iiban, account.futures_uid)
        if wanted in {str(each).casefold() for each in names if each}:
            yield account.account_id, account.label


def _total(balances: BalancesSnapshot, account_id: AccountId, asset: str) -> Decimal | None:
    """Return what an account holds over all wallets; None while it is unread or stale, never a guess."""
    sheets = balances.of(account_id)
    if not sheets or any(sheet.as_of is None or sheet.stale for sheet in sheets):
        return None
    return sum((row.total for sheet in sheets for row in sheet.rows if row.asset == asset), Decimal(0))
