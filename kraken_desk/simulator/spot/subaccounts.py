"""CreateSubaccount. Imports the standard library only."""

import re

from kraken_desk.simulator.accounts import Account
from kraken_desk.simulator.jsontext import JsonValue
from kraken_desk.simulator.spot.calls import Endpoint, SpotCall, all_of
from kraken_desk.simulator.spot.refusals import invalid_arguments

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def create_subaccount(call: SpotCall) -> JsonValue:
    """Create a subaccount; the answer names no id, which only shows on the account's own keys."""
    username = call.parameters.required("username")
    email = call.parameters.required("email")
    accounts = call.world.accounts
    if any(username == account.username for account in accounts):
        raise invalid_arguments("username")
    if not _EMAIL.fullmatch(email) or any(email == account.email for account in accounts):
        raise invalid_arguments("email")
    ids = call.world.ids
    accounts.add(
        Account(
            label=username,
            iiban=ids.iiban(),
            futures_uid=ids.uid(),
            master=call.account.domain,
            username=username,
            email=email,
            wallet_id=ids.wallet_id(),
        )
    )
    return True


ENDPOINTS = {
    "CreateSubaccount": Endpoint(
        create_subaccount,
        all_of("withdraw-funds"),
        parameters=frozenset({"username", "email"}),
        master_only=True,
    ),
}
