"""An API key is given away by `reveal` and by nothing else."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable

import pytest

from coldbyte.core.secret import ApiKey

SECRET = "sk-ant-api03-not-a-real-key"


def test_reveal_gives_the_key_without_the_blanks_around_it() -> None:
    assert ApiKey(f"  {SECRET}\n").reveal() == SECRET


@pytest.mark.parametrize(
    "write",
    [
        repr,
        str,
        "{}".format,
        "{0!r:>40}".format,
        lambda key: repr({key: key}),
        lambda key: f"{[key]} {key}",
    ],
    ids=["repr", "str", "format", "format_repr", "in a container", "f-string"],
)
def test_no_way_of_writing_it_shows_the_key(write: Callable[[ApiKey], str]) -> None:
    shown = write(ApiKey(SECRET))
    assert SECRET not in shown
    assert "ApiKey" in shown


def test_a_log_record_and_a_traceback_do_not_show_it(caplog: pytest.LogCaptureFixture) -> None:
    key = ApiKey(SECRET)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("coldbyte").debug("sending with %s", key)
    assert SECRET not in caplog.text

    def fail(held: ApiKey) -> None:
        raise ValueError(held)

    with pytest.raises(ValueError, match="ApiKey") as failed:
        fail(key)
    told = traceback.TracebackException.from_exception(failed.value, capture_locals=True)
    assert "held = ApiKey" in "".join(told.format())
    assert SECRET not in "".join(told.format())


@pytest.mark.parametrize(
    "copying",
    [pickle.dumps, copy.copy, copy.deepcopy, json.dumps],
    ids=["pickle", "copy", "deepcopy", "json"],
)
def test_it_is_neither_pickled_nor_copied(copying: Callable[[ApiKey], object]) -> None:
    with pytest.raises(TypeError) as refused:
        copying(ApiKey(SECRET))
    assert SECRET not in str(refused.value)


def test_it_has_no_attributes_to_list() -> None:
    assert not hasattr(ApiKey(SECRET), "__dict__")


def test_keys_with_the_same_value_are_equal() -> None:
    assert ApiKey(SECRET) == ApiKey(f" {SECRET} ")
    assert hash(ApiKey(SECRET)) == hash(ApiKey(SECRET))
    assert ApiKey(SECRET) != ApiKey("another")
    assert ApiKey(SECRET) != SECRET


def test_a_key_of_blanks_is_no_key() -> None:
    assert ApiKey(SECRET)
    assert not ApiKey("")
    assert not ApiKey(" \t\n")
