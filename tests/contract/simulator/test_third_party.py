"""Bots of others on the local exchange: ccxt and python-kraken-sdk, each through its own code.

They are worked examples of pointing a bot at the simulator, and an independent check of it: neither library
knows this project. Both are test dependencies only; without them these tests are skipped.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from kraken_desk.simulator import Simulator
from kraken_desk.simulator.accounts import Tier
from kraken_desk.simulator.building import describe_key
from tests.contract.simulator.conftest import Client

pytestmark = pytest.mark.filterwarnings("ignore")

MASTER = "AA88 N84G WOAK NMOI"


def credentials(client: Client, name: str) -> tuple[str, str]:
    """Give key and secret as a user would copy them from the ready line."""
    key = next(key for key in client.simulator.world.keys if key.name == name)
    described = describe_key(key)
    return str(described["api_key"]), str(described["api_secret"])


def wrong(secret: str) -> str:
    return ("B" if secret[0] == "A" else "A") + secret[1:]


def transfer_order(client: Client) -> dict[str, str]:
    basis = client.spot_key("basis monitor").account
    return {"asset": "ZUSD", "amount": "12.5", "from": MASTER, "to": basis.iiban}


def spend_the_counter(client: Client, name: str) -> None:
    """Leave nothing of a key's rate counter, as thirty calls in a row would."""
    world = client.simulator.world
    world.limits.spot(client.spot_key(name).api_key).charge(30, Tier.PRO, world.now())


def basis_dollars(simulator: Simulator) -> str:
    account = simulator.world.accounts.find("Basis")
    assert account is not None
    return str(account.spot.holdings["ZUSD"].balance)


class Ccxt:
    """Makes ccxt exchanges that talk to the simulator and closes them again."""

    def __init__(self, client: Client) -> None:
        self._module: Any = pytest.importorskip("ccxt.async_support")
        self.errors: Any = pytest.importorskip("ccxt")
        self._client = client
        self._made: list[Any] = []

    def spot(self, name: str, *, secret: str = "") -> Any:
        api_key, real_secret = credentials(self._client, name)
        exchange = self._module.kraken({"apiKey": api_key, "secret": secret or real_secret})
        url = self._client.simulator.description["spot_url"]
        exchange.urls["api"] |= {"public": url, "private": url}
        return self._keep(exchange)

    def futures(self, name: str) -> Any:
        api_key, secret = credentials(self._client, name)
        exchange = self._module.krakenfutures({"apiKey": api_key, "secret": secret})
        base = self._client.simulator.description["futures_url"]
        exchange.urls["api"] = {
            part: url.replace("https://futures.kraken.com", base)
            for part, url in exchange.urls["api"].items()
        }
        return self._keep(exchange)

    async def close(self) -> None:
        for exchange in self._made:
            await exchange.close()

    def _keep(self, exchange: Any) -> Any:
        exchange.enableRateLimit = False
        self._made.append(exchange)
        return exchange


@pytest_asyncio.fixture
async def ccxt(client: Client) -> AsyncIterator[Ccxt]:
    maker = Ccxt(client)
    yield maker
    await maker.close()


class KrakenSdk:
    """Makes python-kraken-sdk clients that talk to the simulator and closes them again."""

    def __init__(self, client: Client) -> None:
        self._spot: Any = pytest.importorskip("kraken.spot")
        self._futures: Any = pytest.importorskip("kraken.futures")
        self.errors: Any = pytest.importorskip("kraken.exceptions")
        self._client = client
        self._made: list[Any] = []

    def spot(self, name: str, *, secret: str = "") -> Any:
        api_key, real_secret = credentials(self._client, name)
        url = self._client.simulator.description["spot_url"]
        return self._keep(self._spot.SpotAsyncClient(key=api_key, secret=secret or real_secret, url=url))

    def futures(self, name: str) -> Any:
        api_key, secret = credentials(self._client, name)
        url = self._client.simulator.description["futures_url"]
        return self._keep(self._futures.FuturesAsyncClient(key=api_key, secret=secret, url=url))

    async def close(self) -> None:
        for made in self._made:
            await made.close()

    def _keep(self, made: Any) -> Any:
        self._made.append(made)
        return made


@pytest_asyncio.fixture
async def sdk(client: Client) -> AsyncIterator[KrakenSdk]:
    maker = KrakenSdk(client)
    yield maker
    await maker.close()


async def test_ccxt_reads(ccxt: Ccxt) -> None:
    """Markets, balances, ledger, orders and trades are understood by ccxt."""
    reader, trader = ccxt.spot("desk treasury"), ccxt.spot("mm-bot-1")

    balance = await reader.fetch_balance()
    ledger = await reader.fetch_ledger("BTC")
    orders = await trader.fetch_open_orders()
    trades = await trader.fetch_my_trades()

    assert balance["USD"]["total"] == 418707.52
    assert {entry["currency"] for entry in ledger} == {"BTC"}
    assert {order["amount"] for order in orders} == {0.125, 0.42}
    assert len(trades) == 2


async def test_ccxt_transfers(ccxt: Ccxt, client: Client) -> None:
    """A transfer between accounts, and one to Futures, go through."""
    treasury = ccxt.spot("desk treasury")

    moved = await treasury.privatePostAccountTransfer(transfer_order(client))
    to_futures = await treasury.transfer("BTC", 0.1, "spot", "swap")

    assert moved["result"]["status"] == "complete"
    assert to_futures["id"].startswith("B")
    assert basis_dollars(client.simulator) == "250017.3700"


async def test_ccxt_meets_refusals(ccxt: Ccxt, client: Client) -> None:
    """A wrong signature, a missing right and the rate limit raise ccxt's own errors."""
    _, secret = credentials(client, "desk treasury")
    forger = ccxt.spot("desk treasury", secret=wrong(secret))
    reader = ccxt.spot("desk monitor")

    with pytest.raises(ccxt.errors.ExchangeError, match="EAPI:Invalid signature"):
        await forger.privatePostBalance()
    with pytest.raises(ccxt.errors.PermissionDenied, match="EGeneral:Permission denied"):
        await reader.privatePostAccountTransfer(transfer_order(client))
    spend_the_counter(client, "desk monitor")
    with pytest.raises(ccxt.errors.DDoSProtection, match="EAPI:Rate limit exceeded"):
        await reader.privatePostBalance()


async def test_ccxt_uses_futures(ccxt: Ccxt, client: Client) -> None:
    """Wallets, a transfer with its parameters in the query, and the account log work through ccxt."""
    desk = ccxt.futures("futures desk")

    order = {"fromAccount": "cash", "toAccount": "flex", "unit": "usd", "amount": "5"}
    moved = await desk.privatePostTransfer(order)
    wallets = await desk.privateGetAccounts()
    log = await desk.historyGetAccountLog({"count": 1})

    assert moved["result"] == "success"
    assert float(wallets["accounts"]["cash"]["balances"]["usd"]) == 59995
    assert log["logs"][0]["info"] == "transfer"


async def test_python_kraken_sdk_reads(sdk: KrakenSdk) -> None:
    """Form and JSON bodies of the SDK are accepted."""
    reader = sdk.spot("desk monitor")

    balances = await reader.request("POST", "/0/private/BalanceEx")
    ledger = await reader.request("POST", "/0/private/Ledgers", params={"asset": "ZUSD"})
    as_json = await reader.request(
        "POST", "/0/private/Balance", params={"rebase_multiplier": "base"}, do_json=True
    )

    assert balances["ZUSD"] == {"balance": "418707.5200", "hold_trade": "0.0000"}
    assert ledger["count"] == 3
    assert as_json["DOT"] == "0.0000000000"


async def test_python_kraken_sdk_transfers(sdk: KrakenSdk, client: Client) -> None:
    """A transfer signed by the SDK moves the money."""
    answer = await sdk.spot("desk treasury").request(
        "POST", "/0/private/AccountTransfer", params=transfer_order(client)
    )

    assert answer["status"] == "complete"
    assert basis_dollars(client.simulator) == "250017.3700"


async def test_python_kraken_sdk_meets_refusals(sdk: KrakenSdk, client: Client) -> None:
    """A wrong signature, a missing right and the rate limit raise the SDK's own errors."""
    _, secret = credentials(client, "desk treasury")
    forger, reader = sdk.spot("desk treasury", secret=wrong(secret)), sdk.spot("desk monitor")

    with pytest.raises(sdk.errors.KrakenInvalidSignatureError):
        await forger.request("POST", "/0/private/Balance")
    with pytest.raises(sdk.errors.KrakenPermissionDeniedError):
        await reader.request("POST", "/0/private/AccountTransfer", params=transfer_order(client))
    spend_the_counter(client, "desk monitor")
    with pytest.raises(sdk.errors.KrakenApiLimitExceededError):
        await reader.request("POST", "/0/private/Balance")


async def test_python_kraken_sdk_uses_futures(sdk: KrakenSdk, client: Client) -> None:
    """Wallets, a subaccount transfer, the log's filter and the trading switch work through the SDK."""
    desk = sdk.futures("futures desk")
    makers = client.futures_key("mm futures").account
    order = {
        "amount": "1.25",
        "fromUser": client.futures_key("futures desk").account.futures_uid,
        "toUser": makers.futures_uid,
        "fromAccount": "cash",
        "toAccount": "cash",
        "unit": "usd",
    }

    moved = await desk.request("POST", "/derivatives/api/v3/transfer/subaccount", post_params=order)
    log = await desk.request(
        "GET", "/api/history/v2/account-log", query_params={"info": "subaccount transfer"}
    )
    switched = await desk.request(
        "PUT",
        f"/derivatives/api/v3/subaccount/{makers.futures_uid}/trading-enabled",
        post_params={"tradingEnabled": "false"},
    )

    assert moved["result"] == "success"
    assert [row["new_balance"] for row in log["logs"]] == [59998.75]
    assert switched == {"tradingEnabled": False}
