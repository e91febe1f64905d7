"""The one style sheet of the application: a template with the names of roles and type sizes."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

from coldbyte.ui.role import Role

_SIZES = {
    "size_large": 1.75,
    "size_headline": 1.4,
    "size_figure": 1.2,
    "size_heading": 1.08,
    "size_small": 0.92,
}


def style_sheet(colours: Mapping[Role, str], point_size: float, *, arrows: bool) -> str:
    """Fill in the colours and the type sizes, which are multiples of the application's font in points.

    `arrows` says that the search path `icons` is set, from which a style sheet can take its pictures.
    """
    sizes = {name: f"{factor * point_size:.1f}pt" for name, factor in _SIZES.items()}
    words = {str(role): colour for role, colour in colours.items()} | sizes
    return _TEMPLATE.substitute(words) + (_ARROWS if arrows else "")


_TEMPLATE = Template("""
/* windows and panes */
QMainWindow, QDialog { background: $window; }
QWidget[role="surface"] { background: $surface; border: 1px solid $border; border-radius: 6px; }
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: $border; border-radius: 3px; }
QScrollArea, QWidget#qt_scrollarea_viewport, QWidget#scroll_content,
QLabel#evidence_label { background: transparent; border: none; }

/* words */
QLabel { background: transparent; }
QLabel[role="headline"] { color: $text; font-size: $size_headline; font-weight: 700; }
QLabel[role="figure"] { color: $text; font-size: $size_figure; font-weight: 600; }
QLabel[role="large-figure"] { color: $text; font-size: $size_large; font-weight: 600; }
QLabel[role="heading"] { color: $text; font-size: $size_heading; font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="caption"] { color: $muted; font-size: $size_small; }
QLabel[role="placeholder"] { color: $muted; font-size: $size_heading; padding: 16px; }
QLabel[role="badge"] { color: $text; font-weight: 700; }
QLabel[role="entry-place"] { color: $text; font-weight: 600; }
QLabel[role="fact"] { color: $text; font-weight: 600; }
QLabel[role="ttl"] { color: $muted; border: 1px solid $border; border-radius: 6px; padding: 0 6px;
    font-size: $size_small; }
QLabel[role="advice"] { color: $text; background: $warning_soft; border: 1px solid $warning;
    border-left: 4px solid $warning; border-radius: 6px; padding: 6px 10px; }
QLabel[role="loss"] { color: $cold; background: $cold_soft; border: 1px solid $cold; border-radius: 6px;
    padding: 1px 8px; font-weight: 700; }

/* the state of the prefix, and what came of an exchange */
QFrame#verdict_frame { background: $raised; border: 1px solid $border; border-left: 4px solid $muted;
    border-radius: 6px; }
QFrame#verdict_frame[effect="hit"] { border-left-color: $warm_text; }
QFrame#verdict_frame[effect="partial"], QFrame#verdict_frame[effect="miss"] { border-left-color: $cold; }
QFrame#verdict_frame[effect="failed"] { border-left-color: $warning; }
QFrame#verdict_frame[effect="hit"] > QLabel[role="badge"] { color: $warm_text; }
QFrame#verdict_frame[effect="partial"] > QLabel[role="badge"],
QFrame#verdict_frame[effect="miss"] > QLabel[role="badge"] { color: $cold; }
QFrame#verdict_frame[effect="failed"] > QLabel[role="badge"] { color: $warning; }
QFrame#palette { background: $raised; border: 1px solid $focus; border-radius: 8px; }
QFrame#entry { background: $raised; border: 1px solid $border; border-left: 4px solid $warm;
    border-radius: 6px; }
QFrame#entry[state="read"] { border-left-color: $warm_text; }
QFrame#entry[state="coming"] { border-left-color: $write_line; }
QFrame#entry[state="ended"] { background: $surface; border-left-color: $border; }
QFrame#entry:focus { border-color: $focus; }
QFrame#entry[state="ended"] > QLabel[role="entry-place"] { color: $muted; font-weight: 400; }
QFrame#entry[state="read"] > QLabel#read_label { color: $warm_text; font-weight: 600; }
QFrame#advice_card { background: $raised; border: 1px solid $border; border-left: 4px solid $accent;
    border-radius: 6px; }
QFrame#advice_card[tone="plain"] { border-left-color: $muted; }
QFrame[role="notice-info"] { background: $raised; border: 1px solid $border; border-left: 4px solid $accent;
    border-radius: 6px; }
QFrame[role="notice-trouble"] { background: $warning_soft; border: 1px solid $warning;
    border-left: 4px solid $warning; border-radius: 6px; }
QFrame[role="notice-trouble"] > QLabel { color: $text; }

/* buttons */
QPushButton { background: $raised; color: $text; border: 1px solid $border; border-radius: 6px;
    padding: 5px 13px; min-height: 18px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:focus { border: 2px solid $focus; padding: 4px 12px; }
QPushButton:disabled { background: $surface; color: $disabled; }
QPushButton[role="small"] { padding: 2px 9px; min-height: 16px; font-size: $size_small; }
QPushButton[role="small"]:focus { border: 2px solid $focus; padding: 1px 8px; }
QPushButton[role="primary"] { background: $accent; color: $on_accent; border: 1px solid $accent;
    font-weight: 600; }
QPushButton[role="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[role="primary"]:pressed { background: $accent; }
QPushButton[role="primary"]:focus { border: 2px solid $focus; padding: 4px 12px; }
QPushButton[role="primary"]:disabled { background: $raised; color: $disabled; border-color: $border; }
QToolButton { background: transparent; color: $text; border: 1px solid transparent; border-radius: 6px;
    padding: 3px 7px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $pressed; }
QToolButton:focus { border: 1px solid $focus; }
QToolButton:disabled { color: $disabled; }
QToolButton[role="chip"] { background: $raised; color: $text; border: 1px solid $border; border-radius: 6px;
    padding: 4px 10px; }
QToolButton[role="chip"]:hover { background: $hover; }
QToolButton[role="chip"]:checked, QToolButton[role="chip"][active="true"] { background: $pressed;
    border: 1px solid $focus; font-weight: 600; }
QToolButton[role="chip"]:focus { border: 1px solid $focus; }
QToolButton[role="segment"]:checked { background: $pressed; border-color: $border; font-weight: 600; }
QToolButton[role="title"] { color: $text; background: transparent; border: 1px solid transparent;
    border-radius: 6px; padding: 2px 6px 2px 4px; margin-left: -6px; font-size: $size_heading;
    font-weight: 600; }
QToolButton[role="title"]:hover { background: $hover; }
QToolButton[role="title"]:focus { border: 1px solid $focus; }
QLabel[role="trouble"] { color: $warning; background: $warning_soft; padding: 3px 10px; }
QToolButton[role="strip"] { color: $text; background: transparent; border: 1px solid transparent;
    border-radius: 6px; padding: 0; font-weight: 600; text-align: left; }
QToolButton[role="strip"]:hover { background: $hover; }
QToolButton[role="strip"]:focus { border: 1px solid $focus; }
QToolButton[role="status"] { color: $muted; padding: 2px 8px; font-size: $size_small; }

/* fields */
QComboBox { background: $raised; color: $text; border: 1px solid $border; border-radius: 6px;
    padding: 4px 6px 4px 10px; min-height: 18px; }
QComboBox:hover { background: $hover; }
QComboBox:focus { border: 1px solid $focus; }
QComboBox:disabled { color: $disabled; }
QComboBox QAbstractItemView { background: $raised; color: $text; border: 1px solid $border; padding: 4px;
    selection-background-color: $selection; selection-color: $on_selection; outline: none; }
QLineEdit { background: $surface; color: $text; border: 1px solid $border; border-radius: 6px;
    padding: 5px 8px; selection-background-color: $selection; selection-color: $on_selection; }
QAbstractSpinBox { background: $surface; color: $text; border: 1px solid $border; border-radius: 6px;
    padding: 5px 0; min-height: 18px; }
QAbstractSpinBox:focus { border: 1px solid $focus; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: none; }
QAbstractSpinBox QLineEdit { border: none; padding: 0; background: transparent; }
QCheckBox::indicator { width: 12px; height: 12px; border: 1px solid $muted; border-radius: 3px;
    background: $surface; }
QCheckBox::indicator:checked { background: $accent; border: 1px solid $accent; }
QCheckBox::indicator:focus { border: 2px solid $focus; }
QComboBox QLineEdit { border: none; padding: 0; background: transparent; }
QLineEdit:focus { border: 1px solid $focus; }
QLineEdit:disabled { color: $disabled; }
QPlainTextEdit, QTextEdit, QTextBrowser { background: $surface; background-clip: padding; color: $text;
    border: 1px solid transparent; border-radius: 6px; selection-background-color: $selection;
    selection-color: $on_selection; }
QTextBrowser { padding: 2px 7px; }
QPlainTextEdit:focus, QTextEdit:focus, QTextBrowser:focus { border: 1px solid $focus; }

BlockView { qproperty-invisibleColor: $invisible; qproperty-breakColor: $cold; qproperty-hitColor: $hit;
    qproperty-hitFrameColor: $hit_line; }
QFrame#find_bar { background: $raised; border: none; border-top: 1px solid $border; }
QFrame#find_bar QToolButton { padding: 2px 5px; }
QFrame#find_bar QToolButton:checked { background: $pressed; border: 1px solid $focus; font-weight: 600; }
QFrame#find_bar QLineEdit { padding: 2px 6px; }
QFrame#find_bar QLabel[role="trouble"] { color: $warning; }
QFrame#paste_bar { background: $warning_soft; border: 1px solid $warning; border-left: 4px solid $warning;
    border-radius: 6px; margin: 2px; }
QFrame#paste_bar QLabel, QFrame#paste_bar QCheckBox { color: $text; }
QFrame#paste_bar QPushButton:checked { background: $pressed; border-color: $focus; }

/* lists, tables, tabs */
QListView { background: $surface; background-clip: padding; color: $text;
    border: 1px solid transparent; border-radius: 6px; outline: none; padding: 2px; }
QListView:focus { border: 1px solid $focus; }
QListView::item { color: $text; border-radius: 4px; padding: 5px 8px; }
QListView::item:hover { background: $hover; }
QListView::item:selected { background: $selection; color: $on_selection; }
QTableView { background: $surface; color: $text; border: 1px solid $border; border-radius: 6px;
    gridline-color: $border; outline: none; selection-background-color: $selection;
    selection-color: $on_selection; }
QTableView:focus { border: 1px solid $focus; }
QTableView[role="rows"] { border: 1px solid transparent; }
QTableView[role="rows"]:focus { border: 1px solid $focus; }
QTableView[role="rows"]::item { border-radius: 4px; }
QTableView[role="rows"]::item:hover { background: $hover; }
QTableView[role="rows"]::item:selected { background: $selection; color: $on_selection; }
QTableView[role="facts"]::item { padding: 0 3px; }
QTableView[role="facts"]::item:hover { background: $hover; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section { background: $raised; color: $muted; border: none; border-bottom: 1px solid $border;
    padding: 4px 6px; }
QTabBar { background: transparent; border: none; }
QTabBar::tab { background: transparent; color: $muted; border: none; border-bottom: 2px solid transparent;
    padding: 4px 10px; margin-right: 2px; }
QTabBar::tab:hover { color: $text; background: $hover; border-top-left-radius: 6px;
    border-top-right-radius: 6px; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $focus; }
QTabBar::tab:focus { background: $hover; color: $text; }
QTabBar QToolButton { background: $surface; color: $text; padding: 0; }

/* menus and tips */
QMenuBar { background: $window; color: $text; padding: 2px 4px; }
QMenuBar::item { background: transparent; padding: 4px 9px; border-radius: 6px; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $hover; color: $text; }
QMenu { background: $raised; color: $text; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: $selection; color: $on_selection; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QMenu::indicator { margin-left: 6px; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 5px 8px; }

/* scroll bars */
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $border; border-radius: 4px; margin: 2px; }
QScrollBar::handle:hover { background: $disabled; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
""")

_ARROWS = """
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url(icons:chevron-down.svg); width: 12px; height: 12px; }
QCheckBox::indicator:checked { image: url(icons:tick.svg); }
QToolButton[popupMode="2"] { padding-right: 20px; }
QToolButton::menu-indicator { image: url(icons:chevron-down.svg); width: 12px; height: 12px;
    subcontrol-origin: padding; subcontrol-position: right center; right: 4px; }
"""
