"""Stepper: the names of a way's steps, with what is done, what is now and what is to come."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from kraken_desk.ui.theme import set_role
from kraken_desk.ui.widgets.flow import FlowRow


class Stepper(FlowRow):
    """Marks repeat in words what the emphasis shows: ✓ done, ● now."""

    def __init__(self, titles: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stepper")
        self._titles = titles
        self._labels = [QLabel(title) for title in titles]
        self.fill(list(self._labels))

    def show_step(self, place: int) -> None:
        """Show the step at `place` as the present one; beyond the last, all are done."""
        for number, (label, title) in enumerate(zip(self._labels, self._titles, strict=True)):
            mark = "✓ " if number < place else "● " if number == place else ""
            following = "" if title == self._titles[-1] else " ·"
            label.setText(f"{mark}{title}{following}")
            set_role(label, "strong" if number == place else "muted")
        total = len(self._titles)
        now = self._titles[place] if place < total else "done"
        self.setAccessibleName(f"Step {min(place + 1, total)} of {total}: {now}")

    @property
    def text(self) -> str:
        return "  ".join(label.text() for label in self._labels)
