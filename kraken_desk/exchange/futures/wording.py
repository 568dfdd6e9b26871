"""What the operator reads when Kraken Futures refuses: title, what it means, the next step."""

from __future__ import annotations

from kraken_desk.domain.keys import Venue
from kraken_desk.exchange.operations import Circumstances, Operation
from kraken_desk.exchange.wording import Words

NONCE = Words(
    "The key has been used with a higher nonce",
    "Another program has signed with this key at a higher number. Kraken executed nothing.",
    "One key belongs to one process. Name its client library (--client; “Process…” or keys assign for a"
    " stored key), or make a new key.",
)
RATE_LIMIT = Words(
    "Too many calls",
    "The call budget at Kraken Futures is used up, so this call was refused and not executed.",
    "Wait. Calls are counted over 10 seconds, those of the account log over 10 minutes.",
)


def authentication(circumstances: Circumstances) -> Words:
    operation = circumstances.operation
    causes = "The key is mistyped or deleted, the secret is not its own, or this machine's address is barred"
    if operation.needs:
        causes += f". A key without {_needed(operation)} gets the same answer"
    spot = circumstances.secret_looks_like is Venue.SPOT
    note = " Its secret has the length of a Spot secret: a Spot key never works on Futures." if spot else ""
    return Words(
        "Kraken Futures does not accept this key",
        f"{causes}.{note}",
        "Compare the key with Kraken's Futures settings"
        + (", or add it as a Spot key." if spot else ". A Spot key works on Spot only."),
    )


def forbidden(operation: Operation) -> Words:
    needed = _needed(operation) or "a right that this key does not have"
    return Words(
        "The key lacks a permission",
        f"Kraken knows the key, but {operation.purpose} it needs {needed}.",
        "Futures keys cannot be edited: make a new key with that access, or use another one.",
    )


def refused(key: str, original: str) -> Words:
    if key.startswith("insufficientfunds"):
        return Words(
            "Not enough funds",
            "The amount is above what the wallet can move. Nothing was moved.",
            "Read the balances again; open positions hold a part of them.",
        )
    if key.startswith("accountinactive"):
        return Words(
            "The Futures account is not active",
            f"Kraken answered “{original}”: Futures is not activated for the account, or it is frozen.",
            "Activate Futures for the account at Kraken.",
        )
    what = {
        "invalidaccount": "one of the accounts or wallets is not known, or they hold different currencies",
        "invalidamount": "the amount is not usable here",
        "invalidunit": "the asset is not usable in that wallet",
    }.get(key, "the account, wallet or asset asked for does not exist")
    return Words(
        "Kraken Futures refuses",
        f"Kraken answered “{original}”: {what}. Nothing was executed.",
        "Check accounts, wallets, asset and amount.",
    )


def paused(original: str) -> Words:
    return Words(
        "Kraken Futures does not take transfers now",
        f"Kraken answered “{original}”: the service is paused. Nothing was moved.",
        "Try again later; it says nothing about the funds.",
    )


def bad_request(original: str, operation: Operation) -> Words:
    return Words(
        "Kraken calls the request malformed",
        f"Kraken answered “{original}” to {operation.name}. Nothing was executed.",
        "Kraken may have changed the call. Look for a newer Kraken Desk and report this message.",
    )


def unclear(original: str) -> str:
    if original.lower().startswith("nonceduplicate"):
        return "Kraken answered “nonceDuplicate”, as if the same request had arrived before"
    return f"Kraken answered “{original}”"


def unknown(original: str) -> Words:
    return Words(
        "Kraken Futures refuses for a reason unknown to Kraken Desk",
        f"Kraken answered “{original}”.",
        "Look the message up in Kraken's documentation, and look for a newer Kraken Desk.",
    )


def _needed(operation: Operation) -> str:
    return " and ".join(operation.needs)
