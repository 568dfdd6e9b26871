"""The start of the window: what is loaded before the tree is painted, and that the rest follows."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

from kraken_desk.app.paths import database_path
from kraken_desk.app.turns import LATER
from kraken_desk.store import Store
from tests.helpers.builders import LAB, a_check, a_master, a_slot

FORBIDDEN = (
    "PySide6.QtDBus",
    "PySide6.QtNetwork",
    "_ssl",
    "aiohttp",
    "asyncio",
    "click",
    "concurrent.futures",
    "cryptography",
    "dataclasses",
    "hashlib",
    "httpx",
    "inspect",
    "jinja2",
    "keyring",
    "msgspec",
    "platformdirs",
    "qasync",
    "secretstorage",
    "sealing",
    "ssl",
    "subprocess",
    "tomllib",
    "websockets",
    "kraken_desk.app.demo_visit",
    "kraken_desk.app.desktop",
    "kraken_desk.app.keeper",
    "kraken_desk.app.profile",
    "kraken_desk.app.rescue",
    "kraken_desk.app.turns",
    "kraken_desk.app.wiring",
    "kraken_desk.cli.commands",
    "kraken_desk.cli.output",
    "kraken_desk.cli.parser",
    "kraken_desk.domain.audit",
    "kraken_desk.domain.balances",
    "kraken_desk.domain.foreign_use",
    "kraken_desk.domain.health",
    "kraken_desk.domain.preferences",
    "kraken_desk.domain.prices",
    "kraken_desk.domain.rotation",
    "kraken_desk.domain.search",
    "kraken_desk.domain.transfers",
    "kraken_desk.exchange",
    "kraken_desk.keychain",
    "kraken_desk.reports",
    "kraken_desk.sealing",
    "kraken_desk.services",
    "kraken_desk.services.backup",
    "kraken_desk.services.doctor",
    "kraken_desk.services.upkeep",
    "kraken_desk.simulator",
    "kraken_desk.store.database",
    "kraken_desk.store.metadata",
    "kraken_desk.store.store",
    "kraken_desk.ui.act_list",
    "kraken_desk.ui.clipboard",
    "kraken_desk.ui.dialog_opener",
    "kraken_desk.ui.dialogs",
    "kraken_desk.ui.focus_order",
    "kraken_desk.ui.guide",
    "kraken_desk.ui.kit",
    "kraken_desk.ui.lock_window",
    "kraken_desk.ui.models.fleet_figures",
    "kraken_desk.ui.more_menu",
    "kraken_desk.ui.shell",
    "kraken_desk.ui.views.balances",
    "kraken_desk.ui.views.inspector",
    "kraken_desk.ui.views.journal",
)
"""What a painted tree does without; everything here comes after it."""

PROBE = """
import os, sys
from kraken_desk.app.quick_qt import import_qt
import_qt()  # as the program does before anything of Qt
from kraken_desk.ui.first_paint import FirstPaint

def tell(self):
    print("LOADED", *sorted(sys.modules), flush=True)
    os._exit(0)

FirstPaint._on_painted = tell
from kraken_desk.app.entry import main
main([])
"""


async def _fill(home: Path) -> None:
    """Leave a profile as it stands in the evening: a key, checked."""
    store = await Store.open(database_path(home))
    await store.metadata.save_environment(LAB)
    await store.metadata.save_account(a_master())
    await store.metadata.save_slot(a_slot(1))
    await store.metadata.save_check(a_check(a_slot(1).key_id))
    await store.close()


def test_nothing_is_loaded_before_the_first_paint_that_it_does_without(tmp_path: Path) -> None:
    """A start without words has loaded no loop, service, network, keychain, dialog or pane when it paints."""
    asyncio.run(_fill(tmp_path))
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


def test_what_comes_after_the_first_paint_is_there() -> None:
    """Every module that is imported behind the painted window exists under its name."""
    probe = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"

    done = subprocess.run(
        [sys.executable, "-c", probe, *LATER], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
