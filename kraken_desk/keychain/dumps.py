"""No image of this process's memory: secrets are in it while they sign.

The limit on core files, set at the program's start, is passed over by kernels that pipe images to a
collector (core(5)); a process that is not dumpable gives none, and lets no other program of the same user
read its memory or attach to it.
"""

from __future__ import annotations

import contextlib
import sys

_PR_SET_DUMPABLE = 4


def refuse_dumps() -> None:
    """Make this process not dumpable where the system knows that (Linux); programs it starts are as usual."""
    if sys.platform.startswith("linux"):
        import ctypes

        with contextlib.suppress(OSError, AttributeError):  # a libc without it leaves the limit
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
