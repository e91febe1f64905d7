"""The composed form (NFC) of every string of a body, for a prompt cache that does not tell forms apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from unicodedata import is_normalized, normalize

from coldbyte.core.json.value import Json
from coldbyte.core.text.text import Text


def normalised(fields: Mapping[str, Json]) -> dict[str, Json]:
    """The same object with every string value in its composed form; names stay as they are."""
    return {name: _normalised(value) for name, value in fields.items()}


def _normalised(value: Json) -> Json:
    if isinstance(value, str):
        return normalize("NFC", value)
    if isinstance(value, Text):
        chars = str(value)
        return value if is_normalized("NFC", chars) else Text.from_str(normalize("NFC", chars))
    if isinstance(value, Mapping):
        return normalised(value)
    if isinstance(value, Sequence):
        return [_normalised(item) for item in value]
    return value
