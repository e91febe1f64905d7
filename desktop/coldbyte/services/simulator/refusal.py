"""What models and versions of the API refuse: the rules of `core.rule.validity` in the API's words (§9)."""

from __future__ import annotations

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.catalogue import Model
from coldbyte.core.rule.validity import refusals
from coldbyte.services.simulator.rejection import Rejected, invalid

_THINKING = (
    '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and '
    '"output_config.effort" to control thinking behavior.'
)
_PREFILL = (
    "This model does not support assistant message prefill. The conversation must end with a user message."
)


def check_model(body: RequestBody, model: Model, version: str | None) -> None:
    """Refuse what the model or the version does not take; texts that are published are given so."""
    for cause in refusals(body, model, version):
        where = cause.where
        if where == "max_tokens":
            continue  # a body for count_tokens has none; any other was checked
        if where == "thinking.type":
            raise Rejected(400, _THINKING)
        if where.endswith(".role"):
            raise Rejected(400, "role 'system' is not supported on this model")
        if where == "tool_choice.type":
            raise Rejected(400, f"tool_choice: a forced tool is not supported on {model.id}")
        if where.startswith("messages[") and where.endswith("]") and ".content" not in where:
            raise Rejected(400, _PREFILL)
        raise invalid(where, _version_words(where, version))


def _version_words(where: str, version: str | None) -> str:
    what = "this field"
    if where.endswith(".citations"):
        what = "citations on a text block of a user message"
    elif where.startswith("messages["):
        what = "a document block in an assistant message"
    return f"{what} is not accepted by version {version} of the API"
