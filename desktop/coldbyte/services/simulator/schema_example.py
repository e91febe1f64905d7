"""A plain value that fits a JSON Schema, for answers that have to have a shape."""

from __future__ import annotations

from collections.abc import Mapping

from coldbyte.core.json.value import Json

_DEEPEST = 12
_MOST_VALUES = 2000
_MOST_ITEMS = 20
_FORMATS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "email": "reader@example.org",
    "uri": "https://example.org/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
_Schema = Mapping[str, Json]


def example(schema: Json) -> Json:
    """The value. What the schema asks beyond types, fixed values, lengths and bounds is not looked at."""
    return _Maker(schema if isinstance(schema, Mapping) else {}).made()


class _Maker:
    """Makes one value of limited size."""

    def __init__(self, root: _Schema) -> None:
        self._root = root
        self._left = _MOST_VALUES

    def made(self) -> Json:
        """The value of the whole schema."""
        return self._value(self._root, 0)

    def _value(self, schema: Json, depth: int) -> Json:
        self._left -= 1
        if not isinstance(schema, Mapping) or depth > _DEEPEST or self._left < 0:
            return None
        if "const" in schema:
            fixed: Json = schema["const"]
            return fixed
        if isinstance(choices := schema.get("enum"), list) and choices:
            choice: Json = choices[0]
            return choice
        if isinstance(ref := schema.get("$ref"), str):
            return self._value(self._referred(ref), depth + 1)
        for name in ("anyOf", "oneOf", "allOf"):
            if isinstance(options := schema.get(name), list) and options:
                return self._value(options[0], depth + 1)
        return self._of_type(schema, depth)

    def _of_type(self, schema: _Schema, depth: int) -> Json:
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = kind[0] if kind else None
        match kind:
            case "string":
                return _string(schema)
            case "integer" | "number":
                low = schema.get("minimum", 0)
                return low if isinstance(low, int | float) else 0
            case "boolean":
                return True
            case "null":
                return None
            case "array":
                return [self._value(schema.get("items"), depth + 1) for _ in range(_items(schema))]
        properties = schema.get("properties")
        if not isinstance(properties, Mapping):
            return {}
        return {name: self._value(each, depth + 1) for name, each in properties.items()}

    def _referred(self, ref: str) -> Json:
        found: Json = self._root
        for step in ref.removeprefix("#").strip("/").split("/"):
            found = found.get(step) if isinstance(found, Mapping) else None
        return found


def _items(schema: _Schema) -> int:
    few = schema.get("minItems", 1)
    return min(few, _MOST_ITEMS) if isinstance(few, int) and few > 0 else 1


def _string(schema: _Schema) -> str:
    known = schema.get("format")
    text = _FORMATS.get(known, "simulated") if isinstance(known, str) else "simulated"
    least = schema.get("minLength")
    return text.ljust(min(least, 1000), "x") if isinstance(least, int) else text
