"""Spot WebSocket v2, private host: status, heartbeat, ping, and the balances channel.

Imports the standard library only (Kraken docs: Spot WebSocket v2 status, heartbeat, ping, balances). A
sequence counts per subscription from 1; `users: "all"` on a master adds the events of its subaccounts,
without snapshot.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from kraken_desk.simulator.accounts import Account
from kraken_desk.simulator.assets import ASSETS, Asset
from kraken_desk.simulator.credentials import SpotKey
from kraken_desk.simulator.faults import FaultName
from kraken_desk.simulator.feeds.outbox import CONNECTION_FAULTS, NORMAL, Outbox
from kraken_desk.simulator.ids import compact_iiban
from kraken_desk.simulator.jsontext import JsonValue
from kraken_desk.simulator.spot_book import LedgerEntry
from kraken_desk.simulator.world import SpotToken, World

PATH = "/v2"
HEARTBEAT_S = 1.0
IDLE_S = 60.0
_WALLETS = {"F": "flex", "B": "bonded", "M": "liquid", "S": "locked"}
_CATEGORIES = {"trade": "trade", "deposit": "deposit", "withdrawal": "withdrawal"}

Message = dict[str, object]


class FeedRefusal(Exception):  # noqa: N818 - Kraken refuses; nothing of ours went wrong
    """The request is answered with this error string."""


@dataclass(slots=True)
class _Subscription:
    token: SpotToken
    key: SpotKey
    everybody: bool
    sequence: int = 0

    def follows(self, account: Account) -> bool:
        own = self.key.account
        return account is own or (self.everybody and account.master is own)


class SpotFeed:
    """One connection to `/v2`."""

    def __init__(self, world: World) -> None:
        self.outbox = Outbox(world, PATH)
        self._world = world
        self._subscription: _Subscription | None = None
        self._last_sent = 0.0
        self._sent_since_tick = False
        self._connection_id = world.ids.connection_id()
        self._status = world.system.spot
        self._last_traffic = 0.0

    def open(self, at: float) -> None:
        self._last_sent = self._last_traffic = at
        self._world.spot_observers.append(self._posted)
        self._send_status()

    def _send_status(self) -> None:
        self._status = self._world.system.spot
        status: JsonValue = {
            "api_version": "v2",
            "connection_id": self._connection_id,
            "system": self._status,
            "version": "2.0.0",
        }
        self._send({"channel": "status", "data": [status], "type": "update"})

    def closed(self) -> None:
        """Stop following the ledger and let the token age."""
        if self._posted in self._world.spot_observers:
            self._world.spot_observers.remove(self._posted)
        self._unsubscribe()

    def pinged(self, at: float) -> None:
        self._last_traffic = at

    def receive(self, text: str, at: float) -> None:
        """Answer one frame."""
        self._last_traffic = at
        received = self._stamp()
        try:
            message = json.loads(text)
        except ValueError:
            message = None
        if not isinstance(message, dict):
            return self._refuse({}, received, "EGeneral:Invalid arguments:Malformed request")
        if message.get("method") == "ping":
            return self._reply(message, received, {"method": "pong"})
        try:
            self._dispatch(message, received)
        except FeedRefusal as refusal:
            self._refuse(message, received, str(refusal))
        return None

    def tick(self, at: float) -> None:
        """Send a heartbeat when nothing else was sent for a second; drop a connection that nobody uses."""
        if self._status != self._world.system.spot:
            self._send_status()
        if self._sent_since_tick:
            self._last_sent, self._sent_since_tick = at, False
        if self._subscription is None:
            if at - self._last_traffic >= IDLE_S:
                self.outbox.close(NORMAL)
            return
        self.outbox.strike(self._subscription.key.api_key, *CONNECTION_FAULTS)
        if not self._world.keys.find(self._subscription.key.api_key):
            self.outbox.close(NORMAL)
        elif at - self._last_sent >= HEARTBEAT_S:
            self._last_sent = at
            self.outbox.send({"channel": "heartbeat"})

    def _dispatch(self, message: Message, received: str) -> None:
        parameters = message.get("params")
        if not isinstance(parameters, dict):
            raise FeedRefusal("EGeneral:Invalid arguments:params")
        channel = parameters.get("channel")
        if channel == "heartbeat" and self._world.switches.ws_heartbeat_subscribable:
            return self._reply(message, received, {"result": {"channel": "heartbeat"}, "success": True})
        if channel != "balances":
            raise FeedRefusal("Subscription name invalid")
        if message.get("method") == "subscribe":
            return self._subscribe(message, parameters, received)
        if message.get("method") == "unsubscribe":
            self._token(parameters)
            self._unsubscribe()
            return self._reply(message, received, {"result": {"channel": "balances"}, "success": True})
        raise FeedRefusal("EGeneral:Invalid arguments:method")

    def _subscribe(self, message: Message, parameters: Message, received: str) -> None:
        token, key = self._token(parameters)
        everybody = parameters.get("users") == "all"
        if everybody and key.account.master is not None:
            raise FeedRefusal("EGeneral:Permission denied")
        snapshot = parameters.get("snapshot", True) is not False
        self._unsubscribe()
        self._subscription = _Subscription(token, key, everybody)
        token.in_use += 1
        result: JsonValue = {"channel": "balances", "snapshot": snapshot}
        self._reply(message, received, {"result": result, "success": True})
        if snapshot:
            rows = _snapshot(key.account)
            self._sequenced(self._subscription, {"channel": "balances", "type": "snapshot", "data": rows})

    def _unsubscribe(self) -> None:
        if self._subscription is not None:
            self._subscription.token.in_use -= 1
            self._subscription = None

    def _token(self, parameters: Message) -> tuple[SpotToken, SpotKey]:
        """Find whose token this is; refuse one that is unknown, too old, or of a key that lost its right."""
        text = parameters.get("token")
        token = self._world.tokens.get(text) if isinstance(text, str) else None
        if token is None:
            raise FeedRefusal("ESession:Invalid session")
        if self.outbox.strike(token.api_key, FaultName.WS_TOKEN_EXPIRED) or self._expired(token):
            raise FeedRefusal("ESession:Invalid session")
        key = self._world.keys.spot.get(token.api_key)
        if key is None or not key.usable(self._world.now()):
            raise FeedRefusal("EAPI:Invalid token")
        if not {"create-ws-token", "query-funds"} <= set(key.permissions):
            raise FeedRefusal("EGeneral:Permission denied")
        return token, key

    def _expired(self, token: SpotToken) -> bool:
        switches = self._world.switches
        kept_alive = token.in_use > 0 and switches.ws_token_life == "connection"  # noqa: S105 - a switch
        return not kept_alive and self._world.now() >= token.issued_at + switches.ws_token_s

    def _posted(self, account: Account, entry: LedgerEntry) -> None:
        subscription = self._subscription
        if subscription is None or not subscription.follows(account):
            return
        row = _update(entry)
        if subscription.everybody:
            row["user"] = compact_iiban(account.iiban)
        if self.outbox.strike(subscription.key.api_key, FaultName.WS_SEQUENCE_GAP):
            subscription.sequence += 1
            return
        self._sequenced(subscription, {"channel": "balances", "type": "update", "data": [row]})

    def _sequenced(self, subscription: _Subscription, message: dict[str, JsonValue]) -> None:
        subscription.sequence += 1
        self._send({**message, "sequence": subscription.sequence})

    def _reply(self, message: Message, received: str, answer: dict[str, JsonValue]) -> None:
        shown: dict[str, JsonValue] = {"method": str(message.get("method")), **answer}
        request_id = message.get("req_id")
        if isinstance(request_id, int) and not isinstance(request_id, bool):
            shown["req_id"] = request_id
        self._send({**shown, "time_in": received, "time_out": self._stamp()})

    def _refuse(self, message: Message, received: str, error: str) -> None:
        refused: dict[str, JsonValue] = {"error": error, "status": "error", "success": False}
        self._reply(message, received, refused)

    def _send(self, message: JsonValue) -> None:
        self._sent_since_tick = True
        self.outbox.send(message)

    def _stamp(self) -> str:
        return _rfc3339(self._world.now())


def _snapshot(account: Account) -> list[JsonValue]:
    """Give one row per base asset, with a wallet for each of its balances."""
    rows: dict[str, list[tuple[str, str, Decimal]]] = {}
    for asset_id, holding in account.spot.holdings.items():
        asset = ASSETS[asset_id]
        base = ASSETS[asset.base] if asset.base else asset
        kind, wallet_id = _wallet(asset)
        rows.setdefault(base.display, []).append((kind, wallet_id, holding.balance))
    return [
        {
            "asset": name,
            "asset_class": "currency",
            "balance": _number(sum((balance for _, _, balance in wallets), Decimal(0))),
            "wallets": [
                {"type": kind, "id": wallet_id, "balance": _number(balance)}
                for kind, wallet_id, balance in wallets
            ],
        }
        for name, wallets in rows.items()
    ]


def _update(entry: LedgerEntry) -> dict[str, JsonValue]:
    asset = ASSETS[entry.asset_id]
    base = ASSETS[asset.base] if asset.base else asset
    kind, wallet_id = _wallet(asset)

    return {
        "ledger_id": entry.ledger_id,
        "ref_id": entry.refid,
        "timestamp": _rfc3339(entry.time),
        "type": entry.type,
        "subtype": entry.subtype,
        "asset": base.display,
        "asset_class": "currency",
        "category": _CATEGORIES.get(entry.type, "instant"),
        "wallet_type": kind,
        "wallet_id": wallet_id,
        "amount": _number(entry.amount),
        "fee": _number(entry.fee),
        "balance": _number(entry.balance),
    }


def _wallet(asset: Asset) -> tuple[str, str]:
    if not asset.base:
        return "spot", "main"
    return "earn", _WALLETS[asset.asset_id.rpartition(".")[2]]


def _number(amount: Decimal) -> Decimal:
    return Decimal(0) if not amount else amount.normalize()


def _rfc3339(unix_s: float) -> str:
    return f"{datetime.fromtimestamp(unix_s, UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
