"""A scenario: what goes wrong in a simulated run, and when; read from a JSON file (`resources/scenarios`).

`{"about", "rules": {"cache.lookback": 20}, "limits": {"requests": 50, …}, "faults": [{"requests": [2], …}]}`.
Requests are `POST /v1/messages`, counted from 1; what each key of a fault means stands at `Fault`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

from coldbyte.core.cache.rate_limit import RateLimit, rate_limit
from coldbyte.core.cache.rule_book import RuleBook, RuleError
from coldbyte.core.json.value import path_below

ScriptedDiagnosis = Literal["pending", "unavailable", "previous_message_not_found"]

_LIMITS = ("requests", "input_tokens", "output_tokens")
_STATUSES = (400, 401, 402, 403, 404, 408, 409, 413, 429, 500, 502, 503, 504, 529)
_UNLIMITED = 1_000_000_000
_LONGEST_DELAY_S = 3600


class ScenarioError(ValueError):
    """A file that is no scenario. The text says where and what was expected."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that happens to a request.

    To which: `requests` (their numbers; None for all), and where given only to those of a `model` or a `key`.
    What: it is refused with `status` (and `type`, `message`, `error_code`, `retry_after_s`); `delay_s` is
    waited before the first byte; the stream breaks off behind `after_events` events, with an `error` event of
    this `type` or, by `cut`, with the connection; `searches` is how often the answer uses the request's first
    server tool; `evict` forgets all entries before it is answered; `answered_by` names another model that
    answers; `diagnosis` is what the cache diagnostics say.
    """

    requests: frozenset[int] | None = None
    model: str | None = None
    key: str | None = None
    status: int | None = None
    type: str | None = None
    message: str | None = None
    error_code: str | None = None
    retry_after_s: float | None = None
    delay_s: float = 0.0
    after_events: int | None = None
    cut: bool = False
    evict: bool = False
    searches: int | None = None
    answered_by: str | None = None
    diagnosis: ScriptedDiagnosis | None = None

    def meets(self, number: int, model: str, key: str) -> bool:
        """Whether it happens to this request."""
        return (
            (self.requests is None or number in self.requests)
            and self.model in (None, model)
            and self.key in (None, key)
        )


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is different in a run: rules, limits that are enforced, faults."""

    about: str = ""
    rules: RuleBook = field(default_factory=RuleBook)
    limits: RateLimit | None = None
    faults: tuple[Fault, ...] = ()

    def fault(self, number: int, model: str, key: str) -> Fault:
        """The first fault that happens to a request; one that does nothing where there is none."""
        return next((one for one in self.faults if one.meets(number, model, key)), _NOTHING)


_NOTHING = Fault()


def read_scenario(text: str, rules: RuleBook | None = None) -> Scenario:
    """Read a scenario; its rules change those given. Raise ScenarioError."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ScenarioError(f"it is no JSON: {error}") from None
    told = _object(value, "", ("about", "rules", "limits", "faults"))
    faults = told.get("faults", [])
    if not isinstance(faults, list):
        raise _wrong("faults", "a list of faults")
    return Scenario(
        about=_string(told.get("about", ""), "about"),
        rules=_rules(told.get("rules", {}), rules or RuleBook()),
        limits=_limits(told["limits"]) if "limits" in told else None,
        faults=tuple(_fault(fault, f"faults[{index}]") for index, fault in enumerate(faults)),
    )


def _rules(value: object, rules: RuleBook) -> RuleBook:
    if not isinstance(value, dict):
        raise _wrong("rules", "an object")
    for name, given in value.items():
        try:
            rules = rules.with_value(name, given)
        except RuleError as error:
            raise ScenarioError(f"{path_below('rules', name)}: {error}") from None
    return rules


def _limits(value: object) -> RateLimit:
    told = _object(value, "limits", _LIMITS)
    numbers = [_whole(told.get(name, _UNLIMITED), f"limits.{name}") for name in _LIMITS]
    return rate_limit(*numbers)


def _fault(value: object, path: str) -> Fault:
    told = _object(value, path, tuple(each.name for each in fields(Fault)))
    read = {name: _READERS[name](given, f"{path}.{name}") for name, given in told.items()}
    fault = Fault(**read)
    if fault.cut and fault.after_events is None:
        raise _wrong(f"{path}.after_events", "the number of events behind which the connection is cut")
    return fault


def _object(value: object, path: str, known: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(path, "an object")
    for name in value:
        if name not in known:
            raise ScenarioError(
                f"{path_below(path, name)}: there is no such key; there are {', '.join(known)}"
            )
    return value


def _requests(value: object, path: str) -> frozenset[int] | None:
    if value == "all":
        return None
    if not isinstance(value, list) or not value:
        raise _wrong(path, 'a list of numbers from 1 on, or "all"')
    return frozenset(_whole(number, f"{path}[{index}]") for index, number in enumerate(value))


def _whole(value: object, path: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _wrong(path, "a whole number from 1 on")
    return value


def _status(value: object, path: str) -> int:
    if value not in _STATUSES or not isinstance(value, int):
        raise _wrong(path, f"one of {', '.join(map(str, _STATUSES))}")
    return value


def _seconds(value: object, path: str) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= _LONGEST_DELAY_S:
        raise _wrong(path, f"seconds from 0 to {_LONGEST_DELAY_S}")
    return float(value)


def _string(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise _wrong(path, "a string")
    return value


def _flag(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(path, "true or false")
    return value


def _diagnosis(value: object, path: str) -> ScriptedDiagnosis:
    for known in get_args(ScriptedDiagnosis):
        if value == known:
            found: ScriptedDiagnosis = known
            return found
    raise _wrong(path, f"one of {', '.join(get_args(ScriptedDiagnosis))}")


def _wrong(path: str, expected: str) -> ScenarioError:
    return ScenarioError(f"{path or 'the file'}: expected {expected}")


_READERS: Mapping[str, Callable[[object, str], Any]] = {
    "requests": _requests,
    "model": _string,
    "key": _string,
    "status": _status,
    "type": _string,
    "message": _string,
    "error_code": _string,
    "retry_after_s": _seconds,
    "delay_s": _seconds,
    "after_events": _whole,
    "cut": _flag,
    "evict": _flag,
    "searches": _whole,
    "answered_by": _string,
    "diagnosis": _diagnosis,
}
