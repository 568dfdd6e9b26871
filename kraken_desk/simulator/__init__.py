"""A Kraken to rehearse on: Spot and Futures on loopback, with accounts, keys, rules and faults, but no money.

It imports nothing else from `kraken_desk`, on purpose: client and simulator are two independent readings of
the same wire format and test each other. Outside the standard library only aiohttp, and that only in
`server.py` and the feeds; every rule is a plain function of a world and a request.
"""

from kraken_desk.simulator.api import Simulator, serve
from kraken_desk.simulator.faults import FaultName
from kraken_desk.simulator.switches import Switches
from kraken_desk.simulator.world import World

__all__ = ["FaultName", "Simulator", "Switches", "World", "serve"]
