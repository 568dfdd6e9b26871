"""Garbage collection when somebody asks for it, instead of at any allocation."""

from __future__ import annotations

import gc


def collect_young() -> None:
    """Collect what has been made since the last time, on the calling thread.

    A pass looks at each of these objects once, so many passes cost no more than a few, but each of them
    is short. Python counts only by how many more objects there are than before: figures that take the place
    of others do not count, and a pass by that measure met a hundred thousand of them at once.
    """
    gc.collect(0)
