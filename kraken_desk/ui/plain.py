"""Texts from outside as they are: no markup in tooltips, no mnemonics in buttons.

Qt guesses whether a text is rich and reads “&” as a shortcut; names typed by people or sent by Kraken
must be neither.
"""

from __future__ import annotations

import re

UNBROKEN = 24
"""Characters without a gap that fit into every dialog; a longer run is allowed to break after them."""

_RUN = rf"(\S{{{UNBROKEN}}})(?=\S)"


def plain_tip(text: str) -> str:
    """Return a tooltip that shows exactly `text`; without a tag Qt takes it for plain anyway."""
    if "<" not in text:
        return text
    from html import escape  # with its table of names; few texts need it

    lines = escape(text).replace("\n", "<br>")
    return f"<qt>{lines}</qt>"


def plain_button(text: str) -> str:
    """Return a button text that shows exactly `text`."""
    return text.replace("&", "&&")


def breakable(text: str) -> str:
    """Return `text` with invisible places to break in very long words, so that no name widens a dialog."""
    return re.sub(_RUN, "\\1\u200b", text)
