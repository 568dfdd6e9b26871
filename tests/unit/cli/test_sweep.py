"""`sweep`: worked out, saved, run and resumed from the command line."""

from __future__ import annotations

import pytest

from kraken_desk.domain.errors import OutcomeUnknownError, RefusedError
from tests.helpers.builders import a_balance, a_public_key, an_account
from tests.unit.cli.test_transfer import answering
from tests.unit.cli.world import World
from tests.unit.services.bench import Bench


@pytest.fixture(autouse=True)
def _figures(world: World) -> None:
    """Carry holds 10 USD and Grid 25 in every command of a test."""

    def prepare(bench: Bench) -> None:
        bench.spot.answer("balances", (a_balance("1000"),), api_key=a_public_key(1))
        bench.spot.answer("balances", (a_balance("10"),), api_key=a_public_key(2))
        bench.spot.answer("balances", (a_balance("25"),), api_key=a_public_key(3))

    async def grid(bench: Bench) -> None:
        await bench.move_in(an_account(3, label="Grid"))
        await bench.key(3, name="grid monitor", account_id=an_account(3).account_id)

    world.script.append(prepare)
    world.furnish(grid)


def test_a_plan_is_a_difference_and_sends_nothing(world: World) -> None:
    """Legs, figures and totals that do not change; the plan is saved unless asked not to."""
    answer = world("sweep", "plan", "--leave", "Carry:USD=4", "--json")

    assert answer.code == 0
    sweep = answer.json["sweep"]
    assert [(leg["from"]["account"], leg["amount"]) for leg in sweep["legs"]] == [
        ("Carry", "6"),
        ("Grid", "25"),
    ]
    assert sweep["totals"] == [{"asset": "USD", "before": "1035", "after": "1035"}]
    assert world.calls("transfer") == []
    assert [plan["id"] for plan in world("sweep", "list", "--json").json["plans"]] == [sweep["plan"]]
    assert world("sweep", "plan", "--dry-run", "--json").json["sweep"]["plan"] is None
    assert len(world("sweep", "list", "--json").json["plans"]) == 1


def test_a_saved_plan_is_run_once(world: World) -> None:
    """Every leg is confirmed; running it again sends nothing."""
    plan = world("sweep", "plan", "--json").json["sweep"]["plan"]

    done = world("sweep", "run", plan, "--yes", "--json")
    again = world("sweep", "run", plan, "--yes", "--json")

    assert (done.code, done.json["plan"]["state"], done.json["plan"]["done"]) == (0, "finished", 2)
    assert (again.code, again.json["plan"]["state"]) == (0, "finished")
    assert len(world.calls("transfer")) == 2
    assert {t["plan_id"] for t in world("journal", "list", "--json").json["transfers"]} == {plan}


def test_an_option_does_not_seem_to_narrow_a_saved_plan(world: World) -> None:
    """Options that shape a plan are refused beside a plan's id: the whole plan would be sent."""
    plan = world("sweep", "plan", "--json").json["sweep"]["plan"]

    answer = world("sweep", "run", plan, "--account", "Carry", "--yes", "--json")

    assert (answer.code, answer.json["error"]["title"]) == (2, "A saved plan cannot be changed")
    assert world.calls("transfer") == []


def test_a_doubt_stops_the_sweep(world: World) -> None:
    """Code 4; resume is refused with code 7 until a person has settled it, then goes on."""
    world.script.append(answering(OutcomeUnknownError("lost")))
    stopped = world("sweep", "run", "--yes", "--json")
    world.script.pop()
    plan = stopped.json["plan"]

    assert (stopped.code, plan["state"], plan["done"]) == (4, "in doubt", 0)
    assert world("sweep", "resume", plan["id"], "--yes", "--json").category == "RouteBlockedError"
    world("journal", "resolve", plan["legs"][0]["transfer"], "--executed")
    resumed = world("sweep", "resume", plan["id"], "--yes", "--json")
    assert (resumed.code, resumed.json["plan"]["state"]) == (0, "finished")


def test_a_refusal_stops_the_sweep_with_krakens_code(world: World) -> None:
    """Code 3, the other leg waits, and the text says how to go on."""
    world.script.append(answering(RefusedError("No", "Kraken said no.")))
    answer = world("sweep", "run", "--yes")
    world.script.pop()

    assert answer.code == 3
    assert "kraken-desk sweep resume" in answer.err
    assert "waiting" in answer.err


def test_funding_fills_targets(world: World) -> None:
    """With --target money goes outward, and only the gap."""
    answer = world("sweep", "plan", "--target", "Carry:USD=50", "--target", "Grid/spot:USD=20", "--json")

    [leg] = answer.json["sweep"]["legs"]
    assert (leg["from"]["account"], leg["to"]["account"], leg["amount"]) == ("Main", "Carry", "40")


def test_nobody_there_to_confirm_sends_nothing(world: World) -> None:
    """Without --yes and without a terminal the run is refused before anything is saved."""
    assert world("sweep", "run", "--json").code == 2
    assert world("sweep", "list", "--json").json["plans"] == []
    assert world("sweep", "run", "--dry-run", "--json").json["sweep"]["plan"] is None


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "--leave", "USD"),
        ("plan", "--leave", "Nobody:USD=1"),
        ("plan", "--leave", "USD=minus"),
        ("plan", "--leave", "NOPE=1"),
        ("plan", "--target", "USD=5"),
        ("plan", "--target", "Carry:USD=5", "--asset", "USD"),
        ("plan", "--to", "Main", "--from", "Carry"),
        ("plan", "--to", "Main/nowhere"),
        ("run", "feed"),
        ("resume", "nothing"),
        ("show", ""),
    ],
)
def test_unusable_words_are_input_errors(world: World, words: tuple[str, ...]) -> None:
    """Code 2, and nothing is saved or sent."""
    assert world("sweep", *words, "--json").code == 2
    assert world("sweep", "list", "--json").json["plans"] == []
