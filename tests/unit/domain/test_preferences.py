"""The file of preferences: what it means, and what is said about one that cannot be used."""

from dataclasses import replace
from decimal import Decimal

import pytest

from kraken_desk.domain.errors import InputError
from kraken_desk.domain.preferences import (
    LARGEST_FILE,
    Density,
    LowBalance,
    NoticeKind,
    Preferences,
    checked_low,
    preferences_from,
    preferences_text,
)

CHANGED = Preferences(
    theme="light",
    density=Density.COMPACT,
    reduced_motion=True,
    font_percent=150,
    notices=frozenset({NoticeKind.EXPIRY}),
    amounts=True,
    low_balances=(LowBalance('Basis "B" \\ \u00fc', "USD", Decimal("2500.50")),),
    shortcuts=(("add-key", "Ctrl+Shift+N"), ("find", "")),
)


@pytest.mark.parametrize("preferences", [Preferences(), CHANGED])
def test_what_is_written_is_read_again(preferences: Preferences) -> None:
    """A file written by the program means exactly what was chosen, also with odd names."""
    assert preferences_from(preferences_text(preferences)) == preferences


def test_an_empty_file_means_the_usual() -> None:
    """Every line may be left out."""
    assert preferences_from("") == Preferences()
    assert preferences_from('[appearance]\ntheme = "dark"\n') == replace(Preferences(), theme="dark")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[appearance]\n\ntheme = "blue"', "Line 3: theme is one of system, dark, light."),
        ("[appearance]\nfont_percent = 500", "Line 2: font_percent is a whole number from 80 to 200."),
        ("[appearance]\nfont_percent = true", "Line 2: font_percent is a whole number from 80 to 200."),
        ("[appearance]\nreduced_motion = 1", "Line 2: reduced_motion is true or false, without quotes."),
        ("[notifications]\nexpiry = 'no'", "Line 2: expiry is true or false, without quotes."),
        ("[shortcuts]\nfind = 7", "Line 2: a shortcut is written in quotes, like “Ctrl+Shift+R”."),
        (
            "# x\n[look]\n",
            "Line 2: nobody knows “look”; known: appearance, notifications, shortcuts.",
        ),
        ("appearance = 1", "Line 1: “appearance” is a table: write [appearance] on a line of its own."),
        (
            '[[notifications.low_balance]]\naccount = "A"\nasset = "USD"\nleast = "-1"',
            "Line 1: no such threshold: A threshold is an amount above zero.",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, said: str) -> None:
    """A person can mend the file from the message alone."""
    with pytest.raises(InputError) as caught:
        preferences_from(text)

    assert caught.value.detail == said


@pytest.mark.parametrize(
    "text", ["[", "a = ", "= 1", "\x00", "[a]\n[a]", "x = [" * 5000, "a" * (LARGEST_FILE + 1)]
)
def test_what_is_no_toml_is_refused(text: str) -> None:
    """Broken, hostile and enormous files are errors of the input, never crashes."""
    with pytest.raises(InputError) as caught:
        preferences_from(text)

    assert caught.value.title == "The settings file cannot be used"


@pytest.mark.parametrize("least", ["0", "-5", "NaN", "Infinity", "1e40", "ten", "", "9" * 61])
def test_a_threshold_is_an_amount_above_zero(least: str) -> None:
    """Nothing else can be fallen below."""
    with pytest.raises(InputError):
        checked_low("Basis", "USD", least)
