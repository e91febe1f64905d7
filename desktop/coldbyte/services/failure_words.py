"""Plain words and a remedy for everything that can go wrong between us and the API."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from coldbyte.core.reply import FailureKind, SendFailure
from coldbyte.core.secret import ApiKey

if TYPE_CHECKING:
    import anthropic

_LONGEST_QUOTE = 600
_ANY_KEY = re.compile(r"sk-ant-[\w-]+")
_DIAGNOSTICS = re.compile(r"\bdiagnostics\b")
_MODEL = re.compile(r"\bmodel:\s*(\S+)")

_STATUS_OF_TYPE = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "conflict_error": 409,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}

_AGAIN = "Nothing is wrong with your request: send it again in a moment."
_NETWORK = "Check the network, the VPN or proxy if there is one, and the base URL."

_STATUS_WORDS: dict[int, tuple[FailureKind, str, str]] = {
    401: (
        "unauthorized",
        "{place} does not accept this API key.",
        "Enter the key again, or make a new one in the Claude Console.",
    ),
    402: ("billing", "{place} asks for a payment first.", "Look at the billing page of the Claude Console."),
    403: (
        "forbidden",
        "This API key may not do that.",
        "Use the key of a workspace that is allowed to, or choose another model.",
    ),
    404: ("not_found", "{place} has nothing at this address.", "Check the base URL."),
    408: ("timeout", "{place} gave up waiting for the request.", _AGAIN),
    413: (
        "too_large",
        "The request is too large: the API takes at most 32 MB.",
        "Shorten or leave out a document.",
    ),
    429: ("rate_limited", "The rate limit is reached.", "Wait a while, then send again."),
    504: ("timeout", "{place} gave up on the request because it took too long.", _AGAIN),
    529: ("overloaded", "Claude is overloaded at the moment.", _AGAIN),
}


@dataclass(frozen=True, slots=True)
class Errand:
    """For the words of a failure: whom we asked, and with which key (only to keep it out of them)."""

    place: str
    key: ApiKey

    def quote(self, words: str) -> str:
        """See `quotable`."""
        return quotable(words, self.key)


def quotable(words: str, key: ApiKey) -> str:
    """Words of somebody else on one line, cut to a bearable length, without the key or anything like one."""
    if key:
        words = words.replace(key.reveal(), "…")
    printable = "".join(char if char.isprintable() else " " for char in _ANY_KEY.sub("sk-ant-…", words))
    line = " ".join(printable.split())
    return line if len(line) <= _LONGEST_QUOTE else line[:_LONGEST_QUOTE] + "…"


def failure_of(error: Exception, errand: Errand, *, begun: bool = False) -> SendFailure:
    """The failure that `error` stands for; `begun` says that a part of the reply had arrived.

    Raise the result outside of any `except`, so that it drags no request, and so no header, along.
    """
    import anthropic
    import httpx2

    match error:
        case SendFailure():
            return error
        case anthropic.APIStatusError():
            return _refusal(error, errand)
        case anthropic.APITimeoutError() | httpx2.TimeoutException():
            return _timeout(errand, begun=begun)
        case anthropic.APIConnectionError() | httpx2.RequestError() | httpx2.InvalidURL():
            return _broken(error, errand, begun=begun)
        case UnicodeEncodeError() if error.reason == "surrogates not allowed":
            return _lone_surrogate(error)
        case ValueError() if begun:
            return not_a_reply(errand)
        case _ if begun:
            return cut_off(errand)
        case _:
            return SendFailure("invalid", f"The request can't be sent as it is ({type(error).__name__}).")


def not_a_reply(errand: Errand) -> SendFailure:
    """The server answered with something that the Messages API never sends."""
    return SendFailure(
        "server",
        f"The answer of {errand.place} is not one of the Messages API.",
        remedy="Check the base URL: there may be a login page or another service behind it.",
    )


def cut_off(errand: Errand) -> SendFailure:
    """The connection ended before the reply did."""
    return SendFailure(
        "cut",
        f"The connection to {errand.place} broke in the middle of the reply.",
        remedy="What has arrived is kept. Send again for the whole reply.",
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """For how many seconds the server asks us to wait; None where it does not say."""
    for name, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            return float(headers[name]) / unit
        except (KeyError, ValueError):
            continue
    return None


def _refusal(error: anthropic.APIStatusError, errand: Errand) -> SendFailure:
    """The API said no, with a status or, in the middle of a stream, with an `error` event."""
    status = error.status_code
    meaning = status if status >= 400 else _STATUS_OF_TYPE.get(str(error.type), 500)
    said = errand.quote(error.api_message) if isinstance(error.api_message, str) else ""
    wait = retry_after(error.response.headers)
    kind, say, remedy = _words(meaning, said, errand)
    if meaning == 429 and error.error_code == "enforced_spend_limit_reached":
        kind, say = "billing", "The spending limit of this workspace or organisation is reached."
        remedy = "Raise the limit in the Claude Console, or wait until it starts anew."
    elif meaning == 429 and wait is not None:
        remedy = f"Send again in {_seconds(wait)}."
    return SendFailure(
        kind, say, remedy=remedy, status=status, request_id=_request_id(error, errand), retry_after=wait
    )


def _words(status: int, said: str, errand: Errand) -> tuple[FailureKind, str, str]:
    """Kind, what to say and the remedy for a status; `said` are the API's own words."""
    if status == 404 and (model := _MODEL.search(said)):
        return "not_found", f"The model {model[1]} is unknown or retired.", "Choose another model."
    if status in _STATUS_WORDS:
        kind, say, remedy = _STATUS_WORDS[status]
        say = say.format(place=errand.place)
        return kind, f"{say} It says: “{said}”" if said and status not in (429, 529) else say, remedy
    if status in (400, 422) and _DIAGNOSTICS.search(said):
        say = f"{errand.place} does not take the question for cache diagnostics. It says: “{said}”"
        return "undiagnosed", say, "Send again: Coldbyte asks without it from now on."
    if status >= 500:
        return "server", f"{errand.place} failed with an error of its own ({status}).", _AGAIN
    say = f"The API rejects the request: “{said}”" if said else f"The API rejects the request ({status})."
    return "rejected", say, "Change the request as the message says, then send again."


def _request_id(error: anthropic.APIStatusError, errand: Errand) -> str | None:
    named = error.body.get("request_id") if isinstance(error.body, dict) else None
    found = error.request_id or named
    return errand.quote(found) if isinstance(found, str) else None


def _timeout(errand: Errand, *, begun: bool) -> SendFailure:
    if begun:
        say = f"{errand.place} fell silent in the middle of the reply."
        return SendFailure("timeout", say, remedy="What has arrived is kept. Send again for the whole reply.")
    return SendFailure("timeout", f"{errand.place} did not answer in time.", remedy=_NETWORK)


def _broken(error: Exception, errand: Errand, *, begun: bool) -> SendFailure:
    """The connection could not be made, or broke."""
    import httpx2

    if begun:
        return cut_off(errand)
    for cause in _causes(error):
        match cause:
            case httpx2.UnsupportedProtocol() | httpx2.InvalidURL():
                return bad_base_url()
            case httpx2.ProxyError():
                say = f"The proxy does not let us through to {errand.place}."
                return SendFailure("unreachable", say, remedy="Check the proxy settings.")
            case httpx2.RemoteProtocolError():
                say = f"{errand.place} closed the connection without an answer."
                return SendFailure("unreachable", say, remedy=_NETWORK)
            case OSError():
                say, remedy = _no_connection(cause, errand)
                return SendFailure("unreachable", say, remedy=remedy)
    return SendFailure("unreachable", f"No connection to {errand.place} could be made.", remedy=_NETWORK)


def _no_connection(error: OSError, errand: Errand) -> tuple[str, str]:
    """What to say, and the remedy, where no connection came about, be it to a proxy."""
    place = errand.place
    match _innermost(error):
        case socket.gaierror():
            return f"Looking up the address of {place} failed: the name is unknown.", _NETWORK
        case ssl.SSLCertVerificationError() as wrong:
            say = f"{place} can't prove that it is who it says: {errand.quote(wrong.verify_message)}."
            return say, "Check the computer's clock. Behind a company's proxy, set SSL_CERT_FILE."
        case ssl.SSLError():
            say = f"No secure (TLS) connection to {place} could be made."
            return say, "Check whether the base URL must begin with http or https."
        case ConnectionRefusedError():
            return f"The connection to {place} was refused: nothing is listening there.", _NETWORK
        case _:
            return f"No connection to {place} could be made.", _NETWORK


def bad_base_url() -> SendFailure:
    """The base URL is none. It is not repeated, as it may hold a password."""
    return SendFailure(
        "invalid",
        "The base URL is not a web address.",
        remedy="It must begin with https:// (or http://) and name a host. Look at ANTHROPIC_BASE_URL too.",
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what led to it, the outermost first."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):  # one for each address that was tried
            error = error.exceptions[0]
        else:
            error = error.__cause__ or error.__context__


def _innermost(error: OSError) -> OSError:
    """The first of the operating system's own errors; those around it say less."""
    return [cause for cause in _causes(error) if isinstance(cause, OSError)][-1]


def _lone_surrogate(error: UnicodeEncodeError) -> SendFailure:
    code = ord(error.object[error.start])
    return SendFailure(
        "invalid",
        f"The prompt holds half of a surrogate pair (U+{code:04X}), which UTF-8 can't express.",
        remedy="Delete that character or replace it.",
    )


def _seconds(wait: float) -> str:
    count = max(1, ceil(wait))
    return "1 second" if count == 1 else f"{count:,} seconds"
