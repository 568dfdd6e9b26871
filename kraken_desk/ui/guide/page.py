"""A section as a page of rich text: the few forms of Markdown that the guide uses, in the theme's colours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

from kraken_desk.ui.guide.text import Section
from kraken_desk.ui.theme import Theme

_IMAGE = re.compile(r"!\[(.*?)\]\((.*?)\)")
_LINK = re.compile(r"\[([^\]]+)\]\(#([\w-]+)\)")
_CODE = re.compile(r"`([^`]+)`")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_ITALIC = re.compile(r"\*([^*]+)\*")
_RULE = re.compile(r"\|[\s|:-]+\|")
_NUMBERED = re.compile(r"\d+\. ")

PICTURE_WIDTH = 620


def page_of(section: Section, theme: Theme) -> str:
    """Return a section as HTML for a text browser."""
    blocks = re.split(r"\n\s*\n", section.text)
    body = "".join(_block(block.strip("\n"), theme) for block in blocks if block.strip())
    chapter = f'<p style="color:{theme.tokens.faint.name()}">{escape(section.chapter)}</p>'
    return f"{_style(theme)}<body>{chapter}<h2>{escape(section.title)}</h2>{body}</body>"


def _style(theme: Theme) -> str:
    tokens, fonts = theme.tokens, theme.fonts
    return (
        "<style>"
        f"body, p, li, td {{ color: {tokens.text.name()}; }} p, li {{ line-height: 140%; }}"
        f"h2 {{ font-size: {fonts.title.pixelSize()}px; font-weight: 600; color: {tokens.text.name()}; }}"
        f"code {{ font-family: '{fonts.mono.family()}'; font-size: {fonts.mono.pixelSize()}px;"
        f" color: {tokens.accent.name()}; }}"
        f"th {{ color: {tokens.muted.name()}; font-weight: 600; text-align: left; }}"
        f"a {{ color: {tokens.accent.name()}; }} i {{ font-style: normal; font-weight: 600; }}"
        "</style>"
    )


def _block(block: str, theme: Theme) -> str:
    lines = block.splitlines()
    image = _IMAGE.fullmatch(block.strip())
    if image:
        return f'<p><img src="{escape(image[2])}" width="{PICTURE_WIDTH}" alt="{escape(image[1])}"></p>'
    if lines[0].startswith("|"):
        return _table(lines, theme)
    return "".join(_runs(lines))


def _runs(lines: list[str]) -> Iterator[str]:
    """Yield paragraphs and lists; a line that begins neither goes on with what is before it."""
    items: list[tuple[str, str]] = []
    for line in lines:
        if line.startswith("- "):
            items.append(("ul", line[2:]))
        elif _NUMBERED.match(line):
            items.append(("ol", _NUMBERED.sub("", line, count=1)))
        elif items and (line.startswith("  ") or items[-1][0] == "p"):
            items[-1] = (items[-1][0], f"{items[-1][1]} {line.strip()}")
        else:
            items.append(("p", line))
    for kind, group in groupby(items, key=lambda item: item[0]):
        texts = [_inline(text) for _, text in group]
        if kind == "p":
            yield "".join(f"<p>{text}</p>" for text in texts)
        else:
            yield f"<{kind}>{''.join(f'<li>{text}</li>' for text in texts)}</{kind}>"


def _table(lines: list[str], theme: Theme) -> str:
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in lines
        if not _RULE.fullmatch(line.strip())
    ]
    head, *rest = rows
    border = f'border="1" cellspacing="0" cellpadding="6" bordercolor="{theme.tokens.border.name()}"'
    cells = "".join(f"<th>{_inline(cell)}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{_inline(cell)}</td>' for cell in row)}</tr>" for row in rest)
    return f'<p></p><table {border} style="border-style:solid" width="100%"><tr>{cells}</tr>{body}</table>'


def _inline(text: str) -> str:
    """Mark code, emphasis and links; what stands in code is left as it is."""
    parts = _CODE.split(text)
    return "".join(f"<code>{escape(p)}</code>" if n % 2 else _emphasis(p) for n, p in enumerate(parts))


def _emphasis(text: str) -> str:
    marked = _BOLD.sub(r"<b>\1</b>", escape(text, quote=False))
    return _LINK.sub(r'<a href="#\2">\1</a>', _ITALIC.sub(r"<i>\1</i>", marked))
