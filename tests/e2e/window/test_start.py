"""The start of the window: what is loaded before the tree is painted, and that the rest follows."""

import os
import re
import subprocess
import sys
from pathlib import Path

FORBIDDEN = (
    "aiohttp",
    "click",
    "cryptography",
    "httpx",
    "jinja2",
    "keyring",
    "msgspec",
    "secretstorage",
    "websockets",
    "kraken_desk.app.demo_visit",
    "kraken_desk.app.rescue",
    "kraken_desk.cli.commands",
    "kraken_desk.cli.parser",
    "kraken_desk.domain.search",
    "kraken_desk.exchange",
    "kraken_desk.reports",
    "kraken_desk.services.backup",
    "kraken_desk.services.doctor",
    "kraken_desk.services.upkeep",
    "kraken_desk.simulator",
    "kraken_desk.ui.dialogs",
    "kraken_desk.ui.guide",
    "kraken_desk.ui.lock_window",
    "kraken_desk.ui.views.balances",
    "kraken_desk.ui.views.inspector",
    "kraken_desk.ui.views.journal",
)
"""What a painted tree does without; everything here comes after it."""

PROBE = """
import os, sys
from kraken_desk.ui.first_paint import FirstPaint

def tell(self):
    print("LOADED", *sorted(sys.modules), flush=True)
    os._exit(0)

FirstPaint._on_painted = tell
from kraken_desk.app.entry import main
main([])
"""


def test_nothing_is_loaded_before_the_first_paint_that_it_does_without(tmp_path: Path) -> None:
    """A start without words has loaded no network, keychain, command line, dialog or pane when it paints."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "KRAKEN_DESK_HOME": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    loaded = set(re.sub(r".*LOADED", "", done.stdout).split())
    assert "kraken_desk.ui.views.account_tree" in loaded, done.stderr
    early = {name for name in loaded for no in FORBIDDEN if name == no or name.startswith(f"{no}.")}
    assert early == set()
