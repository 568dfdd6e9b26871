"""The Spot gateway over a transport with written answers."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from kraken_desk.domain.errors import (
    AuthRejectedError,
    BadRequestError,
    ForbiddenError,
    OutcomeUnknownError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
    UnreachableError,
    UnreadableReplyError,
)
from kraken_desk.domain.money import Asset
from kraken_desk.domain.transfers import TransferOrder, TransferReceipt
from kraken_desk.domain.venue_facts import DomainFacts
from kraken_desk.exchange.seams import NoReplyError
from tests.unit.exchange.fakes import Bench, a_signer, reply

KEY_INFO = "/0/private/GetApiKeyInfo"
BALANCE = "/0/private/BalanceEx"
TRANSFER = "/0/private/AccountTransfer"
VOLUME = "/0/private/TradeVolume"
LEDGERS = "/0/private/Ledgers"
ASSETS = "/0/public/Assets"

SOME_ASSETS = {
    "error": [],
    "result": {
        "XXBT": {"altname": "XBT", "decimals": 10},
        "ZUSD": {"altname": "USD", "decimals": 4},
        "XXDG": {"altname": "XDG", "decimals": 8},
    },
}
SOME_INFO = {"error": [], "result": {"permissions": ["query-funds"]}}
ORDER = TransferOrder(
    "AA88 N84G WOAK NMOI", "AA03 N84G AHGV XD4B", "spot", "spot", Asset("DOGE"), Decimal("1E+3")
)


def failing(*errors: str) -> dict[str, object]:
    return {"error": list(errors)}


async def test_a_check_signs_one_call() -> None:
    """A check is one GetApiKeyInfo with nothing but the nonce in it; `asked` reaches the guard."""
    bench = Bench({KEY_INFO: [SOME_INFO]})

    info = await bench.spot().check_key(a_signer(), asked=True)

    assert info.read_at == bench.clock.now()
    assert [request.form() for request in bench.transport.sent] == [{"nonce": "1795176000000"}]
    assert bench.guard.admitted == [True]


async def test_a_refused_check_is_one_call() -> None:
    """A rejected key is asked about once, never again by itself."""
    bench = Bench({KEY_INFO: [failing("EAPI:Invalid key")]})

    with pytest.raises(AuthRejectedError):
        await bench.spot().check_key(a_signer())

    assert len(bench.transport.sent) == 1
    assert bench.guard.ended == ["AuthRejectedError"]


async def test_a_read_is_repeated_with_a_new_nonce_and_leave() -> None:
    """Each attempt is admitted and numbered anew."""
    bench = Bench({BALANCE: [failing("EService:Unavailable"), NoReplyError(), {"error": [], "result": {}}]})
    bench.answers[ASSETS] = [SOME_ASSETS]

    assert await bench.spot().balances(a_signer()) == ()

    nonces = [r.form()["nonce"] for r in bench.transport.sent if r.path == BALANCE]
    assert nonces == ["1795176000000", "1795176000001", "1795176000002"]
    assert bench.guard.ended == ["UnavailableError", "UnavailableError", "ok"]


async def test_balances_without_result_are_none() -> None:
    """An account that never held anything answers without a result: that is an empty list."""
    bench = Bench({BALANCE: [{"error": []}], ASSETS: [SOME_ASSETS]})

    assert await bench.spot().balances(a_signer()) == ()


async def test_names_are_read_once_for_many_balances() -> None:
    """Ten accounts at once read the public list of assets one time."""
    bench = Bench({BALANCE: [{"error": [], "result": {"XXBT": {"balance": "1"}}}], ASSETS: [SOME_ASSETS]})
    gateway = bench.spot()

    await asyncio.gather(*(gateway.balances(a_signer(api_key=f"k{n}")) for n in range(10)))

    assert bench.transport.paths().count(ASSETS) == 1


async def test_names_are_read_anew_when_one_is_missing() -> None:
    """A new asset makes the kept list old, but not more than once in ten minutes."""
    bench = Bench({BALANCE: [{"error": [], "result": {"NEWCOIN": {"balance": "1"}}}], ASSETS: [SOME_ASSETS]})
    gateway = bench.spot()

    await gateway.balances(a_signer())
    await gateway.balances(a_signer())
    bench.clock.move(601)
    await gateway.balances(a_signer())

    assert bench.transport.paths().count(ASSETS) == 2


async def test_the_list_of_assets_is_kept_for_ten_minutes() -> None:
    """Asking for assets again and again is one public call, and balances use the same list."""
    bench = Bench({BALANCE: [{"error": [], "result": {"XXBT": {"balance": "1"}}}], ASSETS: [SOME_ASSETS]})
    gateway = bench.spot()

    for _ in range(3):
        await gateway.assets()
    await gateway.balances(a_signer())
    kept = bench.transport.paths().count(ASSETS)
    bench.clock.move(600)
    await gateway.assets()

    assert (kept, bench.transport.paths().count(ASSETS)) == (1, 2)


async def test_a_list_of_assets_that_cannot_be_read_is_no_list() -> None:
    """Who asks for the assets themselves is told of the failure, not given the legacy names."""
    bench = Bench({ASSETS: [NoReplyError()]})

    with pytest.raises(UnavailableError):
        await bench.spot().assets()


async def test_balances_do_not_need_the_list_of_assets() -> None:
    """When the public list cannot be read, the documented names with a class letter still resolve."""
    bench = Bench({BALANCE: [{"error": [], "result": {"XXBT": {"balance": "1"}}}], ASSETS: [NoReplyError()]})

    rows = await bench.spot().balances(a_signer())

    assert [row.asset for row in rows] == ["BTC"]
    assert bench.sleep.slept == []


async def test_a_transfer_is_sent_once_in_krakens_names() -> None:
    """Wire name of the asset, plain digits, IIBANs; on a fresh connection."""
    bench = Bench(
        {
            TRANSFER: [{"error": [], "result": {"transfer_id": "TOH3AS2", "status": "complete"}}],
            ASSETS: [SOME_ASSETS],
        }
    )

    receipt = await bench.spot().transfer(a_signer(), ORDER)

    [sent] = [request for request in bench.transport.sent if request.path == TRANSFER]
    assert receipt == TransferReceipt("TOH3AS2", "complete")
    assert sent.fresh
    assert sent.form() == {
        "nonce": "1795176000000",
        "asset": "XXDG",
        "amount": "1000",
        "from": "AA88 N84G WOAK NMOI",
        "to": "AA03 N84G AHGV XD4B",
    }


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (failing("EService:Unavailable"), OutcomeUnknownError),
        (failing("EGeneral:Internal error"), OutcomeUnknownError),
        (NoReplyError("reset"), OutcomeUnknownError),
        (reply(b"<html>520</html>", 520, "text/html"), OutcomeUnknownError),
        (reply(b"<html>ok</html>", 200, "text/html"), OutcomeUnknownError),
        (reply(b'{"error":[],"result":{"tra'), OutcomeUnknownError),
        (reply(b""), OutcomeUnknownError),
        (reply(failing(), 503), OutcomeUnknownError),
        (failing(), OutcomeUnknownError),
        ({"error": [], "result": [1]}, OutcomeUnknownError),
        ({"error": 5, "result": {}}, OutcomeUnknownError),
        (reply({}, 302), OutcomeUnknownError),
        (UnreachableError("no"), UnreachableError),
        (failing("EFunding:Insufficient funds"), RefusedError),
        (failing("EGeneral:Permission denied"), ForbiddenError),
        (failing("EAPI:Rate limit exceeded"), RateLimitedError),
        (reply(b"<html>error code: 1015</html>", 429, "text/html"), RateLimitedError),
        (reply(b"", 301, "text/html"), BadRequestError),
    ],
)
async def test_a_transfer_is_never_repeated(answer: object, kind: type[Exception]) -> None:
    """Whatever the answer, one AccountTransfer goes out; only known refusals are called refusals."""
    bench = Bench({TRANSFER: [answer], ASSETS: [SOME_ASSETS]})

    with pytest.raises(kind):
        await bench.spot().transfer(a_signer(), ORDER)

    assert bench.transport.paths().count(TRANSFER) == 1
    assert bench.sleep.slept == []


@pytest.mark.parametrize(
    ("answer", "kind", "kraken"),
    [
        (reply(b"<!DOCTYPE html>Web server", 520, "text/html"), UnavailableError, ("HTTP 520",)),
        (reply(b"<html>bad gateway", 502, "text/html"), UnavailableError, ("HTTP 502",)),
        (
            reply(b"<span>Error</span> <span>1020</span>", 403, "text/html"),
            UnavailableError,
            ("HTTP 403", "Cloudflare 1020"),
        ),
        (reply(b"error code: 1015", 429, "text/plain"), RateLimitedError, ("HTTP 429", "Cloudflare 1015")),
        (reply(b"hello", 200, "text/plain"), UnavailableError, ("HTTP 200",)),
        (reply(b'{"error":[],"result":{"A":'), UnreadableReplyError, ()),
        (reply([1, 2]), UnreadableReplyError, ()),
        ({"error": "EAPI Rate limit exceeded"}, RateLimitedError, ("EAPI Rate limit exceeded",)),
        (reply(failing("EService:Busy"), 503), UnavailableError, ("EService:Busy",)),
    ],
)
async def test_odd_answers_to_a_read_are_sorted(
    answer: object, kind: type[Exception], kraken: tuple[str, ...]
) -> None:
    """Pages of the edge, cut JSON, bare strings and 5xx with errors become our errors, without HTML."""
    bench = Bench({BALANCE: [answer]})

    with pytest.raises(kind) as caught:
        await bench.spot().balances(a_signer())

    error = caught.value
    assert isinstance(error, UnavailableError | RateLimitedError | UnreadableReplyError)
    assert error.kraken == kraken
    assert "<" not in f"{error.title} {error.detail} {error.hint}"


async def test_a_warning_beside_a_result_is_no_failure() -> None:
    """A W string with a result leaves the result."""
    bench = Bench({KEY_INFO: [{"error": ["WDatabase:No change"], "result": SOME_INFO["result"]}]})

    info = await bench.spot().check_key(a_signer())

    assert info.api_key == a_signer().api_key


async def test_facts_need_no_permission_to_be_absent() -> None:
    """A key that may not ask about volume, or a Kraken without the call, gives no facts and no error."""
    for refusal in ("EGeneral:Permission denied", "EGeneral:Unknown method"):
        bench = Bench({VOLUME: [failing(refusal)]})

        assert await bench.spot().domain_facts(a_signer()) == DomainFacts()


async def test_a_rejected_key_is_not_hidden_by_the_facts() -> None:
    """A key that no longer authenticates says so, whatever was asked."""
    bench = Bench({VOLUME: [failing("EAPI:Invalid signature")]})

    with pytest.raises(AuthRejectedError):
        await bench.spot().domain_facts(a_signer())


async def test_status_and_offset_come_from_two_public_calls() -> None:
    """Half a second is added to Kraken's whole seconds before they are compared with ours."""
    bench = Bench(
        {
            "/0/public/SystemStatus": [{"error": [], "result": {"status": "post_only"}}],
            "/0/public/Time": [{"error": [], "result": {"unixtime": 1795176004}}],
        }
    )

    status = await bench.spot().server_status()

    assert (status.status, status.offset_s) == ("post_only", 4.5)
    assert bench.guard.admitted == []


async def test_a_ledger_is_read_from_its_mark() -> None:
    """The rows after a mark come oldest first, named and exact."""
    old = {"refid": "R0", "time": 1000.5, "type": "trade", "asset": "ZUSD", "amount": "1"}
    new = {"refid": "R1", "time": 1001.25, "type": "transfer", "asset": "XXBT", "amount": "-0.25"}
    newer = {"refid": "R2", "time": 1002, "type": "transfer", "asset": "ZUSD", "amount": "5"}
    bench = Bench(
        {
            LEDGERS: [
                {"error": [], "result": {"ledger": {"L0": old}, "count": 1}},
                {"error": [], "result": {"ledger": {"L2": newer, "L1": new, "L0": old}, "count": 3}},
            ],
            ASSETS: [SOME_ASSETS],
        }
    )
    gateway = bench.spot()

    mark = await gateway.ledger_mark(a_signer())
    entries = await gateway.ledger_since(a_signer(), mark)

    assert [(e.entry_id, e.asset, e.quantity) for e in entries] == [
        ("L1", "BTC", Decimal("-0.25")),
        ("L2", "USD", Decimal(5)),
    ]
    assert bench.transport.sent[1].form()["start"] == "940.5"
