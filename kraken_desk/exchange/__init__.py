"""The Kraken adapter: HTTP lives here and nowhere else; imports the domain only.

`create_gateways` is the one entry. It is looked up late, because the HTTP libraries behind it
take a noticeable time to import and the window is painted before. Everything runs on the event
loop of the caller; nothing here starts a task or a thread.

How to add an endpoint:

1. An `Operation` (operations.py) beside its kin in spot/gateway.py or futures/gateway.py: Kraken's name,
   the purpose that completes “… to …”, the rights that it needs, its cost, and `changes=True` if it changes
   anything: then it is sent once, and an unclear answer is an unknown outcome.
2. Its reply as plain values in spot/wire.py or futures/wire.py, with the source of every fact in the
   docstring (“Kraken docs: …”, “observed”, “inferred”); what Kraken may leave out becomes NOT_REPORTED,
   never zero.
3. A method of the gateway that sends it through the key's channel and, for reads, the retries. Errors are
   translated in the venue's errors.py and nowhere else.
4. The method in the port (`ExchangeGateway` in services/ports.py) and in the stand-in of app/deferred.py.
5. The other reading of the same page, without a look at the first: an `Endpoint` in simulator/spot, or a
   `Route` in simulator/futures, with rights, cost, parameters and refusals; where documents and observed
   answers disagree, a switch.
6. One contract test in tests/contract/exchange: the same body on the simulator over real HTTP, with its
   faults; calls that change something also go through the campaign of tests/e2e/test_transfer_faults.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kraken_desk.exchange.access import ExchangeAccess, create_gateways

__all__ = ["ExchangeAccess", "create_gateways"]


def __getattr__(name: str) -> Any:
    """Import the factory at its first use."""
    if name in __all__:
        from kraken_desk.exchange import access

        return getattr(access, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
