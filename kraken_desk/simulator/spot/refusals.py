"""A Spot refusal and the strings that Kraken documents for it. Imports the standard library only."""

UNKNOWN_METHOD = "EGeneral:Unknown method"
INVALID_KEY = "EAPI:Invalid key"
INVALID_SIGNATURE = "EAPI:Invalid signature"
INVALID_NONCE = "EAPI:Invalid nonce"
RATE_LIMIT = "EAPI:Rate limit exceeded"
LOCKED_OUT = "EGeneral:Temporary lockout"
UNAVAILABLE = "EService:Unavailable"
UNKNOWN_ASSET = "EQuery:Unknown asset"
INSUFFICIENT_FUNDS = "EFunding:Insufficient funds"
INVALID_AMOUNT = "EFunding:Invalid amount"


class SpotRefusal(Exception):  # noqa: N818 - Kraken refuses; nothing of ours went wrong
    """Kraken would answer with this error string and execute nothing."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


def invalid_arguments(name: str = "") -> SpotRefusal:
    return SpotRefusal(f"EGeneral:Invalid arguments:{name}" if name else "EGeneral:Invalid arguments")
