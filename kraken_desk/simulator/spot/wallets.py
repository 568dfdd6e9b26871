"""Wallets of one user (not subaccounts) and the `account_id` that selects one.

Imports the standard library only. Every account of this exchange has its main wallet and no other.
"""

from kraken_desk.simulator.jsontext import JsonValue
from kraken_desk.simulator.spot.calls import Endpoint, SpotCall, all_of
from kraken_desk.simulator.spot.refusals import invalid_arguments

WALLET_PARAMETERS = frozenset({"rebase_multiplier", "account_id"})


def list_wallets(call: SpotCall) -> JsonValue:
    """List the wallets; ids are written with dashes as documented, or with spaces as seen live."""
    wallet_id = call.account.wallet_id
    if call.world.switches.wallet_id == "spaces":
        wallet_id = wallet_id.replace("-", " ")
    main: JsonValue = {
        "account_id": wallet_id,
        "flags": {"user_defined": False, "active": True},
        "status": "active",
        "type": "main",
        "name": None,
    }
    return {"accounts": [main], "cursor": {"next": None}}


def check_wallet(call: SpotCall) -> None:
    """Refuse a wallet that the account does not have."""
    wanted = call.parameters.text("account_id").replace(" ", "-").replace("+", "-")
    if wanted and wanted != call.account.wallet_id:
        raise invalid_arguments("account_id")


ENDPOINTS = {"ListWalletAccounts": Endpoint(list_wallets, all_of("query-funds"))}
