"""StatusBar: connection, keychain, lockout, running work with cancel, age of the figures."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from kraken_desk.domain.values import replace
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.connections import Connections
from kraken_desk.ui.delegates.shapes import Shape
from kraken_desk.ui.plain import plain_tip
from kraken_desk.ui.theme import Theme, Tone, metrics, set_property, set_role
from kraken_desk.ui.views.status_words import (
    KEYCHAIN_NOT_ASKED,
    NO_FIGURES,
    NOT_CONNECTED,
    Words,
    connection_words,
    feeds_words,
    figures_words,
    keychain_words,
    lockout_words,
    rate_words,
)
from kraken_desk.ui.widgets.elided_label import ElidedLabel
from kraken_desk.ui.widgets.sign import Sign
from kraken_desk.ui.work_words import SENDING_GROUP, Work, describe_work

TICK_MS = 1_000
_SIGNS = {Tone.OK: Shape.CIRCLE, Tone.DANGER: Shape.DIAMOND}


class StatusBar(QFrame):
    """One line that always tells the truth about the desk itself."""

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._connections = Connections()
        self._progress: dict[str, tuple[int, int]] = {}
        self._work: Work | None = None
        self._closing: Work | None = None
        self.setObjectName("status-bar")
        self.setProperty("role", "status-bar")
        self.setFixedHeight(metrics.STATUS)
        self._environment = _label("status-environment")
        self._connection, self._keychain = _label("status-connection"), _label("status-keychain")
        self._lockout, self._figures = (
            _label("status-lockout", whole=True),
            _label("status-figures", whole=True),
        )
        self._feeds, self._rate = _label("status-feeds"), _label("status-rate")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(metrics.PADDING, 0, metrics.PADDING, 0)
        layout.setSpacing(18)
        self._theme = theme
        self._sign = Sign(theme, Shape.HOLLOW_CIRCLE, Tone.MUTED, side=7)
        connection = QHBoxLayout()
        connection.setSpacing(5)
        connection.addWidget(self._sign)
        connection.addWidget(self._connection)
        layout.addLayout(connection)
        for label in (self._feeds, self._environment, self._keychain, self._rate, self._lockout):
            layout.addWidget(label)
        layout.addStretch()
        self._add_work(layout)
        layout.addWidget(self._figures)
        _say(self._environment, Words(f"Environment: {bridge.environment.name}"))
        self._say_nothing_known()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.refresh)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(metrics.SPINNER_DELAY_MS)
        self._delay.timeout.connect(self._show_work)

    def open(self) -> None:
        self._connections.listen(self.refresh, self._bridge.status_changed, self._bridge.balances_changed)
        self._connections.listen(self._on_work_changed, self._bridge.work_changed)
        self._connections.listen(self._on_progress_changed, self._bridge.progress_changed)
        self.refresh()
        self._on_work_changed()
        self._timer.start()

    def close_down(self) -> None:
        """Stop listening, stop timers."""
        self._timer.stop()
        self._delay.stop()
        self._connections.close()

    def say_closing(self) -> None:
        """Say what a closing window still waits for: a transfer on its way is never cut off."""
        sending = SENDING_GROUP in self._bridge.work
        text = "Closing when Kraken has answered the transfer" if sending else "Closing"
        self._closing = Work(SENDING_GROUP if sending else "", text, cancellable=False)
        self._on_work_changed()

    def refresh(self) -> None:
        """Say everything anew; ages and the countdown grow by the second."""
        now, status = self._bridge.now(), self._bridge.status
        _say_if(self._feeds, feeds_words(status))
        _say_if(self._rate, rate_words(status))
        words = connection_words(status, now)
        self._sign.say(_SIGNS.get(words.tone, Shape.HOLLOW_CIRCLE), words.tone)
        _say(self._connection, replace(words, tone=Tone.MUTED) if words.tone is Tone.OK else words)
        _say(self._keychain, keychain_words(status))
        _say_if(self._lockout, lockout_words(status, now))
        _say(self._figures, figures_words(self._bridge.balances, now))

    def _say_nothing_known(self) -> None:
        """Say what `refresh` says of a desk that has done nothing yet."""
        for absent in (self._feeds, self._rate, self._lockout):
            _say_if(absent, None)
        _say(self._connection, NOT_CONNECTED)
        _say(self._keychain, KEYCHAIN_NOT_ASKED)
        _say(self._figures, NO_FIGURES)

    def _add_work(self, layout: QHBoxLayout) -> None:
        self._work_text = _label("status-work", whole=True)
        self._bar = QProgressBar()
        self._bar.setObjectName("status-progress")
        self._bar.setAccessibleName("Progress")
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(96)
        self._cancel = QPushButton("Cancel")
        self._cancel.setObjectName("status-cancel")
        set_role(self._cancel, "link")
        self._cancel.clicked.connect(self._on_cancel_clicked)
        for widget in (self._work_text, self._bar, self._cancel):
            layout.addWidget(widget)
            widget.hide()

    def _on_work_changed(self) -> None:
        """Show work after a moment, so that what ends in a blink does not flicker."""
        groups = self._bridge.work
        self._progress = {group: at for group, at in self._progress.items() if group in groups}
        self._work = self._closing or describe_work(groups, self._progress)
        if self._work is None:
            self._delay.stop()
            self._show_work()
        elif self._work_text.isHidden() and not self._delay.isActive():
            self._delay.start()
        elif not self._work_text.isHidden():
            self._show_work()

    def _on_progress_changed(self, group: str, done: int, of: int) -> None:
        self._progress[group] = (done, of)
        self._on_work_changed()

    def _show_work(self) -> None:
        work = self._work
        self._work_text.setVisible(work is not None)
        self._bar.setVisible(work is not None and self._bar_says_something(work.group))
        self._cancel.setVisible(work is not None and work.cancellable)
        if work is None:
            return
        self._work_text.setText(work.text)
        self._cancel.setAccessibleName(f"Cancel: {work.text}")
        done, of = self._progress.get(work.group, (0, 0))
        self._bar.setRange(0, of)
        self._bar.setValue(done)

    def _bar_says_something(self, group: str) -> bool:
        """Say whether the bar may be seen: with reduced motion none that only runs to and fro."""
        return not self._theme.reduced_motion or self._progress.get(group, (0, 0))[1] > 0

    def _on_cancel_clicked(self) -> None:
        if self._work is not None:
            self._bridge.cancel(self._work.group)


def _label(name: str, *, whole: bool = False) -> QLabel:
    """Make a label that gives way in a narrow window, unless it must be read as a whole."""
    label = ElidedLabel()
    label.setObjectName(name)
    policy = QSizePolicy.Policy.Fixed if whole else QSizePolicy.Policy.Maximum
    label.setSizePolicy(policy, QSizePolicy.Policy.Preferred)
    return label


def _say_if(label: QLabel, words: Words | None) -> None:
    """Say it, or hide the label where there is nothing to say."""
    label.setVisible(words is not None)
    if words is not None:
        _say(label, words)


def _say(label: QLabel, words: Words) -> None:
    label.setText(words.text)
    label.setToolTip(plain_tip(f"{words.text}\n{words.tip}".strip()))
    set_property(label, "tone", words.tone.value)
