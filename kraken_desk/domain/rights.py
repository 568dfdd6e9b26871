"""One vocabulary of rights: Kraken's three namings of each, what it opens, and how dangerous it is.

Kraken names the thirteen Spot rights in its web interface (“Query Funds”), on the wire
(`query-funds`, Kraken docs: GetApiKeyInfo) and for OAuth (`account.fast-api-key:funds-query`, Kraken
docs: OAuth scopes; the same word with underscores is the Fast API's field). A Futures key has two
rights with levels (Kraken docs: check v3 API key); each level that gives something is a right here.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NewType

from kraken_desk.domain.errors import UnknownNameError
from kraken_desk.domain.keys import (
    FuturesAccess,
    FuturesLevel,
    Permissions,
    SpotPermission,
    SpotPermissions,
    Venue,
)
from kraken_desk.domain.values import dataclass, field

RightId = NewType("RightId", str)
"""The wire string of a Spot right; `general:READ_ONLY` and the like for a Futures level."""

GENERAL_READ = RightId("general:READ_ONLY")
GENERAL_FULL = RightId("general:FULL_ACCESS")
TRANSFER_FULL = RightId("transfer:FULL_ACCESS")

_OAUTH = "account.fast-api-key:"


class Risk(IntEnum):
    """What a stranger with the right could do: look, disturb, trade, or take money out."""

    READ = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Right:
    """One right: its names, the endpoints it opens, its risk, and what surprises about it.

    `wire` is None for a Futures level, `oauth` where Kraken has published no scope. `surprise` is ""
    when the right does what its label says.
    """

    right_id: RightId
    venue: Venue
    group: str
    label: str
    wire: str | None
    oauth: str | None
    risk: Risk
    opens: tuple[str, ...]
    surprise: str = ""
    source: str = field(default="Kraken docs: GetApiKeyInfo", compare=False)

    @property
    def scope(self) -> str | None:
        """Return the OAuth scope that lets an application give this right."""
        return None if self.oauth is None else _OAUTH + self.oauth

    @property
    def fast_api_name(self) -> str | None:
        """Return the right's field in a Fast API key (inferred from the scope's name)."""
        return None if self.oauth is None else self.oauth.replace("-", "_")

    def names(self) -> frozenset[str]:
        """Return every spelling of the right, in lower case."""
        given = (self.right_id, self.label, self.wire, self.oauth, self.scope, self.fast_api_name)
        return frozenset(name.casefold() for name in given if name)


def _spot(
    permission: SpotPermission,
    group: str,
    label: str,
    oauth: str | None,
    risk: Risk,
    opens: str,
    surprise: str = "",
) -> Right:
    return Right(
        RightId(permission.value),
        Venue.SPOT,
        group,
        label,
        permission.value,
        oauth,
        risk,
        tuple(opens.split()),
        surprise,
    )


_P = SpotPermission

SPOT_RIGHTS: tuple[Right, ...] = (
    _spot(
        _P.QUERY_FUNDS,
        "Funds",
        "Query Funds",
        "funds-query",
        Risk.READ,
        "Balance BalanceEx CreditLines TradeVolume DepositAddresses DepositStatus WalletTransfer",
        "It can move money from the Spot wallet to the account's own Futures wallet (WalletTransfer).",
    ),
    _spot(
        _P.ADD_FUNDS,
        "Funds",
        "Deposit Funds",
        "funds-add",
        Risk.LOW,
        "DepositMethods DepositAddresses",
        "It makes new deposit addresses; it takes nothing out.",
    ),
    _spot(
        _P.WITHDRAW_FUNDS,
        "Funds",
        "Withdraw Funds",
        "funds-withdraw",
        Risk.CRITICAL,
        "Withdraw WithdrawInfo WithdrawMethods WithdrawAddresses WithdrawStatus WithdrawCancel"
        " AccountTransfer CreateSubaccount",
        "One right for two things: transfers between master and subaccounts, and withdrawals to saved"
        " addresses outside.",
    ),
    _spot(_P.EARN_FUNDS, "Funds", "Earn", "funds-earn", Risk.MEDIUM, "Earn/Allocate Earn/Deallocate"),
    _spot(
        _P.QUERY_OPEN_TRADES,
        "Orders and trades",
        "Query Open Orders & Trades",
        "trades-query-open",
        Risk.READ,
        "OpenOrders OpenPositions QueryOrders TradeBalance Level3",
    ),
    _spot(
        _P.QUERY_CLOSED_TRADES,
        "Orders and trades",
        "Query Closed Orders & Trades",
        "trades-query-closed",
        Risk.READ,
        "ClosedOrders QueryOrders QueryTrades TradesHistory",
    ),
    _spot(
        _P.MODIFY_TRADES,
        "Orders and trades",
        "Create & Modify Orders",
        "trades-modify",
        Risk.HIGH,
        "AddOrder AddOrderBatch AmendOrder EditOrder",
        "Whoever trades can also lose: bad prices move value out without any withdrawal.",
    ),
    _spot(
        _P.CLOSE_TRADES,
        "Orders and trades",
        "Cancel/Close Orders",
        "trades-close",
        Risk.MEDIUM,
        "CancelOrder CancelOrderBatch CancelAll CancelAllOrdersAfter",
    ),
    _spot(
        _P.QUERY_LEDGER,
        "Data",
        "Query Ledger Entries",
        "ledger-query",
        Risk.READ,
        "Ledgers QueryLedgers WithdrawStatus",
    ),
    _spot(
        _P.EXPORT_DATA,
        "Data",
        "Export Data",
        "export-data",
        Risk.READ,
        "AddExport ExportStatus RetrieveExport RemoveExport",
        "Its reports hold the whole history of the account.",
    ),
    _spot(
        _P.CREATE_WS_TOKEN,
        "WebSocket interface",
        "Access WebSocket API",
        None,
        Risk.LOW,
        "GetWebSocketsToken",
        "A token outlives its 15 minutes while its connection stays up, and can do what the key can.",
    ),
    _spot(
        _P.ADD_WITHDRAW_ADDRESS,
        "Funds",
        "Add withdrawal addresses",
        "withdrawal-address-add",
        Risk.HIGH,
        "funding/v1/addresses:create",
        "Addresses added through it need no confirmation by e-mail; they can be paid at once.",
    ),
    _spot(
        _P.UPDATE_WITHDRAW_ADDRESS,
        "Funds",
        "Update withdrawal addresses",
        "withdrawal-address-update",
        Risk.HIGH,
        "funding/v1/addresses:update",
        "It changes where saved addresses lead.",
    ),
)

_CHECK = "Kraken docs: check v3 API key"

FUTURES_RIGHTS: tuple[Right, ...] = (
    Right(
        GENERAL_READ,
        Venue.FUTURES,
        "General API",
        "General API: Read Only",
        None,
        None,
        Risk.READ,
        ("accounts", "subaccounts", "account-log", "openorders", "openpositions"),
        source=_CHECK,
    ),
    Right(
        GENERAL_FULL,
        Venue.FUTURES,
        "General API",
        "General API: Full Access",
        None,
        None,
        Risk.HIGH,
        ("sendorder", "cancelorder", "transfer", "transfer/subaccount", "trading-enabled"),
        "It moves money between wallets, and on the master between master and subaccounts; “no withdrawal”"
        " does not prevent that.",
        source=_CHECK,
    ),
    Right(
        TRANSFER_FULL,
        Venue.FUTURES,
        "Withdrawal API",
        "Withdrawal API: Full Access",
        None,
        None,
        Risk.MEDIUM,
        ("withdrawal",),
        "“Withdrawal” is to the own Spot wallet; it leaves Kraken only with another key.",
        source=_CHECK,
    ),
)

RIGHTS: tuple[Right, ...] = (*SPOT_RIGHTS, *FUTURES_RIGHTS)
"""Every right there is, Spot first, in the order of Kraken's documents."""

_BY_ID = {right.right_id: right for right in RIGHTS}
_BY_NAME = {name: right for right in RIGHTS for name in right.names()}


def right_of(right_id: str) -> Right | None:
    return _BY_ID.get(RightId(right_id))


def is_of(right_id: str, venue: Venue) -> bool:
    """Say whether a right is one of a venue; unknown ones are of neither."""
    found = right_of(right_id)
    return found is not None and found.venue is venue


def label_of(right_id: str) -> str:
    """Return Kraken's label of a right; an unknown one is shown as Kraken spells it."""
    found = right_of(right_id)
    return found.label if found else right_id


def right_named(name: str) -> Right:
    """Find a right by any of Kraken's three namings; raises UnknownNameError."""
    found = _BY_NAME.get(" ".join(name.split()).casefold())
    if found is None:
        raise UnknownNameError(
            "No such right",
            f"“{name.strip()}” is none of Kraken's names for a right.",
            "See kraken-desk roles rights for all of them.",
        )
    return found


def right_ids(permissions: Permissions) -> frozenset[RightId]:
    """Return the known rights that a key really has: full access includes reading."""
    if isinstance(permissions, SpotPermissions):
        return frozenset(RightId(permission.value) for permission in permissions.known)
    held = set()
    if permissions.general in (FuturesLevel.READ_ONLY, FuturesLevel.FULL_ACCESS):
        held.add(GENERAL_READ)
    if permissions.general == FuturesLevel.FULL_ACCESS:
        held.add(GENERAL_FULL)
    if permissions.transfer == FuturesLevel.FULL_ACCESS:
        held.add(TRANSFER_FULL)
    return frozenset(held)


def unknown_rights(permissions: Permissions) -> tuple[str, ...]:
    """Return what Kraken reports and this table lacks, as Kraken spells it; "" levels are none."""
    if isinstance(permissions, SpotPermissions):
        return permissions.unknown
    known = set(FuturesLevel)
    given = (("general", permissions.general), ("transfer", permissions.transfer))
    return tuple(f"{name}:{level}" for name, level in given if level and level not in known)


def permissions_of(venue: Venue, held: frozenset[RightId]) -> Permissions:
    """Turn rights back into what Kraken would report; the inverse of `right_ids`."""
    if venue is Venue.SPOT:
        return SpotPermissions.from_strings(tuple(sorted(held)))
    general = FuturesLevel.NO_ACCESS
    if GENERAL_FULL in held:
        general = FuturesLevel.FULL_ACCESS
    elif GENERAL_READ in held:
        general = FuturesLevel.READ_ONLY
    transfer = FuturesLevel.FULL_ACCESS if TRANSFER_FULL in held else FuturesLevel.NO_ACCESS
    return FuturesAccess(general, transfer)


def in_order(held: frozenset[RightId]) -> tuple[RightId, ...]:
    """Sort rights as the table does, unknown ones last by name."""
    known = tuple(right.right_id for right in RIGHTS if right.right_id in held)
    return (*known, *sorted(held - set(known)))


def worst_risk(permissions: Permissions) -> Risk:
    """Return the gravest risk among a key's rights; an unknown right counts as high."""
    risks = [_BY_ID[right_id].risk for right_id in right_ids(permissions)]
    if unknown_rights(permissions):
        risks.append(Risk.HIGH)
    return max(risks, default=Risk.READ)
