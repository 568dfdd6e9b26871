"""Texts from outside as they are: no markup in tooltips, no mnemonics in buttons.

Qt guesses whether a text is rich and reads “&” as a shortcut; names typed by people or sent by Kraken
must be neither.
"""

from __future__ import annotations

from html import escape


def plain_tip(text: str) -> str:
    """Return a tooltip that shows exactly `text`; without a tag Qt takes it for plain anyway."""
    if "<" not in text:
        return text
    lines = escape(text).replace("\n", "<br>")
    return f"<qt>{lines}</qt>"


def plain_button(text: str) -> str:
    """Return a button text that shows exactly `text`."""
    return text.replace("&", "&&")
