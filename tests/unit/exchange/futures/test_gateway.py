"""The Futures gateway over a transport with written answers."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from kraken_desk.domain.errors import (
    AuthRejectedError,
    OutcomeUnknownError,
    RefusedError,
    UnavailableError,
    UnreachableError,
)
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.money import Asset
from kraken_desk.domain.transfers import TransferOrder, TransferReceipt
from kraken_desk.domain.venue_facts import DomainFacts, LinkedAccount
from kraken_desk.exchange.seams import NoReplyError
from tests.unit.exchange.fakes import Bench, a_signer, reply

CHECK = "/api/auth/v1/api-keys/v3/check"
ACCOUNTS = "/derivatives/api/v3/accounts"
SUBACCOUNTS = "/derivatives/api/v3/subaccounts"
TRANSFER = "/derivatives/api/v3/transfer/subaccount"
LOG = "/api/history/v3/account-log"
STATUS = "/derivatives/api/v3/instruments/PF_XBTUSD/status"

SIGNER = a_signer(Venue.FUTURES)
ORDER = TransferOrder("master-uid", "sub-uid", "cash", "cash", Asset("BTC"), Decimal("0.50"))
SUCCESS = {"result": "success", "serverTime": "2022-06-28T14:48:58.711Z"}


def checked(uid: str) -> dict[str, object]:
    return {"accountUid": uid, "permissions": {"general": "FULL_ACCESS", "transfer": "NO_ACCESS"}}


def log_row(entry_id: int, info: str = "subaccount transfer") -> dict[str, object]:
    return {
        "id": entry_id,
        "date": "2026-09-17T12:00:00Z",
        "asset": "usd",
        "info": info,
        "margin_account": "cash",
        "old_balance": 0,
        "new_balance": entry_id,
    }


async def test_reads_carry_no_nonce() -> None:
    """A check and a balance are signed GETs without a Nonce header, and no nonce is spent."""
    bench = Bench({CHECK: [checked("uid")], ACCOUNTS: [{"result": "success", "accounts": {}}]})
    gateway = bench.futures()

    await gateway.check_key(SIGNER, asked=True)
    await gateway.balances(SIGNER)

    assert [(r.method, sorted(r.headers)) for r in bench.transport.sent] == [
        ("GET", ["APIKey", "Authent"])
    ] * 2
    assert bench.nonces.given == []
    assert bench.guard.admitted == [True, False]


async def test_a_transfer_is_sent_once_with_a_nonce() -> None:
    """Uids, cash wallets, lower-case unit and plain digits go out in the body, with a rising nonce."""
    bench = Bench({TRANSFER: [SUCCESS]})
    gateway = bench.futures()

    receipt = await gateway.transfer(SIGNER, ORDER)
    await gateway.transfer(SIGNER, ORDER)

    assert receipt == TransferReceipt(None, "success")
    assert [r.headers["Nonce"] for r in bench.transport.sent] == ["1795176000000", "1795176000001"]
    assert all(r.fresh for r in bench.transport.sent)
    assert bench.transport.sent[0].form() == {
        "fromUser": "master-uid",
        "toUser": "sub-uid",
        "fromAccount": "cash",
        "toAccount": "cash",
        "unit": "xbt",
        "amount": "0.5",
    }


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (NoReplyError("reset"), OutcomeUnknownError),
        ({"result": "error", "error": "nonceDuplicate"}, OutcomeUnknownError),
        ({"result": "error", "error": "Server Error"}, OutcomeUnknownError),
        ({"result": "error", "error": "neverHeardOf"}, OutcomeUnknownError),
        ({"serverTime": "2022-06-28T14:48:58.711Z"}, OutcomeUnknownError),
        (reply(b"<html>", 502, "text/html"), OutcomeUnknownError),
        (UnreachableError("no"), UnreachableError),
        ({"result": "error", "error": "insufficientFunds"}, RefusedError),
        ({"result": "error", "error": "authenticationError"}, AuthRejectedError),
    ],
)
async def test_a_transfer_is_never_repeated(answer: object, kind: type[Exception]) -> None:
    """Whatever the answer, one request goes out."""
    bench = Bench({TRANSFER: [answer]})

    with pytest.raises(kind):
        await bench.futures().transfer(SIGNER, ORDER)

    assert len(bench.transport.sent) == 1
    assert bench.sleep.slept == []


async def test_the_log_is_walked_by_id() -> None:
    """The mark is the newest id; later rows come oldest first, page by page."""
    bench = Bench(
        {LOG: [{"logs": [log_row(7)]}, {"logs": [log_row(n) for n in range(8, 33)]}, {"logs": [log_row(33)]}]}
    )
    gateway = bench.futures()

    mark = await gateway.ledger_mark(SIGNER)
    entries = await gateway.ledger_since(SIGNER, mark)

    assert mark == "7"
    assert [entry.entry_id for entry in entries] == [str(n) for n in range(8, 34)]
    assert [r.path.partition("?")[2] for r in bench.transport.sent] == [
        "count=1&sort=desc",
        "from=8&sort=asc&count=25",
        "from=33&sort=asc&count=25",
    ]


async def test_an_empty_log_has_a_mark() -> None:
    """An account without history is marked 0, and everything later counts."""
    bench = Bench({LOG: [{"logs": []}, {"logs": [log_row(1)]}]})
    gateway = bench.futures()

    mark = await gateway.ledger_mark(SIGNER)

    assert mark == "0"
    assert [e.entry_id for e in await gateway.ledger_since(SIGNER, mark)] == ["1"]


async def test_an_endless_log_is_no_evidence() -> None:
    """More rows than can be read give an error instead of a part."""
    pages: list[object] = [{"logs": [log_row(p * 25 + n) for n in range(1, 26)]} for p in range(12)]
    bench = Bench({LOG: pages})

    with pytest.raises(UnavailableError):
        await bench.futures().ledger_since(SIGNER, "0")


@pytest.mark.parametrize(
    ("own", "is_master"),
    [("m", True), ("s", False)],
)
async def test_master_or_not_is_told_by_comparing_uids(own: str, is_master: bool) -> None:
    """The key's own account is compared with the master that Kraken names."""
    bench = Bench(
        {
            SUBACCOUNTS: [
                {
                    "result": "success",
                    "masterAccountUid": "m",
                    "subaccounts": [{"accountUid": "s", "email": "s@x", "fullName": "Sub"}],
                }
            ],
            CHECK: [checked(own)],
        }
    )

    facts = await bench.futures().domain_facts(SIGNER)

    assert facts == DomainFacts(is_master, "m", (LinkedAccount(None, "s", "Sub"),))


async def test_the_own_uid_is_asked_for_once() -> None:
    """A key that was checked needs no second check for its facts."""
    bench = Bench(
        {
            SUBACCOUNTS: [{"result": "success", "masterAccountUid": "m", "subaccounts": []}],
            CHECK: [checked("m")],
        }
    )
    gateway = bench.futures()

    await gateway.check_key(SIGNER)
    facts = await gateway.domain_facts(SIGNER)

    assert facts == DomainFacts(is_master=True, master_uid="m")
    assert bench.transport.paths() == [CHECK, SUBACCOUNTS]


async def test_a_refusal_gives_no_facts() -> None:
    """Without the right to list subaccounts there are no facts and no error."""
    bench = Bench({SUBACCOUNTS: [{"result": "error", "error": "insufficientPrivileges"}]})

    assert await bench.futures().domain_facts(SIGNER) == DomainFacts()


async def test_status_means_that_kraken_answered() -> None:
    """The clock is read off one market's public status; no key is used."""
    bench = Bench({STATUS: [{"result": "success", "serverTime": "2026-11-20T12:00:01.5Z"}]})

    status = await bench.futures().server_status()

    assert (status.status, status.offset_s) == ("online", 1.5)
    assert status.server_time == datetime(2026, 11, 20, 12, 0, 1, 500_000, tzinfo=UTC)
    assert bench.guard.admitted == []


async def test_a_status_without_answer_is_unavailable() -> None:
    """A public call is repeated like any read, and its failure told."""
    bench = Bench({STATUS: [NoReplyError()]})

    with pytest.raises(UnavailableError):
        await bench.futures().server_status()

    assert bench.transport.paths() == [STATUS] * 3


async def test_a_master_reads_its_subaccounts_wallets() -> None:
    """The list of subaccounts has their wallets, by uid; Spot shows a master nothing of the kind."""
    listed = {"accountUid": "s", "holdingAccounts": [{"currency": "usd", "amount": "2.5"}]}
    answer = {"result": "success", "masterAccountUid": "m", "subaccounts": [listed]}
    bench = Bench({SUBACCOUNTS: [answer]})

    found = await bench.futures().linked_holdings(SIGNER)

    assert [(row.asset, row.total) for row in found["s"].rows] == [("USD", Decimal("2.5"))]
    assert await bench.spot().linked_holdings(a_signer()) == {}


async def test_futures_publishes_no_assets() -> None:
    """There is no public list of assets."""
    assert await Bench().futures().assets() == ()


async def test_after_the_sunset_failures_say_so() -> None:
    """A 410 after 1 March 2027 is told as the end of the API, for signed and public calls."""
    bench = Bench({ACCOUNTS: [reply({}, 410)], STATUS: [reply(b"", 301, "text/html")]})
    bench.clock.time = datetime(2027, 3, 2, tzinfo=UTC)
    gateway = bench.futures()

    for call in (gateway.balances(SIGNER), gateway.server_status()):
        with pytest.raises(Exception, match="Kraken has ended this Futures API"):
            await call
