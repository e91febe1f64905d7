"""The blocks of the draft in the observed traffic, and whether a breakpoint behind each of them pays."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtWidgets import QWidget

from coldbyte.core.advice.stability import BlockUse
from coldbyte.ui.advice.advice_words import apart_words, changed_words, verdict_words
from coldbyte.ui.fact_table import Column, FactTable

translate = QCoreApplication.translate

_MOST_ROWS = 12  # in sight; the others scroll


class BlockTable(FactTable[BlockUse]):
    """As high as its rows; what a verdict rests on is its tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "block_table", translate("AdviceView", "The blocks of the draft"), _columns(), parent
        )

    def sizeHint(self) -> QSize:
        """All rows, up to a few."""
        return QSize(400, min(self.full_height(), (_MOST_ROWS + 1) * self._row_height()))

    def minimumSizeHint(self) -> QSize:
        """As high as the hint."""
        return QSize(200, self.sizeHint().height())


def _columns() -> tuple[Column[BlockUse], ...]:
    say = translate
    return (
        Column(
            say("AdviceView", "Block"),
            lambda use: use.name,
            detail=lambda use: use.where,
            words=True,
            stretches=True,
        ),
        Column(
            say("AdviceView", "Tokens"), lambda use: f"{use.tokens:,}", say("AdviceView", "Its own tokens")
        ),
        Column(
            say("AdviceView", "Seen"), lambda use: f"{use.seen:,}", say("AdviceView", "Requests that had it")
        ),
        Column(
            say("AdviceView", "Changed"),
            changed_words,
            say("AdviceView", "How often it differed where all before it was the same"),
        ),
        Column(
            say("AdviceView", "Apart"),
            apart_words,
            say("AdviceView", "Median time between two uses of the same prefix up to it"),
            spare=1,
        ),
        Column(
            say("AdviceView", "A breakpoint behind it"), verdict_words, detail=lambda use: use.say, words=True
        ),
    )
