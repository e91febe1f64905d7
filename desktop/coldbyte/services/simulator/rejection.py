"""An error of the API: status, type and message, in its published shape (facts §9)."""

from __future__ import annotations

import re

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    413: "request_too_large",
    500: "api_error",
}

_INDEX = re.compile(r"\[(\d+)\]")


class Rejected(Exception):
    """A request that is answered with an error; `status` is the HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def body(self, request_id: str) -> dict[str, object]:
        """The JSON of the response."""
        error = {"type": _TYPES.get(self.status, "invalid_request_error"), "message": self.message}
        return {"type": "error", "error": error, "request_id": request_id}


def invalid(path: str, message: str) -> Rejected:
    """A 400 that names a place of the body, which the API writes with dots: `messages.0.content.1`."""
    dotted = _INDEX.sub(r".\1", path)
    return Rejected(400, f"{dotted}: {message}")
