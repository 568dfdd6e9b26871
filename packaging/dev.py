#!/usr/bin/env python3
"""The developer command: `python3 packaging/dev.py demo | test | bench | build | format | lock`.

Each word does its own set-up: native libraries, `.venv` in the checkout, the locked packages.
Standard library only; this file is also readable for older Pythons, so that they can say what they lack.
"""

import sys

MINIMUM = (3, 11)

if sys.version_info < MINIMUM:
    found = sys.version.split()[0]
    sys.exit(f"dev.py: Kraken Desk needs Python 3.11 or later; {sys.executable} is {found}. Use a newer one.")

from devtools.console import end_tidily  # noqa: E402  only after the check above
from devtools.main import main  # noqa: E402

if __name__ == "__main__":
    end_tidily()
    sys.exit(main(sys.argv[1:]))
