"""A day with Kraken Desk by keys alone: add a key, check, transfer, settle, audit, report, lock, unlock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from kraken_desk.app.clock import SystemClock
from kraken_desk.app.demo_world import move_in_fleet
from kraken_desk.app.paths import database_path
from kraken_desk.app.profile import open_profile
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.keychain.vault import KeyringVault
from kraken_desk.store import Store
from tests.e2e.keyboard.hands import Hands
from tests.e2e.processes import SimulatorProcess

ENVIRONMENT = "rehearsal"
LEFT_OUT = "backtest-2025"
"""The key that is added by hand."""
MAIN = "main-window"
LOST_REPLY = {"name": "reply_lost_after_execution", "path": "/0/private/AccountTransfer"}
IN_USE_SINCE = timedelta(days=60)
BEHIND_S = 3600.0
"""By how much Kraken's ledgers are late while a transfer is in doubt: nothing can be read there."""

_URLS = ("spot_url", "spot_ws_url", "futures_url", "futures_ws_url")

Picture = Callable[[str], None]


async def furnish(home: Path, simulator: SimulatorProcess) -> None:
    """Fill a profile with the simulator's fleet, secrets in the keychain, but for one key."""
    async with open_profile(home) as profile:
        urls = {name: str(simulator.description[name]) for name in _URLS}
        await profile.environments.add(ENVIRONMENT, "custom", **urls)
    store = await Store.open(database_path(home))
    since = SystemClock().now() - IN_USE_SINCE
    name = EnvironmentName(ENVIRONMENT)
    await move_in_fleet(store, KeyringVault(), name, simulator.description, since, frozenset({LEFT_OUT}))
    await store.close()


class Journey:
    """One operator at one window; `picture` is told what is on the screen."""

    def __init__(self, hands: Hands, simulator: SimulatorProcess, picture: Picture) -> None:
        self.hands, self._simulator, self._picture = hands, simulator, picture

    def arrive(self) -> None:
        """Wait for the window; the keyboard is in the tree."""
        self.hands.until(lambda seen: seen.window == MAIN and seen.focus == "fleet-tree", "tree")

    def add_key(self) -> None:
        """Paste the pair, let it be checked, name it, store it."""
        key = self._simulator.key(LEFT_OUT)
        self.hands.press("ctrl+n")
        self._in_front("add_key_dialog", "api_key")
        self.hands.write(key["api_key"])
        self.hands.tab_to("secret")
        self.hands.write(key["api_secret"])
        self.hands.until_usable("primary")
        self._picture("add-key")
        self.hands.press("Return")
        self.hands.until(lambda seen: seen.has_focus_in("name"), "field for the name")
        self._picture("add-key-facts")
        self.hands.replace(LEFT_OUT)
        self.hands.press("Return")
        self._back()

    def check(self) -> None:
        """Ask Kraken about every key."""
        before = self._asked("/0/private/GetApiKeyInfo")
        self.hands.press("ctrl+shift+r")
        keys = sum(len(account["keys"]) for account in self._simulator.description["accounts"])
        self._until_simulator(lambda: self._asked("/0/private/GetApiKeyInfo") >= before + keys // 2)
        self.hands.until_usable("button-check-all")
        self._picture("checked")

    def transfer(self, amount: str = "12500") -> None:
        """Move money from a subaccount to the master, through the review, and see it confirmed."""
        self._fill_in_transfer(amount)
        self._picture("transfer")
        self._review_and_send()
        seen = self.hands.until(lambda now: now.says("onfirmed"), "confirmation")
        assert not seen.says("unknown")
        self._picture("transfer-confirmed")
        self.hands.press("Return")
        self._back()

    def settle(self) -> None:
        """Lose Kraken's answer, look at the traces, and decide."""
        self._simulator.control("PATCH", "/switches", {"ledger_lag_s": BEHIND_S})
        self._simulator.control("POST", "/faults", LOST_REPLY)
        self._fill_in_transfer("250")
        self._review_and_send()
        self.hands.until(lambda now: now.says("may or may not have executed"), "doubt")
        self._picture("transfer-unknown")
        self.hands.press("Escape")
        self._back()
        self.hands.press("ctrl+1", "Home", "ctrl+3")  # the journal shows what concerns the selected row
        self.hands.tab_to("journal-table")
        self.hands.press("Home", "Return")
        self._in_front("settle_dialog")
        self.hands.tab_to("executed")
        self.hands.press("space")
        self.hands.tab_to("sure")
        self.hands.press("space")
        self.hands.until_usable("primary")
        self._picture("settle")
        self.hands.tab_to("primary")  # Enter alone decides nothing
        self.hands.press("space")
        self._back()
        self._simulator.control("PATCH", "/switches", {"ledger_lag_s": 0.0})
        self._picture("journal")

    def audit(self) -> None:
        """Read what is wrong with the keys, from the worst on."""
        self.hands.press("F11", "ctrl+5")
        self.hands.tab_to("findings-table")
        self.hands.press("Home", "Down")
        self.hands.until(lambda seen: seen.says("How it is mended"), "details of a finding")
        self._picture("findings")
        self.hands.press("F11", "ctrl+1")

    def report(self, folder: Path) -> Path:
        """Save the audit as a page; the file's name is typed into the desktop's own dialog."""
        path = folder / "audit.html"
        self.hands.press("ctrl+shift+e")
        self._in_front("export_report_dialog")
        self._picture("report")
        self.hands.press("Return")
        self.hands.until(lambda seen: seen.title == "Save the report" and bool(seen.focus), "place to save")
        self.hands.replace(str(path))
        self.hands.press("Return")
        self._back()
        return path

    def lock(self) -> None:
        """Hide everything."""
        self.hands.press("ctrl+l")
        seen = self.hands.until_in("lock-window")
        assert not any("Meridian" in text for text in seen.texts)
        self._picture("locked")

    def unlock(self) -> None:
        """Come back; the keyboard is in the tree again."""
        self.hands.press("Return")
        self.arrive()
        self._picture("unlocked")

    def _fill_in_transfer(self, amount: str) -> None:
        self.hands.press("ctrl+t")
        self._in_front("transfer_dialog")
        for field, word in (("source", "Momentum"), ("destination", "Meridian"), ("asset", "USD")):
            self.hands.choose(field, word)
        self.hands.tab_to("amount")
        self.hands.replace(amount)
        self.hands.until_usable("primary")

    def _review_and_send(self) -> None:
        """Enter leads to the review and sends nothing; there the sending is a deliberate act."""
        self.hands.press("Return")
        seen = self.hands.until(lambda now: bool({"send", "confirm_destination"} & {*now.usable}), "review")
        if "confirm_destination" in seen.usable:
            self.hands.tab_to("confirm_destination")
            self.hands.press("space")
        self.hands.until_usable("send")
        self._picture("transfer-review")
        self.hands.tab_to("send")
        self.hands.press("space")

    def _in_front(self, dialog: str, focus: str = "") -> None:
        self.hands.until(
            lambda seen: seen.window == dialog and (seen.has_focus_in(focus) if focus else bool(seen.focus)),
            dialog,
        )

    def _back(self) -> None:
        """Wait for the window; the keyboard is somewhere in it, not lost."""
        self.hands.until(
            lambda seen: seen.window == MAIN and bool(seen.focus), "window with the keyboard in it"
        )

    def _asked(self, path: str) -> int:
        requests = self._simulator.control("GET", "/requests")["requests"]
        return sum(1 for request in requests if request["path"] == path)

    def _until_simulator(self, holds: Callable[[], bool]) -> None:
        self.hands.until(lambda _seen: holds(), "answer of the exchange")
