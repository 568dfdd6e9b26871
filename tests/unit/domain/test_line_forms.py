"""Text beyond ASCII is written in the one form that is sealed, whatever stands around it."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from kraken_desk.domain.line_forms import in_ascii, quoted


@given(st.text(st.characters(exclude_categories=(), exclude_characters='"\\\x7f', min_codepoint=0x20)))
@example("\x80\xe9\udcff😀u00e9")
def test_what_is_no_ascii_is_written_by_its_numbers(text: str) -> None:
    """The text is as JSON writes it, and may hold lone surrogates of damaged bytes."""
    assert f'"{in_ascii(text)}"' == quoted(text)
