"""`keys rename | only-here | schedule`, and what lists and checks say during a lockout."""

from __future__ import annotations

from datetime import timedelta

from kraken_desk.domain.foreign_use import Sign, TraceKind, UseFinding, UseState
from kraken_desk.domain.keys import KeyId
from tests.helpers.builders import LAB, NOW
from tests.unit.cli.world import World
from tests.unit.services.bench import Bench


def test_a_key_gets_another_name(world: World) -> None:
    """Under which it is found from then on."""
    answer = world("keys", "rename", "treasury", "  main   treasury ")

    assert (answer.code, answer.out) == (0, "treasury is now main treasury.\n")
    assert world("keys", "show", "main treasury", "--json").json["key"]["name"] == "main treasury"


def test_a_taken_name_is_refused(world: World) -> None:
    """Names lead to one key only; the key's own name in other letters is no other key."""
    taken = world("keys", "rename", "treasury", "Carry Monitor", "--json")
    own = world("keys", "rename", "treasury", "Treasury", "--json")

    assert (taken.code, taken.category) == (2, "DuplicateKeyError")
    assert (own.code, own.json["key"]["name"], own.json["was"]) == (0, "Treasury", "treasury")


def test_an_empty_or_endless_name_is_refused(world: World) -> None:
    """Nothing is changed."""
    assert world("keys", "rename", "treasury", "  ").code == 2
    assert world("keys", "rename", "treasury", "x" * 5_000).code == 2
    assert world("keys", "show", "treasury").code == 0


def test_a_key_is_assigned_to_another_process(world: World) -> None:
    """Process, client and role are kept; the word that its process runs only here was about another one."""
    world("keys", "only-here", "treasury", "yes")

    answer = world(
        "keys", "assign", "treasury", "--process", "mm-bot", "--client", "CCXT", "--role", "trading"
    )
    key = world("keys", "show", "treasury", "--json").json["key"]

    assert answer.out == "treasury: process mm-bot, client ccxt, role trading.\n"
    assert (key["process"], key["client"], key["role"]) == ("mm-bot", "ccxt", "trading")
    assert key["only_here"] is False
    assert world("keys", "assign", "treasury", "--process", "kraken desk").out == (
        "treasury: process Kraken Desk, client kraken-desk, role trading.\n"
    )
    assert world("keys", "assign", "treasury", "--role", "").out.endswith("role none.\n")


def test_an_assignment_that_says_nothing_or_nonsense_is_refused(world: World) -> None:
    """Unknown clients and roles change nothing."""
    nothing = world("keys", "assign", "treasury", "--json")
    client = world("keys", "assign", "treasury", "--client", "nonesuch", "--json")
    role = world("keys", "assign", "treasury", "--role", "nonesuch", "--json")

    assert [answer.code for answer in (nothing, client, role)] == [2, 2, 2]
    assert (client.category, role.category) == ("InputError", "UnknownNameError")


def test_a_process_that_runs_only_here_is_noted(world: World) -> None:
    """The operator's word stands in the key's document."""
    answer = world("keys", "only-here", "treasury", "yes", "--json")

    assert answer.json["key"]["only_here"] is True
    assert (
        world("keys", "only-here", "treasury", "no").out
        == "The process of treasury runs here or elsewhere.\n"
    )


def test_the_schedule_is_shown_and_set(world: World) -> None:
    """Desk keys every quarter of an hour; process keys daily until that is switched off."""
    shown = world("keys", "schedule", "--json").json
    off = world("keys", "schedule", "--process-keys", "asked")

    assert shown["process_keys"] == "daily"
    assert shown["keys"][0] == {"name": "treasury", "next_check": "2026-11-20T12:15:00Z"}
    assert off.out.startswith("Keys of processes are checked only when asked.")
    assert world("keys", "schedule", "--json").json["process_keys"] == "asked"


def test_a_lockout_is_told_by_lists_and_checks(world: World) -> None:
    """With its end, on standard error for people and in the document for programs."""

    async def locked(bench: Bench) -> None:
        await bench.store.guard.lock_out(LAB.name, NOW + timedelta(minutes=10))

    world.furnish(locked)

    listed = world("keys", "list", "--environment", "lab")
    document = world("keys", "list", "--environment", "lab", "--json").json
    checked = world("keys", "check", "treasury", "--json")

    assert "until 12:10:00 UTC (10 min)" in listed.err
    assert document["locked_out_until"] == {"lab": "2026-11-20T12:10:00Z"}
    assert checked.code == 7
    assert checked.json["error"]["title"] == "Kraken has locked this address out"
    assert world.calls("check_key") == []


def test_foreign_use_is_shown_with_its_evidence(world: World) -> None:
    """In the facts of the key, in its remarks and in the document."""
    sign = Sign(UseState.FOREIGN, TraceKind.LAST_USED, NOW, "Used at 11:00.", "It is Kraken Desk's own.")

    async def found(bench: Bench) -> None:
        await bench.store.use.save_finding(UseFinding(KeyId("key-1"), UseState.FOREIGN, NOW, (sign,)))

    world.furnish(found)

    shown = world("keys", "show", "treasury")
    document = world("keys", "show", "treasury", "--json").json["key"]

    assert "Use             foreign. Somebody else has used this key." in shown.out
    assert "Used at 11:00. It is Kraken Desk's own." in shown.out
    assert document["state"] == "high"
    assert document["use"]["state"] == "foreign"
    assert document["use"]["evidence"][0]["kind"] == "last used"


def test_a_key_is_marked_as_having_two_factor(world: World) -> None:
    """From then on it is checked only with a code, which comes by standard input."""
    on = world("keys", "two-factor", "treasury", "on", "--json")
    without = world("keys", "check", "treasury", "--json")
    with_code = world("keys", "check", "treasury", "--otp-stdin", "--json", stdin="123456\n")
    off = world("keys", "two-factor", "treasury", "off")

    assert on.json["key"]["two_factor"] is True
    assert (without.code, without.category) == (2, "OneTimePasswordError")
    assert with_code.code == 0
    assert off.out == "treasury asks for no one-time password.\n"


def test_a_code_for_several_keys_is_refused(world: World) -> None:
    """It belongs to one."""
    answer = world("keys", "check", "treasury", "carry monitor", "--otp-stdin", stdin="123456\n")

    assert answer.code == 2
