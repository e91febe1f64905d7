"""A key in headers of an exchange is in no export and not in the history; reports hold no text unasked."""

from __future__ import annotations

import asyncio
import io
import json
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.capture import read_capture
from coldbyte.core.export.captured import kept_of_capture
from coldbyte.core.export.outgoing import outgoing_of_exchange
from coldbyte.core.history.ancestor import capture_of
from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.core.rule.inquiry import inquire
from coldbyte.flows.export_format import EXCHANGES, REPORTS, REQUESTS, report_bytes
from coldbyte.services import resources
from coldbyte.services.history.history_store import HistoryStore
from coldbyte.services.importing.importer import HEAD_BYTES
from coldbyte.services.importing.registry import IMPORTERS
from core.export.kept import kept

KEY = "sk-ant-api03-NotAKey_0123456789abcdefXYZ"
SECRETS = {
    "x-api-key": KEY,
    "Authorization": f"Bearer {KEY}",
    "Proxy-Authorization": f"Basic {KEY}",
    "Cookie": f"sessionKey={KEY}",
    "Set-Cookie": f"sessionKey={KEY}; Path=/",
    "X-Amz-Security-Token": KEY,
    "x-goog-api-key": KEY,
    "CF-Access-Client-Secret": KEY,
}
HEADERS = {"anthropic-version": "2023-06-01", **SECRETS}
URL = "https://api.anthropic.com/v1/messages"
TEXT = "Zanzibar keeps the Quokka ledger."
REPLY = "Wombats answer."


def body(text: str) -> dict[str, object]:
    block = {"type": "text", "text": text + " Rules. " * 900, "cache_control": {"type": "ephemeral"}}
    return {
        "model": "claude-sonnet-5-5",
        "max_tokens": 5,
        "system": [block],
        "messages": [{"role": "user", "content": "Whither the quokka?"}],
    }


def answer() -> dict[str, object]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5-5",
        "content": [{"type": "text", "text": REPLY}],
        "usage": {"input_tokens": 9, "cache_creation_input_tokens": 3_000, "output_tokens": 3},
    }


def curl(text: str) -> bytes:
    headers = "".join(f" -H '{name}: {value}'" for name, value in HEADERS.items())
    data = json.dumps(body(text))
    return f"curl {URL}?key={KEY}{headers} -u me:{KEY} --cookie k={KEY} -d '{data}'".encode()


def har(text: str) -> bytes:
    headers = [{"name": name, "value": value} for name, value in HEADERS.items()]
    cookies = [{"name": "sessionKey", "value": KEY}]
    entry = {
        "startedDateTime": "2026-11-01T10:00:00Z",
        "time": 5,
        "request": {
            "method": "POST",
            "url": f"{URL}?key={KEY}",
            "headers": headers,
            "cookies": cookies,
            "queryString": [{"name": "key", "value": KEY}],
            "postData": {"mimeType": "application/json", "text": json.dumps(body(text))},
        },
        "response": {
            "status": 200,
            "headers": headers,
            "cookies": cookies,
            "content": {"mimeType": "application/json", "text": json.dumps(answer())},
        },
    }
    return json.dumps({"log": {"version": "1.2", "entries": [entry]}}).encode()


def line(text: str) -> bytes:
    return json.dumps({"request": body(text), "response": answer(), "headers": HEADERS}).encode() + b"\n"


def python(text: str) -> bytes:
    made = body(text)
    fields = ", ".join(f"{name}={value!r}" for name, value in made.items())
    head = f"import anthropic\nclient = anthropic.Anthropic(api_key={KEY!r}, default_headers={HEADERS!r})\n"
    return f"{head}client.messages.create({fields})\n".encode()


def imported(data: bytes, name: str) -> list[KeptExchange]:
    importer = next(each for each in IMPORTERS if each.fits(data[:HEAD_BYTES], name))
    found = list(importer.read(io.BytesIO(data), name))
    said = [each for each in found if isinstance(each, Remark)]
    assert any(each.kind == "secret" for each in said)
    assert KEY not in repr(said)
    return [each for each in found if isinstance(each, KeptExchange)]


def pair(make: Callable[[str], bytes], name: str) -> list[KeptExchange]:
    return [*imported(make(TEXT), name), *imported(make(TEXT.replace("keeps", "kept")), name)]


def captured() -> list[KeptExchange]:
    return [kept_of_capture(read_capture(line(text))) for text in (TEXT, TEXT.replace("keeps", "kept"))]


def careless() -> list[KeptExchange]:
    """What a part of the program would make that keeps all headers."""
    wires = [json.dumps(body(text)).encode() for text in (TEXT, TEXT.replace("keeps", "kept"))]
    return [replace(kept(wire, received=b"", reply=REPLY), headers=HEADERS) for wire in wires]


MADE: dict[str, Callable[[], list[KeptExchange]]] = {
    "cURL": lambda: pair(curl, "request.sh"),
    "HAR": lambda: pair(har, "session.har"),
    "JSONL": lambda: pair(line, "log.jsonl"),
    "Python": lambda: pair(python, "call.py"),
    "captured": captured,
    "careless": careless,
}


@pytest.fixture(params=MADE)
def exchanges(request: pytest.FixtureRequest) -> list[KeptExchange]:
    found = MADE[request.param]()
    assert len(found) == 2
    assert all(TEXT[:8] in each.wire.decode() for each in found)
    return found


def exports(exchanges: list[KeptExchange]) -> Iterator[tuple[str, bytes]]:
    for each in exchanges:
        request = outgoing_of_exchange(each)
        yield from ((name, write(request)) for name, (_, write) in REQUESTS.items())
    yield from ((name, form.whole(exchanges)) for name, (_, form) in EXCHANGES.items())
    yield from ((name, report(exchanges, name, redact=False)) for name in REPORTS)


def report(exchanges: list[KeptExchange], name: str, *, redact: bool) -> bytes:
    catalogue = read_catalogue(resources.text("catalogue.json"))
    before, after = (capture_of(each) for each in exchanges)
    return report_bytes(name, inquire(before, after, catalogue, now=1_790_000_000.0), redact=redact)


def test_no_export_holds_the_key(exchanges: list[KeptExchange]) -> None:
    for name, data in exports(exchanges):
        assert KEY.encode() not in data, name
        assert KEY[7:30].encode() not in data, name
        assert b"Zanzibar" in data or name in ("export_csv", *REPORTS), name


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_holds_no_word_of_the_prompt_unless_that_is_wanted(
    exchanges: list[KeptExchange], name: str
) -> None:
    shut, told = (report(exchanges, name, redact=redact).decode().lower() for redact in (True, False))
    for word in ("zanzibar", "quokka", "keeps", "kept", "whither", "wombats"):
        assert word not in shut
    assert "keeps" in told or "kept" in told
    assert "zanzibar" in told


def test_the_file_of_the_history_holds_no_key_and_only_its_user_reads_it(
    exchanges: list[KeptExchange], tmp_path: Path
) -> None:
    path = tmp_path / "history.sqlite"

    async def keep() -> list[KeptExchange]:
        store = HistoryStore(path)
        assert await store.open() is None
        ids = await store.keep_many(exchanges)
        looked_into()
        loaded = [await store.load(id_) for id_ in ids]
        await store.close()
        return loaded

    def looked_into() -> None:
        for file in tmp_path.glob("history.sqlite*"):
            data = file.read_bytes()
            assert KEY.encode() not in data
            assert KEY[7:30].encode() not in data
            assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0

    loaded = asyncio.run(keep())
    looked_into()
    assert [each.wire for each in loaded] == [each.wire for each in exchanges]
    assert KEY not in repr(loaded)
    for name, data in exports(loaded):
        assert KEY.encode() not in data, name
