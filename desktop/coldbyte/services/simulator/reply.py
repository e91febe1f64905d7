"""What the simulator says: it quotes the sentences of the prompt that fit the words of the question best."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from coldbyte.core.json.value import Json

_MOST_TEXT = 1_000_000  # characters that are searched, so that a huge prompt does not take seconds
_LONGEST_QUOTE = 400
_STEM = 6
_FULL_SENTENCE = 12  # words; shorter ones are mostly headings and weigh less
_SECOND = 0.75  # a second quote must fit so well, measured by the first

_SENTENCE_END = re.compile(r"(?<=[.!?;:。！？])[ \t]*(?:\s)|\n\s*\n")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]{3,}")
_ASKING = (
    "about and any are can could does for from has have how into its may much must need not our out should "
    "shall that the their them then they this was what when where which who whom whose why will with would "
    "you your"
)
_SAYS_NOTHING = frozenset(_ASKING.split())
_CLOSING = "*This is Coldbyte's simulator and no model: it only quotes what fits the words of the question.*"


@dataclass(frozen=True, slots=True)
class _Source:
    title: str
    text: str
    document: bool = False


@dataclass(frozen=True, slots=True)
class _Sentence:
    title: str
    text: str


def compose(fields: Mapping[str, Json]) -> str:
    """The reply to a valid request, in Markdown; equal requests get equal replies."""
    sources = list(_sources(fields))
    question = sources.pop().text if sources else ""
    documents = [source for source in sources if source.document]
    sentences = [
        _Sentence(title, text)
        for title, whole in _limited(documents or sources)
        for text in _SENTENCE_END.split(whole)
        if text and not text.isspace()
    ]
    quotes = _best(question, sentences)
    if not quotes:
        return f"Nothing else in the prompt shares its words with “{_quote(question)}”\n\n{_CLOSING}"
    said = "\n\n".join(f"> {_quote(quote.text)}\n>\n> — *{_quote(quote.title)}*" for quote in quotes)
    return f"{said}\n\n{_CLOSING}"


def question_of(fields: Mapping[str, Json]) -> str:
    """The last text of the prompt, on one line and cut where it is long."""
    last = _Source("", "")
    for last in _sources(fields):  # noqa: B007  (the last one is meant)
        pass
    return _quote(last.text[:_MOST_TEXT])


def think(fields: Mapping[str, Json]) -> str:
    """What stands in a block of thinking."""
    return f"(Simulated.) The question is: {question_of(fields)} I look for sentences that share its words."


def _sources(fields: Mapping[str, Json]) -> Iterator[_Source]:
    """Every text of the prompt in cache order; the last one is the question."""
    yield from _texts(fields.get("system"), "the system prompt")
    for message in _objects(fields.get("messages")):
        speaker = "an earlier answer" if message.get("role") == "assistant" else "an earlier message"
        yield from _texts(message.get("content"), speaker)


def _texts(content: Json, title: str, document: bool = False) -> Iterator[_Source]:
    if isinstance(content, str):
        yield _Source(title, content, document)
    for block in _objects(content):
        text = block.get("text")
        source = block.get("source")
        if isinstance(text, str):
            yield _Source(title, text, document)
        elif isinstance(source, Mapping) and block.get("type") == "document":
            named = block.get("title")
            yield from _document(source, named if isinstance(named, str) and named else "a document")


def _document(source: Mapping[str, Json], title: str) -> Iterator[_Source]:
    data = source.get("data")
    if source.get("type") == "text" and isinstance(data, str):
        yield _Source(title, data, document=True)
    elif source.get("type") == "content":
        yield from _texts(source.get("content"), title, document=True)


def _objects(value: Json) -> Iterator[Mapping[str, Json]]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, Mapping))


def _limited(sources: list[_Source]) -> Iterator[tuple[str, str]]:
    left = _MOST_TEXT
    for source in sources:
        yield source.title, source.text[:left]
        left = max(left - len(source.text), 0)


def _best(question: str, sentences: list[_Sentence]) -> list[_Sentence]:
    """At most two sentences: rare words of the question weigh more, long sentences a little less."""
    asked = frozenset(_stems(question[:_MOST_TEXT]))
    stems = [_stems(sentence.text) for sentence in sentences]
    found = [(asked.intersection(words), len(words)) for words in stems]
    frequency = {word: sum(word in words for words, _ in found) for word in asked}
    weight = {word: math.log1p(len(sentences) / count) for word, count in frequency.items() if count}
    ranked: dict[tuple[str, ...], tuple[float, int]] = {}
    for index, (words, length) in enumerate(found):
        if words:
            fullness = min(length / _FULL_SENTENCE, 1) / max(length, _FULL_SENTENCE) ** 0.3
            score = fullness * sum(weight[word] for word in sorted(words))
            ranked.setdefault(tuple(stems[index]), (-score, index))
    top = sorted(ranked.values())[:2]
    return [sentences[index] for score, index in top if score <= top[0][0] * _SECOND]


def _stems(text: str) -> list[str]:
    """The beginnings of the words that say something, without case, accents, plurals and soft hyphens."""
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text.replace("\u00ad", ""))
        text = "".join(char for char in plain if not unicodedata.combining(char))
    words = (word for word in _WORD.findall(text.casefold()) if word not in _SAYS_NOTHING)
    return [word[:-1] if len(word) == 5 and word[-1] == "s" else word[:_STEM] for word in words]


def _quote(text: str) -> str:
    """The text on one line, cut behind a word where it is long."""
    line = " ".join(text.split())
    if len(line) <= _LONGEST_QUOTE:
        return line
    return line[:_LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"
