"""Moving funds on Futures: between wallets, between accounts, and out to Spot.

Imports the standard library only. Transfers give no id; only a withdrawal does.
"""

from decimal import Decimal

from kraken_desk.simulator import transfers
from kraken_desk.simulator.accounts import Account
from kraken_desk.simulator.assets import Asset, find_futures_asset
from kraken_desk.simulator.futures import refusals
from kraken_desk.simulator.futures.calls import Endpoint, FuturesCall, Need, Route
from kraken_desk.simulator.futures.refusals import FuturesRefusal
from kraken_desk.simulator.futures_book import Wallet, WalletKind
from kraken_desk.simulator.jsontext import JsonValue, places

MOST_DECIMALS = 10


def transfer(call: FuturesCall) -> dict[str, JsonValue]:
    """Move between two wallets of the key's own account."""
    account = call.account
    source = _wallet(account, call.parameters.required("fromAccount"))
    target = _wallet(account, call.parameters.required("toAccount"))
    if source is target:
        raise FuturesRefusal(refusals.INVALID_ACCOUNT)
    _move(call, (account, source), (account, target))
    return {}


def transfer_to_subaccount(call: FuturesCall) -> dict[str, JsonValue]:
    """Move between two accounts of one domain, signed by the master."""
    if call.account.master and not call.world.switches.futures_subaccount_keys_may_transfer:
        raise FuturesRefusal(refusals.AUTHENTICATION)
    from_account = _user(call, call.parameters.required("fromUser"))
    to_account = _user(call, call.parameters.required("toUser"))
    source = _wallet(from_account, call.parameters.required("fromAccount"))
    target = _wallet(to_account, call.parameters.required("toAccount"))
    if from_account is to_account:
        raise FuturesRefusal(refusals.INVALID_ACCOUNT)
    _move(call, (from_account, source), (to_account, target))
    return {}


def withdrawal(call: FuturesCall) -> dict[str, JsonValue]:
    """Move to the Spot side of the same account; blocked on subaccounts."""
    if call.account.master:
        raise FuturesRefusal(call.world.switches.futures_subaccount_withdrawal_error)
    asset = _asset(call.parameters.required("currency"))
    amount = _amount(call)
    wallet = _wallet(call.account, call.parameters.text("sourceWallet") or "cash")
    if places(amount) > min(asset.decimals, 8):
        raise FuturesRefusal(refusals.INVALID_AMOUNT)
    if not wallet.accepts(asset.futures):
        raise FuturesRefusal(refusals.INVALID_UNIT)
    try:
        return {"uid": transfers.futures_to_spot(call.world, call.account, wallet, asset, amount)}
    except transfers.InsufficientFundsError:
        raise FuturesRefusal(refusals.INSUFFICIENT_FUNDS) from None


def _move(call: FuturesCall, source: tuple[Account, Wallet], target: tuple[Account, Wallet]) -> None:
    asset = _asset(call.parameters.required("unit"))
    amount = _amount(call)
    _check_collateral(source[1], target[1], asset.futures)
    try:
        transfers.between_futures_wallets(call.world, source, target, asset.futures, amount)
    except transfers.InsufficientFundsError:
        raise FuturesRefusal(refusals.INSUFFICIENT_FUNDS) from None


def _check_collateral(source: Wallet, target: Wallet, code: str) -> None:
    both_margin = WalletKind.CASH not in {source.kind, target.kind}
    if both_margin and source.currency != target.currency:
        raise FuturesRefusal(refusals.INVALID_ACCOUNT)
    if not source.accepts(code) or not target.accepts(code):
        raise FuturesRefusal(refusals.INVALID_UNIT)


def _asset(code: str) -> Asset:
    asset = find_futures_asset(code)
    if asset is None:
        raise FuturesRefusal(refusals.INVALID_UNIT)
    return asset


def _amount(call: FuturesCall) -> Decimal:
    amount = call.parameters.amount()
    if places(amount) > MOST_DECIMALS:
        raise FuturesRefusal(refusals.INVALID_AMOUNT)
    return amount


def _wallet(account: Account, name: str) -> Wallet:
    wallet = account.futures.wallets.get(name)
    if wallet is None:
        raise FuturesRefusal(refusals.INVALID_ACCOUNT)
    return wallet


def _user(call: FuturesCall, name: str) -> Account:
    accounts = call.world.accounts
    found = accounts.by_uid(name)
    if found is None and call.world.switches.futures_user_form == "any":
        found = accounts.find(name)
    if found is None or found.domain is not call.account.domain:
        raise FuturesRefusal(refusals.INVALID_ACCOUNT)
    return found


ROUTES: tuple[Route, ...] = (
    ("POST", "transfer", Endpoint(transfer, Need.TRANSFER, cost=10)),
    ("POST", "transfer/subaccount", Endpoint(transfer_to_subaccount, Need.TRANSFER, cost=10)),
    ("POST", "withdrawal", Endpoint(withdrawal, Need.WITHDRAW, cost=100)),
)
