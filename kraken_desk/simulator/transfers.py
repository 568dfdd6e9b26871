"""Moving money between accounts and venues: the only places where balances change by a transfer.

Imports the standard library only. Each function books equal amounts out and in, so the totals over all
accounts stay the same. Callers have checked rights, names and form; here only the funds are checked.
"""

from decimal import Decimal

from kraken_desk.simulator.accounts import Account
from kraken_desk.simulator.assets import Asset
from kraken_desk.simulator.futures_book import Wallet
from kraken_desk.simulator.world import World


class InsufficientFundsError(Exception):
    """The source holds less than the amount; nothing was booked."""


def between_spot_accounts(
    world: World, source: Account, target: Account, asset: Asset, amount: Decimal
) -> str:
    """Move `amount` between two Spot accounts and give the transfer id."""
    _require(source.spot.available(asset.asset_id), amount)
    transfer_id = world.ids.transfer_id()
    mode = world.switches.transfer_refid
    shared = transfer_id if mode == "transfer_id" else world.ids.trade_refid()
    target_refid = world.ids.trade_refid() if mode == "per_side" else shared
    at = world.now()
    for account, signed, refid in ((source, -amount, shared), (target, amount, target_refid)):
        world.post_spot(
            account,
            refid=refid,
            type_=world.switches.transfer_ledger_type,
            subtype=world.switches.transfer_ledger_subtype,
            asset_id=asset.asset_id,
            amount=signed,
            at=at,
        )
    return transfer_id


def spot_to_futures(world: World, account: Account, asset: Asset, amount: Decimal) -> str:
    """Move `amount` from the Spot account to the account's Futures holding wallet; give the reference."""
    _require(account.spot.available(asset.asset_id), amount)
    refid = world.ids.wallet_transfer_refid()
    at = world.now()
    world.post_spot(
        account,
        refid=refid,
        type_="transfer",
        subtype="spottofutures",
        asset_id=asset.asset_id,
        amount=-amount,
        at=at,
    )
    world.post_futures(
        account,
        wallet="cash",
        code=asset.futures,
        amount=amount,
        info="cross-exchange transfer",
        execution=refid,
        at=at,
    )
    return refid


def futures_to_spot(world: World, account: Account, wallet: Wallet, asset: Asset, amount: Decimal) -> str:
    """Move `amount` from a Futures wallet to the account's Spot side; give the withdrawal's uid."""
    _require(wallet.available(asset.futures), amount)
    uid = world.ids.uid()
    at = world.now()
    world.post_futures(
        account,
        wallet=wallet.name,
        code=asset.futures,
        amount=-amount,
        info="cross-exchange transfer",
        execution=uid if world.switches.futures_withdrawal_uid_in_log else world.ids.withdrawal_refid(),
        at=at,
    )
    world.post_spot(
        account,
        refid=world.ids.withdrawal_refid(),
        type_="transfer",
        subtype="spotfromfutures",
        asset_id=asset.asset_id,
        amount=amount,
        at=at,
    )
    return uid


def between_futures_wallets(
    world: World,
    source: tuple[Account, Wallet],
    target: tuple[Account, Wallet],
    code: str,
    amount: Decimal,
) -> None:
    """Move `amount` between two Futures wallets of one account or of two; debit first, one reference."""
    (from_account, from_wallet), (to_account, to_wallet) = source, target
    _require(from_wallet.available(code), amount)
    info = "transfer" if from_account is to_account else "subaccount transfer"
    reference = world.ids.uid()
    at = world.now()
    for account, wallet, signed in (
        (from_account, from_wallet, -amount),
        (to_account, to_wallet, amount),
    ):
        world.post_futures(
            account, wallet=wallet.name, code=code, amount=signed, info=info, execution=reference, at=at
        )


def _require(available: Decimal, amount: Decimal) -> None:
    if amount > available:
        raise InsufficientFundsError
