"""What a terminal would obey is shown instead."""

from __future__ import annotations

from kraken_desk.cli.output import visible


def test_control_characters_are_shown() -> None:
    """Escapes, titles of the window and marks of direction lose their power; lines and words stay."""
    assert (
        visible("Kraken\x1b[31m\x07 \u202elaog\n\tGröße №1")
        == "Kraken<001b>[31m<0007> <202e>laog\n\tGröße №1"
    )
