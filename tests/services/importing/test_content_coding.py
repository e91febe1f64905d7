"""Content codings: whatever was packed is unpacked, as far as it is there and not too much."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.services.importing.content_coding import CodingError, decoded


@given(st.binary(max_size=2000))
def test_what_was_packed_comes_back(data: bytes) -> None:
    assert decoded(gzip.compress(data), "GZIP") == data
    assert decoded(zlib.compress(data), "deflate") == data
    assert decoded(zlib.compress(data, wbits=-15), "deflate") == data
    assert decoded(gzip.compress(zlib.compress(data)), "deflate , gzip") == data
    assert decoded(data, "") == decoded(data, "identity") == data


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "gzip,gzip"]))
def test_any_bytes_are_unpacked_or_refused(data: bytes, coding: str) -> None:
    say = "damaged"
    try:
        decoded(data, coding)
    except CodingError as error:
        say = str(error)
    assert "damaged" in say


def test_a_body_that_was_cut_off_gives_what_was_there() -> None:
    data = bytes(range(256)) * 400
    found = decoded(gzip.compress(data, 0)[:60_000], "gzip")
    assert len(found) > 50_000
    assert data.startswith(found)


def test_too_much_and_unknown_codings_are_refused() -> None:
    with pytest.raises(CodingError, match="larger than"):
        decoded(gzip.compress(b" " * 2_000_000), "gzip", longest=1_000_000)
    with pytest.raises(CodingError, match="'br'"):
        decoded(b"x", "br")
