"""`python -m kraken_desk` is the `kraken-desk` command."""

import sys

from kraken_desk.app.entry import main

sys.exit(main())
