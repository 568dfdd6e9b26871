"""AccountCombo: chooses an account; its name stands out, kind and id follow quietly."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QStylePainter,
    QWidget,
)

from kraken_desk.domain.accounts import Account, AccountId
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.transfers import TransferEnd
from kraken_desk.ui.plain import plain_tip
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.theme.metrics import GAP, ROW

_NAME = Qt.ItemDataRole.UserRole + 1
_REST = Qt.ItemDataRole.UserRole + 2
_ID = Qt.ItemDataRole.UserRole + 3


@dataclass(frozen=True, slots=True)
class EndWords:
    """How an account is written: its name, then what it is and which id it has on the venue."""

    name: str
    rest: str

    @property
    def text(self) -> str:
        return f"{self.name} {self.rest}"


def words_of(end: TransferEnd, venue: Venue) -> EndWords:
    if end.reason:
        return EndWords(end.account.label, f"{end.account.kind} · {end.reason}")
    return EndWords(end.account.label, f"{end.account.kind} · {account_id_on(end.account, venue)}")


def account_id_on(account: Account, venue: Venue) -> str:
    """Return the id Kraken knows the account by on a venue, "" when not known."""
    return (account.iiban if venue is Venue.SPOT else account.futures_uid) or ""


class AccountCombo(QComboBox):
    """Lists TransferEnds; those that cannot be used stay visible, disabled, with the reason."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setItemDelegate(_EndDelegate(theme, self))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(20)
        self.setPlaceholderText("Choose an account")

    def fill(self, ends: tuple[TransferEnd, ...], venue: Venue) -> None:
        """List `ends`, keeping the chosen account when it can still be chosen."""
        chosen = self.chosen()
        model = QStandardItemModel(self)
        for end in ends:
            words = words_of(end, venue)
            item = QStandardItem(words.text)
            item.setData(words.name, _NAME)
            item.setData(words.rest, _REST)
            item.setData(end.account.account_id, _ID)
            item.setToolTip(plain_tip(words.text))
            item.setEnabled(not end.reason)
            model.appendRow(item)
        self.setModel(model)
        self.choose(chosen)

    def chosen(self) -> AccountId | None:
        data = self.currentData(_ID)
        return AccountId(data) if isinstance(data, str) else None

    def choose(self, account_id: AccountId | None) -> None:
        """Choose an account, or none when it is not offered or cannot be used."""
        row = self.findData(account_id, _ID) if account_id is not None else -1
        usable = row >= 0 and bool(self.model().flags(self.model().index(row, 0)) & Qt.ItemFlag.ItemIsEnabled)
        self.setCurrentIndex(row if usable else -1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = ""
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        if self.currentIndex() < 0:
            painter.setPen(self._theme.tokens.faint)
            painter.drawText(field, Qt.AlignmentFlag.AlignVCenter, self.placeholderText())
            return
        words = EndWords(self.currentData(_NAME), self.currentData(_REST))
        _paint_words(painter, field, words, self._theme, faded=not self.isEnabled())


class _EndDelegate(QStyledItemDelegate):
    """Paints an end in the open list."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tokens = self._theme.tokens
        rect = option.rect
        state = option.state
        painter.save()
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.fillRect(rect, tokens.sel)
        words = EndWords(index.data(_NAME), index.data(_REST))
        usable = bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
        _paint_words(painter, rect.adjusted(GAP, 0, -GAP, 0), words, self._theme, faded=not usable)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(super().sizeHint(option, index).width(), ROW)


def _paint_words(painter: QPainter, rect: QRect, words: EndWords, theme: Theme, *, faded: bool) -> None:
    tokens, fonts = theme.tokens, theme.fonts
    painter.setFont(fonts.strong)
    painter.setPen(tokens.faint if faded else tokens.text)
    metrics = painter.fontMetrics()
    name = metrics.elidedText(words.name, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, name)
    used = metrics.horizontalAdvance(name) + GAP // 2 + 2
    painter.setFont(fonts.body)
    painter.setPen(tokens.faint if faded else tokens.muted)
    rest_rect = rect.adjusted(used, 0, 0, 0)
    rest = painter.fontMetrics().elidedText(words.rest, Qt.TextElideMode.ElideRight, rest_rect.width())
    painter.drawText(rest_rect, Qt.AlignmentFlag.AlignVCenter, rest)
