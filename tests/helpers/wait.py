"""Waiting for a condition on the event loop, never for time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

LIMIT_S = 20.0


async def wait_until(condition: Callable[[], object], *, limit_s: float = LIMIT_S) -> None:
    """Let other tasks and threads work until `condition` holds; fail the test when it never does."""
    deadline = time.monotonic() + limit_s
    turns = 0
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {limit_s} s: {condition}")
        turns += 1
        await asyncio.sleep(0 if turns < 100 else 0.001)
