"""Everything the real exchange is known to do to a client, for a read and for a change."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest

from kraken_desk.domain.errors import ExchangeError
from kraken_desk.domain.money import Asset
from kraken_desk.domain.transfers import TransferOrder
from kraken_desk.exchange import retry
from tests.contract.exchange.conftest import Stage

BALANCE = "/0/private/BalanceEx"
TRANSFER = "/0/private/AccountTransfer"
ACCOUNTS = "/derivatives/api/v3/accounts"
SUB_TRANSFER = "/derivatives/api/v3/transfer/subaccount"

UNANSWERED = ("UnavailableError", "OutcomeUnknownError")
FAULTS = {
    "reply_lost_before_execution": UNANSWERED,
    "reply_lost_after_execution": UNANSWERED,
    "connection_reset": UNANSWERED,
    "silence": UNANSWERED,
    "html_403": UNANSWERED,
    "html_502": UNANSWERED,
    "html_503": UNANSWERED,
    "html_504": UNANSWERED,
    "html_520": UNANSWERED,
    "html_525": UNANSWERED,
    "html_1015": ("RateLimitedError", "RateLimitedError"),
    "html_1020": UNANSWERED,
    "redirect": ("BadRequestError", "BadRequestError"),
    "error_with_503": UNANSWERED,
    "truncated_json": ("UnreadableReplyError", "OutcomeUnknownError"),
    "empty_body": ("UnreadableReplyError", "OutcomeUnknownError"),
    "not_an_object": ("UnreadableReplyError", "OutcomeUnknownError"),
    "server_error_after_execution": UNANSWERED,
    "rate_limited": ("RateLimitedError", "RateLimitedError"),
    "internal_error": UNANSWERED,
    "invalid_nonce": ("NonceStaleError", "NonceStaleError"),
    "invalid_key": ("AuthRejectedError", "AuthRejectedError"),
}
SPOT_ONLY = {
    "result_missing": ("fine", "OutcomeUnknownError"),
    "error_bare_string": ("RateLimitedError", "RateLimitedError"),
    "error_space_after_colon": ("BadRequestError", "BadRequestError"),
    "throttled": ("RateLimitedError", "RateLimitedError"),
    "too_many_requests": ("RateLimitedError", "RateLimitedError"),
    "unavailable": UNANSWERED,
    "busy": UNANSWERED,
    "deadline_elapsed": UNANSWERED,
    "lockout": ("LockedOutError", "LockedOutError"),
    "warning": ("fine", "fine"),
    "unknown_error": ("RejectedError", "OutcomeUnknownError"),
}
REPEATED = {"UnavailableError", "RateLimitedError"}


def lasting(stage: Stage, fault: str, path: str) -> None:
    """Let a fault strike every call; silence ends with a close after a moment."""
    stage.world.faults.add(fault, path=path, count=None, delay_s=0.2 if fault == "silence" else None)


@contextmanager
def ending() -> Iterator[list[str]]:
    """Name how the block ends: “fine”, or the error's class after a look at its words."""
    how = ["fine"]
    try:
        yield how
    except ExchangeError as error:
        how[0] = type(error).__name__
        words = (error.title, error.detail, error.hint)
    else:
        words = ("fine", "", "")
    assert words[0]
    assert "<" not in " ".join(words)


async def met(stage: Stage, *, spot: bool, change: bool) -> str:
    """Make one read or one change and name how it ended, looking at the words on the way."""
    master, sub = stage.account("Meridian Capital"), stage.account("Momentum")
    with ending() as how:
        if spot and change:
            order = TransferOrder(master["iiban"], sub["iiban"], "spot", "spot", Asset("USD"), Decimal(1))
            await stage.spot.transfer(stage.signer("desk treasury"), order)
        elif change:
            order = TransferOrder(
                master["futures_uid"], sub["futures_uid"], "cash", "cash", Asset("USD"), Decimal(1)
            )
            await stage.futures.transfer(stage.signer("futures desk"), order)
        elif spot:
            await stage.spot.balances(stage.signer("desk monitor"))
        else:
            await stage.futures.balances(stage.signer("futures desk"))
    return how[0]


@pytest.mark.parametrize("fault", [*FAULTS, *SPOT_ONLY])
async def test_a_spot_read_meets_a_fault(stage: Stage, fault: str) -> None:
    """A read that stays faulty ends in its class, after three attempts where that is worth it."""
    expected = {**FAULTS, **SPOT_ONLY}[fault][0]
    lasting(stage, fault, BALANCE)

    assert await met(stage, spot=True, change=False) == expected

    waits_too_long = fault == "html_1015"
    assert stage.calls(BALANCE) == (3 if expected in REPEATED and not waits_too_long else 1)


@pytest.mark.parametrize(
    "fault", ["html_520", "connection_reset", "unavailable", "reply_lost_after_execution"]
)
async def test_a_passing_fault_is_not_noticed_by_a_read(stage: Stage, fault: str) -> None:
    """One bad answer in between is made good by the next attempt."""
    stage.world.faults.add(fault, path=BALANCE, count=1)

    assert await met(stage, spot=True, change=False) == "fine"
    assert stage.calls(BALANCE) == 2


@pytest.mark.parametrize("fault", [*FAULTS, *SPOT_ONLY])
async def test_a_spot_transfer_meets_a_fault(stage: Stage, fault: str) -> None:
    """A transfer is sent once whatever happens, and money that moved is never called refused."""
    expected = {**FAULTS, **SPOT_ONLY}[fault][1]
    master, before = "desk monitor", await stage.spot.balances(stage.signer("desk monitor"))
    lasting(stage, fault, TRANSFER)

    assert await met(stage, spot=True, change=True) == expected

    stage.world.faults.clear()
    moved = await stage.spot.balances(stage.signer(master)) != before
    assert stage.calls(TRANSFER) == 1
    assert not moved or expected in ("fine", "OutcomeUnknownError")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("change", [False, True], ids=["read", "transfer"])
async def test_futures_meets_a_fault(stage: Stage, fault: str, change: bool) -> None:
    """Futures calls end in the same classes; a transfer is sent once."""
    path = SUB_TRANSFER if change else ACCOUNTS
    lasting(stage, fault, path)

    assert await met(stage, spot=False, change=change) == FAULTS[fault][change]

    assert not change or stage.calls(path) == 1


async def test_a_late_answer_within_the_time_out_is_an_answer(stage: Stage) -> None:
    """Slow is not failed."""
    stage.world.faults.add("late_reply", path=BALANCE, delay_s=0.3)

    assert await met(stage, spot=True, change=False) == "fine"
    assert stage.calls(BALANCE) == 1


@pytest.mark.parametrize("status", [410, 301])
async def test_the_end_of_the_futures_api_is_survived(stage: Stage, status: int) -> None:
    """When Kraken has switched the API off, calls end in an orderly error."""
    stage.world.switches.set("futures_sunset", "gone")
    stage.world.switches.set("futures_sunset_status", status)

    assert await met(stage, spot=False, change=False) == "BadRequestError"
    assert await met(stage, spot=False, change=True) == "BadRequestError"


async def test_a_read_whose_answer_drips_is_given_up(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that come one by one keep no read longer than its time as a whole, attempts and all."""
    monkeypatch.setattr(retry, "TOTAL_S", 0.5)
    stage.world.faults.add("dripping_reply", path=BALANCE, count=None, delay_s=0.05)
    begun = time.monotonic()

    assert await met(stage, spot=True, change=False) == "UnavailableError"

    assert 0.4 < time.monotonic() - begun < 5.0
    assert stage.calls(BALANCE) == 1


async def test_a_read_whose_answer_drips_fast_enough_is_answered(stage: Stage) -> None:
    """Slow is not lost: what arrives in time counts."""
    stage.world.faults.add("dripping_reply", path=BALANCE, delay_s=0.001)

    assert await met(stage, spot=True, change=False) == "fine"


async def test_a_change_whose_answer_drips_keeps_its_own_time(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit of reads does not end a transfer: its outcome would be unknown for nothing."""
    monkeypatch.setattr(retry, "TOTAL_S", 0.01)
    stage.world.faults.add("dripping_reply", path=TRANSFER, delay_s=0.002)

    assert await met(stage, spot=True, change=True) == "fine"
