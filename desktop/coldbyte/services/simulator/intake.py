"""From the bytes of a body to a valid request, or the error that the API answers with."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import NoReturn, cast

from coldbyte.core.body import Json, RequestBody
from coldbyte.core.catalogue import Catalogue, Model
from coldbyte.core.prefix import BodyError, Prefix, prefix_of
from coldbyte.core.simulation import Asked
from coldbyte.core.tokens import block_tokens
from coldbyte.services.simulator.rejection import Rejected, invalid
from coldbyte.services.simulator.reply import compose
from coldbyte.services.simulator.validation import check_markers, check_output, check_shape, model_named

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
_TOO_DEEP = "The request body is nested too deeply."


@dataclass(frozen=True, slots=True)
class _Valid:
    fields: dict[str, Json]
    prefix: Prefix
    model: Model
    tokens: tuple[int, ...]


def read_messages(raw: bytes, catalogue: Catalogue) -> Asked:
    """The request of `POST /v1/messages`. Raise Rejected where the API refuses it."""
    try:
        valid = _read(raw, catalogue, counting=False)
        check_output(valid.fields, valid.model)
        return Asked(
            prefix=valid.prefix,
            tokens=valid.tokens,
            model=valid.model,
            max_tokens=cast(int, valid.fields["max_tokens"]),
            stream=valid.fields.get("stream") is True,
            reply=compose(valid.fields),
        )
    except RecursionError:
        raise Rejected(400, _TOO_DEEP) from None


def count_tokens(raw: bytes, catalogue: Catalogue) -> int:
    """The answer of `POST /v1/messages/count_tokens`. Raise Rejected where the API refuses the body."""
    try:
        return sum(_read(raw, catalogue, counting=True).tokens)
    except RecursionError:
        raise Rejected(400, _TOO_DEEP) from None


def read_json(raw: bytes) -> dict[str, Json]:
    """A JSON object. Raise Rejected with the place of what is wrong."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise Rejected(400, f"The request body is not valid UTF-8: byte {error.start}") from None
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        _refuse_json(text, error.msg, error.pos)
    except ValueError as error:
        raise Rejected(400, f"The request body is not valid JSON: {error}") from None
    _refuse_lone_surrogate(text)
    if not isinstance(value, dict):
        raise Rejected(400, "The request body must be a JSON object.")
    return value


def _read(raw: bytes, catalogue: Catalogue, *, counting: bool) -> _Valid:
    fields = read_json(raw)
    explicit = check_shape(fields, counting=counting)
    try:
        prefix = prefix_of(RequestBody(fields))
    except BodyError as error:
        raise invalid(error.path, error.expected) from None
    check_markers(fields, explicit, prefix)
    model = model_named(prefix.model, catalogue)
    assert prefix.keys  # hashed here, where a big body may be in a thread
    return _Valid(fields, prefix, model, block_tokens(prefix, model.tokenizer))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _refuse_json(text: str, message: str, position: int) -> NoReturn:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    place = f"line {line} column {column} (char {position})"
    raise Rejected(400, f"The request body is not valid JSON: {message}: {place}")


def _refuse_lone_surrogate(text: str) -> None:
    """Refuse an escaped half of a UTF-16 pair, which no UTF-8 text can hold."""
    if "\\ud" not in text and "\\uD" not in text:
        return
    high: re.Match[str] | None = None
    for escape in _ESCAPE.finditer(text):
        unit = int(escape[1], 16) if escape[1] else 0
        paired = high is not None and escape.start() == high.end() and 0xDC00 <= unit < 0xE000
        if high and not paired:
            _refuse_json(text, "no low surrogate in string", high.start())
        if 0xDC00 <= unit < 0xE000 and not paired:
            _refuse_json(text, "no high surrogate in string", escape.start())
        high = escape if 0xD800 <= unit < 0xDC00 else None
    if high:
        _refuse_json(text, "no low surrogate in string", high.start())
