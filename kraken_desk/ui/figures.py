"""Figures as text, cut at the decimal point, so that columns can set point below point."""

from __future__ import annotations


def cut_at_point(text: str) -> tuple[str, str]:
    """Return what stands before the point of a figure, and the rest with its unit.

    Of `12 500.25 USD` that is `12 500` and `.25 USD`; without a point the unit alone is the rest.
    """
    number = text.rpartition(" ")[0] or text
    whole = number.partition(".")[0]
    return whole, text[len(whole) :]
