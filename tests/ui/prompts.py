"""Drafts, baselines and insights for the tests of the prefix panel, made as the app makes them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from coldbyte.core.cache.cache import Entry, settle
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.forecast import Circumstances
from coldbyte.core.draft import Document, Draft, SystemBlock, Ttl
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import Insight, look_at
from coldbyte.core.text.text import Text
from coldbyte.services import resources
from coldbyte.services.sample import read_sample
from coldbyte.ui.theme import Theme, apply_theme, current_theme

CATALOGUE = read_catalogue(resources.text("catalogue.json"))
NOW = 1_795_000_000.0
SENT_AT = NOW - 60
QUESTION = "question-1"


def theme(name: str) -> Theme:
    return Theme.from_json(resources.text(f"themes/{name}.json"))


def dress(app: QApplication, name: str = "dark") -> None:
    """Apply a theme if it is not the one that the application wears."""
    wanted = theme(name)
    try:
        worn = current_theme()
    except RuntimeError:
        worn = None
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # what earlier tests left behind
    if worn != wanted:
        apply_theme(app, wanted)


def sample() -> Draft:
    return read_sample()


def system_changed(draft: Draft, old: str, new: str) -> Draft:
    """The draft with words of its first system block exchanged."""
    text = str(draft.system[0].text)
    assert old in text
    return draft.with_text(draft.system[0].key, Text.from_str(text.replace(old, new, 1)))


def with_document(draft: Draft, text: str, ttl: Ttl | None = "5m") -> Draft:
    """The draft with one more document."""
    new = Document(f"document-{len(draft.documents) + 1}", "notes.md", Text.from_str(text), ttl)
    return replace(draft, documents=(*draft.documents, new))


def with_long_system(draft: Draft, ttl: Ttl | None) -> Draft:
    """The draft with a system prompt that is long enough to be cached."""
    return replace(draft, system=(SystemBlock("system-1", Text.from_str("One more rule. " * 2_000), ttl),))


@dataclass(frozen=True)
class Sent:
    """A draft that was sent at SENT_AT, and the entries that it left."""

    exchange: Exchange
    entries: dict[bytes, Entry]

    def look(self, draft: Draft, question: str = QUESTION, now: float = NOW) -> Insight:
        """The insight into another draft, this one being the baseline."""
        return look_at(draft, question, self.exchange, CATALOGUE, Circumstances(self.entries, "test", now))


def first_look(draft: Draft, question: str = QUESTION) -> Insight:
    """The insight before anything was sent."""
    return look_at(draft, question, None, CATALOGUE, Circumstances({}, "test", NOW))


def send(draft: Draft, question: str = QUESTION) -> Sent:
    insight = look_at(draft, question, None, CATALOGUE, Circumstances({}, "test", SENT_AT))
    plan = insight.forecast.plan
    exchange = Exchange(
        1,
        "sent",
        insight.body,
        "test",
        SENT_AT,
        first_event_at=SENT_AT + 1,
        ended_at=SENT_AT + 2,
        usage=plan.usage,
    )
    return Sent(exchange, settle({}, plan, started_at=SENT_AT, available_at=SENT_AT + 1))
