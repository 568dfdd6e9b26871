"""Whatever is sent, an answer comes: no request makes the exchange fail."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kraken_desk.simulator.control import Control
from kraken_desk.simulator.exchange import Exchange
from kraken_desk.simulator.feeds.futures_feed import FuturesFeed
from kraken_desk.simulator.feeds.spot_feed import SpotFeed
from kraken_desk.simulator.futures.venue import ROUTES
from kraken_desk.simulator.messages import Request
from kraken_desk.simulator.spot.venue import ENDPOINTS, PUBLIC_ENDPOINTS
from tests.unit.simulator.asking import futures_request, spot_request

FUTURES_NAMES = (
    *("fromAccount", "toAccount", "fromUser", "toUser", "unit", "amount", "currency", "sourceWallet"),
    *("tradingEnabled", "since", "before", "from", "to", "count", "sort", "info", "contractType"),
)
CONTROLS = (
    *("accounts", "keys", "balances", "faults", "switches", "clock", "system", "caller", "latency"),
    *("requests", "totals", "lockout", "notifications"),
)
CONTROL_NAMES = (
    *("account", "venue", "name", "permissions", "asset", "amount", "wallet", "hold", "id", "count", "seed"),
    *("set", "advance_s", "frozen", "spot", "address", "seconds", "label", "master", "tier", "nonce", "otp"),
    *("ip_allowlist", "valid_until", "probability", "effective_at"),
)
awkward = st.one_of(
    st.text(max_size=12),
    st.sampled_from(("", "-1", "1e5", "NaN", "Infinity", "\u00b2", "\u0661", "1_0", " 1")),
    st.sampled_from(("XBT", "ZUSD", "cash", "flex", "all", "true")),
    st.integers().map(str),
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
)
futures_parameters = st.dictionaries(st.sampled_from(FUTURES_NAMES), awkward, max_size=6)
spot_calls = st.sampled_from(sorted(ENDPOINTS)).flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.dictionaries(st.sampled_from(sorted(ENDPOINTS[name].parameters | {"otp"})), awkward, max_size=5),
    )
)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
relaxed = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def demo() -> Exchange:
    exchange = Exchange("demo", 1)
    exchange.world.switches.rate_limits = False
    return exchange


@relaxed
@given(spot_calls, st.booleans())
def test_every_signed_spot_call_is_answered(call: tuple[str, dict[str, str]], as_json: bool) -> None:
    """Awkward parameters of a well-signed call give a result or an error string, never a failure."""
    name, values = call
    exchange = demo()
    key = next(key for key in exchange.world.keys.spot.values() if key.name == "legacy export")
    key.permissions = [*key.permissions, "create-ws-token"]

    reply = exchange.handle(spot_request(key, name, values, as_json=as_json, caller="203.0.113.10"))

    answer = json.loads(reply.body)
    assert answer["error"] == [] or answer["error"][0].startswith("E")
    assert exchange.world.totals().keys() >= {"BTC", "USD"}


@relaxed
@given(st.sampled_from(ROUTES), futures_parameters)
def test_every_signed_futures_call_is_answered(route: Any, values: dict[str, str]) -> None:
    """The same holds on Futures."""
    exchange = demo()
    key = next(key for key in exchange.world.keys.futures.values() if key.name == "collateral sweeper")
    method, pattern, _ = route
    path = f"/derivatives/api/v3/{pattern.replace('*', 'PF_XBTUSD')}"

    for target in (path, "/api/history/v3/account-log"):
        reply = exchange.handle(futures_request(key, method, target, values, caller="203.0.113.10"))
        assert isinstance(json.loads(reply.body), dict)


@relaxed
@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS", "X"]),
    st.one_of(
        st.sampled_from([f"/0/private/{name}" for name in ENDPOINTS]),
        st.sampled_from([f"/0/public/{name}" for name in PUBLIC_ENDPOINTS]),
        st.sampled_from(["/0/", "/api/", "/derivatives/", "/derivatives/api/v3/", "/nothing", ""]),
        st.text(max_size=20),
    ),
    st.text(max_size=30),
    st.binary(max_size=60),
    st.dictionaries(
        st.sampled_from(["api-key", "api-sign", "apikey", "authent", "nonce", "content-type"]),
        st.text(max_size=20),
    ),
)
def test_every_request_at_all_is_answered(
    method: str, path: str, query: str, body: bytes, headers: dict[str, str]
) -> None:
    """Noise on any path gives a reply with a proper status."""
    reply = demo().handle(Request(method, path, query, headers, body))

    assert reply.status in {200, 400, 401, 404}


@relaxed
@given(
    st.sampled_from(["GET", "POST", "PATCH", "PUT", "DELETE"]),
    st.sampled_from(
        [
            "accounts",
            "keys",
            "balances",
            "faults",
            "switches",
            "clock",
            "system",
            "caller",
            "latency",
            "requests",
            "totals",
            "lockout",
        ]
    ),
    st.one_of(
        st.binary(max_size=30),
        json_values.map(lambda value: json.dumps(value).encode()),
        st.dictionaries(
            st.sampled_from(CONTROL_NAMES),
            json_values,
            max_size=4,
        ).map(lambda value: json.dumps(value).encode()),
    ),
)
def test_every_control_request_is_answered(method: str, path: str, body: bytes) -> None:
    """The control API says what was wrong and never fails."""
    exchange = Exchange("empty", 1)

    reply = Control(exchange, {}).handle(Request(method, f"/control/{path}", "", {}, body))

    assert reply.status in {200, 400, 404}
    assert isinstance(json.loads(reply.body), dict)


@relaxed
@given(st.lists(st.one_of(st.text(max_size=20), json_values.map(json.dumps)), max_size=5))
def test_every_frame_is_answered(frames: list[str]) -> None:
    """Noise on a feed is answered with an error and the feed goes on."""
    world = demo().world

    for feed in (SpotFeed(world), FuturesFeed(world)):
        feed.open(0.0)
        for frame in frames:
            feed.receive(frame, 0.0)
        feed.tick(1.0)
        assert len(feed.outbox.take()) >= 1 + len(frames)
