"""LHAR: entries of both forms, with times, usage and what was left out."""

from __future__ import annotations

import io
from typing import Any

import pytest

from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.services.importing.importer import HEAD_BYTES, ImportTroubleError
from coldbyte.services.importing.lhar_importer import LharImporter
from coldbyte.services.importing.registry import importer_for
from services.importing.import_seed import BODY, jsonl, read, sse, wire
from services.importing.log_seed import SESSION, lhar_entry, lhar_json

IMPORTER = LharImporter()


def changed(part: str, **changes: Any) -> dict[str, Any]:
    entry = lhar_entry()
    return {**entry, part: {**entry[part], **changes}}


@pytest.mark.parametrize("data", [jsonl([SESSION, lhar_entry()]), lhar_json(lhar_entry())])
def test_an_entry_gives_the_request_times_usage_and_events(data: bytes) -> None:
    assert isinstance(importer_for(data[:HEAD_BYTES], "any"), LharImporter)
    (kept,), remarks = read(IMPORTER, data, "a.lhar")
    assert (kept.wire, kept.wire_known, kept.received) == (wire(), False, sse())
    assert kept.conversation == "6590f363"
    assert (kept.started_at, kept.first_event_at, kept.ended_at) == (1795168800.5, 1795168801.0, 1795168803.0)
    assert kept.usage == Usage(900, 60, 40, 7, 9)
    assert (kept.reply, kept.request_id, kept.status) == ("Yes.", "req_1", 200)
    assert {remark.kind for remark in remarks} == {"secret"}
    assert kept.source in ("a.lhar:2", "a.lhar, entry 1")


def test_an_entry_that_was_recorded_without_bodies_is_listed_with_what_to_do() -> None:
    bare = lhar_entry(raw={"request_body": None, "response_body": None})
    exchanges, remarks = read(IMPORTER, jsonl([SESSION, bare]))
    assert not exchanges
    assert [(remark.line, remark.kind) for remark in remarks] == [(2, "unknown")]
    assert "CONTEXT_LENS_PRIVACY=full" in remarks[0].say


def test_without_the_response_the_entry_tells_of_the_usage() -> None:
    entry = lhar_entry(raw={"request_body": BODY, "response_body": None})
    (kept,), _ = read(IMPORTER, jsonl([entry]))
    assert (kept.usage, kept.served_by, kept.received) == (Usage(900, 100, 0, 7, 9), "claude-opus-5", b"")


def test_an_estimate_of_the_recorder_is_not_taken_for_what_the_api_said() -> None:
    entry = lhar_entry(raw={"request_body": BODY, "response_body": None})
    entry["gen_ai"]["usage"]["input_tokens"] = entry["context_lens"]["growth"]["cumulative_tokens"]
    (kept,), _ = read(IMPORTER, jsonl([entry]))
    assert kept.usage == Usage(900, 100, 0, 0, 9)
    entry["gen_ai"]["usage"]["output_tokens"] = 0
    (kept,), _ = read(IMPORTER, jsonl([entry]))
    assert kept.usage is None


def test_entries_of_other_apis_and_broken_lines_are_listed() -> None:
    other = changed("http", api_format="openai-chat")
    data = jsonl([SESSION, other, other, {"type": "odd"}]) + b"{no\n" + jsonl([lhar_entry()])
    exchanges, remarks = read(IMPORTER, data, "a.lhar")
    assert len(exchanges) == 1
    unknown = [remark for remark in remarks if remark.kind == "unknown"]
    assert [remark.line for remark in unknown] == [4, 5, None]
    assert unknown[-1].say == "Left out: entries of the form openai-chat (2)."


def test_a_newer_version_is_said() -> None:
    _, remarks = read(IMPORTER, lhar_json(lhar_entry(), version="2.0"))
    assert remarks[0].say.startswith("This is LHAR 2.0")


def test_an_archive_that_breaks_off_gives_what_stood_before() -> None:
    data = lhar_json(lhar_entry(), lhar_entry())[:-400]
    found: list[KeptExchange | Remark] = []
    with pytest.raises(ImportTroubleError):
        found += IMPORTER.read(io.BytesIO(data), "a")
    assert found


@pytest.mark.parametrize("timings", [None, {}, {"send_ms": 1, "wait_ms": -3, "total_ms": "x"}])
def test_times_that_are_none_are_not_made_up(timings: Any) -> None:
    (kept,), _ = read(IMPORTER, jsonl([lhar_entry(timings=timings)]))
    assert (kept.started_at, kept.first_event_at, kept.ended_at) == (1795168800.5, None, None)
