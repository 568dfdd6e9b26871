"""What a Spot endpoint is: its rights, cost and known parameters, and the call it receives.

Imports the standard library only.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from kraken_desk.simulator.accounts import Account
from kraken_desk.simulator.credentials import SpotKey
from kraken_desk.simulator.jsontext import JsonValue
from kraken_desk.simulator.spot.parameters import Parameters
from kraken_desk.simulator.switches import Switches
from kraken_desk.simulator.world import World

Rights = tuple[frozenset[str], ...]
ALWAYS_KNOWN = frozenset({"nonce", "otp"})


@dataclass(frozen=True, slots=True)
class SpotCall:
    """An admitted call: signed by `key`, with the rights it needs, at `now`."""

    world: World
    key: SpotKey
    parameters: Parameters
    now: float

    @property
    def account(self) -> Account:
        return self.key.account


def any_key(_: Switches) -> Rights:
    """Need a valid key and no right."""
    return (frozenset(),)


def all_of(*permissions: str) -> Callable[[Switches], Rights]:
    """Need every one of `permissions`."""
    rights = (frozenset(permissions),)
    return lambda _: rights


def one_of(*permissions: str) -> Callable[[Switches], Rights]:
    """Need at least one of `permissions`."""
    rights = tuple(frozenset({permission}) for permission in permissions)
    return lambda _: rights


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A private endpoint. `needs` gives alternative sets of permissions under the current switches."""

    answer: Callable[[SpotCall], JsonValue]
    needs: Callable[[Switches], Rights] = any_key
    cost: int = 1
    parameters: frozenset[str] = field(default_factory=frozenset)
    master_only: bool = False

    def permitted(self, key: SpotKey, switches: Switches) -> bool:
        if self.master_only and key.account.master and not switches.subaccount_keys_may_transfer:
            return False
        return any(wanted <= set(key.permissions) for wanted in self.needs(switches))

    def unknown(self, parameters: Parameters) -> set[str]:
        return set(parameters.values) - self.parameters - ALWAYS_KNOWN
