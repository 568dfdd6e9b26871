"""Exported journals prove themselves: every flipped byte, cut and forged end is found at its line."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kraken_desk.domain.journal import ChainReport, canonical, seal, seal_of
from kraken_desk.reports.journal_lines import csv_text, jsonl, verify_file
from tests.unit.reports.plain_verification import plainly_verified

FORMS = pytest.mark.parametrize("form", ["jsonl", "csv"])


def lines(
    transfers: int, *, note: str = "first\nsecond, 'third'", label: str = "=Main, “quoted”"
) -> list[dict[str, str]]:
    made: list[dict[str, str]] = []
    previous = ""
    for number in range(transfers):
        for state, extra in (
            ("planned", {"quantity": "0.5", "source_label": label, "leg": "1"}),
            ("sent", {}),
            ("unknown", {"note": note, "problem": '{"title":"é"}'}),
        ):
            content = {
                "line": str(len(made) + 1),
                "journal_id": f"t{number}",
                "state": state,
                "at": "2026-11-20T12:00:00.000000+00:00",
                **extra,
            }
            content = {name: text for name, text in content.items() if text}
            sealed = seal(content, previous)
            made.append({**content, "previous": previous, "hash": sealed})
            previous = sealed
    return made


def copy_of(made: list[dict[str, str]], form: str) -> bytes:
    head = made[-1]["hash"] if made else ""
    if form == "csv":
        return csv_text(made, head, len(made)).encode()
    return "".join(jsonl(made, head, len(made))).encode()


@FORMS
def test_untouched_copy_is_whole(form: str) -> None:
    """What was exported verifies, with quotes, line ends, formulas and accents in it."""
    made = lines(4)

    assert verify_file(copy_of(made, form)) == ChainReport(12, made[-1]["hash"])
    assert verify_file(copy_of(made, form), made[-1]["hash"]).whole


@FORMS
def test_empty_journal_is_whole(form: str) -> None:
    """A journal without lines is exported and verified as such."""
    assert verify_file(copy_of([], form)) == ChainReport(0, "")


@FORMS
def test_every_flipped_byte_is_found(form: str) -> None:
    """Flip the lowest, the case or the highest bit of any single byte: the copy is not whole."""
    raw = copy_of(lines(2), form)
    missed = []

    for place in range(len(raw)):
        for bit in (1, 0x20, 0x80):
            flipped = bytes([*raw[:place], raw[place] ^ bit, *raw[place + 1 :]])
            if verify_file(flipped).whole:
                missed.append((place, bit, raw[place : place + 1]))

    assert missed == []


def test_flipped_byte_is_located() -> None:
    """In JSON the finding names exactly the line of the file, wherever the byte is."""
    raw = copy_of(lines(10), "jsonl")
    body = raw[: raw.rindex(b"\n", 0, -1)]
    generator = random.Random(5)

    for place in generator.sample(range(len(body)), 200):
        if raw[place : place + 1] == b"\n":
            continue
        flipped = bytes([*raw[:place], raw[place] ^ (1 << generator.randrange(7)), *raw[place + 1 :]])
        if flipped[place : place + 1] == b"\n":
            continue
        number = raw.count(b"\n", 0, place) + 1

        found = [finding.line for finding in verify_file(flipped).findings]

        assert number in found, (place, flipped[max(0, place - 20) : place + 20], found)


TEXTS = st.sampled_from(
    ["", "x", "=1", "'", 'a"b', "a,b", '",', "two\nlines", "\r\n", "\\", "é😀", "\x7f", "\x00"]
)


@st.composite
def damaged_copies(draw: st.DrawFn, form: str) -> bytes:
    """Copies with any texts in them, of which bytes or whole lines were changed, or nothing at all."""
    copy = copy_of(lines(4, note=draw(TEXTS), label=draw(TEXTS)), form)
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(copy) - 1))
        new = draw(
            st.sampled_from(
                [b"", b'"', b",", b"\r", b"\n", b"\xff", b"'", b"\\", b"x", b'""', b"\r\n", b"\\/", b"="]
            )
        )
        copy = copy[:place] + new + copy[place + draw(st.integers(0, 1)) :]
    rows = copy.splitlines(keepends=True)
    place = draw(st.integers(0, len(rows) - 1))
    rows[place : place + 1] = rows[place : place + 1] * draw(st.sampled_from([0, 1, 1, 1, 2]))
    return b"".join(rows)


@FORMS
@given(data=st.data())
def test_quick_way_finds_what_the_plain_way_finds(form: str, data: st.DataObject) -> None:
    """Whatever was done to a copy, the report is the same as that of parsing everything."""
    raw = data.draw(damaged_copies(form))

    report, plain = verify_file(raw), plainly_verified(raw, form)

    if form == "jsonl" and raw[:1] == b"{":
        assert report == plain
    elif plain is None or not (report.whole or plain.whole):
        assert not report.whole
    else:
        assert report == plain


@FORMS
def test_damage_far_inside_is_located(form: str) -> None:
    """In a copy of several batches each of some damaged lines is named, and no other."""
    raw = copy_of(lines(900, note="x, y"), form)
    rows = raw.split(b"\n")
    first = 1 if form == "csv" else 0
    damaged = (1, 2, 998, 1001, 2000, 2699)

    for number in damaged:
        rows[number - 1 + first] = rows[number - 1 + first].replace(b"2026-11", b"2026-12", 1)
    report = verify_file(b"\n".join(rows))

    assert [finding.line for finding in report.findings] == list(damaged)


@pytest.mark.parametrize(
    "text", ["\\x41\\u00e9", 'a"\\"b', "€\xe9\x80\x7f\x1f\t\b\f", "😀\ud83d", "%s%%", ',""",']
)
@FORMS
def test_lines_of_one_form_pass_together_whatever_they_hold(form: str, text: str) -> None:
    """The form that one line taught takes the next ones, with any texts in them, and finds their damage."""
    made = lines(3, note=text, label=text)
    head = made[-1]["hash"]
    whole = "".join(jsonl(made, head, 9)) if form == "jsonl" else csv_text(made, head, 9)
    raw = whole.encode("utf-8", "surrogatepass")
    place = raw.rindex(b"planned") - 1

    report = verify_file(raw)

    assert report.whole or (form == "csv" and "\ud83d" in text)  # which no UTF-8 can hold
    assert not verify_file(raw[: place + 1] + b"Q" + raw[place + 2 :]).whole


@pytest.mark.parametrize(
    ("ours", "other"),
    [("\\u00e9", "\\u00E9"), ("\\n", "\\u000a"), ("\\u007f", "\x7f"), ("/", "\\/"), ("\\ud83d", "\\uD83D")],
)
def test_every_character_of_a_value_has_one_form(ours: str, other: str) -> None:
    """Another way to write the same text in JSON does not pass, even with a seal made for it."""
    [*made, last] = lines(3)
    content = {name: text for name, text in last.items() if name not in ("previous", "hash")}
    content["note"] = "".join(map(chr, (*range(0x3000), *range(0xD700, 0x10100), 0x1F600)))
    text, stated = canonical(content), last["previous"]
    forged = seal_of(text.replace(ours, other, 1), stated)

    whole = copy_of([*made, {**content, "previous": stated, "hash": seal(content, stated)}], "jsonl")
    line = canonical({**content, "previous": stated, "hash": forged}).replace(ours, other, 1)
    damaged = b"\n".join([*whole.split(b"\n")[:8], line.encode("latin-1"), b""])

    assert verify_file(whole).whole
    assert verify_file(damaged).findings[0].what == "is not readable as a line of the journal"


def test_entry_in_another_place_is_found() -> None:
    """A line is damaged although it holds the same, if its seal does not stand where it was written."""
    raw = copy_of(lines(3), "jsonl")
    rows = raw.split(b"\n")
    seal_entry = b'"hash":"' + lines(3)[4]["hash"].encode() + b'",'
    rows[4] = b"{" + seal_entry + rows[4].replace(seal_entry, b"", 1)[1:]

    report = verify_file(b"\n".join(rows))

    assert 5 in [finding.line for finding in report.findings]


def test_cell_that_lost_its_defusing_is_found() -> None:
    """A cell that a spreadsheet would take for a formula is not as it was written."""
    raw = copy_of(lines(3), "csv")

    report = verify_file(raw.replace(b"'=Main", b"=Main", 1))

    assert [(finding.line, finding.what) for finding in report.findings] == [
        (1, "is not in the form in which it was written")
    ]


@FORMS
def test_cut_copy_is_found(form: str) -> None:
    """A copy that ends early is not whole, whether it was cut at a line or inside one."""
    raw = copy_of(lines(3), form)
    ends = [i + 1 for i, byte in enumerate(raw) if byte == 10]

    for cut in (*ends[:-1], ends[-2] - 5, len(raw) - 3):
        assert not verify_file(raw[:cut]).whole, cut


@FORMS
def test_rewritten_copy_is_found_by_the_noted_head(form: str) -> None:
    """Who seals everything anew is found by the head that was noted elsewhere, and by nothing else."""
    head = lines(3)[-1]["hash"]
    forged, previous = [], ""
    for line in lines(3):
        content = {name: text for name, text in line.items() if name not in ("previous", "hash")}
        content["at"] = content["at"].replace("2026", "2025")
        sealed = seal(content, previous)
        forged.append({**content, "previous": previous, "hash": sealed})
        previous = sealed

    assert verify_file(copy_of(forged, form)).whole
    assert not verify_file(copy_of(forged, form), head).whole


def test_formulas_are_defused_in_csv() -> None:
    """A spreadsheet takes no cell of the copy for a formula."""
    text = csv_text(lines(1), "h", 3)

    assert "'=Main" in text
    assert ",=Main" not in text
    assert '"=Main' not in text


@pytest.mark.parametrize(
    "raw", [b"", b"\x00", b"{", b"[" * 100_000, b"{}\n", b'{"a":1}\n', b"a,b\r\n1\r\n", b"\xff\xfe\n"]
)
def test_other_files_are_not_whole(raw: bytes) -> None:
    """Empty, binary, nested and foreign files get a finding and no failure."""
    assert not verify_file(raw).whole
