"""The chain of the journal's lines: what was changed, cut or added is found where it was done."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kraken_desk.domain.journal import ChainCheck, ChainReport, canonical, seal

Chain = list[tuple[dict[str, str], str]]


def a_chain(transfers: int = 3) -> Chain:
    """Three lines for each transfer, sealed."""
    chain: Chain = []
    previous = ""
    for number in range(transfers):
        for state in ("planned", "sent", "confirmed"):
            content = {"line": str(len(chain) + 1), "journal_id": f"t{number}", "state": state, "note": "é"}
            previous = seal(content, previous)
            chain.append((content, previous))
    return chain


def verified(chain: Chain, lines: int | None = None, head: str | None = None) -> ChainReport:
    check = ChainCheck()
    for content, stored in chain:
        check.take(content, stored)
    return check.end(lines, head)


def test_seal_is_the_one_that_anybody_can_compute() -> None:
    """The seal is SHA-256 over the seal before, a line feed, and JSON without empty values, names sorted."""
    content = {"state": "planned", "line": "1", "note": "", "journal_id": "é"}

    assert canonical(content) == '{"journal_id":"\\u00e9","line":"1","state":"planned"}'
    assert seal(content, "") == "8d8d232e859cb75e30fb0ba9b00dc9ee7c3a18f1a0369a98f3777becae3c7f51"
    assert (
        seal(content, "ab")
        == hashlib.sha256(b'ab\n{"journal_id":"\\u00e9","line":"1","state":"planned"}').hexdigest()
    )


def test_whole_chain_is_whole() -> None:
    """An untouched chain has no findings and its head is its last seal."""
    chain = a_chain()

    report = verified(chain, 9, chain[-1][1])

    assert report == ChainReport(9, chain[-1][1])
    assert report.whole


@given(st.integers(0, 8), st.sampled_from(["journal_id", "state", "note", "line"]))
def test_changed_content_is_located(index: int, name: str) -> None:
    """Whatever text of a line is changed, the report names that line."""
    chain = a_chain()
    content, stored = chain[index]
    chain[index] = ({**content, name: "x"}, stored)

    report = verified(chain)

    assert index + 1 in [finding.line for finding in report.findings]


def test_changed_content_accuses_its_line_alone() -> None:
    """The lines after a changed one are not accused with it."""
    chain = a_chain()
    chain[4] = ({**chain[4][0], "note": "0.5"}, chain[4][1])

    report = verified(chain)

    [finding] = report.findings
    assert (finding.line, finding.journal_id) == (5, "t1")
    assert finding.what == "its content does not fit its hash: it was changed"


def test_changed_seal_is_told_from_changed_content() -> None:
    """A line whose hash was changed, and whose content was not, is reported as that."""
    chain = a_chain()
    chain[4] = (chain[4][0], "0" * 64)

    report = verified(chain)

    [finding] = report.findings
    assert (finding.line, finding.what) == (5, "its hash was changed")


def test_removed_line_is_missed() -> None:
    """A line taken out of the middle is missed by its number."""
    chain = a_chain()
    del chain[4]

    report = verified(chain, 9, chain[-1][1])

    assert [(f.line, f.what) for f in report.findings] == [(5, "is missing: line 6 follows line 4")]


@pytest.mark.parametrize(
    ("lines", "what"), [(8, "line 9 missing"), (5, "lines 6 to 9 missing"), (0, "lines 1 to 9 missing")]
)
def test_cut_at_the_end_is_found_by_the_noted_head(lines: int, what: str) -> None:
    """Lines cut off at the end leave a chain that is whole, but shorter than was noted."""
    chain = a_chain()
    head = chain[-1][1]

    report = verified(chain[:lines], 9, head)

    [finding] = report.findings
    assert what in finding.what


def test_rewritten_end_is_found_by_the_noted_head() -> None:
    """Who seals a changed end anew is found by the head that was noted elsewhere."""
    chain = a_chain()
    head = chain[-1][1]
    content = {**chain[8][0], "note": "nothing happened"}
    chain[8] = (content, seal(content, chain[7][1]))

    report = verified(chain, 9, head)

    [finding] = report.findings
    assert "written anew" in finding.what


def test_line_behind_the_head_is_found() -> None:
    """A line that somebody added without noting it is named."""
    chain = a_chain()

    report = verified(chain, 8, chain[7][1])

    assert [(f.line, f.what) for f in report.findings] == [(9, "added behind the noted head")]


def test_sealed_nonsense_is_no_journal() -> None:
    """A move that no program makes is reported although it is sealed properly."""
    chain = a_chain(1)
    content = {"line": "4", "journal_id": "t0", "state": "sent"}
    chain.append((content, seal(content, chain[-1][1])))

    report = verified(chain)

    assert [f.what for f in report.findings] == ["a transfer that is confirmed cannot become “sent”"]


def test_ruins_give_a_short_list() -> None:
    """A journal that is wrong everywhere is reported with its first findings and their number."""
    chain = [({**content, "note": "x"}, stored) for content, stored in a_chain(20)]

    report = verified(chain)

    assert (len(report.findings), report.found) == (20, 60)


def columns(chain: Chain) -> tuple[list[str], list[str], list[str], list[str], list[str]]:
    """What `passes_all` takes of each line."""
    numbers, journal_ids, words = (
        [content[name] for content, _ in chain] for name in ("line", "journal_id", "state")
    )
    return (
        numbers,
        journal_ids,
        words,
        [canonical(content) for content, _ in chain],
        [stored for _, stored in chain],
    )


def test_lines_pass_together_if_they_pass_one_by_one() -> None:
    """Batches of a whole chain pass, and the end is the same as that of taking each line."""
    chain = a_chain(4)

    check = ChainCheck()

    assert check.passes_all(*columns(chain[:5]))
    assert check.passes_all(*columns(chain[5:]), [stored for _, stored in chain[4:-1]])
    assert check.end() == verified(chain)


@given(st.integers(0, 11), st.sampled_from(["journal_id", "state", "note", "line", "hash"]), st.booleans())
def test_one_wrong_line_keeps_all_from_passing(index: int, name: str, gone: bool) -> None:
    """Nothing is taken of a batch with a changed, missing or doubled line, so each can be taken anew."""
    chain = a_chain(4)
    content, stored = chain[index]
    wrong = ({**content, name: "x"}, stored) if name != "hash" else (content, "x")
    broken = [*chain[:index], *([] if gone else [wrong, wrong]), *chain[index + 1 :]]
    if gone and index == 11:
        broken = [*chain, chain[-1]]

    check = ChainCheck()

    assert not check.passes_all(*columns(broken))
    assert check.passes_all(*columns(chain))


def test_wrong_predecessor_and_doubt_keep_lines_from_passing() -> None:
    """A batch that names another seal before its own, or follows a line in doubt, is not taken."""
    chain = a_chain(2)

    check = ChainCheck()

    assert not check.passes_all(*columns(chain), ["x", *[stored for _, stored in chain[:-1]]])
    check.take({**chain[0][0], "note": "x"}, chain[0][1])
    assert not check.passes_all(*columns(chain[1:]))


def test_illegal_move_is_reported_from_a_batch() -> None:
    """Lines that fit their seals pass, and what no program does is told with its line."""
    chain = a_chain(1)
    content = {"line": "4", "journal_id": "t0", "state": "sent"}
    chain.append((content, seal(content, chain[-1][1])))

    check = ChainCheck()
    passed = check.passes_all(*columns(chain))

    assert passed
    assert check.end() == verified(chain)
    assert [finding.line for finding in check.end().findings] == [4]


def test_tail_is_verified_from_its_predecessor() -> None:
    """The last lines can be verified alone, from the seal before them."""
    chain = a_chain()

    check = ChainCheck(6, chain[5][1])
    for content, stored in chain[6:]:
        check.take(content, stored)

    assert check.end(9, chain[-1][1]) == ChainReport(9, chain[-1][1], first=7)
