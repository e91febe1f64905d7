"""The views beside the prompt, one shown at a time: prefix, ledger, money, advice, history."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget


class OutcomeTabs(QWidget):
    """Tabs over a stack. A view is named by its objectName."""

    view_shown = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("outcome_tabs")
        self._names: list[str] = []
        self._tab_bar = QTabBar(self)
        self._tab_bar.setObjectName("outcome_tab_bar")
        self._tab_bar.setExpanding(False)
        self._tab_bar.setDrawBase(False)
        self._tab_bar.setAccessibleName(self.tr("Views"))
        self._stack = QStackedWidget(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tab_bar)
        column.addWidget(self._stack, 1)
        self._tab_bar.currentChanged.connect(self._show)

    @property
    def shown(self) -> str:
        """The objectName of the view that is shown."""
        return self._names[self._stack.currentIndex()]

    @property
    def titles(self) -> dict[str, str]:
        """The titles of the views, by their objectNames."""
        return {name: self._tab_bar.tabText(index) for index, name in enumerate(self._names)}

    def add_view(self, view: QWidget, title: str, tip: str) -> None:
        """Add a view behind the others."""
        self._names.append(view.objectName())
        self._stack.addWidget(view)
        index = self._tab_bar.addTab(title)
        self._tab_bar.setTabToolTip(index, tip)
        if index == 0:
            self.setFocusProxy(view)

    def show_view(self, name: str) -> None:
        """Bring a view to the front."""
        self._tab_bar.setCurrentIndex(self._names.index(name))

    def _show(self, index: int) -> None:
        if index < self._stack.count():
            self._stack.setCurrentIndex(index)
            view = self._stack.widget(index)
            assert view is not None
            self.setFocusProxy(view)
            self.view_shown.emit(self._names[index])
