"""ErrorDialog: the window's one presenter of errors that no field and no pane has shown."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.services.keys import problem_of
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.theme import Theme, Tone
from kraken_desk.ui.widgets.problem_card import ProblemCard


class ErrorDialog(DialogFrame):
    """Says what happened, what it means, Kraken's own words and the next step; the text can be copied."""

    def __init__(
        self, error: KrakenDeskError, environment: Environment, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(error.title, "", environment, theme, parent)
        self.setObjectName("error_dialog")
        card = ProblemCard(theme)
        card.setObjectName("error_card")
        card.show_problem(problem_of(error), Tone.DANGER, titled=False)
        self.add_page("error").addWidget(card)
        self.cancel_button.hide()
        self.set_primary("Close")
        self.primary_button.setFocus()
