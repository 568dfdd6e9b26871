"""What the operator reads when Kraken Spot refuses: title, what it means, the next step."""

from __future__ import annotations

from kraken_desk.domain.badges import LABELS
from kraken_desk.domain.keys import SpotPermission
from kraken_desk.exchange.operations import Operation
from kraken_desk.exchange.wording import Words

INVALID_NONCE = Words(
    "The key has been used with a higher nonce",
    "Every call needs a number above all earlier ones, and another program has signed with this key at a "
    "higher one. Kraken refused the call and executed nothing.",
    "One key belongs to one process. Name its client library (--client; “Process…” or keys assign for a"
    " stored key), or make a new key for this use.",
)
LOCKOUT = Words(
    "Kraken has locked out this internet address",
    "After too many failed authentications Kraken refuses the private calls of every key from this address "
    "for about 15 minutes. Each further attempt prolongs it.",
    "Wait. Stop other programs on this connection that use a wrong key; check failing keys one at a time.",
)
RATE_LIMIT = Words(
    "Too many calls",
    "The key's call counter at Kraken is full, so this call was refused and not executed.",
    "Wait some seconds. The counter empties by itself; the key's own process uses it too.",
)
INVALID_TOKEN = Words(
    "The WebSocket token has expired",
    "Kraken no longer accepts the token of the live connection.",
    "Nothing to do: a new one is fetched with the next connection.",
)


def invalid_key(futures_suspected: bool) -> Words:
    return Words(
        "Kraken does not accept this API key",
        "Kraken answered “Invalid key”. The key is mistyped, deleted, disabled or expired, or this machine's "
        "address is not on its IP allowlist." + _futures_note(futures_suspected),
        "Compare the key with Kraken's API settings, its expiry and its IP allowlist"
        + (
            ", or add it as a Futures key." if futures_suspected else ". A Futures key works on Futures only."
        ),
    )


def invalid_signature(futures_suspected: bool) -> Words:
    return Words(
        "Kraken does not accept the signature",
        "Kraken knows the key, but the secret does not belong to it, or the key asks for a two-factor code "
        "with every call." + _futures_note(futures_suspected),
        "Paste the secret again. If two-factor authentication is on for this key, switch it off, or make a "
        "key without it.",
    )


def account_state(original: str) -> Words:
    return Words(
        "Kraken refuses to authenticate the account",
        f"Kraken answered “{original}”: the account is locked, unconfirmed or temporarily disabled, or "
        "authentication is down at Kraken.",
        "Sign in at Kraken and look for a notice there; contact Kraken's support if there is none.",
    )


def permission_denied(operation: Operation) -> Words:
    needed = " and ".join(_with_label(permission) for permission in operation.needs)
    detail = "Kraken knows the key but does not allow this call"
    if needed:
        detail += f": {operation.purpose} it needs {needed}"
    detail += ". A restriction to IP addresses can give the same answer."
    if operation.changes and operation.moves_money:
        detail += (
            " Transfers must be signed by a key of the master account, between accounts of its own domain."
        )
    return Words(
        "The key lacks a permission",
        detail,
        "Edit the key's permissions at Kraken, or use a key that has them.",
    )


def bad_request(original: str, operation: Operation) -> Words:
    causes = "an account, an asset or the amount is not usable here"
    if not operation.moves_money:
        causes = "a value is not usable, or taken"
    if not operation.changes:
        causes = "the key's query dates may exclude the time asked for, or Kraken has changed the call"
    return Words(
        "Kraken calls the request unusable",
        f"Kraken answered “{original}” to {operation.name}: {causes}. Nothing was executed.",
        "Check the values. If they are right, report this message.",
    )


def refused(what: str, original: str) -> Words:
    if what.startswith("insufficient funds"):
        return Words(
            "Not enough funds",
            "Kraken answered that the amount is above what the account can move. Nothing was moved.",
            "Read the balances again; open orders hold a part of them.",
        )
    if what.startswith("unknown asset"):
        return Words(
            "Kraken does not know the asset here",
            f"Kraken answered “{original}”. Nothing was moved.",
            "Choose an asset that the account holds.",
        )
    return Words(
        "Kraken refuses",
        f"Kraken answered “{original}”. Nothing was executed.",
        "Check amount, asset and accounts against Kraken's limits.",
    )


def unknown(original: str) -> Words:
    return Words(
        "Kraken refuses for a reason unknown to Kraken Desk",
        f"Kraken answered “{original}”.",
        "Look the message up in Kraken's documentation, and look for a newer Kraken Desk.",
    )


def _futures_note(futures_suspected: bool) -> str:
    if not futures_suspected:
        return ""
    return (
        " Its secret has the length of a Futures secret: this may be a Futures key, which Spot never accepts."
    )


def _with_label(permission: str) -> str:
    try:
        return f"“{LABELS[SpotPermission(permission)]}” ({permission})"
    except (KeyError, ValueError):
        return permission
