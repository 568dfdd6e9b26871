"""Python's own schedule of garbage collection, run when somebody asks instead of at any allocation."""

from __future__ import annotations

import gc


def collect_due(oldest: int = 2) -> int | None:
    """Collect the generations whose thresholds have been passed, on the calling thread.

    None older than `oldest` is collected. Returns the oldest one that was.
    """
    due = [count > limit for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)]
    if not due[0]:
        return None
    generation = min(oldest, 2 if due[1] and due[2] else 1 if due[1] else 0)
    gc.collect(generation)
    return generation
