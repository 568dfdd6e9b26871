"""What the welcome offers: a first key, the demo, a backup."""

from __future__ import annotations

from kraken_desk.domain.errors import RuleError
from kraken_desk.services.profile_doors import FirstSteps
from kraken_desk.ui.dialogs.first_key import FirstKeyDialog
from kraken_desk.ui.dialogs.restore import RestoreDialog
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.openers.keys import add_guided_key


def first_key(kit: Kit) -> None:
    """Say what to tick at Kraken, then open the dialog that takes the pair."""
    dialog = FirstKeyDialog(kit.bridge.environment, kit.theme, kit.window)
    dialog.accepted.connect(lambda: add_guided_key(kit, dialog.guided))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def open_demo(kit: Kit) -> None:
    """Lead to the demo; this window closes and comes back after it."""
    steps = _steps(kit)
    if steps is not None:
        steps.visit_demo()


def restore_backup(kit: Kit) -> None:
    """Bring a profile back where this one holds nothing."""
    steps = _steps(kit)
    if steps is None:
        return
    if not steps.empty:
        kit.bridge.failed.emit(
            RuleError(
                "This profile holds keys",
                "A window replaces an empty profile only, and other environments of this one have keys.",
                "Use: kraken-desk backup restore FILE --replace, or another --home.",
            )
        )
        return
    desk = kit.bridge.desk
    dialog = RestoreDialog(steps, desk.scope, desk.environment, kit.theme, kit.window)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _steps(kit: Kit) -> FirstSteps | None:
    steps = kit.profile.first_steps
    if steps is None:
        kit.bridge.failed.emit(
            RuleError(
                "Not from this window",
                "It was opened for one environment alone.",
                "Use: kraken-desk demo, or kraken-desk backup restore FILE.",
            )
        )
    return steps
