"""Handing over: ranked forms, the line to copy, the refusal, and keeping the way with the key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
)
from pytestqt.qtbot import QtBot

from kraken_desk.domain.errors import HandOverError, StoreBusyError
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.handover_form import HandOver, HandOverForm, VariableNames
from kraken_desk.domain.keys import Venue
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.hand_over import HandOverDialog, HandOverStart
from kraken_desk.ui.theme import Theme
from tests.helpers.builders import CANARY, LAB, a_key
from tests.helpers.wait import wait_until
from tests.ui.dialogs.fakes import child

REFUSAL = HandOverError("The key is lost for this client", "Nanoseconds were used.", "Make a new key.")


class Scene:
    """A dialog for one key; `kept` is what was written down."""

    def __init__(
        self, theme: Theme, qtbot: QtBot, node: KeyNode | None = None, refusal: HandOverError | None = None
    ) -> None:
        self.kept: list[HandOver] = []
        self.failure: Exception | None = None
        self.scope = TaskScope("test")
        start = HandOverStart(node or a_key(1, name="mm bot", process="bot", client="freqtrade"), "", refusal)
        self.dialog = HandOverDialog(start, self._keep, self.scope, LAB, theme)
        qtbot.addWidget(self.dialog)
        self.dialog.show()

    async def _keep(self, way: HandOver) -> None:
        if self.failure is not None:
            raise self.failure
        self.kept.append(way)

    @property
    def line(self) -> str:
        return child(self.dialog, QPlainTextEdit, "line").toPlainText()

    @property
    def primary(self) -> QPushButton:
        return child(self.dialog, QPushButton, "primary")

    def choose(self, form: str) -> None:
        child(self.dialog, QRadioButton, f"form-{form}").setChecked(True)


@pytest.fixture
def scene(theme: Theme, qtbot: QtBot) -> Iterator[Scene]:
    scene = Scene(theme, qtbot)
    yield scene
    scene.dialog.reject()


def test_the_safest_form_stands_first_and_is_proposed(scene: Scene) -> None:
    """Each form has its reason; without a kept way the pipe is chosen."""
    radios = scene.dialog.findChildren(QRadioButton)

    assert [radio.objectName() for radio in radios] == ["form-pipe", "form-file", "form-variables"]
    assert all(radio.accessibleDescription() for radio in radios)
    assert scene.line == "kraken-desk run --environment lab --pipe 'mm bot' -- COMMAND"


def test_variables_are_named_as_the_client_reads_them(scene: Scene) -> None:
    """The declared client is proposed; its names are shown, and the command goes into the line."""
    scene.choose("variables")
    child(scene.dialog, QLineEdit, "command").setText("freqtrade trade")

    hint = child(scene.dialog, QLabel, "client_message").text()

    assert child(scene.dialog, QComboBox, "client").currentText() == "freqtrade"
    assert "FREQTRADE__EXCHANGE__KEY" in hint
    assert scene.line == "kraken-desk run --environment lab --preset freqtrade 'mm bot' -- freqtrade trade"


def test_names_of_ones_own_must_be_names(scene: Scene) -> None:
    """A bad name is answered beside it and gives no line."""
    scene.choose("variables")
    child(scene.dialog, QComboBox, "client").setCurrentText("names of my own")
    child(scene.dialog, QLineEdit, "key_name").setText("1A")
    child(scene.dialog, QLineEdit, "secret_name").setText("B")
    bad = (scene.line, scene.primary.isEnabled(), child(scene.dialog, QLabel, "secret_name_message").text())

    child(scene.dialog, QLineEdit, "key_name").setText("A")

    assert bad[:2] == ("", False)
    assert bad[2].startswith("Not a variable's name.")
    assert "--env-key A --env-secret B" in scene.line


def test_a_token_is_offered_for_spot_only(scene: Scene, theme: Theme, qtbot: QtBot) -> None:
    """It stands in for the secret; Futures has none."""
    child(scene.dialog, QCheckBox, "ws-token").setChecked(True)
    futures = Scene(theme, qtbot, a_key(2, process="bot", venue=Venue.FUTURES))

    assert "--ws-token" in scene.line
    assert not child(futures.dialog, QCheckBox, "ws-token").isVisible()
    futures.dialog.reject()


def test_the_line_is_copied_without_the_secret(scene: Scene) -> None:
    """What goes to the clipboard is the line, and the button says that it did."""
    button = child(scene.dialog, QPushButton, "copy-line")

    button.click()

    assert QGuiApplication.clipboard().text() == scene.line
    assert CANARY not in scene.line
    assert button.text() == "Copied"


async def test_the_way_is_kept_with_the_key(scene: Scene) -> None:
    """The primary act writes it down and closes."""
    scene.choose("file")
    child(scene.dialog, QCheckBox, "mask").setChecked(True)

    scene.primary.click()
    await wait_until(lambda: not scene.dialog.isVisible())

    assert scene.kept == [HandOver(HandOverForm.FILE, mask=True)]


async def test_a_way_that_cannot_be_kept_loses_nothing(scene: Scene) -> None:
    """The dialog stays with what was chosen and says why."""
    scene.failure = StoreBusyError("The store is busy", "Another program writes.", "Try again.")
    scene.choose("file")

    scene.primary.click()
    await wait_until(scene.dialog.problem.isVisible)

    assert scene.dialog.isVisible()
    assert "--file" in scene.line


def test_the_kept_way_is_shown_again(theme: Theme, qtbot: QtBot) -> None:
    """An unchanged way needs no keeping."""
    way = HandOver(HandOverForm.VARIABLES, names=VariableNames("A", "B"), mask=True)
    scene = Scene(theme, qtbot, a_key(1, name="mm", process="bot", hand_over=way))

    assert scene.dialog.way == way
    assert not scene.primary.isEnabled()
    scene.dialog.reject()


def test_a_key_that_would_fail_is_not_handed_over(theme: Theme, qtbot: QtBot) -> None:
    """The reason stands in place of the line."""
    scene = Scene(theme, qtbot, refusal=REFUSAL)
    words = [label.text() for label in scene.dialog.findChildren(QLabel) if label.isVisible()]

    assert "The key is lost for this client" in words
    assert not child(scene.dialog, QPlainTextEdit, "line").isVisible()
    assert not scene.primary.isEnabled()
    scene.dialog.reject()
