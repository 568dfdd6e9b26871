"""The searcher itself: it finds what was planted, in every form, and nothing else."""

from __future__ import annotations

import base64
import gzip
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.e2e.canary.traces import Searcher

SECRET = base64.b64encode(bytes(range(31, 31 + 64))).decode()
OTHER = base64.b64encode(bytes(range(128, 192))).decode()
WORDS = "cormorant-vexing-41-quartz-sieve"


@pytest.fixture
def searcher() -> Searcher:
    return Searcher({"secret": SECRET, "words": WORDS})


FORMS: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "a piece": lambda s: s[5:28].encode(),
    "utf-16": lambda s: s.encode("utf-16"),
    "utf-16, big end first": lambda s: s.encode("utf-16-be"),
    "hex": lambda s: s.encode().hex().encode(),
    "HEX": lambda s: s.encode().hex().upper().encode(),
    "base64": lambda s: base64.b64encode(s.encode()),
    "base64 in a header": lambda s: base64.b64encode(b"user:" + s.encode()),
    "url": lambda s: f"?x={quote(s, safe='')}".encode(),
    "reversed": lambda s: s[::-1].encode(),
    "python": lambda s: repr(s).encode(),
    "numbers": lambda s: repr(list(s.encode())).encode(),
    "gzip": lambda s: gzip.compress(s.encode()),
    "zlib": lambda s: zlib.compress(s.encode()),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("secret", [SECRET, WORDS])
def test_a_planted_form_is_found(form: str, secret: str, searcher: Searcher, tmp_path: Path) -> None:
    """Whichever way a secret was written down, it is found and its place is named."""
    planted = tmp_path / "deep" / "planted.bin"
    planted.parent.mkdir()
    data = FORMS[form](secret)
    planted.write_bytes(data if form in {"gzip", "zlib"} else b"before " + data + b" after")

    found = searcher.of_tree(tmp_path)

    assert found
    assert all("planted.bin" in line for line in found)
    assert not [line for line in found if secret[:10] in line]


@pytest.mark.parametrize("change", [bytes.hex, repr, lambda raw: repr(list(raw))])
def test_the_bytes_behind_a_secret_are_found(change: Callable[[bytes], str], searcher: Searcher) -> None:
    """A secret is as good decoded as in base64."""
    written = change(base64.b64decode(SECRET))

    assert searcher.of_text("somewhere", f"key={written}")


def test_names_of_files_count(searcher: Searcher, tmp_path: Path) -> None:
    """A path is written down too."""
    (tmp_path / WORDS).mkdir()

    assert searcher.of_tree(tmp_path)


def test_a_deleted_row_is_found(searcher: Searcher, tmp_path: Path) -> None:
    """Pages that SQLite has freed, and its log of writes, still hold what was in them."""
    path = tmp_path / "store.sqlite3"
    with sqlite3.connect(path, isolation_level=None) as base:
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA secure_delete=OFF")
        base.execute("CREATE TABLE t (x TEXT)")
        base.execute("INSERT INTO t VALUES (?)", (SECRET,))
        base.execute("DELETE FROM t")
        found = searcher.of_tree(tmp_path)
    base.close()

    assert any("store.sqlite3" in line for line in found)


def test_what_is_not_there_is_not_found(searcher: Searcher, tmp_path: Path) -> None:
    """Another secret of the same shape is no trace."""
    (tmp_path / "other").write_text(OTHER)

    assert searcher.of_tree(tmp_path) == []
