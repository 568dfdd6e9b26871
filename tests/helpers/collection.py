"""Python's own schedule of garbage collection, run when somebody asks instead of at any allocation."""

from __future__ import annotations

import gc


def collect_due() -> None:
    """Collect the generations whose thresholds have been passed, on the calling thread."""
    due = [count > limit for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)]
    if due[0]:
        gc.collect(2 if due[1] and due[2] else 1 if due[1] else 0)
