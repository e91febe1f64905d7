"""What the faults of a scenario do to a request."""

from __future__ import annotations

import math

from coldbyte.core.cache.catalogue import Catalogue
from coldbyte.core.cache.diagnosis import DiagnosisRules, Fingerprint, Reason, diagnose
from coldbyte.core.cache.scenario import Fault
from coldbyte.core.cache.simulation import Asked, Diagnosed
from coldbyte.services.simulator.rejection import Rejected, status_of
from coldbyte.services.simulator.validation import model_named

_WORDS = {
    400: "The scenario refuses this request",
    401: "invalid x-api-key",
    402: "The scenario asks for a payment first",
    403: "The scenario does not permit this request",
    408: "Request timeout",
    409: "The scenario tells of a conflict",
    413: "Request exceeds the maximum size",
    429: "This request would exceed the rate limit",
    504: "Request timed out",
    529: "Overloaded",
}
_RETRY_AFTER_S = 1.0  # of a 429 for which the scenario says nothing else


def refuse_if_scripted(fault: Fault, asked: Asked) -> None:
    """Raise Rejected where the scenario wants the request to fail before its first byte."""
    if fault.status is not None:
        raise _rejected(fault, fault.status, asked)
    if fault.after_events is not None and not fault.cut and not asked.stream:
        raise _rejected(fault, status_of(broken_by(fault)), asked)


def served_by(asked: Asked, fault: Fault, catalogue: Catalogue) -> Asked:
    """The request as the scenario's other model answers it."""
    assert fault.answered_by is not None
    return asked.served_by(model_named(fault.answered_by, catalogue))


def diagnosis_for(
    fault: Fault, before: Fingerprint | None, after: Fingerprint, rules: DiagnosisRules
) -> Diagnosed:
    """What the cache diagnostics say, by the scenario or by the rules."""
    match fault.diagnosis:
        case "pending":
            return "pending"
        case None:
            return diagnose(before, after, rules)
        case scripted:
            return Reason(scripted)


def broken_by(fault: Fault) -> str:
    """The type of the error in the middle of a stream."""
    return fault.type or "overloaded_error"


def words_of(fault: Fault, status: int, asked: Asked) -> str:
    """What an error says."""
    if fault.message is not None:
        return fault.message
    if status == 404:
        return f"model: {asked.prefix.model}"
    return _WORDS.get(status, "Internal server error")


def _rejected(fault: Fault, status: int, asked: Asked) -> Rejected:
    wait = fault.retry_after_s
    if wait is None and status == 429 and fault.error_code is None:
        wait = _RETRY_AFTER_S
    headers = {"retry-after": str(math.ceil(wait))} if wait is not None else {}
    words = words_of(fault, status, asked)
    return Rejected(status, words, kind=fault.type, code=fault.error_code, headers=headers)
