"""The user's own rows are laid over the catalogue, and what is wrong in them is named by its place."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.catalogue import Catalogue, Model, Prices, read_catalogue
from coldbyte.core.cache.catalogue_override import OverrideError, with_overrides
from coldbyte.services import resources

SHIPPED = read_catalogue(resources.text("catalogue.json"))
TODAY = date(2026, 11, 23)
PRICE = {"input": "1", "write_5m": "1.25", "write_1h": "2", "read": "0.1", "output": "5"}


def laid(*rows: object, **more: object) -> Catalogue:
    return with_overrides(SHIPPED, json.dumps({"models": list(rows), **more}))


def model(catalogue: Catalogue, name: str) -> Model:
    found = catalogue.model(name)
    assert found is not None
    return found


def held(catalogue: Catalogue, name: str, tokens: int = 1000) -> Prices:
    prices = model(catalogue, name).prices_at(TODAY, tokens)
    assert prices is not None
    return prices


def test_what_is_given_replaces_and_what_is_not_stays() -> None:
    mine = laid({"id": "claude-opus-4-8", "minimum_tokens": 64})
    before, after = model(SHIPPED, "claude-opus-4-8"), model(mine, "claude-opus-4-8")
    assert (after.minimum, after.source) == (64, "yours")
    assert (after.prices, after.name, after.context) == (before.prices, before.name, before.context)
    assert [each.id for each in mine.models] == [each.id for each in SHIPPED.models]
    assert model(mine, "claude-opus-4-7") is model(SHIPPED, "claude-opus-4-7")


def test_prices_are_replaced_as_a_whole() -> None:
    mine = laid({"id": "claude-haiku-5-5", "prices": [PRICE], "source": "our contract"})
    assert held(mine, "claude-haiku-5-5", 500_000).output == 5
    assert len(model(mine, "claude-haiku-5-5").prices) == 1
    assert model(mine, "claude-haiku-5-5").source == "yours: our contract"


def test_an_alias_names_the_row_that_it_stands_for() -> None:
    mine = laid({"id": "claude-haiku-4-5-20251001", "prices": [PRICE]})
    assert model(mine, "claude-haiku-4-5") is model(mine, "claude-haiku-4-5-20251001")
    assert model(mine, "claude-haiku-4-5").id == "claude-haiku-4-5"
    assert held(mine, "claude-haiku-4-5").read == Decimal("0.1")


def test_an_unknown_id_is_a_new_model() -> None:
    mine = laid({"id": "my-model", "aliases": ["mine"], "prices": [PRICE]}, as_of="2027-01-01")
    assert model(mine, "mine") is model(mine, "my-model")
    assert (model(mine, "mine").name, model(mine, "mine").lifecycle) == ("my-model", "active")
    assert mine.offered[-1].id == "my-model"
    assert mine.tokenizer("mine") == "2026"
    assert mine.as_of == date(2027, 1, 1)
    assert laid({"id": "bare"}).by_id["bare"].prices == ()


def test_a_new_model_without_prices_has_none() -> None:
    assert model(laid({"id": "bare"}), "bare").prices_at(TODAY, 1) is None


def test_an_older_day_in_the_file_does_not_age_the_catalogue() -> None:
    assert laid(as_of="2020-01-01").as_of == SHIPPED.as_of


def test_bands_and_days_count_in_whatever_order_they_are_written() -> None:
    rows = [
        {**PRICE, "since": "2026-10-01", "output": "9"},
        {**PRICE, "since": "2026-10-01", "up_to_tokens": 2000, "output": "7"},
        PRICE,
    ]
    mine = laid({"id": "claude-opus-5", "prices": rows})
    assert [held(mine, "claude-opus-5", size).output for size in (2000, 2001)] == [Decimal(7), Decimal(9)]
    early = model(mine, "claude-opus-5").prices_at(date(2026, 9, 30), 5000)
    assert early is not None
    assert early.output == 5


def test_a_price_that_is_a_number_keeps_its_digits() -> None:
    amounts = '{"input": 0.1, "write_5m": 0.125, "write_1h": 2, "read": 0.01, "output": 5}'
    text = f'{{"models": [{{"id": "a", "prices": [{amounts}]}}]}}'
    prices = model(with_overrides(SHIPPED, text), "a").prices[0]
    assert (prices.input, prices.write_5m, prices.write_1h) == (Decimal("0.1"), Decimal("0.125"), Decimal(2))


def test_a_file_that_says_nothing_changes_nothing() -> None:
    for text in ("{}", '{"models": []}', '\ufeff{"about": "mine"}'):
        assert with_overrides(SHIPPED, text) == SHIPPED


WITHOUT_READ = {key: value for key, value in PRICE.items() if key != "read"}


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ("", "", "not JSON at line 1"),
        ('{"models": [\n{]}', "", "line 2, column 2"),
        ("[]", "", "not an object"),
        ("[" * 100_000, "", "nested too deeply"),
        ('{"models": 9' + "9" * 5000 + "}", "", "too long"),
        ('{"models": [{"id": "a", "id": "b"}]}', "", '"id" stands twice'),
        ({"model": []}, "model", "no such key. Keys are about, as_of, models"),
        ({"models": {}}, "models", "not a list"),
        ({"models": ["a"]}, "models[0]", "not an object"),
        ({"models": [{}]}, "models[0].id", "a text is missing"),
        ({"models": [{"id": " "}]}, "models[0].id", "can't be empty"),
        ({"models": [{"id": "a"}, {"id": "a"}]}, "models[1].id", "a stands twice"),
        (
            {"models": [{"id": "claude-haiku-4-5"}, {"id": "claude-haiku-4-5-20251001"}]},
            "models[1].id",
            "stands twice",
        ),
        ({"models": [{"id": "a", "price": []}]}, "models[0].price", "no such key"),
        ({"models": [{"id": "a", "aliases": ["claude-opus-5"]}]}, "models[0].aliases[0]", "already the name"),
        ({"models": [{"id": "a", "lifecycle": "dead"}]}, "models[0].lifecycle", "one of active, legacy"),
        ({"models": [{"id": "a", "tokenizer": 2026}]}, "models[0].tokenizer", "one of 2023, 2026"),
        ({"models": [{"id": "a", "minimum_tokens": -1}]}, "models[0].minimum_tokens", "whole number"),
        ({"models": [{"id": "a", "context_tokens": 1.5}]}, "models[0].context_tokens", "whole number"),
        ({"models": [{"id": "a", "retires": "soon"}]}, "models[0].retires", "2026-11-23"),
        ({"models": [{"id": "a", "prices": [WITHOUT_READ]}]}, "models[0].prices[0]", "read missing"),
        (
            {"models": [{"id": "a"}, {"id": "b"}, {"id": "c", "prices": [{**PRICE, "read": "free"}]}]},
            "models[2].prices[0].read",
            'USD per million tokens, as in "3.75"',
        ),
        ({"models": [{"id": "a", "prices": [PRICE, PRICE]}]}, "models[0].prices[1]", "same day"),
        ({"as_of": "2026-13-01"}, "as_of", "not a day"),
        ({"about": 1}, "about", "a text is missing"),
    ],
)
def test_what_is_wrong_is_named_by_its_place_with_the_remedy(text: object, path: str, words: str) -> None:
    with pytest.raises(OverrideError) as raised:
        with_overrides(SHIPPED, text if isinstance(text, str) else json.dumps(text))
    assert raised.value.path == path
    assert words in str(raised.value)
    assert str(raised.value).startswith(path or "the file")
    assert raised.value.remedy


@pytest.mark.parametrize(
    "amount",
    [
        "-1",
        "NaN",
        "1e3",
        "1_0",
        " 1",
        "٣",
        "12345678",
        "0." + "1" * 13,
        True,
        None,
        -1,
        1e300,
        float("nan"),
        [],
    ],
)
def test_what_is_no_plain_amount_is_no_price(amount: object) -> None:
    with pytest.raises(OverrideError) as raised:
        laid({"id": "a", "prices": [{**PRICE, "output": amount}]})
    assert raised.value.path == "models[0].prices[0].output"


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["models", "id", "prices", "input", "since", "aliases", "name", "x"]), inner
        ),
    ),
)
ROWS = st.fixed_dictionaries(
    {"id": st.sampled_from(["a", "claude-opus-5"])},
    optional={"prices": JSON, "name": JSON, "aliases": JSON, "since": JSON, "minimum_tokens": JSON},
)


def outcome(text: str) -> Catalogue | OverrideError:
    try:
        return with_overrides(SHIPPED, text)
    except OverrideError as error:
        return error


@given(st.one_of(JSON, st.fixed_dictionaries({"models": st.lists(ROWS, max_size=2)})))
def test_any_json_gives_a_catalogue_or_its_error(value: object) -> None:
    found = outcome(json.dumps(value))
    if isinstance(found, OverrideError):
        assert found.say
        assert found.remedy
    else:
        assert {each.id for each in found.models} >= {each.id for each in SHIPPED.models}


@given(st.text(max_size=40))
def test_any_text_gives_a_catalogue_or_its_error(text: str) -> None:
    found = outcome(text)
    assert isinstance(found, Catalogue) or found.remedy


@given(st.sets(st.sampled_from([each.id for each in SHIPPED.models])))
def test_only_the_rows_that_are_named_change(names: set[str]) -> None:
    mine = laid(*({"id": name, "prices": [PRICE]} for name in sorted(names)))
    for before, after in zip(SHIPPED.models, mine.models, strict=True):
        assert (before is not after) == (before.id in names)
        assert mine.by_id[before.id] is after
    assert mine.by_id.keys() == SHIPPED.by_id.keys()
