"""Rows of the history as tests need them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from coldbyte.core.history.query import HistoryRow

ROW = HistoryRow(
    id=0,
    started_at=1_795_435_200.0,
    title="What does article 6 say?",
    name="",
    note="",
    pinned=False,
    origin="sent",
    source="",
    project="",
    conversation="one",
    model="claude-sonnet-4-5",
    scope="key",
    effect="hit",
    cause="",
    failure="",
    usage=None,
    price=None,
    lost=None,
    first_event_s=0.4,
    duration_s=1.0,
    wire_bytes=1000,
)


def row(id_: int, **fields: Any) -> HistoryRow:
    """A row with some fields of its own."""
    return replace(ROW, id=id_, **fields)
