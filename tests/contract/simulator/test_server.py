"""The local exchange over real sockets."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from kraken_desk.simulator import Simulator, serve
from tests.contract.simulator.conftest import Client
from tests.unit.simulator.asking import spot_request

MASTER = "AA88 N84G WOAK NMOI"


def accounts(simulator: Simulator) -> list[Any]:
    listed = simulator.description["accounts"]
    assert isinstance(listed, list)
    return listed


async def test_the_description_is_the_ready_line(client: Client) -> None:
    """The description has the URLs and the accounts of the ready line, and nothing else."""
    description = client.simulator.description

    assert list(description) == [
        "spot_url",
        "spot_ws_url",
        "futures_url",
        "futures_ws_url",
        "control_url",
        "accounts",
    ]
    assert str(description["spot_url"]).startswith("http://127.0.0.1:")
    assert str(description["spot_ws_url"]).startswith("ws://127.0.0.1:")
    assert [account["kind"] for account in accounts(client.simulator)] == ["master"] + ["subaccount"] * 5


async def test_a_signed_spot_call_is_answered(client: Client) -> None:
    """A key describes itself over HTTP."""
    answer = await client.spot(client.spot_key("desk monitor"), "GetApiKeyInfo")

    assert answer["error"] == []
    assert answer["result"]["iban"] == MASTER


async def test_a_signed_futures_call_is_answered(client: Client) -> None:
    """A Futures transfer with parameters in the body changes both wallets."""
    key = client.futures_key("futures desk")

    answer = await client.futures(
        key,
        "POST",
        "/derivatives/api/v3/transfer",
        {"fromAccount": "cash", "toAccount": "flex", "unit": "usd", "amount": "100"},
    )
    wallets = await client.futures(key, "GET", "/derivatives/api/v3/accounts")

    assert answer["result"] == "success"
    assert wallets["accounts"]["cash"]["balances"]["usd"] == 59900.0


async def test_an_encoded_query_is_signed_as_it_is_sent(client: Client) -> None:
    """A query whose value needs encoding passes the signature check."""
    answer = await client.futures(
        client.futures_key("futures desk"),
        "GET",
        "/api/history/v3/account-log",
        {"info": "admin transfer", "count": "1"},
    )

    assert [row["info"] for row in answer["logs"]] == ["admin transfer"]


@pytest.mark.parametrize("fault", ["reply_lost_before_execution", "connection_reset"])
async def test_a_cut_connection_is_seen_as_such(client: Client, fault: str) -> None:
    """A fault that cuts the connection gives the client an error, no answer and no execution."""
    client.simulator.world.faults.add(fault, path="/0/private/Balance")

    with pytest.raises(aiohttp.ClientError):
        await client.spot(client.spot_key("desk monitor"), "Balance")

    assert client.spot_key("desk monitor").nonce == 0


async def test_a_transfer_can_execute_though_its_reply_is_lost(client: Client) -> None:
    """With the reply lost after execution the money has moved all the same."""
    client.simulator.world.faults.add("reply_lost_after_execution")
    momentum = client.simulator.world.accounts.find("Momentum")
    assert momentum is not None

    with pytest.raises(aiohttp.ClientError):
        await client.spot(
            client.spot_key("desk treasury"),
            "AccountTransfer",
            {"asset": "ZUSD", "amount": "92.10", "from": momentum.iiban, "to": MASTER},
        )

    assert str(momentum.spot.holdings["ZUSD"].balance) == "103900.0000"


async def test_a_late_reply_comes_late(client: Client) -> None:
    """A late reply outlasts a short client timeout and is complete for a patient one."""
    client.simulator.world.faults.add("late_reply", delay_s=0.2, count=2)
    request = spot_request(client.spot_key("desk monitor"), "Balance")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05), client.send("spot_url", request) as response:
            await response.read()
    patient = await client.spot(client.spot_key("desk monitor"), "Balance")

    assert patient["error"] == []


async def test_stopping_does_not_wait_for_silence() -> None:
    """A simulator stops at once although a silent fault still holds a connection."""
    simulator = await Simulator.start(population="demo")
    simulator.world.faults.add("silence", delay_s=3600)
    key = next(iter(simulator.world.keys.spot.values()))
    request = spot_request(key, "Balance")
    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as tasks:

        async def ask() -> str:
            url = f"{simulator.description['spot_url']}{request.path}"
            try:
                async with session.post(url, data=request.body, headers=dict(request.headers)) as response:
                    return str(response.status)
            except aiohttp.ClientError as error:
                return type(error).__name__

        asking = tasks.create_task(ask())
        while not simulator.world.requests.total:  # noqa: ASYNC110 - the simulator announces nothing
            await asyncio.sleep(0.005)

        async with asyncio.timeout(5):
            await simulator.stop()

    assert asking.result() == "ServerDisconnectedError"


async def test_the_control_api_is_for_local_programs_only(client: Client) -> None:
    """A request from a web page, or under another host name, is refused."""
    url = f"{client.simulator.description['control_url']}/totals"

    async with client.session.get(url, headers={"Origin": "https://evil.example"}) as from_page:
        page_status = from_page.status
    async with client.session.get(url, headers={"Host": "evil.example"}) as from_name:
        name_status = from_name.status

    assert (page_status, name_status) == (403, 403)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
async def test_only_loopback_is_listened_on(host: str) -> None:
    """A host that others could reach is refused before anything listens."""
    with pytest.raises(ValueError, match="loopback"):
        await Simulator.start(population="empty", host=host)


async def test_latency_delays_answers(client: Client) -> None:
    """Latency set over the control API delays exchange answers."""
    await client.control("PUT", "/latency", {"seconds": 0.08})
    loop = asyncio.get_running_loop()
    started = loop.time()

    await client.spot(client.spot_key("desk monitor"), "Balance")

    assert loop.time() - started >= 0.08


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_served_process_prints_its_ready_line_and_ends_cleanly(
    number: signal.Signals, tmp_path: Path
) -> None:
    """`serve` prints one JSON line, writes the ready file, and exits 0 on a signal."""
    ready = tmp_path / "ready.json"
    program = (
        "import sys, pathlib; from kraken_desk.simulator import serve;"
        "sys.exit(serve('large:2', 3, 0, pathlib.Path(sys.argv[1])))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        str(ready),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        limit=1 << 20,
    )
    assert process.stdout is not None
    line = json.loads(await process.stdout.readline())

    os.kill(process.pid, number)
    rest, errors = await process.communicate()

    assert line == json.loads(ready.read_text())
    assert len(line["accounts"]) == 3
    assert (process.returncode, rest, errors) == (0, b"", b"")


@pytest.mark.parametrize("population", ["nonsense", "large:0"])
def test_a_start_that_fails_says_why(population: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A population that does not exist ends with code 2 and one line on standard error."""
    code = serve(population, 1, 0, None)

    output = capsys.readouterr()
    assert (code, output.out) == (2, "")
    assert "large:N" in output.err


async def test_a_taken_port_ends_with_code_two(client: Client) -> None:
    """A second simulator on the same port does not start and says so."""
    port = int(str(client.simulator.description["spot_url"]).rpartition(":")[2])
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        f"import sys; from kraken_desk.simulator import serve; sys.exit(serve('empty', 1, {port}, None))",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )

    output, errors = await process.communicate()

    assert (process.returncode, output) == (2, b"")
    assert errors.startswith(b"the local exchange cannot start:")
