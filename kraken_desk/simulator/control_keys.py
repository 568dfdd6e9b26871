"""Adding, editing and deleting keys by the control API. Imports the standard library only."""

import ipaddress
from collections.abc import Callable

from kraken_desk.simulator.building import Builder, describe_key
from kraken_desk.simulator.control_body import Body, ControlError
from kraken_desk.simulator.credentials import Access, FuturesKey, Key, OneTimeCode, SpotKey
from kraken_desk.simulator.ids import Ids
from kraken_desk.simulator.world import World

_HINTS = ("process", "role", "client", "desk")
_COMMON = ("name", "permissions", "ip_allowlist", "disabled", *_HINTS)
_SPOT = (
    *_COMMON,
    "valid_until",
    "query_from",
    "query_to",
    "nonce",
    "nonce_window",
    "otp",
    "otp_authenticator",
)


def add(world: World, body: Body) -> dict[str, object]:
    """Add a key to an account and describe it, secret included."""
    account = world.accounts.find(body.text("account"))
    if account is None:
        raise ControlError("no such account", 404)
    spot, futures = world.keys.made()
    build = Builder(world, Ids(f"{world.seed}:keys:{spot}:{futures}"))
    name = body.text("name", "api-key")
    if body.text("venue", "spot") == "futures":
        key: Key = build.futures_key(account, name, Access.NONE, created_days_ago=0)
    else:
        key = build.spot_key(account, name, (), created_days_ago=0, used_s_ago=None)
    try:
        _apply(key, body, ("account", "venue"))
    except ControlError:
        world.keys.delete(key.api_key)
        raise
    return describe_key(key)


def edit(world: World, body: Body) -> dict[str, object]:
    """Change a key's settings while it is in use."""
    key = _find(world, body)
    _apply(key, body, ("api_key",))
    if isinstance(key, SpotKey):
        key.modified_time = int(world.now())
    return describe_key(key)


def delete(world: World, body: Body) -> None:
    world.keys.delete(_find(world, body).api_key)


def _find(world: World, body: Body) -> Key:
    key = world.keys.find(body.text("api_key"))
    if key is None:
        raise ControlError("no such key", 404)
    return key


def _apply(key: Key, body: Body, addressing: tuple[str, ...]) -> None:
    """Read every member first, so that a bad one changes nothing."""
    body.only(*addressing, *(_SPOT if isinstance(key, SpotKey) else _COMMON))
    changes = _spot_changes(key, body) if isinstance(key, SpotKey) else _futures_changes(key, body)
    hints = {name: body.members[name] for name in _HINTS if name in body}
    for name, value in hints.items():
        if not isinstance(value, str | bool):
            raise ControlError(f"{name} must be text or true or false")
        key.hints[name] = value
    for change in changes:
        change()


Change = Callable[[], None]


def _spot_changes(key: SpotKey, body: Body) -> list[Change]:
    values: dict[str, object] = {}
    for name in ("valid_until", "query_from", "query_to", "nonce", "nonce_window"):
        if name in body:
            values[name] = body.whole(name)
    if "permissions" in body:
        values["permissions"] = body.texts("permissions")
    if "ip_allowlist" in body:
        values["ip_allowlist"] = _networks(body)
    if "otp" in body or "otp_authenticator" in body:
        password, secret = body.optional_text("otp"), body.optional_text("otp_authenticator")
        values["otp"] = OneTimeCode(password or "", secret or "") if password or secret else None
    return [*_common_changes(key, body), lambda: _set_all(key, values)]


def _futures_changes(key: FuturesKey, body: Body) -> list[Change]:
    values: dict[str, object] = {}
    if "permissions" in body:
        levels = body.part("permissions")
        levels.only("general", "transfer")
        for name, present in (("general", key.general), ("transfer", key.transfer)):
            values[name] = _access(levels.text(name, present.value))
    if "ip_allowlist" in body:
        values["allowed_cidr_blocks"] = _networks(body)
    return [*_common_changes(key, body), lambda: _set_all(key, values)]


def _common_changes(key: Key, body: Body) -> list[Change]:
    values: dict[str, object] = {}
    if "name" in body:
        values["name"] = body.text("name")
    if "disabled" in body:
        values["disabled"] = body.flag("disabled", default=False)
    return [lambda: _set_all(key, values)]


def _set_all(key: Key, values: dict[str, object]) -> None:
    for name, value in values.items():
        setattr(key, name, value)


def _access(level: str) -> Access:
    try:
        return Access(level)
    except ValueError:
        raise ControlError(f"a Futures right is one of {', '.join(a.value for a in Access)}") from None


def _networks(body: Body) -> list[str]:
    rules = body.texts("ip_allowlist")
    for rule in filter(None, rules):
        try:
            ipaddress.ip_network(rule, strict=False)
        except ValueError:
            raise ControlError(f"{rule} is no address or range") from None
    return rules
