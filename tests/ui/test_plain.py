"""Texts from outside are shown as they are."""

from kraken_desk.ui.plain import breakable, plain_button, plain_tip


def test_markup_in_a_name_is_shown_and_not_obeyed() -> None:
    """A name that looks like HTML is escaped, line by line."""
    tip = plain_tip("<b>bot</b>\nsecond & last")

    assert tip == "<qt>&lt;b&gt;bot&lt;/b&gt;<br>second &amp; last</qt>"


def test_ordinary_texts_stay_as_they_are() -> None:
    """A text that Qt takes for plain is passed on untouched."""
    assert plain_tip("203.0.113.7\n2001:db8::1") == "203.0.113.7\n2001:db8::1"


def test_an_ampersand_is_no_shortcut() -> None:
    """A key called R&D bot keeps its name on a button."""
    assert plain_button("Remove “R&D bot”") == "Remove “R&&D bot”"


def test_only_words_too_long_for_a_dialog_may_break() -> None:
    """A run of more than 24 signs gets invisible places to break; ordinary names stay untouched."""
    assert breakable("W" * 50) == "W" * 24 + "\u200b" + "W" * 24 + "\u200b" + "WW"
    assert breakable("Long-horizon statistical arbitrage") == "Long-horizon statistical arbitrage"
