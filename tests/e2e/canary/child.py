"""What `run` starts: keeps its credentials where the test reads them, and waits to be looked at.

Run as a script with the path to write to; ends when its standard input does.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.e2e.leases.spy import credentials

if __name__ == "__main__":
    path = Path(sys.argv[1])
    fresh = path.with_suffix(".part")
    fresh.write_text(json.dumps(credentials()))
    fresh.replace(path)
    sys.stdin.read()
