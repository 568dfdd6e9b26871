"""Notifications before they are shown: what is told, what is kept quiet, and that no amount slips out."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from kraken_desk.domain.balances import BalanceSheet, BalancesSnapshot
from kraken_desk.domain.drift import Change, DriftEvent
from kraken_desk.domain.foreign_use import UseFinding, UseState
from kraken_desk.domain.health import Level
from kraken_desk.domain.keys import KeyId, Problem, Venue
from kraken_desk.domain.notices import Notice, Seen, notices
from kraken_desk.domain.preferences import LowBalance, NoticeKind, Preferences
from kraken_desk.domain.presence import Presence, presence_of
from kraken_desk.domain.transfers import JournalSnapshot, TransferState
from tests.helpers.builders import LAB, NOW, USD, a_balance, a_key, a_master_with
from tests.ui.money_samples import a_record

KEY = a_key(1, name="monitor")
MAIN = KEY.slot.account_id
FOREIGN = replace(KEY, use=UseFinding(KEY.slot.key_id, UseState.FOREIGN, NOW))
QUIET = Seen(a_master_with(KEY), JournalSnapshot(LAB.name), BalancesSnapshot(LAB.name))
LOW = Preferences(low_balances=(LowBalance("main", "USD", Decimal(2500)),))


def _kinds(found: tuple[Notice, ...]) -> list[NoticeKind]:
    return [notice.kind for notice in found]


def _holding(quantity: str, **changes: object) -> Seen:
    sheet = BalanceSheet(MAIN, Venue.SPOT, (a_balance(quantity, USD),), NOW)
    return replace(QUIET, balances=BalancesSnapshot(LAB.name, (replace(sheet, **changes),)))  # type: ignore[arg-type]  # by name


def test_nothing_new_is_no_notice() -> None:
    """A quiet fleet tells nothing."""
    assert notices(QUIET, LOW, NOW) == ()


def test_foreign_use_is_told_with_the_keys_name() -> None:
    """The notice names the key; the same day's finding keeps its identity."""
    seen = replace(QUIET, fleet=a_master_with(FOREIGN))

    (notice,) = notices(seen, Preferences(), NOW)
    (later,) = notices(seen, Preferences(), NOW + timedelta(hours=1))

    assert (notice.title, notice.body) == (
        "Somebody else may use “monitor”",
        "Somebody else has used this key.",
    )
    assert later.ident == notice.ident


def test_only_fresh_drift_is_told() -> None:
    """A change of today is news, one of last week is history; values are not quoted."""
    change = Change("ip_allowlist", "192.0.2.7", "any address")
    events = tuple(
        DriftEvent(KEY.slot.key_id, NOW - age, change) for age in (timedelta(hours=1), timedelta(days=7))
    )

    (notice,) = notices(replace(QUIET, drift=events), Preferences(), NOW)

    assert notice.title == "“monitor” has changed at Kraken"
    assert notice.body == "Changed: IP allowlist."


def test_drift_of_a_key_that_is_gone_is_not_told() -> None:
    """What cannot be looked at any more is no news."""
    event = DriftEvent(KeyId("gone"), NOW, Change("nonce_window", "0", "5"))

    assert notices(replace(QUIET, drift=(event,)), Preferences(), NOW) == ()


def test_amounts_are_told_only_where_allowed() -> None:
    """An unknown transfer and a low balance name figures only with the operator's leave."""
    record = a_record(state=TransferState.UNKNOWN)
    seen = replace(_holding("12.5"), journal=JournalSnapshot(LAB.name, (record,)))
    figure = f"{record.request.quantity:f}"

    closed = notices(seen, LOW, NOW)
    told = notices(seen, replace(LOW, amounts=True), NOW)

    assert _kinds(closed) == [NoticeKind.UNKNOWN_TRANSFER, NoticeKind.LOW_BALANCE]
    assert not any(figure in notice.body or "12.5" in notice.body for notice in closed)
    assert figure in told[0].body
    assert told[1].body == "Below its threshold: 12.5 of at least 2500 USD."


def test_a_balance_is_low_only_when_it_is_known() -> None:
    """Above the threshold, unread or stale, nothing is claimed."""
    unreachable = Problem("UnreachableError", "Kraken is not reached", "", "")

    assert notices(_holding("2500"), LOW, NOW) == ()
    assert notices(_holding("1", as_of=None), LOW, NOW) == ()
    assert notices(_holding("1", problem=unreachable), LOW, NOW) == ()


def test_a_kind_that_is_switched_off_is_not_told() -> None:
    """Each kind has its own switch."""
    seen = replace(QUIET, fleet=a_master_with(FOREIGN), lockout_ended=NOW)

    found = notices(seen, Preferences(notices=frozenset({NoticeKind.LOCKOUT_END})), NOW)

    assert _kinds(found) == [NoticeKind.LOCKOUT_END]


def test_the_most_urgent_state_is_shown() -> None:
    """Locked hides everything; then unknown money, then the connection, then findings."""
    assert presence_of(locked=True, unknown=True, offline=True, worst=Level.HIGH) is Presence.LOCKED
    assert (
        presence_of(locked=False, unknown=True, offline=True, worst=Level.HIGH) is Presence.UNKNOWN_TRANSFER
    )
    assert presence_of(locked=False, unknown=False, offline=True, worst=Level.HIGH) is Presence.OFFLINE
    assert presence_of(locked=False, unknown=False, offline=False, worst=Level.MEDIUM) is Presence.FINDINGS
    assert presence_of(locked=False, unknown=False, offline=False, worst=Level.LOW) is Presence.FINE
