"""An error of the API: status, type and message, in its published shape (facts §9)."""

from __future__ import annotations

import re
from collections.abc import Mapping

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    408: "timeout_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    502: "api_error",
    503: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}

_INDEX = re.compile(r"\[(\d+)\]")


class Rejected(Exception):
    """A request that is answered with an error; `status` is the HTTP status, `kind` the type of the error."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind or type_of(status)
        self.code = code
        self.headers = dict(headers or {})

    def body(self, request_id: str) -> dict[str, object]:
        """The JSON of the response."""
        return {
            "type": "error",
            "error": error_of(self.kind, self.message, self.code),
            "request_id": request_id,
        }


def error_of(kind: str, message: str, code: str | None = None) -> dict[str, object]:
    """The `error` of a response or of a stream; `code` is its machine-readable detail."""
    details = {"details": {"error_code": code}} if code else {}
    return {"type": kind, "message": message, **details}


def type_of(status: int) -> str:
    """The type of error that goes with a status."""
    return _TYPES.get(status, "invalid_request_error")


def status_of(kind: str) -> int:
    """The status that goes with a type of error; 500 for one that is unknown."""
    return next((status for status, name in _TYPES.items() if name == kind), 500)


def invalid(path: str, message: str) -> Rejected:
    """A 400 that names a place of the body, which the API writes with dots: `messages.0.content.1`."""
    dotted = _INDEX.sub(r".\1", path)
    return Rejected(400, f"{dotted}: {message}")
