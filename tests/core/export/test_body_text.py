"""The body laid out for reading says the same."""

from __future__ import annotations

import json

import pytest

from coldbyte.core.export.body_text import body_bytes, pretty_body
from coldbyte.core.json.reader import read_json
from core.export.nasty import WIRES, outgoing


@pytest.mark.parametrize("name", WIRES)
def test_order_spelling_and_repeated_keys_are_kept(name: str) -> None:
    request = outgoing(WIRES[name])
    assert body_bytes(request) == WIRES[name]
    assert read_json(pretty_body(request)) == request.fields


def test_values_stand_on_lines_of_their_own() -> None:
    printed = pretty_body(outgoing(b'{"a":{"b":[1.0e3,{},[]]},"c":"\xc2\xa0"}')).decode()
    assert (
        printed
        == '{\n  "a": {\n    "b": [\n      1.0e3,\n      {},\n      []\n    ]\n  },\n  "c": "\u00a0"\n}\n'
    )
    assert json.loads(printed)
