"""The control API: how a rehearsal is directed while it runs.

It lives under `control_url`, takes and gives JSON, is reachable from this machine only, is not rate limited
and does not appear in the request log. Errors are status 400 or 404 with `{"error": "what was wrong"}`.

Reading (GET):
    /control              population, seed, time, status, caller address, latency
    /control/description  the ready line, secrets included
    /control/accounts     accounts and keys, as in the ready line
    /control/totals       totals per asset over all accounts and both venues
    /control/balances     what each account holds on Spot, by IIBAN
    /control/requests     the request log; `?since=NUMBER&limit=N`; `total` counts all requests ever made
    /control/faults       fault rules in force, how often each struck, and all fault names
    /control/switches     every disputed behaviour and its position
    /control/clock        the exchange's time
    /control/lockout      failures and lockout of the present caller address

Directing:
    POST   /control/faults    {"name", "path", "api_key", "count", "probability", "seed", "delay_s",
                              "executed"}: only `name` is needed. `path` is the whole path; `count` is 1
                              unless given, null strikes until cleared.
    DELETE /control/faults    {"id"} clears one rule, no body clears all
    PATCH  /control/switches  {"switch name": position, ...}
    POST   /control/accounts  {"label", "master", "iiban", "futures_uid", "email", "tier"}: with `master`
                              a subaccount of it, else a master
    POST   /control/keys      {"account", "venue", "name", "permissions", ...}; answers with the secret
    PATCH  /control/keys      {"api_key", ...} edits a key in use; `modified_time` follows
    DELETE /control/keys      {"api_key"}
    POST   /control/balances  {"account", "venue", "asset", "amount", "hold", "wallet"} sets a balance,
                              booked as deposit, withdrawal or `admin transfer`
    PUT    /control/clock     {"advance_s"} or {"set": Unix seconds or ISO time}, {"frozen": true or false}
    PUT    /control/system    {"spot": "online|maintenance|cancel_only|post_only|limit_only",
                              "futures": "online|maintenance"}
    PUT    /control/caller    {"address"}: where requests appear to come from, for allowlists and lockouts
    PUT    /control/latency   {"seconds"}: delay of every answer
    POST   /control/notifications  {"type", "priority", "note", "effective_at"}: announce something on
                              Futures, such as maintenance of high priority
    DELETE /control/notifications  take all announcements back
    DELETE /control/requests  forget the kept log entries
    DELETE /control/lockout   end all lockouts
    POST   /control/reset     begin anew: same population and seed, same keys

A key takes `name`, `permissions` (Spot: list; Futures: {"general", "transfer"}), `ip_allowlist`, `disabled`;
on Spot also `valid_until`, `query_from`, `query_to`, `nonce`, `nonce_window`, `otp` (static password),
`otp_authenticator` (base32). Accounts are named by label, IIBAN, uid or e-mail address. Amounts are decimal
text.

Imports the standard library only; `server.py` brings the requests here.
"""

import ipaddress
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import cast
from urllib.parse import parse_qsl

from kraken_desk.simulator import control_keys
from kraken_desk.simulator.accounts import Account, Tier
from kraken_desk.simulator.assets import find_asset, find_futures_asset, total_name
from kraken_desk.simulator.building import Builder, describe_accounts
from kraken_desk.simulator.control_body import Body, ControlError
from kraken_desk.simulator.exchange import Exchange
from kraken_desk.simulator.faults import FaultName
from kraken_desk.simulator.ids import Ids
from kraken_desk.simulator.jsontext import JsonValue, render
from kraken_desk.simulator.messages import Reply, Request
from kraken_desk.simulator.spot_book import Holding
from kraken_desk.simulator.world import Notification

ROOT = "/control"
_SPOT_STATES = ("online", "maintenance", "cancel_only", "post_only", "limit_only")
LATEST_TIME = 4_102_444_800.0
_FUTURES_STATES = ("online", "maintenance")


class Control:
    """Directs one exchange. `urls` are those of the running server."""

    def __init__(self, exchange: Exchange, urls: Mapping[str, str]) -> None:
        self._exchange = exchange
        self._urls = urls

    def handle(self, request: Request) -> Reply:
        action = _ACTIONS.get((request.method, request.path.rstrip("/")), _unknown)
        try:
            answer = action(self, Body.read(request.body), dict(parse_qsl(request.query)))
        except ControlError as error:
            return Reply(render({"error": str(error)}), error.status)
        return Reply(render(answer))

    def describe(self) -> dict[str, JsonValue]:
        """Give the ready line."""
        accounts = cast("JsonValue", describe_accounts(self._exchange.world))
        return {**self._urls, "accounts": accounts}

    def overview(self, _: Body, __: Mapping[str, str]) -> JsonValue:
        world = self._exchange.world
        return {
            "population": world.population,
            "seed": world.seed,
            "time": Decimal(f"{world.now():.3f}"),
            "spot": world.system.spot,
            "futures": world.system.futures,
            "caller": world.caller_address,
            "latency_s": Decimal(str(world.latency_s)),
            "accounts": len(world.accounts),
        }

    def description(self, _: Body, __: Mapping[str, str]) -> JsonValue:
        return self.describe()

    def list_accounts(self, _: Body, __: Mapping[str, str]) -> JsonValue:
        return {"accounts": cast("JsonValue", describe_accounts(self._exchange.world))}

    def add_account(self, body: Body, _: Mapping[str, str]) -> JsonValue:
        body.only("label", "master", "iiban", "futures_uid", "email", "tier")
        world = self._exchange.world
        master = self._account(body.text("master")) if "master" in body else None
        build = Builder(world, Ids(f"{world.seed}:accounts:{len(world.accounts)}"))
        try:
            account = build.account(
                body.text("label"),
                master=master,
                iiban=body.text("iiban", ""),
                futures_uid=body.text("futures_uid", ""),
                email=body.text("email", ""),
                tier=Tier(body.text("tier", Tier.PRO.value)),
            )
        except ValueError as error:
            raise ControlError(str(error)) from None
        return {"label": account.label, "iiban": account.iiban, "futures_uid": account.futures_uid}

    def add_key(self, body: Body, _: Mapping[str, str]) -> JsonValue:
        return cast("JsonValue", control_keys.add(self._exchange.world, body))

    def edit_key(self, body: Body, _: Mapping[str, str]) -> JsonValue:
        return cast("JsonValue", control_keys.edit(self._exchange.world, body))

    def delete_key(self, body: Body, _: Mapping[str, str]) -> JsonValue:
        control_keys.delete(self._exchange.world, body)
        return {}

    def set_balance(self, body: Body, _: Mapping[str, str]) -> JsonValue:
        body.only("account", "venue", "asset", "amount", "hold", "wallet")
        account = self._account(body.text("account"))
        if body.text("venue", "spot") == "futures":
            return self._set_futures_balance(account, body)
        asset = find_asset(body.text("asset"))
        if asset is None:
            raise ControlError("no such asset", 404)
        holding = account.spot.holdings.setdefault(asset.asset_id, Holding())
        if "amount" in body:
            change = body.amount("amount") - holding.balance
            world = self._exchange.world
            world.post_spot(
                account,
                refid=world.ids.trade_refid(),
                type_="deposit" if change >= 0 else "withdrawal",
                subtype="",
                asset_id=asset.asset_id,
                amount=change,
            )
        if "hold" in body:
            holding.hold_trade = body.amount("hold")
        return {"balance": str(holding.balance), "hold_trade": str(holding.hold_trade)}

    def _set_futures_balance(self, account: Account, body: Body) -> JsonValue:
        asset = find_futures_asset(body.text("asset"))
        name = body.text("wallet", "cash")
        if asset is None or not name.isidentifier():
            raise ControlError("no such asset or wallet", 404)
        wallet = account.futures.wallet(name) or account.futures.open_margin_wallet(name, asset.futures)
        present = wallet.balances.get(asset.futures, Decimal(0))
        self._exchange.world.post_futures(
            account,
            wallet=wallet.name,
            code=asset.futures,
            amount=body.amount("amount") - present,
            info="admin transfer",
            execution=None,
        )
        return {"balance": str(wallet.balances[asset.futures])}

    def list_faults(self, _: Body, __: Mapping[str, str]) -> JsonValue:
        rules = [cast("JsonValue", _numbers(rule.as_dict())) for rule in self._exchange.world.faults]
        return {"faults": rules, "names": [name.value for name in FaultName]}

    def add_fault(self, body: Body, _: Mapping[str, str]) -> JsonValue:
        body.only("name", "path", "api_key", "count", "probability", "seed", "delay_s", "executed")
        try:
            rule = self._exchange.world.faults.add(
                body.text("name"),
                path=body.optional_text("path"),
                api_key=body.optional_text("api_key"),
                count=None if body.members.get("count", 1) is None else body.whole("count", 1),
                probability=body.number("probability", 1.0),
                seed=body.whole("seed"),
                delay_s=None if body.members.get("delay_s") is None else body.number("delay_s"),
                executed=body.flag("executed", default=False),
            )
        except ValueError as error:
            raise ControlError(str(error)) from None
        return cast("JsonValue", _numbers(rule.as_dict()))

    def clear_faults(self, body: Body, _: Mapping[str, str]) -> JsonValue:
        body.only("id")
        return {"removed": self._exchange.world.faults.clear(body.whole("id") if "id" in body else None)}

    def list_switches(self, _: Body, __: Mapping[str, str]) -> JsonValue:
        return cast("JsonValue", _numbers(self._exchange.world.switches.as_dict()))

    def turn_switches(self, body: Body, _: Mapping[str, str]) -> JsonValue:
        for name, value in body.members.items():
            try:
                self._exchange.world.switches.set(name, float(value) if isinstance(value, Decimal) else value)
            except ValueError as error:
                raise ControlError(str(error)) from None
        return self.list_switches(body, {})

    def read_clock(self, _: Body, __: Mapping[str, str]) -> JsonValue:
        clock = self._exchange.world.clock
        return {"time": Decimal(f"{clock.now():.3f}"), "frozen": clock.frozen}

    def move_clock(self, body: Body, _: Mapping[str, str]) -> JsonValue:
        body.only("advance_s", "set", "frozen")
        clock = self._exchange.world.clock
        target = _moment(body) if "set" in body else clock.now()
        target += body.number("advance_s")
        if not 0 <= target < LATEST_TIME:
            raise ControlError("the clock stays between 1970 and 2100")
        if "set" in body or "advance_s" in body:
            clock.set(target)
        if "frozen" in body:
            (clock.freeze if body.flag("frozen", default=True) else clock.thaw)()
        return self.read_clock(body, {})

    def set_system(self, body: Body, _: Mapping[str, str]) -> JsonValue:
        body.only("spot", "futures")
        system = self._exchange.world.system
        spot, futures = body.text("spot", system.spot), body.text("futures", system.futures)
        if spot not in _SPOT_STATES or futures not in _FUTURES_STATES:
            raise ControlError(f"Spot: {', '.join(_SPOT_STATES)}; Futures: {', '.join(_FUTURES_STATES)}")
        system.spot, system.futures = spot, futures
        return {"spot": spot, "futures": futures}

    def set_caller(self, body: Body, _: Mapping[str, str]) -> JsonValue:
        try:
            address = str(ipaddress.ip_address(body.text("address")))
        except ValueError as error:
            raise ControlError(str(error)) from None
        self._exchange.world.caller_address = address
        return {"address": address}

    def set_latency(self, body: Body, _: Mapping[str, str]) -> JsonValue:
        seconds = body.number("seconds")
        if not 0 <= seconds <= 60:
            raise ControlError("seconds is from 0 to 60")
        self._exchange.world.latency_s = seconds
        return {"seconds": Decimal(str(seconds))}

    def list_requests(self, _: Body, query: Mapping[str, str]) -> JsonValue:
        log = self._exchange.world.requests
        page = Body({**query})
        entries = log.since(page.whole("since"))[: page.whole("limit", 1000)]
        return {
            "total": log.total,
            "requests": [cast("JsonValue", _numbers(entry.as_dict())) for entry in entries],
        }

    def clear_requests(self, _: Body, __: Mapping[str, str]) -> JsonValue:
        self._exchange.world.requests.clear()
        return {}

    def totals(self, _: Body, __: Mapping[str, str]) -> JsonValue:
        totals = self._exchange.world.totals()
        return {"totals": {name: format(total.normalize(), "f") for name, total in totals.items()}}

    def balances(self, _: Body, __: Mapping[str, str]) -> JsonValue:
        rows: list[JsonValue] = [
            {
                "iiban": account.iiban,
                "asset": total_name(asset_id),
                "amount": format(holding.balance.normalize(), "f"),
            }
            for account in self._exchange.world.accounts
            for asset_id, holding in account.spot.holdings.items()
        ]
        return {"balances": rows}

    def notify(self, body: Body, _: Mapping[str, str]) -> JsonValue:
        body.only("type", "priority", "note", "effective_at")
        at = body.number("effective_at") if "effective_at" in body else None
        if at is not None and not 0 <= at < LATEST_TIME:
            raise ControlError("effective_at is a Unix time before 2100")
        notice = Notification(
            body.text("type", "general"), body.text("priority", "low"), body.text("note", ""), at
        )
        self._exchange.world.notifications.append(notice)
        return {}

    def end_notifications(self, _: Body, __: Mapping[str, str]) -> JsonValue:
        self._exchange.world.notifications.clear()
        return {}

    def read_lockout(self, _: Body, __: Mapping[str, str]) -> JsonValue:
        world = self._exchange.world
        until = world.limits.lockout.locked_until(world.caller_address)
        return {
            "address": world.caller_address,
            "failures": world.limits.lockout.failures(world.caller_address),
            "locked": until > world.now(),
            "until": Decimal(f"{until:.3f}"),
        }

    def end_lockouts(self, _: Body, __: Mapping[str, str]) -> JsonValue:
        self._exchange.world.limits.lockout.clear()
        return {}

    def reset(self, _: Body, __: Mapping[str, str]) -> JsonValue:
        self._exchange.reset()
        return {}

    def _account(self, name: str) -> Account:
        account = self._exchange.world.accounts.find(name)
        if account is None:
            raise ControlError(f"no account is called {name!r}", 404)
        return account


def _unknown(_: Control, __: Body, ___: Mapping[str, str]) -> JsonValue:
    raise ControlError("no such control; see the module's description", 404)


def _moment(body: Body) -> float:
    value = body.members["set"]
    if not isinstance(value, str):
        return body.number("set")
    try:
        return datetime.fromisoformat(value).timestamp()
    except ValueError as error:
        raise ControlError(str(error)) from None


def _numbers(members: Mapping[str, str | int | float | None]) -> dict[str, JsonValue]:
    """Make floats writable."""
    return {
        name: Decimal(str(value)) if isinstance(value, float) else value for name, value in members.items()
    }


_Action = Callable[[Control, Body, Mapping[str, str]], JsonValue]
_ACTIONS: dict[tuple[str, str], _Action] = {
    ("GET", ROOT): Control.overview,
    ("GET", f"{ROOT}/description"): Control.description,
    ("GET", f"{ROOT}/accounts"): Control.list_accounts,
    ("POST", f"{ROOT}/accounts"): Control.add_account,
    ("POST", f"{ROOT}/keys"): Control.add_key,
    ("PATCH", f"{ROOT}/keys"): Control.edit_key,
    ("DELETE", f"{ROOT}/keys"): Control.delete_key,
    ("POST", f"{ROOT}/balances"): Control.set_balance,
    ("GET", f"{ROOT}/faults"): Control.list_faults,
    ("POST", f"{ROOT}/faults"): Control.add_fault,
    ("DELETE", f"{ROOT}/faults"): Control.clear_faults,
    ("GET", f"{ROOT}/switches"): Control.list_switches,
    ("PATCH", f"{ROOT}/switches"): Control.turn_switches,
    ("GET", f"{ROOT}/clock"): Control.read_clock,
    ("PUT", f"{ROOT}/clock"): Control.move_clock,
    ("PUT", f"{ROOT}/system"): Control.set_system,
    ("PUT", f"{ROOT}/caller"): Control.set_caller,
    ("PUT", f"{ROOT}/latency"): Control.set_latency,
    ("GET", f"{ROOT}/requests"): Control.list_requests,
    ("DELETE", f"{ROOT}/requests"): Control.clear_requests,
    ("GET", f"{ROOT}/totals"): Control.totals,
    ("GET", f"{ROOT}/balances"): Control.balances,
    ("GET", f"{ROOT}/lockout"): Control.read_lockout,
    ("DELETE", f"{ROOT}/lockout"): Control.end_lockouts,
    ("POST", f"{ROOT}/notifications"): Control.notify,
    ("DELETE", f"{ROOT}/notifications"): Control.end_notifications,
    ("POST", f"{ROOT}/reset"): Control.reset,
}
