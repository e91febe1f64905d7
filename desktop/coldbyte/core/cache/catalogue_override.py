"""The user's own models and prices: a JSON file that is laid over the catalogue.

Its shape is that of `resources/catalogue.json`: `{"models": [{"id": "claude-…", "prices": […]}]}`. Fields
that are given replace those of the model with this id, `prices` as a whole; an unknown id is a new model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from coldbyte.core.cache.catalogue import Catalogue, Model, Prices, Tokenizer
from coldbyte.core.json.value import path_below

YOURS = "yours"
"""The source of a row that the user gave; his own words about it may follow."""

_LIFECYCLES = ("active", "legacy", "deprecated", "retired")
_AMOUNTS = ("input", "write_5m", "write_1h", "read", "output")
_PRICE_KEYS = ("since", "up_to_tokens", *_AMOUNTS)
_PLAIN_AMOUNT = re.compile(r"[0-9]{1,7}(\.[0-9]{1,12})?")


class OverrideError(ValueError):
    """What is wrong with the user's catalogue: `path` names the place, `remedy` says what to write there."""

    def __init__(self, path: str, say: str, remedy: str) -> None:
        super().__init__(f"{path or 'the file'}: {say}. {remedy}")
        self.path = path
        self.say = say
        self.remedy = remedy


def with_overrides(catalogue: Catalogue, text: str) -> Catalogue:
    """The catalogue with the user's rows laid over it. Raise OverrideError; then none of them counts.

    A later `as_of` in the file says that the user looked at all prices on that day.
    """
    told = _object(_read(text), "", ("about", "as_of", "models"))
    if "about" in told:
        _string(told["about"], "about")
    as_of = _day(told.get("as_of"), "as_of") or catalogue.as_of
    models, by_id = list(catalogue.models), dict(catalogue.by_id)
    seen: set[str] = set()
    for index, value in enumerate(_list(told.get("models", []), "models")):
        path = f"models[{index}]"
        row = _object(value, path, tuple(_FIELDS))
        name = _string(row.get("id"), f"{path}.id")
        old = by_id.get(name)
        if (old.id if old else name) in seen:
            raise OverrideError(f"{path}.id", f"{name} stands twice", "Put all its fields into one row.")
        new = _laid_over(old, name, row, path)
        seen.add(new.id)
        models = [new if model is old else model for model in models] if old else [*models, new]
        by_id = {known: new if model is old else model for known, model in by_id.items()}
        by_id[name] = new
        _add_aliases(by_id, new, row.get("aliases", []), f"{path}.aliases")
    return Catalogue(max(as_of, catalogue.as_of), tuple(models), by_id)


def _read(text: str) -> object:
    try:
        return json.loads(
            text.removeprefix("\ufeff"),
            parse_float=_Number,
            parse_constant=_Number,
            object_pairs_hook=_without_repeats,
        )
    except OverrideError:
        raise
    except RecursionError:
        raise OverrideError("", "it is nested too deeply", _SHAPE) from None
    except json.JSONDecodeError as error:
        say = f"it is not JSON at line {error.lineno}, column {error.colno} ({error.msg})"
        raise OverrideError("", say, "Mind quotes and commas; JSON has no comments.") from None
    except ValueError:
        raise OverrideError("", "it holds a number that is too long", _AMOUNT) from None


class _Number(str):
    """A number as it is spelled: a price must not go through binary fractions."""

    __slots__ = ()


def _without_repeats(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise OverrideError("", f'"{key}" stands twice in one object', "Keep one of them.")
        found[key] = value
    return found


def _laid_over(old: Model | None, name: str, row: Mapping[str, object], path: str) -> Model:
    given: dict[str, Any] = {}
    for key, (field, read) in _FIELDS.items():
        if key in row and field:
            given[field] = read(row[key], f"{path}.{key}")
    given["source"] = f"{YOURS}: {given['source']}" if given.get("source") else YOURS
    if old is not None:
        return replace(old, **{**given, "id": old.id})
    return replace(Model(name, name, "active", "2026", None, None, None, (), YOURS), **given)


def _add_aliases(by_id: dict[str, Model], model: Model, value: object, path: str) -> None:
    for index, alias in enumerate(_list(value, path)):
        name = _string(alias, f"{path}[{index}]")
        taken = by_id.get(name)
        if taken is not None and taken is not model:
            say = f"{name} is already the name of {taken.id}"
            raise OverrideError(f"{path}[{index}]", say, "Take it out, or give that model a row of its own.")
        by_id[name] = model


def _prices(value: object, path: str) -> tuple[Prices, ...]:
    rows: dict[tuple[date, float], Prices] = {}
    for index, each in enumerate(_list(value, path)):
        place = f"{path}[{index}]"
        row = _object(each, place, _PRICE_KEYS)
        missing = [name for name in _AMOUNTS if name not in row]
        if missing:
            raise OverrideError(place, f"{', '.join(missing)} missing", f"A price has {_ALL_AMOUNTS}.")
        since = _day(row.get("since"), f"{place}.since")
        up_to = _tokens(row.get("up_to_tokens"), f"{place}.up_to_tokens")
        amounts = {name: _amount(row[name], f"{place}.{name}") for name in _AMOUNTS}
        order = (since or date.min, float("inf") if up_to is None else up_to)
        if order in rows:
            say = "another row holds from the same day for prompts of the same size"
            raise OverrideError(place, say, "Change its since or its up_to_tokens, or take one out.")
        rows[order] = Prices(since, up_to, **amounts)
    return tuple(rows[order] for order in sorted(rows))


def _amount(value: object, path: str) -> Decimal:
    if isinstance(value, (str, int)) and _PLAIN_AMOUNT.fullmatch(str(value)):
        return Decimal(str(value))
    raise OverrideError(path, "this is not a price", _AMOUNT)


def _tokens(value: object, path: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise OverrideError(path, "this is not a number of tokens", "Write a whole number, or null for unknown.")


def _day(value: object, path: str) -> date | None:
    if value is None:
        return None
    try:
        if isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise OverrideError(path, "this is not a day", 'Write it as "2026-11-23", or null.')


def _string(value: object, path: str) -> str:
    if isinstance(value, str) and not isinstance(value, _Number) and value.strip():
        return value
    raise OverrideError(path, "a text is missing here", "Write it in quotes; it can't be empty.")


def _list(value: object, path: str) -> Sequence[object]:
    if isinstance(value, list):
        return value
    raise OverrideError(path, "this is not a list", "Put it in [ and ].")


def _object(value: object, path: str, known: tuple[str, ...]) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise OverrideError(path, "this is not an object", _SHAPE if not path else "Put it in { and }.")
    for name in value:
        if name not in known:
            raise OverrideError(
                path_below(path, name), "there is no such key", f"Keys are {', '.join(known)}."
            )
    return value


def _one_of(*known: str) -> Callable[[object, str], str]:
    def read(value: object, path: str) -> str:
        if isinstance(value, str) and value in known:
            return str(value)
        raise OverrideError(path, "this is not one of the known words", f"Write one of {', '.join(known)}.")

    return read


_ALL_AMOUNTS = f"{', '.join(_AMOUNTS[:-1])} and {_AMOUNTS[-1]}"
_AMOUNT = 'Write USD per million tokens, as in "3.75".'
_SHAPE = 'Start from {"models": [{"id": "claude-sonnet-5-5", "prices": []}]}.'
_FIELDS: Mapping[str, tuple[str, Callable[[object, str], object]]] = {
    "id": ("id", _string),
    "name": ("name", _string),
    "aliases": ("", _list),
    "lifecycle": ("lifecycle", _one_of(*_LIFECYCLES)),
    "tokenizer": ("tokenizer", _one_of(*get_args(Tokenizer))),
    "minimum_tokens": ("minimum", _tokens),
    "context_tokens": ("context", _tokens),
    "max_output_tokens": ("max_output", _tokens),
    "since": ("since", _day),
    "deprecated": ("deprecated", _day),
    "retires": ("retires", _day),
    "retired": ("retired", _day),
    "checked": ("checked", _day),
    "prices": ("prices", _prices),
    "fast_prices": ("fast_prices", _prices),
    "source": ("source", _string),
    "note": ("", _string),
}
"""Keys of a row: the field of `Model` that each fills, and how it is read."""
