"""The examination of machine and profile."""

from __future__ import annotations

from kraken_desk.domain.errors import RuleError
from kraken_desk.ui.dialogs.doctor import DoctorDialog
from kraken_desk.ui.kit import Kit


def examine(kit: Kit) -> None:
    """Open the examination; it begins at once."""
    doors, desk = kit.profile, kit.bridge.desk
    if doors.examine is None:
        kit.bridge.failed.emit(
            RuleError(
                "Nothing to examine", "This window has no profile behind it.", "Use: kraken-desk doctor"
            )
        )
        return
    dialog = DoctorDialog(doors.examine, doors.repair, desk.scope, desk.environment, kit.theme, kit.window)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
