"""PlanPreview: the consequence of a transfer before the act: figures, signing key, endpoint, checks."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kraken_desk.domain.badges import Badge, BadgeKind
from kraken_desk.domain.transfers import PlanCheck, TransferPlan
from kraken_desk.ui.dialogs.rows import Rows, fact
from kraken_desk.ui.theme import Theme, Tone, metrics, set_role
from kraken_desk.ui.widgets.badge_label import permission_labels
from kraken_desk.ui.widgets.figures_table import FiguresTable
from kraken_desk.ui.widgets.flow import FlowRow
from kraken_desk.ui.widgets.pill import Pill

_MOVING = (BadgeKind.WITHDRAW, BadgeKind.TRADE)


class PlanPreview(QWidget):
    """Shows a plan, or names and dashes while there is none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures = FiguresTable()
        self._key = fact("signed_by")
        self._key.setWordWrap(False)
        self._theme = theme
        self._badges = FlowRow()
        self._badges.setObjectName("signing_badges")
        self._can = fact("ability", role="hint")
        self._endpoint = fact("endpoint", role="mono")
        self._checks = FlowRow()
        self._checks.setObjectName("checks")
        self._reasons = fact("check_reasons", role="error")
        rows = Rows()
        rows.add("Signed by", self._signed_by())
        self._can_label = rows.add("What it can do", self._can)
        rows.add("Endpoint", self._endpoint)
        rows.add("Checks", self._checks)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(metrics.GAP + 4)
        layout.addWidget(self.figures)
        layout.addWidget(rows)
        layout.addWidget(self._reasons)
        self.clear("", "", "")

    def show_plan(self, plan: TransferPlan, badges: tuple[Badge, ...], can: str = "") -> None:
        """Show a plan; `can` says what the signing key can do, where there is room for a sentence."""
        self._say_ability(can)
        self.figures.show_figures(plan.source_label, plan.destination_label, plan.source, plan.destination)
        self._key.setText(plan.key_name)
        self._badges.fill(permission_labels(self._theme, tuple(b for b in badges if b.kind in _MOVING)))
        self._badges.show()
        self._endpoint.setText(plan.endpoint)
        set_role(self._endpoint, "mono")
        self._checks.fill([check_pill(check) for check in plan.checks])
        failed = [check.text for check in plan.checks if not check.holds]
        self._reasons.setText("\n".join(failed))
        self._reasons.setVisible(bool(failed))

    def clear(self, source_label: str, destination_label: str, why: str) -> None:
        """Show that nothing is worked out yet, and why."""
        self.figures.show_nothing(source_label or "From", destination_label or "To")
        self._key.setText("—")
        self._badges.hide()
        self._endpoint.setText("—")
        set_role(self._endpoint, "")  # a dash is no id
        waiting = QLabel(why or "—")
        waiting.setObjectName("checks_waiting")
        set_role(waiting, "hint")
        self._checks.fill([waiting])
        self._reasons.hide()
        self._say_ability("")

    def _say_ability(self, can: str) -> None:
        self._can.setText(can)
        for part in (self._can, self._can_label):
            part.setVisible(bool(can))

    def _signed_by(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(metrics.STEP + 2)
        layout.addWidget(self._key)
        layout.addWidget(self._badges, 1, Qt.AlignmentFlag.AlignVCenter)
        return row


def check_pill(check: PlanCheck) -> Pill:
    """Make a check's chip: sign and word tell, colour repeats, the tooltip gives the reason."""
    if check.holds:
        return Pill(f"✓ {check.name}", Tone.OK, check.text)
    return Pill(f"✕ {check.name}", Tone.DANGER, check.text)
