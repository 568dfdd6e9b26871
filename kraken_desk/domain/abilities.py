"""What a key can do, in one sentence that a person understands without knowing Kraken's rights."""

from __future__ import annotations

from functools import lru_cache

from kraken_desk.domain.accounts import AccountKind
from kraken_desk.domain.keys import Permissions, SpotPermission, SpotPermissions, Venue
from kraken_desk.domain.rights import (
    GENERAL_FULL,
    GENERAL_READ,
    TRANSFER_FULL,
    right_ids,
    unknown_rights,
)
from kraken_desk.domain.values import dataclass

P = SpotPermission


@dataclass(frozen=True, slots=True)
class Abilities:
    """The powers that matter for money, worked out of the rights and the kind of the account.

    `moves_between_accounts` and `withdraws` are of the present: Kraken blocks withdrawals from
    subaccounts, and only the master moves money between accounts. `kind` None counts as a master.
    """

    reads: tuple[str, ...] = ()
    places_orders: bool = False
    cancels_orders: bool = False
    moves_to_futures: bool = False
    moves_wallets: bool = False
    moves_between_accounts: bool = False
    withdraws: bool = False
    withdraws_to_spot: bool = False
    changes_addresses: bool = False
    deposits: bool = False
    earns: bool = False
    streams: bool = False
    blocked_withdrawal: bool = False
    unknown: tuple[str, ...] = ()

    @property
    def trades(self) -> bool:
        return self.places_orders

    @property
    def takes_money_out(self) -> bool:
        """Say whether money can leave Kraken, or where it may leave to can be changed."""
        return self.withdraws or self.changes_addresses

    @property
    def only_reads(self) -> bool:
        """Say whether the key changes nothing; the Spot-to-Futures move of a reader is left aside."""
        return not (
            self.places_orders
            or self.cancels_orders
            or self.moves_wallets
            or self.moves_between_accounts
            or self.takes_money_out
            or self.withdraws_to_spot
            or self.deposits
            or self.earns
            or self.blocked_withdrawal
            or self.unknown
        )


def abilities_of(permissions: Permissions, kind: AccountKind | None = None) -> Abilities:
    """Work out the powers of a key on an account of this kind."""
    master = kind is not AccountKind.SUBACCOUNT
    if isinstance(permissions, SpotPermissions):
        return _spot(permissions, master=master)
    held = right_ids(permissions)
    full = GENERAL_FULL in held
    return Abilities(
        reads=("balances", "orders", "the account log") if GENERAL_READ in held else (),
        places_orders=full,
        cancels_orders=full,
        moves_wallets=full,
        moves_between_accounts=full and master,
        withdraws_to_spot=TRANSFER_FULL in held and master,
        blocked_withdrawal=TRANSFER_FULL in held and not master,
        streams=GENERAL_READ in held,
        unknown=unknown_rights(permissions),
    )


def _spot(permissions: SpotPermissions, *, master: bool) -> Abilities:
    held = permissions.known
    withdraw = P.WITHDRAW_FUNDS in held
    orders = P.QUERY_OPEN_TRADES in held or P.QUERY_CLOSED_TRADES in held
    readable = (
        ("balances", P.QUERY_FUNDS in held),
        ("orders", orders),
        ("the ledger", P.QUERY_LEDGER in held),
        ("exports of the whole history", P.EXPORT_DATA in held),
    )
    return Abilities(
        reads=tuple(name for name, readable_ in readable if readable_),
        places_orders=P.MODIFY_TRADES in held,
        cancels_orders=P.CLOSE_TRADES in held,
        moves_to_futures=P.QUERY_FUNDS in held,
        moves_between_accounts=withdraw and master,
        withdraws=withdraw and master,
        blocked_withdrawal=withdraw and not master,
        changes_addresses=P.ADD_WITHDRAW_ADDRESS in held or P.UPDATE_WITHDRAW_ADDRESS in held,
        deposits=P.ADD_FUNDS in held,
        earns=P.EARN_FUNDS in held,
        streams=P.CREATE_WS_TOKEN in held,
        unknown=permissions.unknown,
    )


@lru_cache(maxsize=1024)
def what_it_can_do(permissions: Permissions, kind: AccountKind | None = None) -> str:
    """Say in one sentence what a key with these rights can do on an account of this kind."""
    can = abilities_of(permissions, kind)
    venue = Venue.SPOT if isinstance(permissions, SpotPermissions) else Venue.FUTURES
    said = [part for part in (_reading(can), *_acting(can), *_moving(can, venue)) if part]
    sentence = f"Can {_joined(said)}" if said else "Can do nothing but describe itself"
    return f"{sentence}{_limits(can)}."


def _reading(can: Abilities) -> str:
    return f"read {_joined(list(can.reads))}" if can.reads else ""


def _acting(can: Abilities) -> list[str]:
    orders = [word for word, may in (("place", can.places_orders), ("cancel", can.cancels_orders)) if may]
    return [
        f"{' and '.join(orders)} orders" if orders else "",
        "make deposit addresses" if can.deposits else "",
        "put funds into Earn and take them back" if can.earns else "",
    ]


def _moving(can: Abilities, venue: Venue) -> list[str]:
    return [
        "move Spot funds to the account's Futures wallet" if can.moves_to_futures else "",
        "move money between the account's Futures wallets" if can.moves_wallets else "",
        "move money between master and subaccounts" if can.moves_between_accounts else "",
        "withdraw to saved addresses outside Kraken" if can.withdraws else "",
        "withdraw from Futures to the Spot wallet" if can.withdraws_to_spot else "",
        "change withdrawal addresses without an e-mail" if can.changes_addresses else "",
        "open private WebSocket feeds" if can.streams and venue is Venue.SPOT else "",
    ]


def _limits(can: Abilities) -> str:
    notes = []
    if can.blocked_withdrawal:
        notes.append("; its withdrawal right is useless on a subaccount, where Kraken blocks withdrawals")
    elif not can.takes_money_out and not can.withdraws_to_spot:
        notes.append("; cannot withdraw")
    if can.unknown:
        notes.append(f"; and whatever {_joined(list(can.unknown))} means, which this program does not know")
    return "".join(notes)


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
