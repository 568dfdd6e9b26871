"""RolesDialog: what each role needs of its keys, changed here or taken from a file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from kraken_desk.domain.allowlist import Width
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InputError, KrakenDeskError
from kraken_desk.domain.role_file import LARGEST_FILE, FileForm
from kraken_desk.domain.roles import STARTING_ROLES, Role, Streaming, id_from
from kraken_desk.services.roles import RolesService
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.role_rights import RoleRights
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.receipts import save_text
from kraken_desk.ui.theme import Theme, metrics, set_role

GROUP = "roles:edit"
EMPTY = "empty: not asked"
FORMS = "Roles (*.toml);;Roles (*.json)"


class RolesDialog(DialogFrame):
    """Every change is written at once and all or nothing; the dialog stays for the next role."""

    def __init__(
        self,
        roles: RolesService,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        sentence = "The smallest set of rights for each kind of process. The audit judges keys by it."
        super().__init__("Roles", sentence, environment, theme, parent)
        self.setObjectName("roles_dialog")
        self._service = roles
        self._work = Work(scope, GROUP, lambda: self.set_busy(""))
        self._role: Role = roles.table.value[0]
        self._box = QComboBox()
        self._box_field = Field("Role", self._box, name="roles_role", corner=self._reset_button())
        self._rights = RoleRights()
        self._make_fields()
        self._fill_page()
        self.cancel_button.setText("Close")
        self._box.currentIndexChanged.connect(lambda _index: self._on_chosen())
        self._rights.changed.connect(self._on_edited)
        self.finished.connect(lambda _code: self._work.cancel())
        self._fill(self._role.role_id)

    # making

    def _reset_button(self) -> QPushButton:
        self._reset = _button("roles-reset", "Reset", "")
        self._reset.clicked.connect(self._on_reset)
        return self._reset

    def _make_fields(self) -> None:
        self._streaming, self._width = QComboBox(), QComboBox()
        self._streaming.addItems([streaming.value for streaming in Streaming])
        self._width.addItems([width.word for width in Width])
        self._window, self._rotation, self._expiry = QLineEdit(), QLineEdit(), QLineEdit()
        self._name, self._about = QLineEdit(), QLineEdit()
        self._fields = {
            "name": Field("Its name", self._name, name="role_name"),
            "description": Field("What it is for", self._about, name="role_about"),
            "nonce": Field("Longest nonce window, seconds", self._window, name="window_s"),
            "rotation": Field("Replace after, days", self._rotation, name="rotation_days", hint=EMPTY),
            "expiry": Field("Must expire within, days", self._expiry, name="expiry_days", hint=EMPTY),
        }
        for edit in (self._name, self._about, self._window, self._rotation, self._expiry):
            edit.textEdited.connect(lambda _text: self._on_edited())
        for box in (self._streaming, self._width):
            box.activated.connect(lambda _index: self._on_edited())

    def _fill_page(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(metrics.GAP + 4)
        grid.setVerticalSpacing(metrics.GAP)
        parts = (
            *(self._fields[name] for name in ("name", "nonce")),
            Field("WebSocket feeds", self._streaming, name="streaming"),
            Field("Widest allowlist", self._width, name="width"),
            *(self._fields[name] for name in ("rotation", "expiry")),
        )
        for number, part in enumerate(parts):
            grid.addWidget(part, number // 2, number % 2, Qt.AlignmentFlag.AlignTop)
        page = self.add_page("roles")
        page.addWidget(self._box_field)
        page.addWidget(self._fields["description"])
        page.addWidget(self._rights)
        page.addLayout(grid)
        page.addLayout(self._file_row())

    def _file_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(metrics.STEP)
        for name, text, tip, do in (
            ("roles-import", "Import…", "Take the roles of a file; others stay", self._on_import),
            ("roles-export", "Export…", "Write all roles into a file", self._on_export),
        ):
            button = _button(name, text, tip)
            button.clicked.connect(do)
            row.addWidget(button)
        row.addStretch()
        self._copy = _button("roles-new", "Save as a new role", "Keep the fields as a role beside the others")
        self._copy.clicked.connect(self._on_copy)
        row.addWidget(self._copy)
        return row

    # showing

    def _fill(self, role_id: str) -> None:
        """Offer the roles as they are now, and show one."""
        self._box.blockSignals(True)
        self._box.clear()
        for role in self._service.table.value:
            changed = "" if role in STARTING_ROLES else " (changed)"
            self._box.addItem(f"{role.name}{changed}", role.role_id)
        self._box.setCurrentIndex(max(0, self._box.findData(role_id)))
        self._box.blockSignals(False)
        self._on_chosen()

    def _on_chosen(self) -> None:
        chosen = self._box.currentData()
        self._role = next(role for role in self._service.table.value if role.role_id == chosen)
        role = self._role
        self._rights.show_role(role)
        self._name.setText(role.name)
        self._about.setText(role.about)
        self._about.setCursorPosition(0)
        self._streaming.setCurrentText(role.streaming.value)
        self._width.setCurrentText(role.width.word)
        self._window.setText(format(role.window_s, "f"))
        self._rotation.setText("" if role.rotation_days is None else str(role.rotation_days))
        self._expiry.setText("" if role.expiry_days is None else str(role.expiry_days))
        self._offer_reset(role)
        self._on_edited()

    def _offer_reset(self, role: Role) -> None:
        own = role.role_id not in {starting.role_id for starting in STARTING_ROLES}
        tip = "Take this role away" if own else "Give this role back its starting form"
        self._reset.setText("Remove" if own else "Reset")
        self._reset.setToolTip(tip)
        self._reset.setAccessibleName(tip)
        self._reset.setEnabled(role not in STARTING_ROLES)

    def _on_edited(self) -> None:
        self.problem.clear()
        for field in self._fields.values():
            field.clear_error()
        try:
            changed = self._edited() != self._role
        except InputError:
            changed = True
        self.set_primary(f"Save {self._role.name}", enabled=changed)
        self._copy.setEnabled(self._name.text().strip().casefold() != self._role.name.casefold())

    def _edited(self) -> Role:
        """Return the role as the fields have it; raises InputError for what is no number."""
        spot, futures, optional = self._rights.sets()
        return replace(
            self._role,
            name=self._name.text(),
            about=self._about.text(),
            spot=spot,
            futures=futures,
            optional=optional,
            streaming=Streaming(self._streaming.currentText()),
            width=Width.named(self._width.currentText()),
            window_s=_seconds(self._window.text()),
            rotation_days=_days("rotation", self._rotation.text()),
            expiry_days=_days("expiry", self._expiry.text()),
        )

    # acting

    def _on_primary(self) -> None:
        try:
            role = self._edited()
        except InputError as error:
            self._on_refused(error)
            return
        self._run(lambda: self._service.save(role), "Saving the role …")

    def _on_copy(self) -> None:
        """Keep the fields as another role; the one they came from stays as it is."""
        try:
            edited = self._edited()
        except InputError as error:
            self._on_refused(error)
            return
        role = replace(edited, role_id=id_from(edited.name), aliases=(), for_desk=False)
        self._run(lambda: self._service.add(role), "Saving the role …", then=role.role_id)

    def _on_reset(self) -> None:
        role_id = self._role.role_id
        self._run(lambda: self._service.reset(role_id), "Resetting …")

    def _on_import(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Take roles of a file", "", FORMS)
        if chosen:
            self._run(lambda: self._take(Path(chosen)), "Reading the file …")

    async def _take(self, path: Path) -> tuple[Role, ...]:
        text = await asyncio.to_thread(_read, path)
        return await self._service.import_(text, _form(path))

    def _on_export(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "Write the roles", "roles.toml", FORMS)
        if chosen:
            self._run(lambda: self._write(Path(chosen)), "Writing the file …")

    async def _write(self, path: Path) -> None:
        text = await self._service.export(_form(path))
        await asyncio.to_thread(save_text, path, text)

    def _run(self, make: Callable[[], Coroutine[Any, Any, object]], busy: str, *, then: str = "") -> None:
        role_id = then or self._role.role_id
        if self._work.run(make, lambda _done: self._fill(role_id), self._on_refused):
            self.set_busy(busy)

    def _on_refused(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        about = f"{error.title} {error.detail}".casefold()
        field = next((field for word, field in self._fields.items() if word in about), None)
        if field is not None and isinstance(error, InputError):
            field.show_error(error)
        else:
            self.show_problem(error)

    def _on_cancel_work(self) -> None:
        self._work.cancel()
        self.set_busy("")


def _button(name: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(tip)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    set_role(button, "small")
    return button


def _seconds(text: str) -> Decimal:
    try:
        return Decimal(text.strip() or "0")
    except InvalidOperation:
        raise InputError("Not a number", f"A nonce window of “{text.strip()[:20]}” is none.", "") from None


def _days(what: str, text: str) -> int | None:
    clean = text.strip()
    if not clean:
        return None
    if not clean.isascii() or not clean.isdigit() or len(clean) > 6:
        raise InputError("Not a number", f"{what.capitalize()} of “{clean[:20]}” is no number of days.", "")
    return int(clean)


def _form(path: Path) -> FileForm:
    return FileForm.JSON if path.suffix.casefold() == ".json" else FileForm.TOML


def _read(path: Path) -> str:
    """Read a file of roles; raises InputError with the reason."""
    try:
        with path.open(encoding="utf-8") as source:
            return source.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is no text in UTF-8"
        raise InputError("The file cannot be read", f"{path}: {why}.", "Nothing was changed.") from None
