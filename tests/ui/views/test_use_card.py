"""The card of a key's use: the judgement in words, and its evidence."""

from __future__ import annotations

from dataclasses import replace

from kraken_desk.domain.foreign_use import Sign, TraceKind, UseFinding, UseState
from kraken_desk.domain.keys import KeyId
from kraken_desk.ui.theme.tokens import Tone
from kraken_desk.ui.views.use_card import use_card
from tests.helpers.builders import NOW, a_key

SIGN = Sign(UseState.FOREIGN, TraceKind.REFUSED, NOW, "Kraken refused our nonce.", "Our nonces only rise.")


def a_finding(state: UseState, *signs: Sign) -> UseFinding:
    return UseFinding(KeyId("key-1"), state, NOW, signs)


def test_a_key_without_looks_is_not_judged() -> None:
    """Silence is no verdict."""
    [fact] = use_card(a_key(1))

    assert (fact.text, fact.tone) == ("Not judged yet", Tone.MUTED)


def test_foreign_use_stands_out_with_its_evidence() -> None:
    """What was seen, when, and why it is somebody else's."""
    use, sign = use_card(replace(a_key(1), use=a_finding(UseState.FOREIGN, SIGN)))

    assert (use.text, use.tone) == ("Somebody else", Tone.DANGER)
    assert sign.label == "Seen 2026-11-20 12:00:00 UTC"
    assert (sign.text, sign.note) == ("Kraken refused our nonce.", "Our nonces only rise.")


def test_a_process_key_says_where_its_process_runs() -> None:
    """The operator's word decides what use without a lease means."""
    node = a_key(1, process="bot", only_here=True)

    facts = use_card(replace(node, use=a_finding(UseState.EXPECTED)))

    assert [fact.text for fact in facts] == ["As expected", "on this machine only"]


def test_five_signs_are_enough_for_a_card() -> None:
    """A key under fire does not fill the pane."""
    facts = use_card(replace(a_key(1), use=a_finding(UseState.FOREIGN, *[SIGN] * 9)))

    assert len(facts) == 6
