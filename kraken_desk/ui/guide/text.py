"""The guide's chapters and sections, read from Markdown, and what each section explains."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_NAMES = re.compile(r"<!-- help: ([^>]+?) -->")
_MARKUP = re.compile(r"[*`|#>\[\]()]|!\[.*?\]\(.*?\)|<!--.*?-->")


@dataclass(frozen=True, slots=True)
class Section:
    """One topic: `names` are what it explains, its own name first; `text` is Markdown without its head."""

    chapter: str
    title: str
    names: tuple[str, ...]
    text: str

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def plain(self) -> str:
        """Return its words in small letters, for a search."""
        return " ".join(_MARKUP.sub(" ", f"{self.chapter} {self.title} {self.text}").casefold().split())


@dataclass(frozen=True)
class Guide:
    """All sections in their order."""

    sections: tuple[Section, ...]

    @cached_property
    def _by_name(self) -> dict[str, Section]:
        return {name: section for section in reversed(self.sections) for name in section.names}

    def about(self, names: Iterable[str]) -> Section | None:
        """Return the section of the first name that has one."""
        return next((self._by_name[name] for name in names if name in self._by_name), None)

    def find(self, words: str) -> tuple[Section, ...]:
        """Return the sections that have all words, those with one in their title first."""
        wanted = words.casefold().split()
        found = [s for s in self.sections if all(word in s.plain for word in wanted)]
        return tuple(sorted(found, key=lambda s: not any(word in s.title.casefold() for word in wanted)))

    def chapters(self) -> tuple[tuple[str, tuple[Section, ...]], ...]:
        names = dict.fromkeys(section.chapter for section in self.sections)
        return tuple((name, tuple(s for s in self.sections if s.chapter == name)) for name in names)


def read_guide(folder: Path) -> Guide:
    """Read the chapters below `folder`; raises OSError when an installation has lost them."""
    found: list[Section] = []
    for path in sorted(folder.glob("*.md")):
        found += sections_of(path.read_text("utf-8"))
    if not found:
        raise FileNotFoundError(f"no chapters in {folder}")
    return Guide(tuple(found))


def sections_of(text: str) -> list[Section]:
    """Return the sections of one chapter; a section without names is named by its title."""
    head, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    chapter = head.strip().removeprefix("# ").strip()
    found = []
    for part in parts:
        title, _, body = part.partition("\n")
        named = _NAMES.search(body)
        names = tuple(named[1].split()) if named else (title.strip().casefold(),)
        found.append(Section(chapter, title.strip(), names, _NAMES.sub("", body).strip()))
    return found
