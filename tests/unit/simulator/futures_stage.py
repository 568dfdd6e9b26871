"""What the tests of the simulated Futures venue share: its paths and a good transfer."""

from tests.unit.simulator.conftest import SmallExchange

ACCOUNTS = "/derivatives/api/v3/accounts"
SUBACCOUNTS = "/derivatives/api/v3/subaccounts"
TRANSFER = "/derivatives/api/v3/transfer"
SUB_TRANSFER = "/derivatives/api/v3/transfer/subaccount"
WITHDRAWAL = "/derivatives/api/v3/withdrawal"
LOG = "/api/history/v3/account-log"
CHECK = "/api/auth/v1/api-keys/v3/check"


def transfer_order(small: SmallExchange, **changes: str) -> dict[str, str]:
    """A good transfer of 10 USD from the master to the first subaccount, with changes."""
    good = {
        "fromUser": small.master.futures_uid,
        "toUser": small.first.futures_uid,
        "fromAccount": "cash",
        "toAccount": "cash",
        "unit": "usd",
        "amount": "10",
    }
    return {**good, **changes}
