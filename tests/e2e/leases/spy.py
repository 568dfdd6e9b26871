"""The child of the hand-over tests: takes its credentials and reports where the secret can be seen.

Run as a script by `run`; prints one JSON line and ends with the code given as its argument.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from pathlib import Path


def credentials() -> dict[str, str]:
    if "KRAKEN_DESK_CREDENTIALS_FD" in os.environ:
        with os.fdopen(int(os.environ["KRAKEN_DESK_CREDENTIALS_FD"])) as pipe:
            return dict(json.load(pipe))
    if "KRAKEN_DESK_CREDENTIALS_FILE" in os.environ:
        return dict(json.loads(Path(os.environ["KRAKEN_DESK_CREDENTIALS_FILE"]).read_text()))
    found = {"api_key": "KRAKEN_APIKEY", "api_secret": "KRAKEN_SECRET", "ws_token": "KRAKEN_WS_TOKEN"}
    return {name: os.environ[variable] for name, variable in found.items() if variable in os.environ}


def shown_in(secret: bytes, *files: Path) -> bool:
    for file in files:
        with contextlib.suppress(OSError):
            if secret in file.read_bytes():
                return True
    return False


def main() -> int:
    given = credentials()
    secret = given.get("api_secret") or given["ws_token"]
    path = os.environ.get("KRAKEN_DESK_CREDENTIALS_FILE", "")
    report = {
        "given": sorted(set(given) & {"api_key", "api_secret", "ws_token"}),
        "api_key": given.get("api_key", ""),
        "sha256": hashlib.sha256(secret.encode()).hexdigest(),
        "in_own_variables": shown_in(secret.encode(), Path("/proc/self/environ")),
        "in_parents_variables": shown_in(secret.encode(), Path(f"/proc/{os.getppid()}/environ")),
        "in_command_lines": shown_in(secret.encode(), *Path("/proc").glob("[0-9]*/cmdline")),
        "file_mode": oct(Path(path).stat().st_mode & 0o777) if path else "",
        "file": path,
    }
    print(json.dumps(report), flush=True)  # noqa: T201  # the test reads it
    return int(sys.argv[1]) if len(sys.argv) > 1 else 0


if __name__ == "__main__":
    sys.exit(main())
