"""What the API's cache diagnostics answered to one request, and whether our comparison agrees (facts §6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.diagnosis import DiagnosisRules, diagnose, fingerprint_of
from coldbyte.core.json.value import Json
from coldbyte.core.prefix.canonical_prefix import DOCUMENTED, prefix_of, strips_thinking
from coldbyte.core.prefix.prefix import Prefix

FIELD = "diagnostics"
"""The field of a request that asks, and that of a response that answers."""

State = Literal["absent", "null", "pending", "reason"]

_TYPE = re.compile(r"[a-z0-9_]{1,60}")
_CHANGED = ("model_changed", "system_changed", "tools_changed", "messages_changed")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`asked`: the request carried the object, in which it named `previous` (None on a first turn).

    `state`: the response had no such field, null in it, a comparison still under way, or a reason: its `type`
    and the tokens `missed`, which the API estimates from bytes.
    """

    state: State = "absent"
    type: str | None = None
    missed: int | None = None
    asked: bool = False
    previous: str | None = None

    def of_request(self, fields: Mapping[str, Json]) -> Diagnosis:
        """The same, with what the body of the request asked."""
        question = fields.get(FIELD)
        if not isinstance(question, Mapping):
            return replace(self, asked=False, previous=None)
        previous = question.get("previous_message_id")
        return replace(self, asked=True, previous=str(previous) if previous is not None else None)

    @property
    def compared(self) -> bool:
        """Whether the API says how the request differs from the one that it was asked about."""
        if not self.asked or self.previous is None:
            return False
        return self.state == "null" or (self.state == "reason" and self.type in _CHANGED)

    @property
    def changed(self) -> bool:
        """Whether it found that something changed."""
        return self.compared and self.state == "reason"


NOT_ASKED = Diagnosis()


def read_diagnosis(message: Mapping[str, object]) -> Diagnosis:
    """What a response says, whatever stands there; what can't be understood counts as absent."""
    if FIELD not in message:
        return Diagnosis()
    told = message[FIELD]
    if told is None:
        return Diagnosis("null")
    if not isinstance(told, Mapping) or "cache_miss_reason" not in told:
        return Diagnosis()
    reason = told["cache_miss_reason"]
    if reason is None:
        return Diagnosis("pending")
    kind = reason.get("type") if isinstance(reason, Mapping) else None
    if not isinstance(kind, str) or not _TYPE.fullmatch(kind):
        return Diagnosis()
    missed = reason.get("cache_missed_input_tokens")
    return Diagnosis("reason", kind, missed if isinstance(missed, int) and missed >= 0 else None)


def as_sent(body: RequestBody, prefix: Prefix, betas: Iterable[str] = ()) -> Prefix:
    """The prefix that the diagnostics compare: with thinking that the model is not shown."""
    if not strips_thinking(prefix.model):
        return prefix
    return prefix_of(body, betas=betas, rules=replace(DOCUMENTED, strip_thinking=False))


def expected_types(before: Prefix, after: Prefix) -> frozenset[str | None]:
    """The reasons by which the API may say how two requests differ; None stands for null.

    Both prefixes are those `as_sent`. Where both the system prompt and the tools changed, either is right.
    """
    one, two = fingerprint_of(before), fingerprint_of(after)
    found = (
        diagnose(one, two, DiagnosisRules(first="tools")),
        diagnose(one, two, DiagnosisRules(first="system")),
    )
    return frozenset(reason.type if reason else None for reason in found)


def agrees(diagnosis: Diagnosis, expected: frozenset[str | None]) -> bool | None:
    """Whether the API saw what we see; None where it does not say.

    `unavailable` can stand for more than we know (a long conversation), so that it never disagrees.
    """
    if diagnosis.asked and diagnosis.previous is not None and diagnosis.type == "unavailable":
        return True if "unavailable" in expected else None
    if not diagnosis.compared:
        return None
    return diagnosis.type in expected
