"""Forms of lines give the canonical text that is sealed, whatever stands in the values."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from kraken_desk.domain.journal import canonical
from kraken_desk.domain.line_forms import LineForms

NAMES = ("", "state", "line", "note", "% s", 'a"\\b', "é")
VALUES = st.one_of(
    st.none(),
    st.just(""),
    st.text(st.characters(exclude_categories=()), max_size=8),
    st.text('"\\%s{},:\n\x7fé'),
)


@given(st.lists(st.lists(VALUES, min_size=1, max_size=len(NAMES)), min_size=1, max_size=4))
@example([["x", 'a","line":"1', None, "", "\x7f"], ["", "\udcff", "😀", "\x00", "%%", "0", " "]])
def test_text_is_the_canonical_one(rows: list[list[str | None]]) -> None:
    """Rows of any length, with anything in them, give the text that the reference way gives."""
    forms = LineForms(NAMES)

    texts = [forms.of(row).text(row) for row in rows]

    contents = [{name: value or "" for name, value in zip(NAMES, row, strict=False) if name} for row in rows]
    assert texts == [canonical(content) for content in contents]


def test_names_in_use_are_told() -> None:
    """Only names that had a value in some row are in use, and never a column that is no content."""
    forms = LineForms(("", "state", "line", "note"))

    forms.of(("x", "sent", "", None))
    forms.of(("x", "", "2"))

    assert forms.used() == {"state", "line"}


def test_what_is_no_text_is_written_as_one() -> None:
    """A number in a column that another program has changed is verified by how it reads."""
    forms = LineForms(("state", "leg"))

    assert forms.of(("sent", 7)).text(("sent", 7)) == '{"leg":"7","state":"sent"}'
