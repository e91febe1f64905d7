from __future__ import annotations

from core.sample_text import causes, found, hosted

_ORDER = [
    ("x-anthropic-billing-header: cc_version=2.1.37; cch=fa690;", "fa690", "543cf", "client-version-stamp"),
    ("<env>\nIt is 10:15:00.\n</env>", "10:15:00", "10:15:41", "volatile-timestamp"),
    ("<env>\nHead is 9f3ab2c1.\n</env>", "9f3ab2c1", "07d1e5b9", "environment-snapshot"),
    ("<context>\nPart 9f3ab2c1 is out.\n</context>", "9f3ab2c1", "07d1e5b9", "volatile-id"),
    ("<context>\nTenant: A\n</context>", "A\n", "B\n", "retrieved-context-changed"),
    ("Tenant: 41", "41", "52", "per-user-data"),
    ("Tenant 41 asks.", "41", "52", "volatile-counter"),
    ("Tenant A asks.", "A asks", "Bob asks", "text-edited"),
]


def test_of_two_causes_the_earlier_in_the_order_counts() -> None:
    for before, old, new, name in _ORDER:
        assert causes(hosted(before), hosted(before.replace(old, new))) == [name], before


def test_each_of_many_causes_in_one_text_is_named_once_in_their_order() -> None:
    before = hosted("\n\n".join(text for text, *_ in _ORDER))
    after = hosted("\n\n".join(text.replace(old, new) for text, old, new, _ in _ORDER))
    assert causes(before, after) == [name for *_, name in _ORDER]


def test_a_text_with_very_many_edits_is_named_to_its_end() -> None:
    before = "".join(
        f"word{'x' * (n % 97)} and {chr(97 + n % 26) * (n % 89 + 1)} tea\n" for n in range(12_000)
    )
    (one,) = found(before, before.replace("tea", "rice"))
    assert (one.id, one.count) == ("text-edited", 12_000)


def test_places_of_one_shape_are_judged_alike() -> None:
    before = "".join(f"item {n} costs {n % 7} coins\n" for n in range(3_000))
    after = "".join(f"item {n} costs {n % 7 + 1} coins\n" for n in range(3_000))
    (one,) = found(before, after)
    assert (one.id, one.count, one.say.split(".")[0]) == ("volatile-counter", 3_000, "The number 0 became 1")


def test_places_of_one_shape_below_other_headings_are_judged_by_these() -> None:
    before = "- likes tea\n" * 300 + "\nRelevant memories:\n- likes tea\n"
    groups = found(before, before.replace("tea", "rice"))
    assert [(one.id, one.count) for one in groups] == [("text-edited", 300), ("retrieved-context-changed", 1)]
