"""The application's stylesheet, generated from tokens and fonts; one short section per kind of widget.

Widgets choose a variant by dynamic properties: `role` (what a widget is) and `tone` (what it means).
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from kraken_desk.ui.theme import metrics
from kraken_desk.ui.theme.tokens import Tokens
from kraken_desk.ui.theme.typography import Fonts

STYLESHEET_ICONS = (
    ("chevron-down", "muted"),
    ("chevron-down", "faint"),
    ("chevron-up", "muted"),
    ("check", "on_fill"),
    ("minus", "on_fill"),
    ("dot", "on_fill"),
    ("close", "muted"),
)
"""Drawings the stylesheet refers to, each with the token that colours it."""

_BASE = """
QWidget { color: $text; }
QMainWindow, QDialog { background: $bg; }
QDialog { background: $surface; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px 6px; }
QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: $accent; }
QFrame[role="line"] { background: $border; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="bar"], QFrame[role="panel"], QWidget[role="panel"] { background: $surface; border: none; }
QFrame[role="top-bar"] { background: $surface; border: none; border-bottom: 1px solid $border; }
QFrame[role="status-bar"] { background: $surface; border: none; border-top: 1px solid $border; }
QFrame[role="danger-edge"] { background: $danger; border: none; max-height: 2px; min-height: 2px; }
"""

_LABELS = """
QLabel { background: transparent; }
QLabel[role="title"] { font-size: ${title_px}px; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="head"] { font-size: ${small_px}px; font-weight: 600; color: $muted; }
QLabel[role="label"], QLabel[role="muted"] { color: $muted; }
QLabel[role="hint"], QLabel[role="faint"] { color: $faint; }
QLabel[role="small"] { font-size: ${small_px}px; color: $faint; }
QLabel[role="error"] { color: $danger; }
QLabel[role="mono"] { font-family: "$mono_family"; font-size: ${mono_px}px; }
QLabel[tone="muted"] { color: $muted; }
QLabel[tone="accent"] { color: $accent; }
QLabel[tone="ok"] { color: $ok; }
QLabel[tone="warn"] { color: $warn; }
QLabel[tone="danger"] { color: $danger; }
QLabel[tone="info"] { color: $info; }
QLabel[role="keycap"] {
    font-size: ${small_px}px; color: $faint; border: 1px solid $border; border-radius: 4px; padding: 1px 5px;
}
QLabel[role="pill"] {
    font-size: ${small_px}px; font-weight: 600; padding: 2px 7px; border-radius: ${badge}px;
    border: 1px solid $border; background: $raised; color: $muted;
}
QLabel[role="pill"][tone="accent"] { background: $accent_bg; color: $accent; border-color: $accent_bg; }
QLabel[role="pill"][tone="ok"] { background: $ok_bg; color: $ok; border-color: $ok_bg; }
QLabel[role="pill"][tone="warn"] { background: $warn_bg; color: $warn; border-color: $warn_bg; }
QLabel[role="pill"][tone="danger"] { background: $danger_bg; color: $danger; border-color: $danger; }
QLabel[role="pill"][tone="info"] { background: $info_bg; color: $info; border-color: $info_bg; }
QLabel[role="environment"] {
    font-size: ${small_px}px; font-weight: 600; padding: 4px 9px; border-radius: ${badge}px;
    border: 1px solid $accent; background: $accent_bg; color: $accent;
}
QLabel[role="environment"][tone="warn"] { border-color: $warn; background: $warn_bg; color: $warn; }
QLabel[role="environment"][tone="danger"] {
    border-color: $danger; background: transparent; color: $danger;
}
QLabel[role="environment"][tone="info"] { border-color: $info; background: $info_bg; color: $info; }
"""

_BUTTONS = """
QPushButton {
    background: $raised; color: $text; border: 1px solid $border; border-radius: ${control}px;
    padding: 0 13px; min-height: 28px; outline: none;
}
QPushButton, QToolButton, QMenu { icon-size: ${icon_px}px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $sel; }
QPushButton:disabled { color: $faint; background: $surface; }
QPushButton:focus { border: 2px solid $accent; padding: 0 12px; min-height: 26px; }
QPushButton[role="primary"] {
    background: $fill; color: $on_fill; border-color: $fill; font-weight: 600;
}
QPushButton[role="primary"]:hover { background: $fill_hover; border-color: $fill_hover; }
QPushButton[role="primary"]:focus { border-color: $text; }
QPushButton[role="primary"]:disabled { background: $raised; color: $faint; border-color: $border; }
QPushButton[role="danger"] { background: $danger_bg; color: $danger; border-color: $danger; }
QPushButton[role="danger"]:hover { border-color: $text; }
QPushButton[role="danger"]:focus { border-color: $text; }
QPushButton[role="danger"]:disabled { color: $faint; background: $surface; border-color: $border; }
QPushButton[role="link"], QPushButton[role="quiet"] {
    background: transparent; border-color: transparent; padding: 0 5px; min-height: 22px;
}
QPushButton[role="link"] { color: $accent; }
QPushButton[role="quiet"] { color: $muted; }
QPushButton[role="link"]:hover, QPushButton[role="quiet"]:hover { background: $hover; color: $text; }
QPushButton[role="link"]:focus, QPushButton[role="quiet"]:focus {
    border: 2px solid $accent; padding: 0 4px; min-height: 20px;
}
QPushButton[role="link"]:disabled, QPushButton[role="quiet"]:disabled { color: $faint; }
QPushButton[role="small"] { padding: 0 10px; min-height: 24px; }
QPushButton[role="small"]:checked { background: $accent_bg; color: $accent; border-color: $accent; }
QPushButton[role="small"]:focus { padding: 0 9px; min-height: 22px; }
QToolButton {
    background: transparent; color: $muted; border: 1px solid transparent;
    border-radius: ${control}px; padding: 4px;
}
QToolButton:hover { background: $hover; color: $text; }
QToolButton:focus { border: 2px solid $accent; padding: 3px; }
QToolButton:disabled { color: $faint; }
QToolButton::menu-indicator { image: none; }
"""

_FIELDS = """
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox {
    background: $bg; color: $text; border: 1px solid $border; border-radius: ${control}px;
    padding: 0 10px; min-height: 32px; selection-background-color: $fill; selection-color: $on_fill;
}
QLineEdit, QPlainTextEdit, QTextEdit { placeholder-text-color: $faint; }
QPlainTextEdit, QTextEdit { padding: 6px 8px; }
QLineEdit:hover, QPlainTextEdit:hover, QComboBox:hover { border-color: $handle; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QSpinBox:focus {
    border: 2px solid $accent; padding: 0 9px; min-height: 30px;
}
QPlainTextEdit:focus, QTextEdit:focus { padding: 5px 7px; }
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled, QSpinBox:disabled {
    color: $faint; background: $surface;
}
QLineEdit[readOnly="true"] { background: $surface; }
QLineEdit[invalid="true"], QPlainTextEdit[invalid="true"], QComboBox[invalid="true"] {
    border-color: $danger;
}
QLineEdit[role="search"] { min-height: 28px; padding: 0 4px; }
QLineEdit[role="search"]:focus { min-height: 26px; padding: 0 3px; }
QLineEdit > QToolButton { border: none; padding: 0; margin: 0 2px; icon-size: 16px; }
QComboBox[role="small"], QLineEdit[role="small"] { min-height: 24px; padding: 0 8px; }
QComboBox[role="small"]:focus, QLineEdit[role="small"]:focus { min-height: 22px; padding: 0 7px; }
QComboBox::drop-down { border: none; width: 28px; }
QComboBox::down-arrow { image: url($icons/chevron-down-muted-$scheme.svg); width: ${arrow_px}px;
    height: ${arrow_px}px; }
QComboBox::down-arrow:disabled { image: url($icons/chevron-down-faint-$scheme.svg); }
QComboBox QAbstractItemView {
    background: $raised; color: $text; border: 1px solid $border; padding: 4px; outline: none;
    selection-background-color: $sel; selection-color: $text;
}
QComboBox QAbstractItemView::item { min-height: 30px; padding: 0 8px; border-radius: 4px; }
QComboBox QAbstractItemView::item:selected { background: $sel; color: $text; }
QCheckBox, QRadioButton { spacing: 8px; background: transparent; min-height: 24px; outline: none; }
QCheckBox:disabled, QRadioButton:disabled { color: $faint; }
QCheckBox::indicator, QRadioButton::indicator {
    width: ${icon_px}px; height: ${icon_px}px; border: 1px solid $handle; background: $bg; border-radius: 4px;
}
QRadioButton::indicator { border-radius: ${radio_px}px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $accent; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus {
    border: 2px solid $accent; width: ${focused_px}px; height: ${focused_px}px;
}
QCheckBox::indicator:checked { background: $fill; border-color: $fill;
    image: url($icons/check-on_fill-$scheme.svg); }
QCheckBox::indicator:indeterminate { background: $fill; border-color: $fill;
    image: url($icons/minus-on_fill-$scheme.svg); }
QRadioButton::indicator:checked { background: $fill; border-color: $fill;
    image: url($icons/dot-on_fill-$scheme.svg); }
QCheckBox::indicator:checked:focus, QRadioButton::indicator:checked:focus { border-color: $text; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {
    background: $surface; border-color: $border;
}
QProgressBar {
    background: $border; border: none; border-radius: 2px; max-height: 4px; min-height: 4px;
}
QProgressBar::chunk { background: $accent; border-radius: 2px; }
"""

_VIEWS = """
QTreeView, QTableView, QListView {
    background: $bg; color: $text; border: none; outline: none;
    alternate-background-color: $bg; selection-background-color: $sel; selection-color: $text;
    gridline-color: $border;
}
QTreeView::item, QTableView::item, QListView::item { border: none; padding: 0 4px; }
QTreeView::item:hover, QTableView::item:hover, QListView::item:hover { background: $hover; }
QTreeView::item:selected, QTableView::item:selected, QListView::item:selected {
    background: $sel; color: $text;
}
QTableView[role="list"], QTreeView[role="list"], QListView[role="list"] { background: $surface; }
QListView[role="pages"] { background: transparent; }
QListView[role="pages"]::item { padding: 0 8px; border-radius: 4px; }
QHeaderView { background: $bg; border: none; }
QHeaderView::section {
    background: $bg; color: $muted; border: none; border-bottom: 1px solid $border;
    padding: 0 8px; font-size: ${small_px}px; font-weight: 600; min-height: 28px;
}
QHeaderView::section:hover { color: $text; }
QTableView[role="list"] QHeaderView, QTableView[role="list"] QHeaderView::section { background: $surface; }
QTreeView[role="list"] QHeaderView, QTreeView[role="list"] QHeaderView::section { background: $surface; }
QHeaderView::down-arrow, QHeaderView::up-arrow {
    width: 10px; height: 10px; subcontrol-origin: padding; subcontrol-position: center right; right: 4px;
}
QHeaderView::down-arrow { image: url($icons/chevron-down-muted-$scheme.svg); }
QHeaderView::up-arrow { image: url($icons/chevron-up-muted-$scheme.svg); }
QTableCornerButton::section { background: $bg; border: none; }
QAbstractScrollArea::corner { background: transparent; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget[role="page"] { background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $handle; border-radius: 3px; }
QScrollBar::handle:vertical { min-height: 28px; margin: 2px; }
QScrollBar::handle:horizontal { min-width: 28px; margin: 2px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::handle:disabled { background: transparent; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""

_TABS_AND_MENUS = """
QTabWidget::pane { border: none; border-top: 1px solid $border; top: -1px; }
QTabWidget[role="panel"]::tab-bar { left: 16px; }
QTabBar { background: transparent; border: none; qproperty-drawBase: 0; }
QTabBar::tab {
    background: transparent; color: $muted; border: none; border-bottom: 2px solid transparent;
    padding: 7px 1px 6px 1px; margin-right: 18px;
}
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; font-weight: 600; border-bottom-color: $accent; }
QTabBar:focus { outline: none; }
QTabBar::tab:selected:focus { color: $accent; background: $accent_bg; }
QTabBar::tab:disabled { color: $faint; }
QMenu { background: $raised; color: $text; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 6px 26px 6px 12px; border-radius: 4px; margin: 1px 0; }
QMenu::icon { padding-left: 8px; }
QMenu::item:selected { background: $sel; color: $text; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
"""

_CARDS = """
QFrame[role="card"] { background: $raised; border: 1px solid $border; border-radius: ${card}px; }
QFrame[role="card"][tone="danger"] { background: $danger_bg; border-color: $danger; }
QFrame[role="card"][tone="warn"] { background: $warn_bg; border-color: $warn; }
QFrame[role="card"][tone="ok"] { background: $ok_bg; border-color: $ok; }
QFrame[role="card"][tone="info"] { background: $info_bg; border-color: $info; }
QFrame[role="card"][tone="accent"] { background: $accent_bg; border-color: $accent; }
QFrame[role="dialog-head"] { background: $surface; border: none; }
"""

_SECTIONS = (_BASE, _LABELS, _BUTTONS, _FIELDS, _VIEWS, _TABS_AND_MENUS, _CARDS)


def make_stylesheet(tokens: Tokens, fonts: Fonts, icons: Path) -> str:
    """Fill the sections with colours, sizes and the folder that holds the recoloured icons."""
    values = {
        **tokens.names(),
        "scheme": tokens.scheme.value,
        "title_px": str(fonts.title.pixelSize()),
        "small_px": str(fonts.small.pixelSize()),
        "mono_px": str(fonts.mono.pixelSize()),
        "mono_family": fonts.mono.family(),
        "badge": str(metrics.RADIUS_BADGE),
        "icon_px": str(metrics.icon_for(fonts.body_px)),
        "radio_px": str(metrics.icon_for(fonts.body_px) // 2 + 1),
        "arrow_px": str(metrics.icon_for(fonts.body_px) - 4),
        "focused_px": str(metrics.icon_for(fonts.body_px) - 2),
        "control": str(metrics.RADIUS_CONTROL),
        "card": str(metrics.RADIUS_CARD),
        "icons": icons.as_posix(),
    }
    return "".join(Template(section).substitute(values) for section in _SECTIONS)
