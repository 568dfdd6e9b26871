"""Futures WebSocket v1: challenge, balances, account log, heartbeat, and the rules of keep-alive.

Imports the standard library only (Kraken docs: Futures WebSocket, challenge, balances, account_log). One
challenge serves a connection; `seq` counts per balances subscription from 0. A JSON ping is not understood;
protocol pings keep the connection open.
"""

import json
from dataclasses import dataclass
from decimal import Decimal

from kraken_desk.simulator.accounts import Account
from kraken_desk.simulator.assets import find_futures_asset
from kraken_desk.simulator.credentials import Access, FuturesKey, address_allowed
from kraken_desk.simulator.faults import FaultName
from kraken_desk.simulator.feeds.outbox import CONNECTION_FAULTS, NORMAL, Outbox
from kraken_desk.simulator.futures.history import row_as_json
from kraken_desk.simulator.futures.signing import expected_challenge_digest, same_digest
from kraken_desk.simulator.futures_book import LogRow, Wallet, WalletKind, slashed_name
from kraken_desk.simulator.jsontext import JsonValue, as_double
from kraken_desk.simulator.world import World

PATH = "/ws/v1"
IDLE_S = 60.0
HEARTBEAT_S = 1.0
SNAPSHOT_ROWS = 500
ZERO = Decimal(0)
_PRIVATE = frozenset(
    {"balances", "account_log", "fills", "open_orders", "open_positions", "notifications_auth"}
)
_EMPTY: dict[str, dict[str, JsonValue]] = {
    "fills": {"fills": []},
    "open_orders": {"orders": []},
    "open_positions": {"positions": []},
    "notifications_auth": {"notifications": []},
}


class _Refused(Exception):  # noqa: N818 - Kraken refuses; nothing of ours went wrong
    """The request is answered by an event with this message."""

    def __init__(self, event: str, message: str) -> None:
        super().__init__(message)
        self.event = event


@dataclass(slots=True)
class _Subscription:
    key: FuturesKey
    sequence: int = 0


class FuturesFeed:
    """One connection to `/ws/v1`."""

    def __init__(self, world: World) -> None:
        self.outbox = Outbox(world, PATH)
        self._world = world
        self._challenges: dict[str, str] = {}
        self._feeds: dict[str, _Subscription] = {}
        self._heartbeat = False
        self._last_heartbeat = 0.0
        self._last_ping = 0.0

    def open(self, at: float) -> None:
        self._last_ping = self._last_heartbeat = at
        self._world.futures_observers.append(self._posted)
        self.outbox.send({"event": "info", "version": 1})

    def closed(self) -> None:
        if self._posted in self._world.futures_observers:
            self._world.futures_observers.remove(self._posted)
        self._feeds.clear()

    def pinged(self, at: float) -> None:
        self._last_ping = at

    def tick(self, at: float) -> None:
        """Close a connection that was not pinged for a minute; beat if asked to."""
        if at - self._last_ping >= IDLE_S:
            self.outbox.close(NORMAL)
            return
        for api_key in {subscription.key.api_key for subscription in self._feeds.values()}:
            self.outbox.strike(api_key, *CONNECTION_FAULTS)
            if not self._world.keys.find(api_key):
                self.outbox.close(NORMAL)
        if self._heartbeat and at - self._last_heartbeat >= HEARTBEAT_S:
            self._last_heartbeat = at
            self.outbox.send({"feed": "heartbeat", "time": self._milliseconds()})

    def receive(self, text: str, at: float) -> None:
        """Answer one frame, in the order of arrival: this protocol has no request ids."""
        del at
        try:
            message = json.loads(text)
        except ValueError:
            self.outbox.send({"event": "error", "message": "Json Error"})
            return
        try:
            self._dispatch(message if isinstance(message, dict) else {})
        except _Refused as refusal:
            self.outbox.send({"event": refusal.event, "message": str(refusal)})

    def _dispatch(self, message: dict[str, object]) -> None:
        event, feed = message.get("event"), message.get("feed")
        if event == "challenge":
            return self._challenge(message)
        if event not in {"subscribe", "unsubscribe"}:
            raise _Refused("alert", "Bad websocket message")
        if feed == "heartbeat":
            self._heartbeat = event == "subscribe"
            return self.outbox.send({"event": f"{event}d", "feed": "heartbeat"})
        if not isinstance(feed, str) or feed not in _PRIVATE:
            raise _Refused("error", "Invalid feed")
        key = self._authenticated(message)
        if event == "subscribe":
            return self._subscribe(feed, key)
        if self._feeds.pop(feed, None) is None:
            raise _Refused("alert", "Not subscribed to feed")
        return self.outbox.send({"event": "unsubscribed", "feed": feed})

    def _challenge(self, message: dict[str, object]) -> None:
        api_key = message.get("api_key")
        if not isinstance(api_key, str) or api_key not in self._world.keys.futures:
            raise _Refused("error", "Invalid API key")
        challenge = self._challenges.setdefault(api_key, self._world.ids.uid())
        self.outbox.send({"event": "challenge", "message": challenge})

    def _authenticated(self, message: dict[str, object]) -> FuturesKey:
        """Check the signed challenge that every private subscription repeats."""
        api_key, original, signed = (
            str(message.get(name)) for name in ("api_key", "original_challenge", "signed_challenge")
        )
        key = self._world.keys.futures.get(api_key)
        if key is None or key.disabled or self._challenges.get(api_key) != original:
            raise _Refused("error", "Invalid challenge")
        if not same_digest(signed, expected_challenge_digest(key.secret, original)):
            raise _Refused("error", "Invalid challenge")
        if not address_allowed(self._world.caller_address, key.allowed_cidr_blocks):
            raise _Refused("error", "Invalid challenge")
        if self.outbox.strike(api_key, FaultName.WS_TOKEN_EXPIRED):
            del self._challenges[api_key]
            raise _Refused("error", "Invalid challenge")
        if key.general is Access.NONE:
            raise _Refused("error", "Insufficient privileges")
        return key

    def _subscribe(self, feed: str, key: FuturesKey) -> None:
        if feed in self._feeds:
            message = "Already subscribed to feed, re-requesting"
            self.outbox.send({"event": "alert", "message": message})
        self.outbox.send({"event": "subscribed", "feed": feed})
        self._feeds[feed] = _Subscription(key)
        if feed == "balances":
            snapshot: dict[str, JsonValue] = {"feed": "balances_snapshot"}
            self._send_balances(self._feeds[feed], {**snapshot, **_balances(key.account)})
        elif feed == "account_log":
            self._send_log_snapshot(key.account)
        else:
            self.outbox.send({"feed": f"{feed}_snapshot", "account": key.account.futures_uid, **_EMPTY[feed]})

    def _posted(self, account: Account, row: LogRow) -> None:
        """Tell the balances and log feeds of the account about a booked row."""
        balances = self._feeds.get("balances")
        if balances is not None and balances.key.account is account:
            if self.outbox.strike(balances.key.api_key, FaultName.WS_SEQUENCE_GAP):
                balances.sequence += 1
            else:
                self._send_balances(balances, {"feed": "balances", **_change(account, row)})
        log = self._feeds.get("account_log")
        if log is not None and log.key.account is account:
            self.outbox.send({"feed": "account_log", "new_entry": _log_row(row)})

    def _send_balances(self, subscription: _Subscription, content: dict[str, JsonValue]) -> None:
        self.outbox.send({**content, "timestamp": self._milliseconds(), "seq": subscription.sequence})
        subscription.sequence += 1

    def _send_log_snapshot(self, account: Account) -> None:
        now = self._world.now()
        rows = [row for row in account.futures.log if row.visible_at <= now][-SNAPSHOT_ROWS:]
        logs: JsonValue = [_log_row(row) for row in reversed(rows)]
        self.outbox.send({"feed": "account_log_snapshot", "logs": logs})

    def _milliseconds(self) -> int:
        return int(self._world.now() * 1000)


def _balances(account: Account) -> dict[str, JsonValue]:
    """Describe every wallet in the feed's own spelling: upper case, XBT."""
    wallets = account.futures.wallets
    return {
        "account": account.futures_uid,
        "holding": {code.upper(): as_double(held) for code, held in wallets["cash"].balances.items()},
        "futures": {
            _pair_name(wallet): _margin(wallet)
            for wallet in wallets.values()
            if wallet.kind is WalletKind.MARGIN
        },
        "flex_futures": _flex(wallets["flex"]),
    }


def _change(account: Account, row: LogRow) -> dict[str, JsonValue]:
    """Describe the one wallet that a row changed; sections without change are empty or missing."""
    wallet = account.futures.wallets[row.wallet]
    common: dict[str, JsonValue] = {"account": account.futures_uid}
    if wallet.kind is WalletKind.CASH:
        held: JsonValue = {row.asset.upper(): as_double(wallet.balances[row.asset])}
        return {**common, "holding": held, "futures": {}}
    if wallet.kind is WalletKind.MARGIN:
        return {**common, "holding": {}, "futures": {_pair_name(wallet): _margin(wallet)}}
    return {**common, "flex_futures": _flex(wallet)}


def _pair_name(wallet: Wallet) -> str:
    return slashed_name(wallet.name).upper()


def _margin(wallet: Wallet) -> JsonValue:
    name = _pair_name(wallet)
    balance = wallet.balances.get(wallet.currency, ZERO)
    figures = {
        "portfolio_value": balance + wallet.profit,
        "balance": balance,
        "maintenance_margin": wallet.initial_margin / 2,
        "initial_margin": wallet.initial_margin,
        "available": wallet.available(wallet.currency),
        "unrealized_funding": ZERO,
        "pnl": wallet.profit,
    }
    return {
        "name": name,
        "pair": name.removeprefix("F-").replace(":", "/"),
        "unit": wallet.currency.upper(),
        **{figure: as_double(value) for figure, value in figures.items()},
    }


def _flex(wallet: Wallet) -> JsonValue:
    currencies: dict[str, JsonValue] = {}
    for code, quantity in wallet.balances.items():
        asset = find_futures_asset(code)
        assert asset is not None
        value = quantity * asset.price_usd
        figures = {
            "quantity": quantity,
            "value": value,
            "collateral_value": value * (1 - asset.haircut),
            "available": wallet.available(code),
            "haircut": asset.haircut,
            "conversion_spread": ZERO,
        }
        currencies[code.upper()] = {name: as_double(figure) for name, figure in figures.items()}
    totals = _flex_totals(wallet)
    return {
        "currencies": currencies,
        **totals,
        "isolated": {},
        "cross": {**totals, "effective_leverage": as_double(ZERO)},
    }


def _flex_totals(wallet: Wallet) -> dict[str, JsonValue]:
    collateral = wallet.collateral_usd
    figures = {
        "balance_value": wallet.value_usd,
        "portfolio_value": wallet.value_usd + wallet.profit,
        "collateral_value": collateral,
        "initial_margin": wallet.initial_margin,
        "initial_margin_without_orders": wallet.initial_margin,
        "maintenance_margin": wallet.initial_margin / 2,
        "pnl": wallet.profit,
        "unrealized_funding": ZERO,
        "total_unrealized": wallet.profit,
        "total_unrealized_as_margin": wallet.profit,
        "margin_equity": collateral + wallet.profit,
        "available_margin": wallet.available_margin,
    }
    return {name: as_double(figure) for name, figure in figures.items()}


def _log_row(row: LogRow) -> JsonValue:
    """Write a log row as the feed does: zero where REST has null numbers, empty text for no execution."""
    texts = {"execution": row.execution or "", "contract": "", "collateral": ""}
    shown = {name: ZERO if value is None else value for name, value in row_as_json(row).items()}
    return {**shown, **texts}
