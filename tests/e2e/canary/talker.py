"""The command line in one process: takes commands as lines of JSON, answers each with code and output.

Run as a script. Starting a process for each of many commands would take most of the time.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from typing import Any, TextIO

from kraken_desk.app.entry import main


def _captured(words: list[str], stdin: str) -> dict[str, Any]:
    """Carry out one command with streams of its own, as a shell would give them."""
    reading, writing = os.pipe()
    os.write(writing, stdin.encode())
    os.close(writing)
    os.dup2(reading, 0)
    os.close(reading)
    files = [tempfile.TemporaryFile(), tempfile.TemporaryFile()]  # noqa: SIM115  # closed below
    for number, file in enumerate(files, 1):
        os.dup2(file.fileno(), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # the process's own
    code = main(words)
    sys.stdout.flush()
    sys.stderr.flush()
    texts = []
    for file in files:
        file.seek(0)
        texts.append(file.read().decode("utf-8", "replace"))
        file.close()
    return {"code": code, "out": texts[0], "err": texts[1]}


def serve(commands: TextIO, answers: TextIO) -> None:
    for line in commands:
        asked = json.loads(line)
        print(json.dumps(_captured(asked["words"], asked["stdin"])), file=answers, flush=True)


if __name__ == "__main__":
    with os.fdopen(os.dup(0), encoding="utf-8") as commands, os.fdopen(os.dup(1), "w") as answers:
        serve(commands, answers)
