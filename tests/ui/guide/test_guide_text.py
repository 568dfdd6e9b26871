"""The guide's texts: what a section explains, how it is found, and that nothing is left out."""

import re
from collections.abc import Iterator

import click
import pytest

from kraken_desk.cli.commands import Commands
from kraken_desk.ui.act_list import ACTS
from kraken_desk.ui.dialogs.settings import PAGES
from kraken_desk.ui.guide.text import Guide, read_guide, sections_of
from kraken_desk.ui.pane_list import PANES
from tests.architecture.source import PACKAGE
from tests.ui.conftest import RESOURCES

FOLDER = RESOURCES / "guide"
SAMPLE = """# Money

## Transfer
<!-- help: transfer source -->
Moves **money** once.

## Limits
Rules about `transfer`.
"""


@pytest.fixture(scope="module")
def guide() -> Guide:
    return read_guide(FOLDER)


@pytest.fixture(scope="module")
def whole() -> str:
    return " ".join(" ".join(path.read_text("utf-8").split()) for path in sorted(FOLDER.glob("*.md")))


def test_a_section_is_known_by_its_names() -> None:
    """A comment below the head says what is explained; without one the title is the name."""
    transfer, limits = sections_of(SAMPLE)

    assert (transfer.chapter, transfer.title, transfer.names) == ("Money", "Transfer", ("transfer", "source"))
    assert transfer.text == "Moves **money** once."
    assert limits.names == ("limits",)


def test_a_word_in_the_title_counts_more() -> None:
    """A search finds sections with all words; those named so come first, and markup is no word."""
    guide = Guide(tuple(reversed(sections_of(SAMPLE))))

    assert [s.title for s in guide.find("transfer")] == ["Transfer", "Limits"]
    assert [s.title for s in guide.find("MONEY once")] == ["Transfer"]
    assert guide.find("**") == ()


def test_the_first_known_name_decides() -> None:
    """Help goes from the inside outwards and stops at the first thing that is explained."""
    guide = Guide(tuple(sections_of(SAMPLE)))

    found = guide.about(("", "amount-field", "source", "limits"))

    assert found is not None
    assert found.title == "Transfer"
    assert guide.about(("nothing",)) is None


def test_no_name_is_explained_twice(guide: Guide) -> None:
    """Each thing has one section, so help never depends on the order of the chapters."""
    names = [name for section in guide.sections for name in section.names]

    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_every_act_and_pane_is_explained(guide: Guide) -> None:
    """Whatever can be done or shown in the window has its section."""
    names = [act.command.name for act in ACTS]
    names += [entry.name for entry in PANES] + [f"show-{entry.name}" for entry in PANES]
    names += [f"settings-{page}" for page in PAGES]

    assert [name for name in names if guide.about((name,)) is None] == []


def test_every_act_is_mentioned_by_its_words(whole: str) -> None:
    """The guide uses the words that stand on buttons and in menus."""
    words = [act.command.text for act in ACTS if act.command.name != "palette"]
    words += [entry.title for entry in PANES]

    assert [word for word in words if word not in whole] == []


def test_every_dialog_is_explained(guide: Guide) -> None:
    """F1 in any dialog opens a section about it."""
    source = "".join(path.read_text("utf-8") for path in sorted((PACKAGE / "ui").rglob("*.py")))
    dialogs = re.findall(r'self\.setObjectName\("(\w+_dialog)"\)', source)

    assert len(dialogs) > 20
    assert [name for name in dialogs if guide.about((name,)) is None] == []


def test_every_word_of_the_command_line_is_mentioned(whole: str) -> None:
    """Each command stands in the guide as it is typed."""
    mentioned = set(re.findall(r"`(?:kraken-desk )?([a-z][a-z -]*)", whole))
    mentioned |= _in_table(whole)

    assert [word for word in words_of(Commands("kraken-desk"), ()) if word not in mentioned] == []


def words_of(command: click.Command, before: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(command, click.Group):
        yield " ".join(before)
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        yield from words_of(below, (*before, name))


def _in_table(whole: str) -> set[str]:
    """Return the words of the table of commands: the group, and what stands beside it."""
    rows = re.findall(r"\| `([a-z-]+)` \| ([a-z-]+(?:, [a-z-]+)*) \|", whole)
    return {f"{group} {word}" for group, words in rows for word in words.split(", ")}


def test_every_picture_and_link_is_there(guide: Guide, whole: str) -> None:
    """Pictures are shipped with the guide, and links lead to sections."""
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", whole)
    links = re.findall(r"\]\(#([\w-]+)\)", whole)

    assert [name for name in pictures if not (FOLDER / name).is_file()] == []
    assert [name for name in links if guide.about((name,)) is None] == []
