"""Rules about nonces: the window, and whether the declared client can use the key at all."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from kraken_desk.domain.audit.engine import Hit, Verdict, rule
from kraken_desk.domain.audit.facts import FleetFacts, KeyFacts
from kraken_desk.domain.audit.findings import Severity
from kraken_desk.domain.nonces import Outlook, Usability, outlook, span_text

_DEFAULT_LIMIT_S = Decimal(60)
"""Where no role says better, a window beyond a minute is called wide."""

_BLINK_S = Decimal("0.001")


@rule(
    "nonce-window-wide",
    "nonces",
    Severity.MEDIUM,
    "Nonce window too wide",
    reason="Inside the window a signed request is accepted twice, so an overheard order can be replayed.",
    repair=(
        "Set a smaller nonce window at Kraken.",
        "Give each process its own key instead of a wider window.",
    ),
    reference="Kraken support: nonce window",
)
def nonce_window_wide(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a window longer than the role allows, in seconds of the client's own scale."""
    del fleet
    if key.window_s is None:
        return None
    limit = key.role.window_s if key.role is not None else _DEFAULT_LIMIT_S
    if key.window_s <= limit:
        return None
    said = f"{key.info.nonce_window} is {span_text(key.window_s)} for {key.slot.signing_client}"
    return Hit((f"{said}; {span_text(limit)} is allowed.",))


@rule(
    "nonce-window-blink",
    "nonces",
    Severity.LOW,
    "Nonce window too small to help",
    reason="It is shorter than the time between two requests; another client's scale was meant.",
    repair=("Work the number out with kraken-desk nonce-window.", "Or set it to 0 at Kraken."),
    reference="Kraken support: nonce window",
)
def nonce_window_blink(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a window that is set and yet less than a millisecond."""
    del fleet
    if key.window_s is None or not 0 < key.window_s < _BLINK_S:
        return None
    return Hit((f"{key.info.nonce_window} is {span_text(key.window_s)} for {key.slot.signing_client}.",))


@rule(
    "nonce-scale",
    "nonces",
    Severity.HIGH,
    "The declared client cannot use this key",
    reason="The key was signed at a larger scale, and Kraken takes no smaller nonce ever after.",
    repair=(
        "Correct the declared client here, if it is wrong.",
        "Otherwise make a new key at Kraken for the process.",
    ),
    reference="Kraken docs: a nonce cannot be reset",
)
def nonce_scale(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a last nonce that the declared client's clock does not reach."""
    prospect = _prospect(key, fleet.now)
    if prospect is None or prospect.usability is not Usability.DEAD:
        return None
    return Hit((f"Its last nonce is {key.info.nonce}; {key.slot.signing_client} makes smaller ones.",))


@rule(
    "nonce-ahead",
    "nonces",
    Severity.MEDIUM,
    "The key's counter is ahead of the clock",
    reason="Its process is refused until that time has come; a clock was wrong when the nonce was made.",
    repair=("Wait, or make a new key at Kraken.", "Compare the clocks (kraken-desk doctor)."),
    reference="Kraken docs: a nonce cannot be reset",
)
def nonce_ahead(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a last nonce that means a time to come."""
    prospect = _prospect(key, fleet.now)
    if prospect is None or prospect.free_at is None:
        return None
    return Hit(
        (f"Its last nonce lets {key.slot.signing_client} in again at {prospect.free_at:%Y-%m-%d %H:%M} UTC.",)
    )


def _prospect(key: KeyFacts, now: datetime) -> Outlook | None:
    """Say whether the declared client can use the key; None without a nonce, a window or a client."""
    nonce, window = key.info.nonce, key.info.nonce_window
    if not isinstance(nonce, int) or not isinstance(window, int) or not key.slot.signing_client:
        return None
    return _outlook(nonce, window, key.slot.signing_client, now)


_outlook = lru_cache(maxsize=4096)(outlook)
