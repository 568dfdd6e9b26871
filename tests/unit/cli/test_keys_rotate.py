"""`keys rotate` with keys that have 2FA: the code comes by standard input, never as an argument."""

from __future__ import annotations

from tests.helpers.builders import CANARY, TREASURY, a_public_key, spot_info
from tests.unit.cli.world import World
from tests.unit.services.bench import Bench

NEW = a_public_key(9)
PASTE = ("keys", "rotate", "paste", "treasury", "--api-key", NEW, "--secret-stdin", "--json")


def _accepts_the_new_key(bench: Bench) -> None:
    bench.spot.answer("check_key", spot_info(*TREASURY, api_key=NEW), api_key=NEW)


def test_codes_go_with_the_paste_and_with_a_look(world: World) -> None:
    """Without them nothing is sent and the rotation stands where it stood."""
    world.script.append(_accepts_the_new_key)
    world("keys", "two-factor", "treasury", "on")
    world("keys", "rotate", "start", "treasury")

    without = world(*PASTE, stdin=f"{CANARY}\n")
    pasted = world(*PASTE, "--otp-stdin", stdin=f"{CANARY}\n111111\n")
    world("keys", "rotate", "compare", "treasury", "--accept")
    world("keys", "rotate", "hand-over", "treasury")
    blind = world("keys", "rotate", "watch", "treasury", "--json")
    looked = world("keys", "rotate", "watch", "treasury", "--otp-stdin", "--json", stdin="222222\n")

    assert (without.code, without.category) == (2, "OneTimePasswordError")
    assert (pasted.code, pasted.json["rotation"]["stage"]) == (0, "compare")
    assert (blind.code, blind.category) == (2, "OneTimePasswordError")
    assert (looked.code, looked.json["rotation"]["stage"]) == (0, "watch")


def test_all_rotations_under_way_are_listed(world: World) -> None:
    """With where each stands and what comes next; without one that is said."""
    none = world("keys", "rotate", "status")
    world("keys", "rotate", "start", "treasury")

    text = world("keys", "rotate", "status")
    listed = world("keys", "rotate", "status", "--json").json["rotations"]

    assert none.out == "No rotation is under way.\n"
    assert text.out.splitlines()[2].startswith("treasury  create  Create the new key at Kraken")
    assert [rotation["key"] for rotation in listed] == ["treasury"]
