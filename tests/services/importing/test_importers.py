"""What holds for every format: found by content, no secret comes through, nothing but our errors escapes.

The fuzzer gives each broken file to all importers: seeded ones by default, ten times as many that are new in
each run with COLDBYTE_LONG=1.
"""

from __future__ import annotations

import io
import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.services.importing.importer import HEAD_BYTES, ImportCancelledError, ImportTroubleError
from coldbyte.services.importing.registry import IMPORTERS, importer_for
from coldbyte.services.importing.source import BLOCK, WatchedStream
from services.importing.import_seed import OPAQUE, SECRET, read, seeds
from services.importing.log_seed import log_seeds

FORMATS = {
    "body.json": "Messages body",
    "exchange.json": "Messages body",
    "log.jsonl": "JSON Lines",
    "bash.sh": "cURL command",
    "cmd.bat": "cURL command",
    "power.ps1": "cURL command",
    "page.har": "HAR 1.2",
    "session.jsonl": "Claude Code transcript",
    "a.flow": "mitmproxy flow file",
    "trace.jsonl": "claude-tap trace",
    "trace.ctap.json": "claude-tap trace",
    "session.lhar": "LHAR log",
    "session.lhar.json": "LHAR log",
    "program.py": "Python file",
}

LONG_RUN = os.environ.get("COLDBYTE_LONG") == "1"
BROKEN_FILES = 20_000 if LONG_RUN else 2_000
FIRST_SEED = random.SystemRandom().randrange(2**60) if LONG_RUN else 0

SEEDS = {**seeds(), **log_seeds()}

PIECES = [
    *(b'"', b"'", b"\\", b"\n", b"{", b"[" * 600, b"\xff", b"\\ud800", b"$(", b"^", b"`", b"1e999", b"null"),
    *(b"<<EOF\n", b"\\u0000", b"@{", b"9" * 700, b'{"a":' * 480 + b"1" + b"}" * 480),
]


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_known_by_its_content_whatever_the_name(name: str) -> None:
    found = importer_for(SEEDS[name][:HEAD_BYTES], "download")
    assert found is not None
    assert found.name == FORMATS[name]


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG\r\n", b"[1, 2]", b'{"a": 1}', b"\0" * 100])
def test_what_is_no_format_is_none(data: bytes) -> None:
    assert importer_for(data, "body.json") is None


@pytest.mark.parametrize("name", FORMATS)
def test_no_secret_comes_through_and_each_is_told_by_its_name(name: str) -> None:
    data = SEEDS[name]
    importer = importer_for(data, name)
    assert importer is not None
    exchanges, remarks = read(importer, data, name)
    assert exchanges
    everything = repr((exchanges, remarks))
    assert "PLANTED" not in everything
    planted = SECRET.encode() in data or OPAQUE.encode() in data
    assert any(remark.kind == "secret" for remark in remarks) == planted
    if SECRET.encode() in data:
        assert any("x-api-key" in remark.say for remark in remarks)


@pytest.mark.parametrize("name", [name for name in FORMATS if not name.endswith(".flow")])  # no white space
def test_cancelling_stops_within_one_block(name: str) -> None:
    data = SEEDS[name]
    importer = importer_for(data[:HEAD_BYTES], name)
    assert importer is not None
    told: list[int] = []
    data = b" " * BLOCK * 3 + data
    stream = io.BufferedReader(WatchedStream(io.BytesIO(data), told.append, lambda: bool(told)))
    with pytest.raises(ImportCancelledError):
        list(importer.read(stream, name))
    assert len(told) == 1
    assert told[0] <= BLOCK


def outcome(data: bytes) -> None:
    for importer in IMPORTERS:
        importer.fits(data[:HEAD_BYTES], "file.jsonl")
        try:
            for found in importer.read(io.BytesIO(data), "file"):
                assert isinstance(found, (KeptExchange, Remark))
                if isinstance(found, KeptExchange):
                    found.reply.encode()
                    found.wire.decode()
        except ImportTroubleError:
            continue


def mutated(seed: int) -> bytes:
    """A seed file that was cut, flipped, spliced with another one, or had pieces repeated."""
    chance = random.Random(seed)
    files = list(SEEDS.values())
    data = bytearray(chance.choice(files))
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(6):
            case 0:
                del data[at:]
            case 1:
                del data[at : at + chance.randint(1, 30)]
            case 2:
                other = chance.choice(files)
                start = chance.randrange(len(other))
                data[at:at] = other[start : start + chance.randint(1, 400)]
            case 3:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 4:
                data[at:at] = chance.choice(PIECES)
            case _:
                data[at : at + 1] = data[at : at + 40] * 2
        if not data:
            data = bytearray(b"{")
    return bytes(data)


@given(st.integers(0, 2**40))
def test_broken_files_give_remarks_or_our_own_trouble(seed: int) -> None:
    outcome(mutated(seed))


@given(st.binary(max_size=300))
def test_any_bytes_give_remarks_or_our_own_trouble(data: bytes) -> None:
    outcome(data)


def test_broken_files_by_the_thousand_give_nothing_else() -> None:
    for number in range(BROKEN_FILES):
        seed = FIRST_SEED + number
        try:
            outcome(mutated(seed))
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise
