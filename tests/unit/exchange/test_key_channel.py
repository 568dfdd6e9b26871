"""The way of a signed call: order of its steps, one at a time per key, and what it never does."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import (
    AuthRejectedError,
    EnvironmentSealError,
    InputError,
    KeyRestingError,
    LockoutGuardError,
    OutcomeUnknownError,
    UnavailableError,
    UnreachableError,
)
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.exchange.key_channel import SignedRequest
from kraken_desk.exchange.operations import Circumstances, Operation
from kraken_desk.exchange.seams import NoReplyError, Reply
from tests.unit.exchange.fakes import FUTURES_SECRET, SPOT_SECRET, Bench, a_signer

READ = Operation("Thing", "to read a thing", Venue.SPOT)
CHANGE = Operation("Move", "to move a thing", Venue.SPOT, changes=True)
PATH = "/thing"


def sign(secret: bytes, nonce: int | None) -> SignedRequest:
    return SignedRequest("POST", f"http://127.0.0.1:1{PATH}", {"Nonce": str(nonce)}, secret[:2])


def status_of(answer: Reply, circumstances: Circumstances) -> int:
    return answer.status


async def test_a_call_signs_with_secret_and_nonce_and_returns_what_was_read() -> None:
    """The secret's bytes and the next nonce reach the signature, and the reader's value comes back."""
    bench = Bench({PATH: [{}]})

    result = await bench.channel.call(a_signer(), READ, sign=sign, read=status_of)

    assert result == 200
    assert bench.transport.sent[0].content == "de"
    assert bench.transport.sent[0].headers == {"Nonce": "1795176000000"}
    assert bench.guard.ended == ["ok"]


async def test_the_nonce_has_the_scale_of_the_declared_client() -> None:
    """A key of a nanosecond client is signed at nanoseconds."""
    bench = Bench({PATH: [{}]})

    await bench.channel.call(a_signer(client="kraken-cli"), READ, sign=sign, read=status_of)

    assert bench.transport.sent[0].headers == {"Nonce": "1795176000000000000"}


@pytest.mark.parametrize(
    ("client", "count_from", "ahead"),
    [
        ("kraken-desk", None, 30_000),
        ("kraken-desk", 7, 0),
        ("ccxt", None, 0),
        ("kraken-cli", None, 0),
        ("", None, 0),
    ],
)
async def test_only_the_desks_own_keys_may_get_ahead_of_the_clock(
    client: str, count_from: int | None, ahead: int
) -> None:
    """A bot's key, an undeclared one and a counted look get exactly the next nonce, whatever happens."""
    bench = Bench({PATH: [{}]})
    signer = replace(a_signer(client=client), count_from=count_from)

    await bench.channel.call(signer, READ, sign=sign, read=status_of)

    assert bench.nonces.ahead == [ahead]


async def test_a_call_without_nonce_takes_none() -> None:
    """A call that needs no nonce leaves the key's counter alone."""
    bench = Bench({PATH: [{}]})

    await bench.channel.call(a_signer(), READ, sign=sign, read=status_of, with_nonce=False)

    assert bench.nonces.given == []


async def test_one_key_has_one_call_under_way() -> None:
    """Ten calls at once on one key go out one after another, with rising nonces."""
    bench = Bench({PATH: [{}]})

    await asyncio.gather(
        *(bench.channel.call(a_signer(), READ, sign=sign, read=status_of) for _ in range(10))
    )

    sent = [int(request.headers["Nonce"]) for request in bench.transport.sent]
    assert bench.transport.most_under_way == 1
    assert sent == list(range(1795176000000, 1795176000010))


async def test_different_keys_run_side_by_side() -> None:
    """Calls on different keys do not wait for each other."""
    bench = Bench({PATH: [{}]})

    await asyncio.gather(
        *(bench.channel.call(a_signer(api_key=f"key-{n}"), READ, sign=sign, read=status_of) for n in range(5))
    )

    assert bench.transport.most_under_way == 5


async def test_a_guard_that_refuses_stops_everything() -> None:
    """A refused call asks for no secret, takes no nonce and sends nothing."""
    bench = Bench({PATH: [{}]})
    bench.guard.refusal = KeyRestingError("resting")
    asked = []

    async def source() -> ApiSecret:
        asked.append(1)
        return ApiSecret(SPOT_SECRET)

    signer = Signer(EnvironmentName("local"), Venue.SPOT, "k", "", source)
    with pytest.raises(KeyRestingError):
        await bench.channel.call(signer, READ, sign=sign, read=status_of)

    assert (asked, bench.nonces.given, bench.transport.sent) == ([], [], [])


async def test_an_admitted_call_is_stopped_just_before_it_leaves() -> None:
    """What becomes known after the guard's leave, such as a lockout, still keeps the request back."""
    bench = Bench({PATH: [{}]})
    bench.guard.late_refusal = LockoutGuardError("locked out")

    with pytest.raises(LockoutGuardError):
        await bench.channel.call(a_signer(), READ, sign=sign, read=status_of)

    assert bench.transport.sent == []
    assert bench.guard.ended == ["LockoutGuardError"]


@pytest.mark.parametrize("seconds", [31.0, 40_000.0, -31.0])
async def test_a_change_that_was_held_up_does_not_leave(seconds: float) -> None:
    """A process stopped while it connects may not move money that others have settled meanwhile."""
    bench = Bench({PATH: [{}]})
    bench.transport.connecting_s = seconds

    with pytest.raises(UnreachableError, match="held up"):
        await bench.channel.call(a_signer(), CHANGE, sign=sign, read=status_of)
    read = await bench.channel.call(a_signer(), READ, sign=sign, read=status_of)

    assert read == 200
    assert [request.path for request in bench.transport.sent] == [PATH]
    assert bench.guard.ended == ["UnreachableError", "ok"]


async def test_calls_that_waited_are_stopped_by_the_first_failure() -> None:
    """A call waiting for the key meets the guard only after the one before it has failed."""
    bench = Bench({PATH: [{}]})

    def rejected(answer: Reply, circumstances: Circumstances) -> int:
        bench.guard.refusal = KeyRestingError("resting")
        raise AuthRejectedError("rejected")

    results = await asyncio.gather(
        *(bench.channel.call(a_signer(), READ, sign=sign, read=rejected) for _ in range(4)),
        return_exceptions=True,
    )

    assert [type(result).__name__ for result in results] == [
        "AuthRejectedError",
        "KeyRestingError",
        "KeyRestingError",
        "KeyRestingError",
    ]
    assert len(bench.transport.sent) == 1
    assert bench.guard.ended == ["AuthRejectedError"]


async def test_a_lost_answer_of_a_read_is_unavailable() -> None:
    """A read whose answer was lost says so and was sent once."""
    bench = Bench({PATH: [NoReplyError("reset")]})

    with pytest.raises(UnavailableError):
        await bench.channel.call(a_signer(), READ, sign=sign, read=status_of)

    assert len(bench.transport.sent) == 1


async def test_a_lost_answer_of_a_change_is_an_unknown_outcome() -> None:
    """A change whose answer was lost is unknown, was sent once, and on a connection of its own."""
    bench = Bench({PATH: [NoReplyError("reset")]})

    with pytest.raises(OutcomeUnknownError) as caught:
        await bench.channel.call(a_signer(), CHANGE, sign=sign, read=status_of)

    assert [request.fresh for request in bench.transport.sent] == [True]
    assert caught.value.operation == "Move"
    assert caught.value.hint.startswith("Do not repeat it.")


async def test_an_unusable_secret_stops_before_the_nonce() -> None:
    """A stored text that is not base64 is an input error; no nonce is spent, nothing is sent."""
    bench = Bench({PATH: [{}]})

    with pytest.raises(InputError) as caught:
        await bench.channel.call(a_signer(secret="not base64 $$"), READ, sign=sign, read=status_of)

    assert "not base64 $$" not in f"{caught.value.detail} {caught.value!r}"
    assert (bench.nonces.given, bench.transport.sent) == ([], [])


@pytest.mark.parametrize(("environment", "venue"), [("production", Venue.SPOT), ("local", Venue.FUTURES)])
async def test_a_key_from_elsewhere_is_refused(environment: str, venue: Venue) -> None:
    """A key of another environment or venue signs nothing here."""
    bench = Bench({PATH: [{}]})
    local = a_signer(venue)
    signer = Signer(EnvironmentName(environment), venue, local.api_key, "", local.secret)

    with pytest.raises(EnvironmentSealError):
        await bench.channel.call(signer, READ, sign=sign, read=status_of)

    assert (bench.guard.admitted, bench.transport.sent) == ([], [])


@pytest.mark.parametrize(
    ("secret", "expected"),
    [(SPOT_SECRET, Venue.SPOT), (FUTURES_SECRET, Venue.FUTURES), ("AAAA", None)],
)
async def test_the_reader_learns_what_the_secret_looks_like(secret: str, expected: Venue | None) -> None:
    """The size of the secret suggests a venue, for error messages only."""
    bench = Bench({PATH: [{}]})

    def looks(answer: Reply, circumstances: Circumstances) -> Venue | None:
        return circumstances.secret_looks_like

    assert await bench.channel.call(a_signer(secret=secret), READ, sign=sign, read=looks) is expected


async def test_cancelling_a_call_frees_the_key() -> None:
    """A call cancelled while waiting leaves the key usable for the next one."""
    bench = Bench({PATH: [{}]})
    hold = asyncio.Event()

    async def slow() -> ApiSecret:
        await hold.wait()
        return ApiSecret(SPOT_SECRET)

    local = a_signer()
    stuck = Signer(EnvironmentName("local"), Venue.SPOT, local.api_key, "", slow)
    task = asyncio.create_task(bench.channel.call(stuck, READ, sign=sign, read=status_of))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await bench.channel.call(local, READ, sign=sign, read=status_of) == 200
