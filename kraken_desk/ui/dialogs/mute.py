"""MuteDialog: findings are left out of the count for a reason and until a day, one or many at once."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from kraken_desk.domain.audit.findings import Finding
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InputError, KrakenDeskError
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.formatting import count, day
from kraken_desk.ui.theme import Theme, metrics, set_role

GROUP = "audit:mute"
SPANS = (("1 week", 7), ("30 days", 30), ("90 days", 90), ("1 year", 365))
Mute = Callable[[tuple[Finding, ...], str, datetime], Coroutine[Any, Any, object]]


class MuteDialog(DialogFrame):
    """Ends accepted when the findings are muted."""

    def __init__(
        self,
        findings: tuple[Finding, ...],
        now: datetime,
        mute: Mute,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        number = len(findings)
        title = f"Mute {count(number, 'finding')}"
        super().__init__(title, _sentence(findings), environment, theme, parent)
        self.setObjectName("mute_dialog")
        self._findings, self._now, self._mute = findings, now, mute
        self._work = Work(scope, GROUP, lambda: self.set_busy(""))
        self._reason = QLineEdit()
        self._reason.setPlaceholderText("Why this is acceptable")
        self._until = QLineEdit(day(now + timedelta(days=30)))
        self._reason_field = Field("Reason", self._reason, name="reason")
        self._until_field = Field(
            "Until, the last day",
            self._until,
            name="until",
            hint="At most a year: then it is looked at again.",
        )
        page = self.add_page("mute")
        page.addWidget(self._reason_field)
        page.addWidget(self._until_field)
        page.addLayout(self._spans())
        for edit in (self._reason, self._until):
            edit.textChanged.connect(lambda _text: self._on_edited())
        self.finished.connect(lambda _code: self._work.cancel())
        self._on_edited()
        self._reason.setFocus()

    def _spans(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(metrics.STEP)
        for text, days in SPANS:
            button = QPushButton(text)
            button.setObjectName(f"span-{days}")
            button.setAccessibleName(f"Mute for {text}")
            button.setAutoDefault(False)
            set_role(button, "small")
            button.clicked.connect(
                lambda _on=False, n=days: self._until.setText(day(self._now + timedelta(days=n)))
            )
            row.addWidget(button)
        row.addStretch()
        return row

    def _on_edited(self) -> None:
        self._reason_field.clear_error()
        self._until_field.clear_error()
        self.problem.clear()
        number = count(len(self._findings), "finding")
        ready = bool(self._reason.text().strip() and self._until.text().strip())
        text = f"Mute {number} until {self._until.text().strip()[:10]}" if ready else f"Mute {number}"
        self.set_primary(text, enabled=ready)

    def _on_primary(self) -> None:
        try:
            end = end_of_day(self._until.text())
        except InputError as error:
            self._until_field.show_error(error)
            return
        reason = self._reason.text()
        started = self._work.run(
            lambda: self._mute(self._findings, reason, end), lambda _done: self.accept(), self._on_refused
        )
        if started:
            self.set_busy("Muting …")

    def _on_refused(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        if isinstance(error, InputError):
            field = self._reason_field if "reason" in error.title.casefold() else self._until_field
            field.show_error(error)
        else:
            self.show_problem(error)

    def _on_cancel_work(self) -> None:
        self._work.cancel()
        self.set_busy("")


def end_of_day(text: str) -> datetime:
    """Return the end of a day in UTC; raises InputError."""
    try:
        start = datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
        return start + timedelta(days=1)
    except (ValueError, OverflowError):
        raise InputError(
            "Not a day", f"“{text.strip()[:40]}” is no date.", "Write it like 2026-12-31."
        ) from None


def _sentence(findings: tuple[Finding, ...]) -> str:
    if len(findings) == 1:
        about = f"{findings[0].title} · {findings[0].subject.name}."
    else:
        subjects = len({finding.subject.ref for finding in findings})
        about = f"About {subjects} different keys, accounts or processes."
    return f"{about} Muted findings stay listed under Muted and do not count in the health."
