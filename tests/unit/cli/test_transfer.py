"""`transfer` and `journal`: exit codes that scripts can trust with money."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from kraken_desk.domain.environments import UAT
from kraken_desk.domain.errors import (
    OutcomeUnknownError,
    RefusedError,
    UnavailableError,
    UnreachableError,
)
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.transfers import Route, TransferReceipt
from tests.helpers.builders import (
    TREASURY,
    USD,
    a_balance,
    a_ledger_entry,
    a_master,
    a_public_key,
    an_account,
)
from tests.helpers.fakes import Call
from tests.unit.cli.world import Prepare, World
from tests.unit.services.bench import Bench

WORDS = ("transfer", "--from", "Main", "--to", "Carry", "--asset", "USD", "--amount", "5")


def answering(value: object) -> Prepare:
    return lambda bench: bench.spot.answer("transfer", value)


def lost(world: World) -> str:
    """Leave a transfer with unknown outcome and return its id."""
    world.script.append(answering(OutcomeUnknownError("lost")))
    record = world(*WORDS, "--yes", "--json").json["transfer"]
    world.script.pop()
    return str(record["id"])


def test_a_transfer_is_confirmed(world: World) -> None:
    """Code 0, the record with Kraken's id, amounts as exact text."""
    answer = world(*WORDS, "--yes", "--json")

    assert answer.code == 0
    record = answer.json["transfer"]
    assert (record["state"], record["amount"], record["asset"]) == ("confirmed", "5", "USD")
    assert (record["from"], record["to"], record["transfer_id"]) == ("Main", "Carry", "T1")
    assert "error" not in answer.json
    assert world("journal", "list", "--json").json["transfers"] == [record]


@pytest.mark.parametrize(
    ("error", "code", "state", "category"),
    [
        (RefusedError("No funds", kraken=("EFunding:Insufficient funds",)), 3, "rejected", "RefusedError"),
        (UnreachableError("No connection"), 6, "rejected", "UnreachableError"),
        (OutcomeUnknownError("Lost"), 4, "unknown", "OutcomeUnknownError"),
        (UnavailableError("520"), 4, "unknown", "OutcomeUnknownError"),
    ],
)
def test_each_ending_has_its_code(
    world: World, error: Exception, code: int, state: str, category: str
) -> None:
    """3 refused, 6 never left, 4 unknown: only 4 means that money may have moved."""
    world.script.append(answering(error))

    answer = world(*WORDS, "--yes", "--json")

    assert (answer.code, answer.category) == (code, category)
    assert answer.json["transfer"]["state"] == state


def test_an_unknown_outcome_says_what_to_do(world: World) -> None:
    """In words, on standard error: the route is blocked, and where the evidence is."""
    world.script.append(answering(OutcomeUnknownError("Lost", "The reply was lost.")))

    answer = world(*WORDS, "--yes")

    assert answer.code == 4
    assert answer.out == ""
    assert "may or may not have moved" in answer.err
    assert "kraken-desk journal evidence " in answer.err


def test_a_blocked_route_is_a_rule(world: World) -> None:
    """Code 7, and nothing is sent, until the record is resolved."""
    journal_id = lost(world)

    blocked = world(*WORDS, "--yes", "--json")
    resolved = world("journal", "resolve", journal_id, "--not-executed", "--note", "no trace", "--json")
    again = world(*WORDS, "--yes", "--json")

    assert (blocked.code, blocked.category) == (7, "RouteBlockedError")
    assert resolved.json["transfer"]["state"] == "settled: not executed"
    assert resolved.json["transfer"]["note"] == "no trace"
    assert again.code == 0


@pytest.mark.parametrize("amount", ["0", "-5", "1e3", "1,5", "5 USD", "0.00001", "1000.01", "NaN", ""])
def test_unusable_amounts_are_wrong_input(world: World, amount: str) -> None:
    """Code 2, nothing sent, nothing in the journal."""
    answer = world(*WORDS[:-2], f"--amount={amount}", "--yes", "--json")

    assert (answer.code, answer.category) == (2, "InvalidAmountError")
    assert world("journal", "list", "--json").json["transfers"] == []


@pytest.mark.parametrize(
    ("words", "category"),
    [
        (("--from", "Main", "--to", "main"), "SameAccountError"),
        (("--from", "Main", "--to", "nobody"), "UnknownNameError"),
        (("--from", "", "--to", "Carry"), "UnknownNameError"),
    ],
)
def test_both_ends_must_be_two_known_accounts(world: World, words: tuple[str, ...], category: str) -> None:
    """By label, IIBAN or Futures uid."""
    answer = world("transfer", *words, "--asset", "USD", "--amount", "5", "--yes", "--json")

    assert (answer.code, answer.category) == (2, category)


def test_naming_both_ends_by_futures_uid_means_futures(world: World) -> None:
    """Otherwise it is Spot, unless --venue says so; here no Futures key may sign."""
    answer = world(
        "transfer", "--from", "uid-1", "--to", "uid-2", "--asset", "USD", "--amount", "5", "--yes", "--json"
    )

    assert (answer.code, answer.category) == (7, "RouteClosedError")
    assert "Futures" in answer.json["error"]["detail"]


def test_without_yes_and_terminal_nothing_is_sent(world: World) -> None:
    """A script must say --yes; text piped in is no answer."""
    answer = world(*WORDS, "--json", stdin="y\n")

    assert (answer.code, answer.category) == (2, "InputError")
    assert answer.json["error"]["hint"] == "Repeat the command with --yes."
    assert world.calls("transfer") == []


@pytest.mark.parametrize(("typed", "code", "sent"), [("y\n", 0, 1), ("n\n", 2, 0), ("\n", 2, 0), ("", 2, 0)])
def test_a_person_is_asked_with_both_ends_in_words(world: World, typed: str, code: int, sent: int) -> None:
    """The question repeats accounts, figures and environment on standard error."""
    answer = world(*WORDS, stdin=typed, terminal=True)

    assert answer.code == code
    assert len(world.calls("transfer")) == sent
    assert "Move 5.00 USD from Main to Carry on Spot" in answer.err
    assert "Main: 1\u2009000.00 before, 995.00 after" in answer.err
    assert "Environment: lab (custom)" in answer.err


def test_a_dry_run_sends_nothing(world: World) -> None:
    """The plan with its figures and checks; code 0 when it could be sent."""
    answer = world(*WORDS, "--dry-run", "--yes", "--json")

    plan = answer.json["plan"]
    assert (answer.code, answer.json["sound"]) == (0, True)
    assert (plan["key"], plan["endpoint"]) == ("treasury", "AccountTransfer")
    assert (plan["source"]["before"], plan["destination"]["after"]) == ("1000", "15")
    assert world.calls("transfer") == []


def test_an_interrupt_while_waiting_is_an_unknown_outcome(world: World) -> None:
    """The bytes were gone when the person pressed Ctrl-C: code 4, not “wrong input”."""

    async def interrupt(call: Call) -> None:
        if call.operation == "transfer":
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            await asyncio.sleep(0)

    def prepare(bench: Bench) -> None:
        bench.spot.on_call = interrupt

    world.script.append(prepare)

    answer = world(*WORDS, "--yes", "--json")

    assert (answer.code, answer.category) == (4, "OutcomeUnknownError")
    assert answer.json["transfer"]["state"] == "unknown"


def test_an_executed_late_answer_is_done(world: World) -> None:
    """Kraken's word came after another process had called it unknown: it executed, so the code is 0."""

    async def slow(call: Call) -> None:
        if call.operation == "transfer":
            bench = world.benches[-1]
            [record] = await bench.store.journal.records(bench.environment.name)
            bench.clock.move(minutes=4)
            await Bench(bench.store, bench.clock).transfers.load()
            assert record.state.value == "sent"

    def prepare(bench: Bench) -> None:
        bench.spot.on_call = slow

    world.script.append(prepare)

    answer = world(*WORDS, "--yes", "--json")

    assert (answer.code, answer.json["transfer"]["state"]) == (0, "settled: executed")


def test_evidence_is_shown_with_its_gaps(world: World) -> None:
    """Rows of both ledgers, and whether they suggest that it executed."""
    journal_id = lost(world)
    world.script.append(
        lambda bench: bench.spot.answer("ledger_since", (a_ledger_entry(1, "-5"),), api_key=a_public_key(1))
    )
    world.script.append(
        lambda bench: bench.spot.answer(
            "ledger_since", UnavailableError("Kraken does not answer", "HTTP 520."), api_key=a_public_key(2)
        )
    )

    document = world("journal", "evidence", journal_id, "--json").json["evidence"]
    text = world("journal", "evidence", journal_id).out

    assert document["source"] == [
        {"id": "L1", "refid": "R1", "time": "2026-11-20T12:00:00Z", "kind": "transfer", "amount": "-5"}
    ]
    assert (document["destination"], document["suggests_executed"]) == (None, True)
    assert document["gaps"] == ["Carry: Kraken does not answer. HTTP 520."]
    assert "Not read: Carry: Kraken does not answer. HTTP 520." in text


def test_without_a_trace_nothing_is_claimed(world: World) -> None:
    """The absence of rows proves nothing, and the text says so."""
    journal_id = lost(world)

    text = world("journal", "evidence", journal_id).out

    assert "Source: no matching row" in text
    assert "their absence alone proves nothing" in text


@pytest.mark.parametrize("word", ["evidence", "resolve"])
def test_an_unknown_record_is_refused(world: World, word: str) -> None:
    """Code 2."""
    extra = ("--executed",) if word == "resolve" else ()

    answer = world("journal", word, "nonsense", *extra, "--json")

    assert (answer.code, answer.category) == (2, "UnknownNameError")


def test_a_confirmed_record_is_not_resolved(world: World) -> None:
    """Kraken's own answer is not overruled: code 7."""
    record = world(*WORDS, "--yes", "--json").json["transfer"]

    assert world("journal", "resolve", record["id"], "--not-executed").code == 7


def test_the_journal_is_listed_newest_first(world: World) -> None:
    """With route, amount and state, empty when there is nothing."""
    assert world("journal", "list").out == "No transfers yet.\n"

    world(*WORDS, "--yes")
    world.script.append(answering(TransferReceipt(None, "success")))
    world.clock.move(minutes=1)
    world(*WORDS[:-1], "7.5", "--yes")

    lines = world("journal", "list").out.splitlines()
    assert "Main → Carry  7.50 USD  confirmed" in lines[2]
    assert "5.00 USD  confirmed  T1" in lines[3]


def test_the_journal_names_environments_when_there_are_several(world: World) -> None:
    """A record of a rehearsal is not taken for one of production."""

    async def in_uat(bench: Bench) -> None:
        main, carry = (
            account(number, environment=bench.environment.name)
            for number, account in ((7, a_master), (8, an_account))
        )
        await bench.move_in(main, carry)
        await bench.key(7, *TREASURY, account_id=main.account_id)
        bench.spot.answer("balances", (a_balance("50"),))
        route = Route(bench.environment.name, Venue.SPOT, main.account_id, carry.account_id, "spot", "spot")
        await bench.transfers.send(await bench.transfers.plan(route, USD, Decimal(1)))

    world(*WORDS, "--yes")
    world.furnish(in_uat, UAT)

    lines = world("journal", "list").out.splitlines()

    assert lines[0].startswith("Environment")
    assert [line.split()[0] for line in lines[2:]] == ["uat", "lab"]


def test_amounts_keep_every_digit(world: World) -> None:
    """What is typed is what is sent and written."""
    world.script.append(lambda b: b.spot.answer("balances", (a_balance("100000000000000"),)))
    world.script.append(
        lambda b: b.spot.answer("balances", (a_balance("100000000000000"),), api_key=a_public_key(1))
    )

    answer = world(*WORDS[:-1], "12345678901234.5678", "--yes", "--json")

    assert answer.json["transfer"]["amount"] == "12345678901234.5678"
    [call] = world.benches[-1].spot.made("transfer")
    assert call.order is not None
    assert call.order.quantity == Decimal("12345678901234.5678")


def test_a_transfer_of_several_legs_is_agreed_to_with_its_amount(world: World) -> None:
    """The text names what moves, checks each leg, and says when the source holds too little."""
    legs = ("--from", "Carry", "--to", "Grid", "--asset", "USD", "--via-master", "--dry-run")
    world.furnish(_grid)
    world.script.append(_ten_at_carry)

    text = world("transfer", *legs, "--amount", "4")
    enough = world("transfer", *legs, "--amount", "4", "--json")
    too_much = world("transfer", *legs, "--amount", "11", "--json")

    assert text.out.startswith("Move 4.00 USD in 2 legs\nCarry · Spot → Grid · Spot: open\n")
    assert "leg 1, ok: The source holds enough, read just now." in text.out
    assert text.out.endswith("Worked out only: nothing was sent.\n")
    assert (enough.code, enough.json["sound"]) == (0, True)
    assert (too_much.code, too_much.json["sound"]) == (7, False)
    assert [leg["sound"] for leg in too_much.json["legs"]] == [False, True]
    assert world("sweep", "list", "--json").json["plans"] == []


async def _grid(bench: Bench) -> None:
    await bench.move_in(an_account(3, label="Grid"))


def _ten_at_carry(bench: Bench) -> None:
    bench.spot.answer("balances", (a_balance("1000"),), api_key=a_public_key(1))
    bench.spot.answer("balances", (a_balance("10"),), api_key=a_public_key(2))
