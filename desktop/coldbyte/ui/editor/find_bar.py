"""The bar for finding and replacing, in the pane of its editor."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QToolButton, QWidget

from coldbyte.core.text.escape import needs_escapes
from coldbyte.core.text.search import Query
from coldbyte.ui.editor.find_field import FindField
from coldbyte.ui.elided_label import ElidedLabel
from coldbyte.ui.tool_button import tool_button

_LONGEST = 200  # characters of a selection that are taken for what is searched for
_NARROW = 40  # characters across below which the options get a row of their own


class FindBar(QFrame):
    """Says what is searched for and what shall happen; shows what was found."""

    query_changed = Signal(object)  # Query
    next_requested = Signal()
    previous_requested = Signal()
    replace_requested = Signal(str)
    replace_all_requested = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("find_bar")
        self._replaced = 0  # hits, since something else was searched for
        self._find_field = FindField("find_field", self.tr("Find"), self)
        self._replace_field = FindField("replace_field", self.tr("Replace with"), self)
        self._case_button = self._option("case_button", "Aa", self.tr("Match case"), "Alt+C")
        self._word_button = self._option("word_button", "ab", self.tr("Whole words"), "Alt+W")
        font = self._word_button.font()
        font.setUnderline(True)
        self._word_button.setFont(font)
        expression = self.tr("Regular expression; in Replace \\1 is the first group")
        self._regex_button = self._option("regex_button", ".*", expression, "Alt+X")
        escapes = self.tr("Escapes such as \\u00a0, \\r\\n and \\t, for what can't be seen")
        self._escapes_button = self._option("escapes_button", "\\n", escapes, "Alt+E")
        self._previous_button = self._button("previous_button", "↑", self.tr("Previous hit"), "Shift+F3")
        self._next_button = self._button("next_button", "↓", self.tr("Next hit"), "F3")
        self._more_button = self._button("more_button", "⇄", self.tr("Replace"), "Ctrl+H")
        self._more_button.setCheckable(True)
        self._close_button = self._button("close_button", "✕", self.tr("Close"), "Esc")
        self._replace_button = self._small("replace_button", self.tr("Replace"))
        self._all_button = self._small("replace_all_button", self.tr("Replace all"))
        self._trouble_label = ElidedLabel(self)
        self._trouble_label.setObjectName("trouble_label")
        self._trouble_label.setProperty("role", "trouble")
        self._lay_out()
        self._join()
        self._fit()
        self._show_more(False)
        self._trouble_label.hide()

    @property
    def query(self) -> Query:
        """What is searched for."""
        return Query(
            self._find_field.text(),
            self._case_button.isChecked(),
            self._word_button.isChecked(),
            self._regex_button.isChecked(),
            self._escapes_button.isChecked(),
        )

    @property
    def replacement(self) -> str:
        """What hits become, as it is written."""
        return self._replace_field.text()

    @property
    def count_text(self) -> str:
        """The words about the hits."""
        return self._find_field.note

    @property
    def trouble_text(self) -> str:
        """Why nothing can be found."""
        return self._trouble_label.text()

    def open(self, selected: str, *, replacing: bool) -> None:
        """Take the keyboard; a short selection is what is searched for."""
        self.show()
        if replacing:
            self._more_button.setChecked(True)
        if selected and len(selected) <= _LONGEST and ("\n" not in selected.strip("\r\n")):
            if needs_escapes(selected):
                self._regex_button.setChecked(False)
            if not self._regex_button.isChecked():
                self._find_field.put(selected)
        self._find_field.selectAll()
        self._find_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._say_query()

    def show_query(self, query: Query) -> None:
        """Search for what was searched for elsewhere."""
        for button, checked in (
            (self._case_button, query.case),
            (self._word_button, query.whole_words),
            (self._regex_button, query.regex),
            (self._escapes_button, query.escapes),
        ):
            button.blockSignals(True)
            button.setChecked(checked)
            button.blockSignals(False)
        self._read_escapes()
        self._find_field.setText(query.words)

    def show_found(self, number: int | None, count: int, *, complete: bool, more: bool) -> None:
        """Say which hit is selected, counted from 0, of how many: so far, or of more than are kept."""
        if not self._find_field.text() or (self.trouble_text and not count):
            say = ""
        elif not count and complete and self._replaced:
            say = self.tr("{count} replaced").format(count=f"{self._replaced:,}")
        elif not count:
            say = self.tr("No hits") if complete else self.tr("Searching …")
        else:
            total = f"{count:,}" + ("+" if more or not complete else "")
            place = f"{number + 1:,}" if number is not None else "–"
            say = self.tr("{number} of {total}").format(number=place, total=total)
        self._find_field.set_note(say)

    def show_replaced(self, count: int) -> None:
        """Say how many hits became something else, as long as there are no others."""
        self._replaced += count

    def show_trouble(self, trouble: str) -> None:
        """Say why nothing can be found; empty where it can."""
        self._trouble_label.show_text(f"⚠ {trouble}" if trouble else "")
        self._trouble_label.setVisible(bool(trouble))

    def set_writable(self, writable: bool) -> None:
        """Whether the text may be changed."""
        self._replace_button.setEnabled(writable)
        self._all_button.setEnabled(writable)

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the bar from being commands of the window."""
        own = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if event.key() in own and not control:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, Shift+Enter back; in the field for the replacement it replaces. Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                super().keyPressEvent(event)
                return
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.previous_requested.emit()
            elif self._replace_field.hasFocus():
                self._replace_button.click()
            else:
                self.next_requested.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the options a row of their own where there is little room."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        """Make the signs as narrow as they can be."""
        for button in self.findChildren(QToolButton):
            metrics = button.fontMetrics()
            button.setFixedWidth(max(metrics.horizontalAdvance(button.text()), metrics.height()) + 14)

    def _option(self, name: str, sign: str, words: str, keys: str) -> QToolButton:
        button = self._button(name, sign, words, keys)
        button.setCheckable(True)
        shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(button.toggle)
        return button

    def _button(self, name: str, sign: str, words: str, keys: str) -> QToolButton:
        button = tool_button(self, name, sign, words)
        button.setToolTip(self.tr("{words} ({keys})").format(words=words, keys=keys))
        return button

    def _small(self, name: str, words: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(name)
        button.setProperty("role", "small")
        button.setAutoDefault(False)
        return button

    def _join(self) -> None:
        self._find_field.written.connect(self._say_query)
        for field in (self._find_field, self._replace_field):
            field.escapes_needed.connect(self._need_escapes)
        for button in (self._case_button, self._word_button, self._regex_button, self._escapes_button):
            button.toggled.connect(self._say_query)
        self._previous_button.clicked.connect(self.previous_requested)
        self._next_button.clicked.connect(self.next_requested)
        self._close_button.clicked.connect(self.closed)
        self._more_button.toggled.connect(self._show_more)
        self._replace_button.clicked.connect(lambda: self.replace_requested.emit(self.replacement))
        self._all_button.clicked.connect(lambda: self.replace_all_requested.emit(self.replacement))

    def _say_query(self) -> None:
        self._replaced = 0
        self._read_escapes()
        self.query_changed.emit(self.query)

    def _need_escapes(self) -> None:
        """The regular expressions of Python read escapes by themselves."""
        if not self._regex_button.isChecked():
            self._escapes_button.setChecked(True)

    def _read_escapes(self) -> None:
        self._escapes_button.setEnabled(not self._regex_button.isChecked())
        reads = self._regex_button.isChecked() or self._escapes_button.isChecked()
        self._find_field.reads_escapes = self._replace_field.reads_escapes = reads

    def _show_more(self, more: bool) -> None:
        for widget in (self._replace_field, self._replace_button, self._all_button):
            widget.setVisible(more)

    def _lay_out(self) -> None:
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(6, 4, 6, 4)
        self._grid.setSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self._options = QHBoxLayout()
        self._options.setSpacing(1)
        for button in (self._case_button, self._word_button, self._regex_button, self._escapes_button):
            self._options.addWidget(button)
        steps = QHBoxLayout()
        steps.setSpacing(1)
        for each in (self._previous_button, self._next_button, self._more_button, self._close_button):
            steps.addWidget(each)
        self._replacing = QHBoxLayout()
        self._replacing.setSpacing(4)
        self._replacing.addWidget(self._replace_field, 1)
        self._replacing.addWidget(self._replace_button)
        self._replacing.addWidget(self._all_button)
        self._grid.addWidget(self._find_field, 0, 0)
        self._grid.addLayout(steps, 0, 3)
        self._grid.addLayout(self._replacing, 2, 0, 1, 4)
        self._grid.addWidget(self._trouble_label, 3, 0, 1, 4)
        self._is_narrow: bool | None = None
        self._arrange()

    def _arrange(self) -> None:
        narrow = self.width() < _NARROW * self.fontMetrics().horizontalAdvance("0")
        if narrow == self._is_narrow:
            return
        self._is_narrow = narrow
        self._grid.removeItem(self._options)
        if narrow:
            self._grid.addLayout(self._options, 1, 0, 1, 4, Qt.AlignmentFlag.AlignLeft)
        else:
            self._grid.addLayout(self._options, 0, 1)
