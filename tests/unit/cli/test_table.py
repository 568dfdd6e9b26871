"""Tables of the command line: aligned, and folded to the terminal that shows them."""

from __future__ import annotations

import sys

import pytest

from kraken_desk.cli.output import table

HEADS = ("Key", "Why")
ROWS = [("grid", "Its orders can lose the account, and its withdrawals can empty it."), ("view", "It reads.")]


def test_a_file_gets_whole_lines() -> None:
    """Nothing is folded where no terminal shows it."""
    assert table(HEADS, ROWS).splitlines() == [
        "Key   Why",
        "----  ------------------------------------------------------------------",
        "grid  Its orders can lose the account, and its withdrawals can empty it.",
        "view  It reads.",
    ]


@pytest.mark.parametrize(("columns", "lines"), [(40, 5), (20, 4), (200, 4)])
def test_a_terminal_gets_lines_of_its_width(
    monkeypatch: pytest.MonkeyPatch, columns: int, lines: int
) -> None:
    """A last column that does not fit goes on below itself, unless hardly any room is left for it."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(columns))

    shown = table(HEADS, ROWS).splitlines()

    assert len(shown) == lines
    if columns == 40:
        assert shown[2:4] == [
            "grid  Its orders can lose the account,",
            "      and its withdrawals can empty it.",
        ]
