"""RestoreDialog: open a backup, see what it holds, then put it in place of an empty profile."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InputError, KrakenDeskError
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.services.backup import BackupReport
from kraken_desk.services.profile_doors import FirstSteps
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.rows import Rows, fact
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.formatting import count
from kraken_desk.ui.theme import Theme, metrics
from kraken_desk.ui.widgets.secret_field import SecretField

GROUP = "profile:restore"
_SENTENCE = "Its file is opened and examined first; nothing changes before you have seen what it holds."
_WORDS = {"accounts": "account", "slots": "key", "transfers": "transfer", "transfer_moves": "journal line"}
_AFTER = (
    "The window closes and opens again with the restored profile. Transfers made after the backup are "
    "missing in its journal: compare with Kraken's ledgers."
)


class RestoreDialog(DialogFrame):
    """Ends accepted when `restore` has been asked for; the passphrase leaves memory with the dialog."""

    def __init__(
        self,
        steps: FirstSteps,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Restore a backup", _SENTENCE, environment, theme, parent)
        self.setObjectName("restore_dialog")
        self._steps = steps
        self._passphrase: Passphrase | None = None
        self._work = Work(scope, GROUP, self._on_idle)
        self._make_choice()
        self._made, self._holds, self._secrets = fact("made_at"), fact("holds"), fact("secrets")
        rows = Rows()
        rows.add("Made", self._made)
        rows.add("Holds", self._holds)
        rows.add("Secrets", self._secrets)
        page = self.add_page("report")
        page.addWidget(rows)
        page.addWidget(fact("after", _AFTER, "hint"))
        self.finished.connect(self._on_finished)
        self._to_choice()

    def _make_choice(self) -> None:
        self._file, self._typed = QLineEdit(), SecretField(self.theme)
        self._file.setPlaceholderText("desk.backup")
        browse = QPushButton("Choose…")
        browse.setObjectName("browse")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._on_browse)
        self._file_field = Field("File", self._file, name="backup_file")
        self._typed_field = Field("Passphrase", self._typed, name="backup_passphrase")
        page = self.add_page("choice")
        page.addWidget(self._file_field)
        _put_beside(self._file_field, self._file, browse)
        page.addWidget(self._typed_field)
        self._file.textChanged.connect(lambda _text: self._on_edited())
        self._typed.textChanged.connect(lambda _text: self._on_edited())

    def _on_edited(self) -> None:
        self.problem.clear()
        self._file_field.clear_error()
        self._typed_field.clear_error()

    def _on_browse(self) -> None:
        dialog = QFileDialog(self, "Choose a backup", str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._file.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _to_choice(self) -> None:
        self.show_page("choice")
        self.back_button.hide()
        self.set_primary("Look inside")
        self._file.setFocus()

    def _on_primary(self) -> None:
        if self.page == "choice":
            self._look()
        elif self._passphrase is not None:
            file, passphrase = self._path, self._passphrase
            self.accept()
            self._steps.restore(file, passphrase)

    @property
    def _path(self) -> Path:
        return Path(self._file.text().strip())

    def _look(self) -> None:
        if not self._file.text().strip():
            self._file_field.show_error(InputError("No file", "Which backup?", "Choose its file."))
            self._file.setFocus()
            return
        if not self._typed.text():
            self._typed_field.show_error(
                InputError("No passphrase", "The backup is sealed.", "Type the one that it was made with.")
            )
            self._typed.setFocus()
            return
        file, passphrase = self._path, Passphrase(self._typed.text())

        async def look() -> BackupReport:
            return await self._steps.look_into(file, passphrase)

        def show(report: BackupReport) -> None:
            self._passphrase = passphrase
            self._show(report)

        if self._work.run(look, show, self._on_failed):
            self.set_busy("Opening it; that takes a moment by design …")

    def _show(self, report: BackupReport) -> None:
        self.set_busy("")
        self._typed.forget()
        self._made.setText(f"{report.made_at:%Y-%m-%d %H:%M} UTC")
        self._holds.setText(", ".join(count(number, _WORDS.get(name, name)) for name, number in report.holds))
        self._secrets.setText(_secrets_text(report))
        self.show_page("report")
        self.back_button.show()
        self.set_primary("Restore this profile")
        self.primary_button.setFocus()

    def _on_back(self) -> None:
        self._passphrase = None
        self._to_choice()

    def _on_failed(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        self.show_problem(error)

    def _on_cancel_work(self) -> None:
        self._work.cancel()
        self.set_busy("")

    def _on_idle(self) -> None:
        if self.busy:
            self.set_busy("")

    def _on_finished(self, _code: int) -> None:
        self._work.cancel()
        self._typed.forget()
        self._passphrase = None


def _put_beside(field: Field, control: QWidget, button: QPushButton) -> None:
    """Put a button at the end of a field's line."""
    layout = field.layout()
    assert layout is not None
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(metrics.GAP)
    layout.replaceWidget(control, row)
    line.addWidget(control, 1)
    line.addWidget(button)


def _secrets_text(report: BackupReport) -> str:
    if not report.secrets and not report.missing:
        return "none: the keys' secrets must be in this computer's keychain, or be added again"
    lacking = f"; {count(report.missing, 'key')} had none" if report.missing else ""
    return f"{count(report.secrets, 'secret')}, which go into the keychain{lacking}"
