"""Which parts of two drafts stand for each other, where their keys have nothing to do with each other."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

from coldbyte.core.draft import Document, Draft, P, Part


def with_keys_of(sent: Draft, draft: Draft) -> Draft:
    """A draft that was read from a body, with the keys of those parts of another that stand for its own.

    Of each kind first come parts that say the same, then documents of the same title, then the others in
    their order. A part without a counterpart keeps its key, or gets another one if that is taken.
    """
    taken = set(draft.parts)
    return replace(
        sent,
        tools=_named(sent.tools, draft.tools, taken),
        system=_named(sent.system, draft.system, taken),
        documents=_named(sent.documents, draft.documents, taken),
        turns=_named(sent.turns, draft.turns, taken),
        questions=_named(sent.questions, (), taken),
    )


def _named(sent: tuple[P, ...], own: tuple[P, ...], taken: set[str]) -> tuple[P, ...]:
    keys: dict[str, str] = {}
    for likeness in (_content, _title, lambda _: True):
        _pair([part for part in sent if part.key not in keys], own, likeness, keys)
    for part in sent:
        if part.key not in keys:
            number, key = 1, part.key
            while key in taken:
                number, key = number + 1, f"{part.key}-{number}"
            taken.add(key)
            keys[part.key] = key
    return tuple(replace(part, key=keys[part.key]) for part in sent)


def _pair(
    sent: Sequence[Part], own: Sequence[Part], likeness: Callable[[Part], Hashable], keys: dict[str, str]
) -> None:
    """Add the keys of parts that are alike; of several the first ones, and each once."""
    given = set(keys.values())
    left: dict[Hashable, deque[str]] = defaultdict(deque)
    for part in own:
        if part.key not in given:
            left[likeness(part)].append(part.key)
    for part in sent:
        wanted = likeness(part)
        if wanted is not None and left[wanted]:
            keys[part.key] = left[wanted].popleft()


def _content(part: Part) -> Hashable:
    data = part.media.data if isinstance(part, Document) and part.media is not None else b""
    return part.text.digest, data


def _title(part: Part) -> Hashable:
    return part.title or None if isinstance(part, Document) else None
