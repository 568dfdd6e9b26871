"""The short way into `run`: without the command line's library, without a log, without an event loop.

What goes wrong is answered by the command line as ever, and only then is it loaded.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Sequence
from types import TracebackType

from kraken_desk.cli.run_words import plain_run


def run_plainly(words: Sequence[str]) -> int | None:
    """Run the child that the words ask for and return its exit code; None when they ask for anything else."""
    asked = plain_run(words, os.environ)
    if asked is None:
        return None
    gc.disable()  # nothing of a start is garbage, and afterwards there is only waiting
    _tell_defects_masked()
    from kraken_desk.app.run_slot import run_slot

    try:
        return run_slot(asked.home, asked.environment, asked.request)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # the process's boundary, as in the command line
        _set_up_the_log()
        from kraken_desk.app.entry import AppRuntime
        from kraken_desk.cli.parser import answer_error

        return answer_error(AppRuntime(), words, error, as_json=asked.as_json)


def _set_up_the_log() -> None:
    from kraken_desk.app.logs import set_up_usual_logging, tell_defects_by_log

    set_up_usual_logging()
    tell_defects_by_log()


def _tell_defects_masked() -> None:
    """Let the log tell of what nobody caught, and load it only then."""

    def told(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        _set_up_the_log()
        sys.excepthook(kind, error or kind(), trace)

    sys.excepthook = told
    threading.excepthook = lambda args: told(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: told(args.exc_type, args.exc_value, args.exc_traceback)
