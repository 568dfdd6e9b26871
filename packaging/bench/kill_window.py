"""The window at work, to be killed: it shows every change that the worker makes below it.

A job of `kill_victim`, which is a fork of a program without Qt; so everything of Qt is imported here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from kraken_desk.app.profile import OpenProfile
from kraken_desk.services.desk import Desk

Work = Callable[[OpenProfile, Desk, dict[str, Any]], Awaitable[None]]


def shown_work(job: dict[str, Any], environment: str, work: Work) -> None:
    """Show the window on a profile as the program does, and let `work` go on below it."""
    from kraken_desk.app.application import make_application
    from kraken_desk.app.qt_loop import loop_factory

    app = make_application(["kraken-desk"])
    with asyncio.Runner(loop_factory=loop_factory(app)) as runner:
        runner.run(_shown(job, environment, work))


async def _shown(job: dict[str, Any], environment: str, work: Work) -> None:
    from kraken_desk.app.paths import resource_root
    from kraken_desk.app.profile import open_profile
    from kraken_desk.app.single_window import SingleWindow
    from kraken_desk.ui.shell import build_window

    home = Path(job["home"])
    single = SingleWindow(home)
    single.take()
    single.listen()
    async with open_profile(home, for_window=True) as profile:
        opened = await profile.open_desk(environment)
        await opened.connect()
        window = build_window(opened.desk, resource_root(), "dark")
        window.resize(1440, 900)
        window.show()
        await work(profile, opened.desk, job)
