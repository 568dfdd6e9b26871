"""One start of the embedded demo that tells of its first paint as the program does, until it is ended."""

from __future__ import annotations

import asyncio
import logging
import sys

from kraken_desk.app.application import make_application
from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.app.paths import resource_root
from kraken_desk.app.qt_loop import loop_factory
from kraken_desk.ui.shell import build_window


async def _show() -> None:
    async with DemoWorld.running() as world:
        window = build_window(world.open_desk.desk, resource_root())
        window.show()
        await asyncio.Event().wait()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    app = make_application([])
    with asyncio.Runner(loop_factory=loop_factory(app)) as runner:
        runner.run(_show())
