"""Moving funds on Spot: AccountTransfer between accounts, WalletTransfer to Futures, new subaccounts.

Imports the standard library only.
"""

from decimal import Decimal

from kraken_desk.simulator import transfers
from kraken_desk.simulator.accounts import Account
from kraken_desk.simulator.assets import Asset, find_asset
from kraken_desk.simulator.jsontext import JsonValue, places
from kraken_desk.simulator.spot import refusals
from kraken_desk.simulator.spot.calls import Endpoint, Rights, SpotCall
from kraken_desk.simulator.spot.refusals import SpotRefusal, invalid_arguments
from kraken_desk.simulator.switches import Switches


def account_transfer(call: SpotCall) -> JsonValue:
    """Move an amount inside the signing key's domain. There is no idempotency key and no way to ask again."""
    parameters, switches = call.parameters, call.world.switches
    if parameters.text("asset_class", "currency") not in {"currency", "tokenized_asset"}:
        raise invalid_arguments("asset_class")
    asset = find_asset(parameters.required("asset"))
    amount = parameters.amount()
    source = _member(call, parameters.required("from"))
    target = _member(call, parameters.required("to"))
    if source is target:
        raise invalid_arguments("to")
    if asset is None or not asset.transferable:
        raise SpotRefusal(switches.transfer_unknown_asset_error)
    _check_precision(asset, amount)
    try:
        transfer_id = transfers.between_spot_accounts(call.world, source, target, asset, amount)
    except transfers.InsufficientFundsError:
        raise SpotRefusal(refusals.INSUFFICIENT_FUNDS) from None
    return {"transfer_id": transfer_id, "status": switches.transfer_status}


def wallet_transfer(call: SpotCall) -> JsonValue:
    """Move an amount from the key's Spot account to its Futures holding wallet; no other direction exists."""
    parameters = call.parameters
    if parameters.required("from") != "Spot Wallet":
        raise invalid_arguments("from")
    if parameters.required("to") != "Futures Wallet":
        raise invalid_arguments("to")
    asset = find_asset(parameters.required("asset"))
    amount = parameters.amount()
    if asset is None or not asset.futures:
        raise SpotRefusal(call.world.switches.transfer_unknown_asset_error)
    _check_precision(asset, amount)
    try:
        return {"refid": transfers.spot_to_futures(call.world, call.account, asset, amount)}
    except transfers.InsufficientFundsError:
        raise SpotRefusal(refusals.INSUFFICIENT_FUNDS) from None


def _member(call: SpotCall, iiban: str) -> Account:
    """Find an account of the caller's domain; one outside it is as good as forbidden."""
    found = call.world.accounts.by_iiban(iiban)
    if found is None:
        raise SpotRefusal(call.world.switches.transfer_unknown_account_error)
    if found.domain is not call.account.domain:
        raise SpotRefusal(call.world.switches.permission_error)
    return found


def _check_precision(asset: Asset, amount: Decimal) -> None:
    if places(amount) > asset.decimals:
        raise invalid_arguments("amount")


def _account_transfer_rights(switches: Switches) -> Rights:
    if switches.account_transfer_needs == "withdraw":
        return (frozenset({"withdraw-funds"}),)
    return (frozenset({"query-funds", "modify-trades", "close-trades"}),)


def _wallet_transfer_rights(switches: Switches) -> Rights:
    return (frozenset({switches.wallet_transfer_needs}),)


ENDPOINTS = {
    "AccountTransfer": Endpoint(
        account_transfer,
        _account_transfer_rights,
        parameters=frozenset({"asset", "asset_class", "amount", "from", "to"}),
        master_only=True,
    ),
    "WalletTransfer": Endpoint(
        wallet_transfer, _wallet_transfer_rights, parameters=frozenset({"asset", "from", "to", "amount"})
    ),
}
