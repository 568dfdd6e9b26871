"""Looks for traces of secrets: whole or in parts, in the forms in which programs write things down.

A part is sixteen characters. Parts begin at every eighth character, so that any piece of a secret that
is at least 23 characters long is found wherever it was cut.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import json
import os
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

PART = 16
STEP = 8
_NAMES = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le")


def forms_of(secret: str) -> dict[bytes, str]:
    """Return what to look for, and what each is; the bytes behind a base64 text count like the text."""
    found: dict[bytes, str] = {}
    for part in _parts(secret):
        for data, form in _text_forms(part):
            found.setdefault(data, form)
    for form, data in (("decoded", _decoded(secret)), ("encoded", secret.encode())):
        for start in range(0, max(1, len(data) - PART + 1), STEP):
            for needle, name in _byte_forms(data[start : start + PART]):
                found.setdefault(needle, f"{form}, {name}")
    return {needle: form for needle, form in found.items() if len(needle) >= 12}


class Searcher:
    """Knows secrets by a name; says where traces of them are, never what they are."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._needles = [
            (needle, f"{name} ({form})")
            for name, secret in secrets.items()
            for needle, form in forms_of(secret).items()
        ]

    def of_bytes(self, place: str, data: bytes) -> list[str]:
        """Return the traces in some bytes and in what is packed in them; one per secret and form."""
        found = {f"{place}: {what}" for needle, what in self._needles if needle in data}
        for name, inner in _unpacked(data):
            found.update(self.of_bytes(f"{place}!{name}", inner))
        return sorted(found)

    def of_text(self, place: str, text: str) -> list[str]:
        return self.of_bytes(place, text.encode("utf-8", "surrogateescape"))

    def of_tree(self, *roots: Path) -> list[str]:
        """Return the traces in all files below some directories, and in their names."""
        return [line for root in roots for path in _below(root) for line in self._of_path(path)]

    def of_process(self, pid: int) -> list[str]:
        """Return the traces in what other programs can see of a process."""
        found: list[str] = []
        for name in ("cmdline", "environ"):
            try:
                data = Path(f"/proc/{pid}/{name}").read_bytes()
            except OSError:
                continue
            found += self.of_bytes(f"{name} of {pid}", data)
        return found

    def _of_path(self, path: Path) -> list[str]:
        found = self.of_bytes("a name", os.fsencode(path))
        kind = path.lstat().st_mode
        if stat.S_ISREG(kind):
            found += self.of_bytes(str(path), path.read_bytes())
        elif stat.S_ISLNK(kind):
            found += self.of_bytes(f"link {path}", os.fsencode(path.readlink()))
        return found


def _parts(secret: str) -> Iterator[str]:
    last = max(0, len(secret) - PART)
    for start in (*range(0, last, STEP), last):
        yield secret[start : start + PART]


def _text_forms(part: str) -> Iterator[tuple[bytes, str]]:
    for name in _NAMES:
        yield part.encode(name), name
    yield part[::-1].encode(), "reversed"
    yield quote(part, safe="").encode(), "url"
    yield quote_plus(part, safe="").lower().encode(), "url in small letters"
    yield json.dumps(part)[1:-1].encode(), "JSON"
    yield part.replace("/", "\\/").encode(), "JSON with escaped slashes"
    yield part.replace("+", "-").replace("/", "_").encode(), "base64 for URLs"
    yield part.swapcase().encode(), "other case"


def _byte_forms(data: bytes) -> Iterator[tuple[bytes, str]]:
    yield data, "raw"
    yield data[::-1], "raw, reversed"
    yield binascii.hexlify(data), "hex"
    yield binascii.hexlify(data).upper(), "hex in capitals"
    yield binascii.hexlify(data, ":").lower(), "hex with colons"
    yield repr(data)[2:-1].encode(), "as Python writes bytes"
    yield ", ".join(map(str, data)).encode(), "numbers"
    for shift in range(3):  # base64 looks different by where in a text the part stands
        whole = base64.b64encode(b"\0" * shift + data)
        first = -(-shift * 8 // 6)
        yield whole[first : (shift + len(data)) * 8 // 6], "base64"


def _decoded(secret: str) -> bytes:
    try:
        return base64.b64decode(secret, validate=True)
    except ValueError:
        return secret.encode()


def _below(root: Path) -> Iterable[Path]:
    if root.is_dir() and not root.is_symlink():
        for folder, folders, files in os.walk(root):
            for name in (*folders, *files):
                yield Path(folder, name)
    elif root.exists():
        yield root


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what is packed in zip, gzip or zlib."""
    try:
        if data[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(data)) as pack:
                for name in pack.namelist():
                    yield name, pack.read(name)
        elif data[:2] == b"\x1f\x8b":
            yield "gzip", gzip.decompress(data)
        elif data[:1] == b"\x78":
            yield "zlib", zlib.decompress(data)
    except (OSError, ValueError, zipfile.BadZipFile, zlib.error):
        return
