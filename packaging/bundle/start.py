"""The bundle's first module: the `kraken-desk` command."""

import sys

from kraken_desk.app.entry import main

sys.exit(main())
