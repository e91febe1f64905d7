"""Every way in which an exchange can fail, on a real socket: what is told, and that no key is in it."""

from __future__ import annotations

import asyncio
import datetime
import socket
import ssl
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from coldbyte.core.body import RequestBody
from coldbyte.core.reply import FailureKind, Received, ReplyEvent, SendFailure, Sent, TextPart
from coldbyte.core.secret import ApiKey
from coldbyte.services.anthropic_api import AnthropicApi
from services.scripted_server import (
    START,
    Answer,
    cut,
    delta,
    forever,
    refuses,
    replies,
    run,
    says,
    serving,
    streams,
    text,
)

KEY = ApiKey("sk-ant-test-0123456789")
BODY = RequestBody({"max_tokens": 1, "messages": [{"role": "user", "content": "x"}], "model": "m"})
ERROR_EVENT = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


async def fail_at(
    url: str, *, key: ApiKey = KEY, body: RequestBody = BODY, timeout_s: float = 20.0
) -> tuple[SendFailure, list[ReplyEvent]]:
    """Send without a second attempt; the failure, and what had come before it."""
    api = AnthropicApi(url, key, timeout_s=timeout_s, max_retries=0)
    seen = []
    try:
        async with aclosing(api.stream(body)) as events:
            async for event in events:
                seen.append(event)  # noqa: PERF401
    except SendFailure as failure:
        assert_says_no_secret(failure, key)
        return failure, seen
    finally:
        await api.close()
    raise AssertionError("it did not fail")


def assert_says_no_secret(failure: SendFailure, key: ApiKey) -> None:
    assert failure.__cause__ is None
    assert failure.__context__ is None
    told = f"{failure!r} {failure} {vars(failure)} {''.join(traceback.format_exception(failure))}"
    assert key.reveal() not in told or not key
    assert "Bearer" not in told
    assert failure.say.strip()


def failure_from(answer: Answer, **options: float) -> tuple[SendFailure, list[ReplyEvent]]:
    async def story() -> tuple[SendFailure, list[ReplyEvent]]:
        async with serving(answer) as server:
            return await fail_at(server.url, **options)  # type: ignore[arg-type]

    return run(story())


@asynccontextmanager
async def listening(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        serve(reader, writer)
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("status", "kind", "message", "expected", "words"),
    [
        (400, "invalid_request_error", "messages: too few", "rejected", "messages: too few"),
        (400, "invalid_request_error", "diagnostics: Extra inputs are not permitted", "undiagnosed", "Extra"),
        (401, "authentication_error", "invalid x-api-key", "unauthorized", "does not accept this API key"),
        (402, "billing_error", "pay first", "billing", "pay first"),
        (403, "permission_error", "no access to this model", "forbidden", "no access to this model"),
        (404, "not_found_error", "model: claude-old-1", "not_found", "claude-old-1 is unknown or retired"),
        (404, "not_found_error", "Not Found", "not_found", "nothing at this address"),
        (408, "timeout_error", "slow", "timeout", "gave up"),
        (409, "conflict_error", "busy", "rejected", "busy"),
        (413, "request_too_large", "too big", "too_large", "32 MB"),
        (422, "invalid_request_error", "odd", "rejected", "odd"),
        (429, "rate_limit_error", "slow down", "rate_limited", "rate limit"),
        (500, "api_error", "oops", "server", "500"),
        (503, "api_error", "oops", "server", "503"),
        (504, "timeout_error", "slow", "timeout", "took too long"),
        (529, "overloaded_error", "Overloaded", "overloaded", "overloaded"),
    ],
)
def test_each_status_has_its_kind_its_words_and_a_remedy(
    status: int, kind: str, message: str, expected: FailureKind, words: str
) -> None:
    failure, seen = failure_from(refuses(status, kind, message, request_id="req_9"))
    assert failure.kind == expected
    assert words in failure.say
    assert failure.remedy
    assert failure.status == status
    assert failure.request_id == "req_9"
    assert {type(event) for event in seen} == {Sent, Received}


@pytest.mark.parametrize(
    ("header", "seconds", "words"), [("0.4", 0.4, "in 1 second."), ("31", 31.0, "in 31 seconds.")]
)
def test_the_wait_after_429_is_told_in_seconds(header: str, seconds: float, words: str) -> None:
    failure, _ = failure_from(refuses(429, "rate_limit_error", "slow down", retry_after=header))
    assert failure.retry_after == seconds
    assert words in failure.remedy


def test_a_429_without_a_readable_wait_gives_no_number() -> None:
    failure, _ = failure_from(refuses(429, "rate_limit_error", "slow down", retry_after="soon"))
    assert failure.retry_after is None
    assert not any(char.isdigit() for char in failure.remedy)


def test_a_spending_limit_is_not_called_a_rate_limit() -> None:
    details = {"error_code": "enforced_spend_limit_reached"}
    body = {"type": "error", "error": {"type": "rate_limit_error", "message": "x", "details": details}}
    failure, _ = failure_from(says(429, body))
    assert failure.kind == "billing"
    assert "spending limit" in failure.say


def test_an_error_page_is_not_quoted() -> None:
    failure, _ = failure_from(says(502, "<html><body>Bad gateway</body></html>"))
    assert failure.kind == "server"
    assert "<" not in failure.say


def test_a_key_that_the_server_repeats_is_not_shown() -> None:
    message = f"wrong key {KEY.reveal()}\x1b[31m and sk-ant-other-key-77"
    failure, _ = failure_from(refuses(401, "authentication_error", message))
    assert "wrong key …" in failure.say
    assert "other-key" not in failure.say
    assert failure.say.isprintable()


def test_an_error_event_in_the_middle_keeps_what_came_before() -> None:
    failure, seen = failure_from(replies(START, text("half"), ERROR_EVENT))
    assert failure.kind == "overloaded"
    assert failure.status == 200
    assert seen[-1] == TextPart("half")


def test_an_error_event_of_an_unknown_type_is_the_servers_fault() -> None:
    strange = {"type": "error", "error": {"type": "strange_error", "message": "?"}}
    failure, _ = failure_from(replies(START, strange))
    assert failure.kind == "server"


def test_a_connection_that_breaks_in_the_middle_keeps_what_came_before() -> None:
    failure, seen = failure_from(replies(START, text("half"), then=cut))
    assert failure.kind == "cut"
    assert "middle" in failure.say
    assert seen[-1] == TextPart("half")


def test_a_response_that_ends_too_early_is_cut_even_if_it_ends_politely() -> None:
    failure, seen = failure_from(replies(START, text("half"), delta(None)))
    assert failure.kind == "cut"
    assert seen[-1] == TextPart("half")


def test_silence_in_the_middle_is_a_timeout() -> None:
    failure, seen = failure_from(replies(START, text("half"), then=forever), timeout_s=0.2)
    assert failure.kind == "timeout"
    assert "middle" in failure.say
    assert seen[-1] == TextPart("half")


def test_silence_before_the_answer_is_a_timeout() -> None:
    async def silent(request: object) -> object:
        await asyncio.Event().wait()
        raise AssertionError

    failure, _ = failure_from(silent, timeout_s=0.2)  # type: ignore[arg-type]
    assert failure.kind == "timeout"
    assert "in time" in failure.say


@pytest.mark.parametrize(
    "garbage",
    [
        b"<html>log in</html>",
        b"",
        b'event: message_start\ndata: {"type": "message_st\n\n',
        b'event: x\ndata: "text"\n\n',
        b'event: message_start\ndata: {"type": "message_start", "message": 7}\n\n',
        b"event: x\ndata: \xff\xfe\n\n",
        b'event: x\ndata: null\n\nevent: x\ndata: {"type": "of_the_future"}\n\n',
        bytes(range(256)),
    ],
)
def test_what_is_no_reply_is_called_that(garbage: bytes) -> None:
    failure, _ = failure_from(streams(garbage))
    assert failure.kind == "server"
    assert "not one of the Messages API" in failure.say


def test_nothing_listening_is_told_as_refused() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{held.getsockname()[1]}"
        failure, _ = run(fail_at(f"http://{place}"))
    assert failure.kind == "unreachable"
    assert f"{place} was refused" in failure.say


def test_a_name_that_nobody_has_is_told_as_unknown() -> None:
    failure, _ = run(fail_at("http://user:hidden@nobody.invalid"))
    assert failure.kind == "unreachable"
    assert "nobody.invalid failed" in failure.say
    assert "hidden" not in failure.say


def test_a_server_without_tls_is_told_so() -> None:
    async def story() -> SendFailure:
        async with listening(lambda _, writer: writer.write(b"HTTP/1.0 400 no\r\n\r\n")) as port:
            return (await fail_at(f"https://127.0.0.1:{port}"))[0]

    failure = run(story())
    assert failure.kind == "unreachable"
    assert "TLS" in failure.say


def test_a_certificate_that_nobody_vouches_for_is_told_so(tmp_path: Path) -> None:
    async def story() -> SendFailure:
        async with listening(lambda *_: None, self_signed(tmp_path)) as port:
            return (await fail_at(f"https://127.0.0.1:{port}"))[0]

    failure = run(story())
    assert failure.kind == "unreachable"
    assert "can't prove" in failure.say
    assert "self-signed certificate" in failure.say


def self_signed(folder: Path) -> ssl.SSLContext:
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    file = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_a_server_that_hangs_up_at_once_is_told_so() -> None:
    async def story() -> SendFailure:
        async with listening(lambda *_: None) as port:
            return (await fail_at(f"http://127.0.0.1:{port}"))[0]

    failure = run(story())
    assert failure.kind == "unreachable"
    assert "without an answer" in failure.say


@pytest.mark.parametrize(
    "url", ["nonsense", "ftp://host", "http://[::1", "https://", "http://user:hidden@:80", "http://a:b:c"]
)
def test_a_base_url_that_is_none_is_told_so(url: str) -> None:
    failure, seen = run(fail_at(url))
    assert failure.kind == "invalid"
    assert "base URL" in failure.say
    assert "hidden" not in failure.say
    assert not seen


@pytest.mark.parametrize("key", ["", "sk-ant-é-0123456789", "sk-ant-0123456789\nx: y", "sk ant 0123456789"])
def test_a_key_that_can_not_be_a_header_never_reaches_one(key: str) -> None:
    async def story() -> SendFailure:
        async with serving(says(200, {})) as server:
            failure, _ = await fail_at(server.url, key=ApiKey(key))
            assert not server.received
            return failure

    failure = run(story())
    assert failure.kind == "unauthorized"
    assert failure.remedy


def test_half_a_surrogate_pair_is_named() -> None:
    body = RequestBody({**BODY.fields, "system": "secret prompt \ud83d"})

    async def story() -> SendFailure:
        async with serving(says(200, {})) as server:
            failure, _ = await fail_at(server.url, body=body)
            assert not server.received
            return failure

    failure = run(story())
    assert failure.kind == "invalid"
    assert "U+D83D" in failure.say


def test_a_body_that_is_no_json_is_told_so() -> None:
    body = RequestBody({**BODY.fields, "system": {1, 2}})  # type: ignore[dict-item]
    failure, _ = run(fail_at("http://127.0.0.1:1", body=body))
    assert failure.kind == "invalid"


def test_counting_and_checking_fail_with_the_same_words() -> None:
    async def story() -> None:
        async with serving(refuses(401, "authentication_error", KEY.reveal())) as server:
            api = AnthropicApi(server.url, KEY)
            for call in (api.check_key(), api.count_tokens(BODY)):
                with pytest.raises(SendFailure, match="does not accept this API key") as failed:
                    await call
                assert_says_no_secret(failed.value, KEY)
            await api.close()

    run(story())
