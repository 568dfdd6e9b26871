"""ReviewPage and ResultPage: the last look before a transfer is sent, and how it ended."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from kraken_desk.domain.accounts import Account
from kraken_desk.domain.badges import Badge
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.money import Amount
from kraken_desk.domain.transfers import TransferPlan, TransferRecord, TransferState
from kraken_desk.ui.dialogs.consent_card import ConsentCard
from kraken_desk.ui.dialogs.rows import Rows, fact
from kraken_desk.ui.dialogs.transfer_preview import PlanPreview
from kraken_desk.ui.models.clock_text import exact_time
from kraken_desk.ui.models.journal_rows import STATES
from kraken_desk.ui.plain import breakable
from kraken_desk.ui.theme import Theme, Tone, metrics, set_property, set_role
from kraken_desk.ui.widgets.pill import ENVIRONMENT_TONES, Pill, environment_sentence
from kraken_desk.ui.widgets.problem_card import ProblemCard


def amount_of(plan: TransferPlan) -> str:
    return str(Amount(plan.request.quantity, plan.request.asset))


def sentence_of(plan: TransferPlan, source: Account, destination: Account) -> str:
    """Repeat the whole transfer in words, both ends with what they are."""
    ends = f"from {source.label} ({source.kind}) to {destination.label} ({destination.kind})"
    return f"Send {amount_of(plan)} {ends}"


class ReviewPage(QWidget):
    """What will be sent, where, and signed by whom."""

    def __init__(self, environment: Environment, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._environment = _Strip(environment_sentence(environment), ENVIRONMENT_TONES[environment.kind])
        self._source = fact("review_source")
        self._destination = fact("review_destination")
        rows = Rows()
        rows.add("From", self._source)
        rows.add("To", self._destination)
        self._preview = PlanPreview(theme)
        once = fact(
            "review_once", "Written to the journal, then sent once. The program never repeats it.", "hint"
        )
        self.consent = ConsentCard()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(metrics.GAP + 4)
        for widget in (self._environment, rows, self._preview, self.consent, once):
            layout.addWidget(widget)

    def show_plan(
        self, plan: TransferPlan, source: Account, destination: Account, key: tuple[tuple[Badge, ...], str]
    ) -> None:
        """Show a plan; `key` is the signing key's badges, and what it can do."""
        route = plan.request.route
        self._source.setText(_end_text(source, plan.order.source_id, route.source_wallet))
        self._destination.setText(_end_text(destination, plan.order.destination_id, route.destination_wallet))
        self._preview.show_plan(plan, *key)


class ResultPage(QWidget):
    """How a transfer ended; for an unknown end, what that means and what not to do."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = Pill("", Tone.MUTED)
        self._state.setObjectName("result_state")
        self._meaning = fact("result_meaning")
        self._problem = ProblemCard(theme)
        self._problem.setObjectName("result_problem")
        self._transfer_id = fact("result_id", role="mono")
        self._changed = fact("result_time")
        rows = Rows()
        self._id_label = rows.add("Kraken's id", self._transfer_id)
        rows.add("Recorded", self._changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(metrics.GAP + 4)
        layout.addWidget(self._state, 0, Qt.AlignmentFlag.AlignLeft)
        for widget in (self._meaning, self._problem, rows):
            layout.addWidget(widget)

    def show_record(self, record: TransferRecord) -> None:
        words = STATES[record.state]
        self._state.say(words.text, words.tone)
        self._meaning.setText(breakable(meaning_of(record)))
        if record.problem is not None:
            self._problem.show_problem(record.problem, words.tone)
        else:
            self._problem.clear()
        self._transfer_id.setText(record.transfer_id or "Kraken gave none")
        for widget in (self._id_label, self._transfer_id):
            widget.setVisible(record.state is TransferState.CONFIRMED or bool(record.transfer_id))
        self._changed.setText(exact_time(record.changed_at))


def meaning_of(record: TransferRecord) -> str:
    """Say what the state means for the money and what to do next."""
    amount = Amount(record.request.quantity, record.request.asset)
    ends = f"from {record.source_label} to {record.destination_label}"
    if record.state is TransferState.CONFIRMED:
        note = f" {record.note}." if record.note else ""
        return f"{amount} moved {ends}. Kraken confirmed it.{note}"
    if record.state is TransferState.UNKNOWN:
        return (
            f"{amount} {ends} may or may not have executed. The program does not send it again, and this"
            " route is blocked until the transfer is settled in the journal. Do not repeat it at Kraken"
            " before that."
        )
    if record.state is TransferState.REJECTED:
        return f"Nothing moved. {amount} {ends} was refused; it can be planned again."
    return STATES[record.state].meaning


def _end_text(account: Account, venue_id: str, wallet: str) -> str:
    return f"{breakable(account.label)}, {account.kind}, {wallet} wallet\n{venue_id}"


class _Strip(QFrame):
    """One sentence on a toned ground."""

    def __init__(self, text: str, tone: Tone) -> None:
        super().__init__()
        set_role(self, "card")
        set_property(self, "tone", tone.value)
        label = QLabel(text)
        label.setObjectName("environment_sentence")
        label.setWordWrap(True)
        set_role(label, "strong")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(metrics.PADDING - 4, metrics.GAP, metrics.PADDING - 4, metrics.GAP)
        layout.addWidget(label)
