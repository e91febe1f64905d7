"""A clue: what a rule for text made of one place, for the sentence and the label of a finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from coldbyte.core.cause import CauseId, Confidence
from coldbyte.core.text.hunk import Hunk


@dataclass(frozen=True, slots=True)
class Clue:
    """`old` and `new` are what a sentence quotes; `about` is the name of what they stand for."""

    label: str
    old: str
    new: str
    about: str = ""
    confidence: Confidence = "high"


class Sighting(NamedTuple):
    """A hunk with its cause; a narrow one needs no clue, it speaks for itself."""

    id: CauseId
    hunk: Hunk
    clue: Clue | None = None
