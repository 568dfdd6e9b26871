"""The key check: what a key is and whose. Imports the standard library only."""

from kraken_desk.simulator.credentials import FuturesKey
from kraken_desk.simulator.futures.answers import iso_time
from kraken_desk.simulator.jsontext import JsonValue


def describe(key: FuturesKey) -> JsonValue:
    """Answer without envelope; the older single-range field repeats the first range."""
    blocks = key.allowed_cidr_blocks
    return {
        "apiKey": key.api_key,
        "accountUid": key.account.futures_uid,
        "iiban": key.account.iiban or None,
        "createdAt": iso_time(key.created_at, 0),
        "permissions": {"general": key.general.value, "transfer": key.transfer.value},
        "allowedCidrBlock": blocks[0] if blocks else None,
        "allowedCidrBlocks": list(blocks),
    }
