"""TOML that nobody vouches for: it is read or refused, in little time and memory."""

from __future__ import annotations

import tracemalloc

import pytest

from kraken_desk.domain.errors import InputError
from kraken_desk.domain.policy_file import policy_from
from kraken_desk.domain.preferences import preferences_from
from kraken_desk.domain.role_file import FileForm, roles_from
from kraken_desk.domain.toml_text import toml_document

DOTTED = ".".join(["a"] * 20_000)
HOSTILE = (
    f"{DOTTED} = 1\n",
    f"[{DOTTED}]\n",
    f'x = {{"y" = "\\"", {DOTTED} = 1}}\n',
    "x = " + "[" * 20_000,
    "x = " + "9" * 10_000,
    "x = 9999-99-99",
)


@pytest.mark.parametrize("text", HOSTILE, ids=["key", "table", "inline", "nested", "number", "date"])
def test_hostile_files_are_refused_in_little_memory(text: str) -> None:
    """Settings, policies and roles say in words that the file cannot be used; nothing breaks or grows."""
    tracemalloc.start()
    for read in (preferences_from, policy_from, lambda t: roles_from(t, FileForm.TOML)):
        with pytest.raises(InputError):
            read(text)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 50_000_000


def test_dots_elsewhere_are_no_parts_of_a_key() -> None:
    """Addresses, sentences and rows of dots in comments are as many as they are."""
    addresses = ", ".join(f'"10.0.0.{n}"' for n in range(200))
    text = f"# {'.' * 99}\nnote = \"{'.' * 99}\"\nother = '{'.' * 99}'\nips = [{addresses}]\na.b = 1.5\n"

    document = toml_document(text)

    assert (len(document["ips"]), document["a"]) == (200, {"b": 1.5})
