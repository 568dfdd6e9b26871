"""A Futures refusal and the codes that Kraken publishes for it. Imports the standard library only."""

AUTHENTICATION = "authenticationError"
API_LIMIT = "apiLimitExceeded"
INSUFFICIENT_FUNDS = "insufficientFunds"
INVALID_ACCOUNT = "invalidAccount"
INVALID_AMOUNT = "invalidAmount"
INVALID_UNIT = "invalidUnit"
INVALID_ARGUMENT = "invalidArgument"
MISSING_ARGUMENT = "requiredArgumentMissing"
NOT_FOUND = "notFound"
UNAVAILABLE = "Unavailable"
MALFORMED = "400 BAD_REQUEST"


class FuturesRefusal(Exception):  # noqa: N818 - Kraken refuses; nothing of ours went wrong
    """Kraken would answer with this code and execute nothing. `retry_after_s` is for history limits only."""

    def __init__(self, error: str, *, status: int = 200, retry_after_s: float = 0.0) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.retry_after_s = retry_after_s
