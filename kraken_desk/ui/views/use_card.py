"""The card of a key's use: whose calls Kraken saw, with the evidence; pure functions."""

from __future__ import annotations

from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.foreign_use import Sign, UseState
from kraken_desk.ui.formatting import moment
from kraken_desk.ui.theme import Tone
from kraken_desk.ui.widgets.facts import Fact

SHOWN = 5
"""Signs of use on the card, the newest first."""

_WORDS = {
    UseState.EXPECTED: ("As expected", Tone.OK),
    UseState.UNDECIDABLE: ("Cannot be told", Tone.MUTED),
    UseState.FOREIGN: ("Somebody else", Tone.DANGER),
}


def use_card(node: KeyNode) -> tuple[Fact, ...]:
    """Return the judgement of the key's use, what it rests on, and where its process runs."""
    if node.use is None:
        return (Fact("Use", "Not judged yet", Tone.MUTED, "the next check keeps what it sees"),)
    text, tone = _WORDS[node.use.state]
    facts = [Fact("Use", text, tone, node.use.words)]
    if not node.slot.is_desk_key:
        here = "on this machine only" if node.slot.only_here else "here or elsewhere"
        facts.append(Fact("Its process runs", here, note="kraken-desk keys only-here tells which"))
    return (*facts, *(_sign(sign) for sign in node.use.signs[:SHOWN]))


def _sign(sign: Sign) -> Fact:
    tone = _WORDS[sign.state][1]
    return Fact(f"Seen {moment(sign.seen_at)}", sign.text, tone, sign.why)
