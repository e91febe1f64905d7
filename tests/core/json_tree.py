"""JSON trees for property tests, and the plain way to compare two of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from coldbyte.core.json.value import Json, Pairs, Spelled, compact, pairs_of
from coldbyte.core.text.text import Text

KEYS = st.sampled_from(["a", "b", "c d", "é", 'q"', "", "0"])
STRINGS = st.text(alphabet='ab\n\t\x01"\\é𝄞', max_size=5)
NUMBERS: st.SearchStrategy[Json] = st.one_of(
    st.integers(-12, 12),
    st.sampled_from([1.0, -0.0, 0.5, 12.0]),
    st.sampled_from(["1", "1.0", "1e0", "0.10e1", "-0", "12e0", "1E999999999", "10e999999998"]).map(Spelled),
)
LEAVES: st.SearchStrategy[Json] = st.one_of(
    STRINGS, STRINGS.map(Text.from_str), NUMBERS, st.booleans(), st.none()
)


def _below(children: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.one_of(
        st.lists(children, max_size=5),
        st.dictionaries(KEYS, children, max_size=4),
        st.lists(st.tuples(KEYS, children), max_size=3).map(
            lambda pairs: Pairs(pairs) if len(dict(pairs)) < len(pairs) else dict(pairs)
        ),
    )


TREES: st.SearchStrategy[Json] = st.recursive(LEAVES, _below, max_leaves=12)


@st.composite
def edited(draw: st.DrawFn, tree: Json) -> Json:
    """A tree that differs from another here and there."""
    choice = draw(st.integers(0, 5))
    if choice == 0:
        return draw(TREES)
    if isinstance(tree, Mapping):
        pairs = [(key, draw(edited(item)) if choice == 1 else item) for key, item in pairs_of(tree)]
        pairs = draw(st.permutations(pairs)) if choice == 2 else pairs
        pairs = [*pairs[: choice - 3], *pairs[choice - 2 :]] if choice in (3, 4) else pairs
        pairs = pairs if choice != 5 else [*pairs, (draw(KEYS), draw(TREES))]
        return Pairs(pairs) if len(dict(pairs)) < len(pairs) else dict(pairs)
    if isinstance(tree, Sequence) and not isinstance(tree, str):
        items = [draw(edited(item)) if choice == 1 else item for item in tree]
        items = draw(st.permutations(items)) if choice == 2 else items
        items = [*items[: choice - 3], *items[choice - 2 :]] if choice in (3, 4) else items
        return items if choice != 5 else [draw(TREES), *items]
    return tree


@st.composite
def two_trees(draw: st.DrawFn) -> tuple[Json, Json]:
    """Two trees, often versions of each other."""
    tree = draw(TREES)
    return tree, draw(edited(tree) | TREES)


def printed(tree: Json) -> bytes:
    """The compact print as bytes."""
    return compact(tree).encode()
