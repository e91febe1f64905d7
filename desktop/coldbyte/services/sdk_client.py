"""The SDK's client: made late and in a thread, with hooks that show what leaves over the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from coldbyte.core.history.kept_exchange import KEPT_HEADERS
from coldbyte.core.reply import Received, SendFailure, Sent
from coldbyte.core.secret import ApiKey
from coldbyte.services.failure_words import bad_base_url, retry_after
from coldbyte.services.slow_import import slow_import

if TYPE_CHECKING:
    import anthropic
    import httpx2

_LONGEST_WAIT_S = 20.0  # a longer `retry-after` is the user's to wait for, not a silent pause of the SDK
_CONNECT_S = 5.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")

on_attempt: ContextVar[Callable[[Sent], None] | None] = ContextVar("on_attempt", default=None)
"""What to call with each attempt that the current task makes."""

on_received: ContextVar[Callable[[Received], None] | None] = ContextVar("on_received", default=None)
"""What to call with the bytes of each response to the current task, as they come."""


def import_sdk() -> None:
    """Import the SDK; call it in a thread early on, so that the first request need not wait."""
    slow_import("anthropic", "httpx2")


def build_client(
    base_url: str, key: ApiKey, *, timeout_s: float, max_retries: int
) -> anthropic.AsyncAnthropic:
    """A client for one base URL and key. It reads certificates, which takes 30 to 100 ms.

    Raise SendFailure for what the SDK would only notice later, in words that repeat the key or a password.
    """
    _check(base_url, key)
    import_sdk()
    import anthropic
    import httpx2

    timeout = httpx2.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_S))
    http_client = _http_client(base_url, timeout)
    return anthropic.AsyncAnthropic(
        api_key=key.reveal(),
        base_url=base_url,
        timeout=timeout,
        max_retries=max_retries,
        http_client=http_client,
        open_telemetry=False,
    )


def place_of(base_url: str) -> str:
    """Host and port of a URL; never the user and password that a URL can hold."""
    if not _is_web_address(base_url):
        return "the server"
    return urlsplit(base_url).netloc.rpartition("@")[2]


def _http_client(base_url: str, timeout: httpx2.Timeout) -> httpx2.AsyncClient:
    """Proxies and certificates are those of the environment and may be wrong; our own machine needs none."""
    import anthropic
    import httpx2

    hooks: dict[str, list[Callable[..., object]]] = {
        "request": [_tell_attempt],
        "response": [_refuse_long_wait, _tell_bytes],
    }
    if urlsplit(base_url).hostname in _LOOPBACK:
        direct = httpx2.AsyncHTTPTransport(trust_env=False)
        return anthropic.DefaultAsyncHttpxClient(timeout=timeout, event_hooks=hooks, transport=direct)
    try:
        return anthropic.DefaultAsyncHttpxClient(timeout=timeout, event_hooks=hooks)
    except ImportError:
        say, remedy = "The environment names a SOCKS proxy, which Coldbyte can't use.", "Name an HTTP proxy"
    except OSError:
        say, remedy = "The certificates that SSL_CERT_FILE or SSL_CERT_DIR names can't be read.", "Correct it"
    except (ValueError, httpx2.InvalidURL):
        say, remedy = "The environment names a proxy at an address that is none.", "Correct HTTPS_PROXY"
    raise SendFailure("unreachable", say, remedy=f"{remedy}, then start Coldbyte again.")


def _check(base_url: str, key: ApiKey) -> None:
    if not _is_web_address(base_url):
        raise bad_base_url()
    if not key:
        raise SendFailure("unauthorized", "There is no API key.", remedy="Enter one in the key dialog.")
    if not key.sendable:
        raise SendFailure(
            "unauthorized",
            "The API key holds a character that no key has: a space or a letter beyond ASCII.",
            remedy="Copy the key again and enter it in the key dialog.",
        )


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


async def _tell_attempt(request: httpx2.Request) -> None:
    """Called by the HTTP client for each attempt, before its request leaves."""
    tell = on_attempt.get()
    if tell is not None and request.content:
        names = KEPT_HEADERS & {name.lower() for name in request.headers}
        tell(Sent(request.content, {name: request.headers[name] for name in sorted(names)}))


async def _tell_bytes(response: httpx2.Response) -> None:
    """Let the bytes of the body pass by. They are told of decoded, and told of before the SDK takes them."""
    import httpx2

    tell = on_received.get()
    if tell is None:
        return
    tell(Received(b"", response.status_code))
    stream = response.stream
    assert isinstance(stream, httpx2.AsyncByteStream)
    if "content-encoding" in response.headers:
        headers = dict(response.headers)
        inner = httpx2.Response(
            response.status_code, headers=headers, stream=stream, request=response.request
        )
        response.stream = told_stream(inner.aiter_bytes(), inner.aclose, tell, response.status_code)
        del response.headers["content-encoding"]
    else:
        response.stream = told_stream(aiter(stream), stream.aclose, tell, response.status_code)


def told_stream(
    chunks: AsyncIterator[bytes],
    close: Callable[[], Awaitable[None]],
    tell: Callable[[Received], None],
    status: int,
) -> httpx2.AsyncByteStream:
    """A stream of the same bytes that tells of them as they pass."""
    import httpx2

    class ToldStream(httpx2.AsyncByteStream):
        """No generator: one that is dropped half read would complain."""

        def __aiter__(self) -> AsyncIterator[bytes]:
            return self

        async def __anext__(self) -> bytes:
            chunk = await anext(chunks)
            tell(Received(chunk, status))
            return chunk

        async def aclose(self) -> None:
            await close()

    return ToldStream()


async def _refuse_long_wait(response: httpx2.Response) -> None:
    wait = retry_after(response.headers)
    if wait is not None and wait > _LONGEST_WAIT_S:
        response.headers["x-should-retry"] = "false"
