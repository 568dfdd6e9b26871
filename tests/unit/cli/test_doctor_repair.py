"""`doctor --repair`: asks first, tells what was kept and lost, and leaves alone what it cannot mend."""

from pathlib import Path

from tests.unit.cli.world import World


def place(world: World) -> Path:
    return next(world.home.glob("*.sqlite3"))


def database(world: World) -> bytes:
    return place(world).read_bytes()


def hit(world: World, content: bytes = b"\xff" * 16) -> None:
    """Damage the beginning of the profile's database."""
    path = place(world)
    path.write_bytes(content + path.read_bytes()[len(content) :])


def test_a_damaged_profile_is_repaired(world: World) -> None:
    """The other commands refuse and name the repair; after it they work again, with every key."""
    hit(world)
    before = world("keys", "list", "--json")

    repaired = world("doctor", "--repair", "--yes", "--json")

    assert (before.code, before.category) == (6, "StoreCorruptError")
    assert "doctor --repair" in before.json["error"]["hint"]
    assert repaired.code == 0
    assert (repaired.json["whole"], repaired.json["read_only"]) == (True, False)
    assert {"table": "slots", "kept": 2, "lost": 0} in repaired.json["tables"]
    assert [k["name"] for k in world("keys", "list", "--json").json["keys"]] == ["treasury", "carry monitor"]


def test_the_text_says_what_was_kept_and_where(world: World) -> None:
    """In sentences, with the folder of the damaged files at the end."""
    hit(world)

    answer = world("doctor", "--repair", "--yes")

    assert "The file's header was damaged and was written anew." in answer.out
    assert "keys: all 2 kept" in answer.out
    assert answer.out.splitlines()[-1].startswith("The damaged files are kept in ")


def test_nothing_is_repaired_without_a_word(world: World) -> None:
    """Where nobody can be asked, --yes is wanted, and nothing is touched."""
    hit(world)
    before = database(world)

    answer = world("doctor", "--repair", "--json")

    assert (answer.code, answer.category) == (2, "InputError")
    assert database(world) == before


def test_what_cannot_be_repaired_stays(world: World) -> None:
    """A file with nothing in it is an error of the store, and a backup is named as the way."""
    place(world).write_text("this is no database " * 100)
    before = database(world)

    answer = world("doctor", "--repair", "--yes", "--json")

    assert (answer.code, answer.category) == (6, "StoreCorruptError")
    assert "backup restore" in answer.json["error"]["hint"]
    assert database(world) == before
