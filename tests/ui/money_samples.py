"""Samples for the tests of money panes and dialogs: accounts, figures, plans and records by name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from kraken_desk.domain.accounts import Account, AccountId, AccountKind, Iiban
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.balances import Balance, BalanceSheet, BalancesSnapshot
from kraken_desk.domain.environments import PRODUCTION, Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.fleet import FleetSnapshot, build_fleet
from kraken_desk.domain.keys import (
    DESK_PROCESS,
    ApiKeyInfo,
    CheckOutcome,
    KeyCheck,
    KeyId,
    KeySlot,
    Problem,
    SlotId,
    SpotPermissions,
    Venue,
)
from kraken_desk.domain.money import Asset
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.domain.transfers import (
    Figure,
    JournalId,
    PlanCheck,
    Route,
    TransferEnd,
    TransferOrder,
    TransferPlan,
    TransferRecord,
    TransferRequest,
    TransferState,
)

NOW = datetime(2026, 11, 20, 14, 2, 11, tzinfo=UTC)
BTC, EUR, USD = Asset("BTC"), Asset("EUR"), Asset("USD")

DEMO = Environment(
    EnvironmentName("demo"),
    EnvironmentKind.DEMO,
    spot_url="http://127.0.0.1:1",
    futures_url="http://127.0.0.1:1",
)
LIVE = PRODUCTION

MASTER = Account(
    AccountId("master"),
    DEMO.name,
    "Meridian Capital",
    AccountKind.MASTER,
    Iiban("AA88 N84G WOAK NMOI"),
    "5a7e2f80-master",
)
MOMENTUM = Account(
    AccountId("momentum"),
    DEMO.name,
    "Momentum",
    AccountKind.SUBACCOUNT,
    Iiban("AA74 9MZR 5D2K 0QWE"),
    "c1d2e3f4-momentum",
)
BASIS = Account(
    AccountId("basis"), DEMO.name, "Basis", AccountKind.SUBACCOUNT, Iiban("AA02 LX4V 7PLM 44QZ"), None
)
ACCOUNTS = (MASTER, MOMENTUM, BASIS)


def dec(text: str) -> Decimal:
    return Decimal(text)


def a_balance(
    asset: str,
    total: str,
    available: str | None = None,
    *,
    hold: str | None = None,
    part: str = "",
    wallet: str = "spot",
) -> Balance:
    return Balance(
        Asset(asset),
        wallet,
        dec(total),
        None if available is None else dec(available),
        None if hold is None else dec(hold),
        part,
    )


def a_sheet(
    account: Account,
    *rows: Balance,
    venue: Venue = Venue.SPOT,
    as_of: datetime | None = NOW,
    problem: Problem | None = None,
) -> BalanceSheet:
    return BalanceSheet(account.account_id, venue, rows, as_of, KeyId("k"), problem)


def balances_of(*sheets: BalanceSheet, refreshing: bool = False) -> BalancesSnapshot:
    return BalancesSnapshot(DEMO.name, sheets, refreshing)


def a_slot(account: Account, name: str, venue: Venue = Venue.SPOT, process: str = DESK_PROCESS) -> KeySlot:
    return KeySlot(
        slot_id=SlotId(f"slot-{name}"),
        environment=DEMO.name,
        account_id=account.account_id,
        venue=venue,
        name=name,
        key_id=KeyId(f"key-{name}"),
        api_key=f"api-{name}",
        added_at=NOW,
        process=process,
    )


def an_info(*permissions: str, allowlist: tuple[str, ...] = ("203.0.113.7/32",)) -> ApiKeyInfo:
    return ApiKeyInfo(
        venue=Venue.SPOT,
        api_key="api",
        read_at=NOW,
        permissions=SpotPermissions.from_strings(permissions or ("query-funds",)),
        ip_allowlist=IpAllowlist(allowlist),
        api_key_name="desk-key",
        iiban=MOMENTUM.iiban,
        account_uid=None,
        nonce=1_700_000_000_000,
        nonce_window=0,
        valid_until=NOW + timedelta(days=84),
        query_from=None,
        query_to=None,
        created_time=NOW - timedelta(days=300),
        modified_time=NOT_REPORTED,
        last_used=None,
    )


def a_fleet(*slots: KeySlot, accounts: tuple[Account, ...] = ACCOUNTS) -> FleetSnapshot:
    checks = {
        s.key_id: KeyCheck(s.key_id, NOW, CheckOutcome.ACCEPTED, an_info("query-funds", "withdraw-funds"))
        for s in slots
    }
    return build_fleet(DEMO.name, accounts, slots, checks, NOW)


def an_end(account: Account, wallet: str = "spot", reason: str = "") -> TransferEnd:
    return TransferEnd(account, wallet, reason)


def a_route(source: Account = MOMENTUM, destination: Account = MASTER, venue: Venue = Venue.SPOT) -> Route:
    wallet = "spot" if venue is Venue.SPOT else "cash"
    return Route(DEMO.name, venue, source.account_id, destination.account_id, wallet, wallet)


def a_plan(
    quantity: str = "12500", *, route: Route | None = None, checks: tuple[PlanCheck, ...] | None = None
) -> TransferPlan:
    used = route or a_route()
    amount = dec(quantity)
    good = (
        PlanCheck("rights", True, "desk treasury may move money between master and subaccounts."),
        PlanCheck("funds, 2 s old", True, "The source holds enough."),
        PlanCheck("route free", True, "No transfer with unknown outcome is open on this route."),
    )
    accounts = {a.account_id: a for a in ACCOUNTS}
    source, destination = accounts[used.source], accounts[used.destination]
    return TransferPlan(
        request=TransferRequest(used, USD, amount),
        source_label=source.label,
        destination_label=destination.label,
        order=TransferOrder(
            source.iiban or "",
            destination.iiban or "",
            used.source_wallet,
            used.destination_wallet,
            USD,
            amount,
        ),
        key_id=KeyId("key-desk treasury"),
        key_name="desk treasury",
        endpoint="AccountTransfer",
        source=Figure(source.label, dec("103992.10"), dec("103992.10") - amount, NOW),
        destination=Figure(destination.label, dec("48210.55"), dec("48210.55") + amount, NOW),
        checks=good if checks is None else checks,
    )


def a_record(
    state: TransferState = TransferState.CONFIRMED,
    name: str = "one",
    *,
    quantity: str = "12500",
    asset: Asset = USD,
    at: datetime = NOW,
    problem: Problem | None = None,
    transfer_id: str | None = None,
) -> TransferRecord:
    return TransferRecord(
        journal_id=JournalId(name),
        request=TransferRequest(a_route(), asset, dec(quantity)),
        state=state,
        source_label=MOMENTUM.label,
        destination_label=MASTER.label,
        key_id=KeyId("key-desk treasury"),
        key_name="desk treasury",
        endpoint="AccountTransfer",
        planned_at=at,
        changed_at=at + timedelta(seconds=1),
        sent_at=at,
        transfer_id=transfer_id,
        problem=problem,
    )


LOST_REPLY = Problem(
    "OutcomeUnknownError",
    "The answer was lost",
    "The connection broke after the transfer had been sent.",
    "Settle it in the journal before anything else moves on this route.",
)
INSUFFICIENT = Problem(
    "RefusedError",
    "Kraken refused the transfer",
    "The source does not hold enough.",
    "Lower the amount.",
    ("EFunding:Insufficient funds",),
)


def settled(record: TransferRecord, *, executed: bool) -> TransferRecord:
    state = TransferState.EXECUTED if executed else TransferState.NOT_EXECUTED
    return replace(record, state=state)
