"""The Messages API, through the official SDK.

A body is sent as the bytes that we encoded, so that the wire view is exact by construction. The SDK does the
rest: headers, retries, proxies, server-sent events. It is imported late, as that takes more than a second.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING

from coldbyte.core.body import RequestBody
from coldbyte.core.reply import ReplyEvent, SendFailure
from coldbyte.core.secret import ApiKey
from coldbyte.core.warming.warming import WarmingAnswer, ZeroRefused
from coldbyte.services.failure_words import Errand, cut_off, failure_of, not_a_reply
from coldbyte.services.reply_stream import ReplyStream, usage_of
from coldbyte.services.sdk_client import build_client, import_sdk, on_attempt, on_received, place_of

if TYPE_CHECKING:
    import anthropic
    import httpx2
    from anthropic import AsyncStream

__all__ = ["DEFAULT_BASE_URL", "AnthropicApi", "import_sdk", "streamed"]

DEFAULT_BASE_URL = "https://api.anthropic.com"

_LINGER_S = 0.5  # for the end of the response behind the last event, so that the connection can be used again
_JSON_BODY = {"content-type": "application/json"}
_NO_MORE = object()
_OLD_WAY = "Warm it with max_tokens 1 instead: that bills one token of an answer that is thrown away."

_BEHIND_STREAM = ("system", "thinking", "tool_choice", "tools")
_NOT_COUNTED = frozenset(
    {
        "container",
        "diagnostics",
        "inference_geo",
        "max_tokens",
        "metadata",
        "service_tier",
        "stop_sequences",
        "stream",
        "temperature",
        "top_k",
        "top_p",
    }
)

_Put = Callable[[ReplyEvent | SendFailure | None], None]


def streamed(body: RequestBody) -> RequestBody:
    """The body as `AnthropicApi.stream` sends it: with `"stream":true`, where the SDK would write it.

    A body that has the field already keeps its order. Wire offsets are those of this body.
    """
    if body.fields.get("stream") is True:
        return body
    if "stream" in body.fields:
        return RequestBody({**body.fields, "stream": True})
    names = list(body.fields)
    place = next((index for index, name in enumerate(names) if name in _BEHIND_STREAM), len(names))
    ordered = [*names[:place], "stream", *names[place:]]
    return RequestBody({name: body.fields.get(name, True) for name in ordered})


class AnthropicApi:
    """One base URL with one key. Every failure is raised as a SendFailure; no text of one holds the key.

    `timeout_s` is how long the server may be silent. Without a base URL it is ANTHROPIC_BASE_URL or the
    official one.
    """

    def __init__(
        self, base_url: str | None, key: ApiKey, *, timeout_s: float = 600.0, max_retries: int = 2
    ) -> None:
        self._base_url = base_url or os.environ.get("ANTHROPIC_BASE_URL") or DEFAULT_BASE_URL
        self._key = key
        self._timeout_s = timeout_s
        self._max_retries = max_retries
        self._errand = Errand(place_of(self._base_url), key)
        self._client: anthropic.AsyncAnthropic | None = None
        self._building = asyncio.Lock()
        self._readers: set[asyncio.Task[None]] = set()

    def __repr__(self) -> str:
        return f"AnthropicApi({self._errand.place})"

    async def stream(self, body: RequestBody) -> AsyncGenerator[ReplyEvent, None]:
        """Send and yield what comes back: Sent for each attempt as it begins, Started, TextPart…, Ended, and
        between and behind them Received, the bytes themselves.

        Use it with `contextlib.aclosing`. Cancelling, closing or dropping it closes the connection.
        """
        arrived: asyncio.Queue[ReplyEvent | SendFailure | None] = asyncio.Queue()
        reader = self._start(self._read(body, arrived.put_nowait))
        over = False
        try:
            while (event := await arrived.get()) is not None:
                if isinstance(event, SendFailure):
                    raise event
                yield event
            over = True
        finally:
            # No await here: a generator that is dropped instead of closed could not wait.
            if not over:
                reader.cancel()

    async def count_tokens(self, body: RequestBody) -> int:
        """The input tokens of a body, as the API counts them; free, but it uploads the prompt."""
        counted = {name: value for name, value in body.fields.items() if name not in _NOT_COUNTED}
        answer = await self._ask("/v1/messages/count_tokens", RequestBody(counted))
        tokens = answer.get("input_tokens") if isinstance(answer, dict) else None
        if not isinstance(tokens, int):
            raise not_a_reply(self._errand)
        return tokens

    async def warm(self, body: RequestBody, sent: Callable[[], None] | None = None) -> WarmingAnswer:
        """Send a body of `core.warming.warming_body`; `sent` is called as each attempt begins.

        Its entries can be read once this returns. Raise ZeroRefused where the endpoint refuses its
        `max_tokens` of 0.
        """
        before = on_attempt.set(lambda _: sent() if sent is not None else None)
        try:
            return await self._warm(body)
        except SendFailure as error:
            failure = error
        finally:
            on_attempt.reset(before)
        if failure.status == 400 and body.fields.get("max_tokens") == 0 and "max_tokens" in failure.say:
            raise ZeroRefused(
                "rejected", failure.say, remedy=_OLD_WAY, status=400, request_id=failure.request_id
            )
        raise failure

    async def check_key(self) -> str:
        """Prove with a free request that the key is accepted; return the sentence that says so."""
        answer = await self._ask("/v1/models?limit=1", None)
        if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
            raise not_a_reply(self._errand)
        return f"The key works: {self._errand.place} accepts it."

    async def close(self) -> None:
        """End what is under way and close the connections."""
        readers = list(self._readers)
        for reader in readers:
            reader.cancel()
        if readers:
            await asyncio.wait(readers)
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _ask(self, path: str, body: RequestBody | None) -> object:
        """A request that is answered with one JSON value."""
        try:
            client = await self._connect()
            if body is None:
                return await client.get(path, cast_to=object)
            content = await asyncio.to_thread(body.encode)
            return await client.post(path, content=content, cast_to=object, options={"headers": _JSON_BODY})
        except Exception as error:
            failure = failure_of(error, self._errand)
        raise failure

    async def _warm(self, body: RequestBody) -> WarmingAnswer:
        """A request for a message that is answered at once, without a stream."""
        begun = False
        try:
            client = await self._connect()
            import httpx2

            content = await asyncio.to_thread(body.encode)
            response = await client.post(
                "/v1/messages", content=content, cast_to=httpx2.Response, options={"headers": _JSON_BODY}
            )
            begun = True
            return _warmed(response)
        except Exception as error:
            failure = failure_of(error, self._errand, begun=begun)
        raise failure

    def _start(self, reading: Coroutine[None, None, None]) -> asyncio.Task[None]:
        # A task of its own: `Sent` is told while the SDK still waits or tries again, and a reply that nobody
        # wants any more ends by an exception inside the SDK's generators, not by dropping them half read.
        reader = asyncio.create_task(reading, name=f"reply of {self._errand.place}")  # noqa: TID251
        self._readers.add(reader)
        reader.add_done_callback(self._readers.discard)
        return reader

    async def _read(self, body: RequestBody, put: _Put) -> None:
        """Send the body and put everything that comes back; the last thing put is None or a SendFailure."""
        reply = ReplyStream()
        begun = False
        try:
            content = await asyncio.to_thread(streamed(body).encode)
            client = await self._connect()
            on_attempt.set(put)
            on_received.set(put)
            async with await self._post(client, content) as events:
                begun = True
                reply.request_id = events.response.headers.get("request-id")
                await self._receive(events, reply, put)
            put(None)
        except asyncio.CancelledError:
            put(None if reply.ended else cut_off(self._errand))
            raise
        except Exception as error:
            if reply.complete and not reply.ended:
                put(reply.end())
            put(None if reply.ended else failure_of(error, self._errand, begun=begun))

    async def _post(self, client: anthropic.AsyncAnthropic, content: bytes) -> AsyncStream[object]:
        from anthropic import AsyncStream

        return await client.post(
            "/v1/messages",
            content=content,
            cast_to=object,
            stream=True,
            stream_cls=AsyncStream[object],
            options={"headers": _JSON_BODY},
        )

    async def _receive(self, events: AsyncStream[object], reply: ReplyStream, put: _Put) -> None:
        while not reply.ended and (data := await anext(events, _NO_MORE)) is not _NO_MORE:
            for event in reply.take(data):
                put(event)
        if reply.ended:
            await _linger(events)
        elif reply.complete:
            put(reply.end())
        else:
            put(cut_off(self._errand) if reply.started else not_a_reply(self._errand))

    async def _connect(self) -> anthropic.AsyncAnthropic:
        """The SDK's client, made in a thread as it reads certificates, and kept for its connections."""
        async with self._building:
            if self._client is None:
                self._client = await asyncio.to_thread(
                    build_client,
                    self._base_url,
                    self._key,
                    timeout_s=self._timeout_s,
                    max_retries=self._max_retries,
                )
            return self._client


def _warmed(response: httpx2.Response) -> WarmingAnswer:
    """The answer to a warming. Raise ValueError for what is none."""
    match response.json():
        case {"id": str(name), "model": str(model), "usage": dict(usage)}:
            return WarmingAnswer(
                name,
                model,
                usage_of(usage),
                response.headers.get("request-id"),
                response.content,
                response.status_code,
            )
    raise ValueError("not a message")


async def _linger(events: AsyncStream[object]) -> None:
    """Read the end of the response, so that its connection serves the next request."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_S):
            while await anext(events, _NO_MORE) is not _NO_MORE:
                pass
