"""`GET /v1/models`: the models of the catalogue, in pages, as a current client reads them (facts §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from aiohttp import web

from coldbyte.core.cache.catalogue import Catalogue, Model
from coldbyte.services.simulator.guard import CONDUCT, json_response, let_in
from coldbyte.services.simulator.identity import version_of
from coldbyte.services.simulator.rejection import invalid
from coldbyte.services.simulator.validation import model_named

_LIFECYCLES = ("active", "deprecated", "retired")
_SHOWN_UNASKED = ("active", "deprecated")
_LINES = ("haiku", "sonnet", "opus", "fable", "mythos")
_PAGE, _LARGEST_PAGE = 20, 1000


async def list_models(request: web.Request) -> web.Response:
    """A page of models, the newest first as in the catalogue."""
    let_in(request)
    version_of(request)
    rows = [
        described(model)
        for model in request.app[CONDUCT].catalogue.models
        if _lifecycle(model) in _asked_lifecycles(request)
    ]
    page, more = _page(rows, request)
    ends = (page[0]["id"], page[-1]["id"]) if page else (None, None)
    return json_response({"data": page, "has_more": more, "first_id": ends[0], "last_id": ends[1]})


async def show_model(request: web.Request) -> web.Response:
    """One model; 404 for one that is unknown or retired."""
    let_in(request)
    version_of(request)
    catalogue: Catalogue = request.app[CONDUCT].catalogue
    return json_response(described(model_named(request.match_info["id"], catalogue)))


def described(model: Model) -> dict[str, object]:
    """A model as the API describes it. What the catalogue does not know is null."""
    parts = model.id.split("-")
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.name,
        "created_at": _moment(model.since) or "1970-01-01T00:00:00Z",
        "lifecycle": _lifecycle(model),
        "line": next((line for line in _LINES if line in parts), None),
        "max_input_tokens": model.context,
        "max_tokens": model.max_output,
        "deprecated_at": _moment(model.deprecated),
        "retires_at": _moment(model.retires or model.retired),
    }


def _lifecycle(model: Model) -> str:
    """The API has three stages; the catalogue also tells older models that are still active."""
    return model.lifecycle if model.lifecycle in _LIFECYCLES else "active"


def _asked_lifecycles(request: web.Request) -> Sequence[str]:
    query = request.query
    given = [
        value
        for name in ("lifecycle[]", "lifecycle")
        for values in query.getall(name, ())
        for value in values.split(",")
    ]
    for value in given:
        if value not in _LIFECYCLES:
            raise invalid("lifecycle", "Input should be 'active', 'deprecated' or 'retired'")
    return given or _SHOWN_UNASKED


def _page(
    rows: Sequence[Mapping[str, object]], request: web.Request
) -> tuple[Sequence[Mapping[str, object]], bool]:
    """The rows behind `after_id` or before `before_id`, and whether there are more in that direction."""
    limit = _limit(request)
    ids = [row["id"] for row in rows]
    after, before = request.query.get("after_id"), request.query.get("before_id")
    if after and before:
        raise invalid("before_id", "cannot be given together with after_id")
    for name, value in (("after_id", after), ("before_id", before)):
        if value and value not in ids:
            raise invalid(name, f"there is no model {value}")
    if before:
        end = ids.index(before)
        return rows[max(end - limit, 0) : end], end > limit
    start = ids.index(after) + 1 if after else 0
    return rows[start : start + limit], start + limit < len(rows)


def _limit(request: web.Request) -> int:
    given = request.query.get("limit", str(_PAGE))
    limit = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 0
    if not 1 <= limit <= _LARGEST_PAGE:
        raise invalid("limit", f"Input should be a whole number from 1 to {_LARGEST_PAGE}")
    return limit


def _moment(day: date | None) -> str | None:
    return f"{day.isoformat()}T00:00:00Z" if day else None
