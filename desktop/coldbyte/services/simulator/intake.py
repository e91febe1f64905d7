"""From the bytes of a body to a valid request, or the error that the API answers with."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NoReturn, cast

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.catalogue import Catalogue, Model
from coldbyte.core.cache.diagnosis import Fingerprint, fingerprint_of
from coldbyte.core.cache.signature import BindingRules, is_bound, misplaced, sign
from coldbyte.core.cache.simulation import Asked
from coldbyte.core.cache.tokens import block_tokens
from coldbyte.core.json.value import Json
from coldbyte.core.prefix.canonical_prefix import DOCUMENTED, KeyRules, prefix_of, strips_thinking
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.prefix.record import BodyError
from coldbyte.services.simulator.refusal import check_model
from coldbyte.services.simulator.rejection import Rejected, invalid
from coldbyte.services.simulator.response import Response, respond
from coldbyte.services.simulator.validation import (
    check_diagnostics,
    check_markers,
    check_options,
    check_output,
    check_shape,
    check_size,
    model_named,
)

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
_MISPLACED = (
    "This thinking block was created behind another conversation than the one that stands before it. "
    'Send that unchanged, or set thinking.block_binding.prefix_mismatch_behavior to "drop_block".'
)
_BINDING = BindingRules()
_TOO_DEEP = "The request body is nested too deeply."


@dataclass(frozen=True, slots=True)
class Demand:
    """What comes with a body: the version of the API, the beta features, the rules of key and signatures.

    `profile` is the user profile that a header names, `today` the day by the simulator's clock; `searches`
    says for a model how often a scenario has it use a server tool.
    """

    version: str | None = None
    betas: tuple[str, ...] = ()
    rules: KeyRules = DOCUMENTED
    binding: BindingRules = _BINDING
    profile: str | None = None
    today: date | None = None
    searches: Callable[[str], int | None] = lambda _model: None


_PLAIN = Demand()


@dataclass(frozen=True, slots=True)
class _Valid:
    body: RequestBody
    fields: dict[str, Json]
    prefix: Prefix
    model: Model
    tokens: tuple[int, ...]
    marked: bool


def read_messages(raw: bytes, catalogue: Catalogue, demand: Demand = _PLAIN) -> Asked:
    """The request of `POST /v1/messages`. Raise Rejected where the API refuses it."""
    try:
        valid = _read(raw, catalogue, demand, counting=False)
        fields = valid.fields
        check_options(fields)
        check_diagnostics(fields)
        check_output(fields, valid.model)
        check_model(valid.body, valid.model, demand.version)
        check_size(valid.model, sum(valid.tokens))
        response = _respond(valid, demand)
        return Asked(
            prefix=valid.prefix,
            tokens=valid.tokens,
            model=valid.model,
            max_tokens=cast(int, fields["max_tokens"]),
            stream=fields.get("stream") is True,
            reply=response.reply,
            tool=response.tool,
            thought=response.thought,
            steps=response.steps,
            stop_sequences=tuple(cast(Sequence[str], fields.get("stop_sequences") or ())),
            fingerprint=_fingerprint(valid, demand),
            previous=_previous(fields.get("diagnostics")),
            service=_service(fields),
        )
    except RecursionError:
        raise Rejected(400, _TOO_DEEP) from None


def count_tokens(raw: bytes, catalogue: Catalogue, demand: Demand = _PLAIN) -> int:
    """The answer of `POST /v1/messages/count_tokens`. Raise Rejected where the API refuses the body."""
    try:
        valid = _read(raw, catalogue, demand, counting=True)
        check_model(valid.body, valid.model, demand.version)
        return sum(valid.tokens)
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


def _read(raw: bytes, catalogue: Catalogue, demand: Demand, *, counting: bool) -> _Valid:
    fields = read_json(raw)
    if demand.profile is not None:
        fields["user_profile_id"] = demand.profile
    body = RequestBody(fields)
    markers = check_shape(fields, counting=counting)
    try:
        prefix = prefix_of(body, betas=demand.betas, rules=demand.rules)
    except BodyError as error:
        raise invalid(error.path, error.expected) from None
    check_markers(markers)
    model = model_named(prefix.model, catalogue, demand.today)
    prefix = _bound(prefix, fields, demand.binding)
    assert prefix.keys  # hashed here, where a big body may be in a thread
    return _Valid(body, fields, prefix, model, block_tokens(prefix, model.tokenizer), bool(markers))


def _bound(prefix: Prefix, fields: Mapping[str, Json], rules: BindingRules) -> Prefix:
    """The prompt without thinking that belongs to another conversation, where the request lets it be dropped;
    otherwise it is refused, by the models that do so (facts §3).
    """
    if not is_bound(prefix.model, rules):
        return prefix
    strange = {block.where for block in misplaced(prefix, rules)}
    if not strange:
        return prefix
    thinking = fields.get("thinking")
    binding = thinking.get("block_binding") if isinstance(thinking, Mapping) else None
    if not (isinstance(binding, Mapping) and binding.get("prefix_mismatch_behavior") == "drop_block"):
        raise invalid(next(block.where for block in prefix.blocks if block.where in strange), _MISPLACED)
    return Prefix(tuple(block for block in prefix.blocks if block.where not in strange))


def _respond(valid: _Valid, demand: Demand) -> Response:
    """What is said to a valid request; nothing where it only warms the cache."""
    if not valid.fields["max_tokens"]:
        return Response()

    def read(fields: Mapping[str, Json]) -> tuple[Prefix, tuple[int, ...]]:
        prefix = prefix_of(RequestBody(fields), betas=demand.betas, rules=demand.rules)
        return prefix, block_tokens(prefix, valid.model.tokenizer)

    signature = sign(valid.prefix, demand.binding)
    searches = demand.searches(valid.prefix.model)
    return respond(
        valid.fields, signature, searches, marked=valid.marked, seed=valid.prefix.keys[-1], read=read
    )


def _fingerprint(valid: _Valid, demand: Demand) -> Fingerprint | None:
    """What the cache diagnostics compare, of a request that asks for them: the request as it was sent."""
    if not isinstance(valid.fields.get("diagnostics"), Mapping):
        return None
    prefix = valid.prefix
    if demand.rules.strip_thinking and strips_thinking(prefix.model):
        rules = replace(demand.rules, strip_thinking=False)
        prefix = prefix_of(valid.body, betas=demand.betas, rules=rules)
    return fingerprint_of(prefix)


def _previous(diagnostics: Json) -> str | None:
    previous = diagnostics.get("previous_message_id") if isinstance(diagnostics, Mapping) else None
    return previous if isinstance(previous, str) else None


def _service(fields: Mapping[str, Json]) -> dict[str, str]:
    """What usage repeats of the request (facts §5)."""
    given = {name: fields.get(name) for name in ("speed", "inference_geo")}
    return {name: value for name, value in given.items() if isinstance(value, str)}


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
