"""The nonce card of a key: scale of its last nonce, window in time, and whether its client gets through.

Pure functions over the domain's reading of nonces.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.keys import ApiKeyInfo
from kraken_desk.domain.nonces import Usability, fingerprint, outlook, seconds_in, span_text
from kraken_desk.ui.formatting import moment
from kraken_desk.ui.theme import Tone
from kraken_desk.ui.views.key_facts import NOT_REPORTED_WORDS, nonce_facts
from kraken_desk.ui.widgets.facts import Fact


def nonce_card(node: KeyNode, now: datetime) -> tuple[Fact, ...]:
    """Return what decides which nonce Kraken accepts next, and whether the key's client can make it."""
    plain = nonce_facts(node)
    info = node.check.info if node.check else None
    if info is None:
        return plain
    client = node.slot.signing_client
    return (
        _last_nonce(info),
        *_scale(info),
        _window(info, client),
        *_outlook(info, client, now),
        plain[-1],
    )


def _last_nonce(info: ApiKeyInfo) -> Fact:
    if not isinstance(info.nonce, int):
        return Fact("Last nonce", NOT_REPORTED_WORDS, Tone.MUTED)
    return Fact("Last nonce", str(info.nonce), note=f"read {moment(info.read_at)}", mono=True)


def _scale(info: ApiKeyInfo) -> tuple[Fact, ...]:
    """Return the scale of the last nonce, and the time that it means."""
    if not isinstance(info.nonce, int):
        return ()
    found = fingerprint(info.nonce, info.read_at)
    if found.scale is None or found.means is None:
        return (Fact("Its scale", "no clock that we know", Tone.WARN, f"{found.digits} digits"),)
    scale = Fact(
        "Its scale", found.scale.name, note=f"{found.digits} digits, as of {', '.join(found.clients)}"
    )
    if not found.ahead_of_clock:
        return (scale, Fact("It means", moment(found.means)))
    lead = f"{span_text(Decimal(round(found.ahead.total_seconds())))} ahead of the clock"
    return (scale, Fact("It means", moment(found.means), Tone.WARN, lead))


def _window(info: ApiKeyInfo, client: str) -> Fact:
    if not isinstance(info.nonce_window, int):
        return Fact("Nonce window", NOT_REPORTED_WORDS, Tone.MUTED)
    if info.nonce_window == 0:
        return Fact("Nonce window", "0", note="every nonce must be higher than the last")
    span = span_text(seconds_in(info.nonce_window, client))
    return Fact("Nonce window", str(info.nonce_window), note=f"{span} for {client or 'milliseconds'}")


def _outlook(info: ApiKeyInfo, client: str, now: datetime) -> tuple[Fact, ...]:
    """Return whether the declared client's next nonce would pass."""
    if not isinstance(info.nonce, int) or not client:
        return ()
    window = info.nonce_window if isinstance(info.nonce_window, int) else 0
    prospect = outlook(info.nonce, window, client, now)
    if prospect.usability is Usability.RAISES:
        return (Fact("Next nonce", "would pass", Tone.OK, "it would raise the key's scale for good"),)
    if prospect.works:
        return (
            Fact("Next nonce", "would pass", Tone.OK, f"{prospect.headroom:,} ticks above Kraken's limit"),
        )
    if prospect.free_at is not None:
        return (Fact("Next nonce", "would be refused", Tone.WARN, f"until {moment(prospect.free_at)}"),)
    return (Fact("Next nonce", "would be refused for ever", Tone.DANGER, "a larger scale has been used"),)
