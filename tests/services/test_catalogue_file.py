"""The user's catalogue as a file: there, not there, or unreadable in plain words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from coldbyte.services.catalogue_file import MOST_BYTES, read_user_catalogue
from coldbyte.services.text_file import FileTrouble


def test_a_file_is_read_with_and_without_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.json"
    path.write_bytes('{"about": "für uns"}'.encode())
    assert read_user_catalogue(path) == '{"about": "für uns"}'
    path.write_bytes(b"\xef\xbb\xbf{}")
    assert read_user_catalogue(path) == "{}"


def test_no_file_is_no_trouble(tmp_path: Path) -> None:
    assert read_user_catalogue(tmp_path / "catalogue.json") is None
    assert read_user_catalogue(tmp_path / "no folder" / "catalogue.json") is None
    (tmp_path / "file").write_bytes(b"")
    assert read_user_catalogue(tmp_path / "file" / "catalogue.json") is None


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(FileTrouble) as raised:
        read_user_catalogue(tmp_path)
    assert "is not a file" in raised.value.say


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
def test_a_link_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    with pytest.raises(FileTrouble) as raised:
        read_user_catalogue(tmp_path / "link")
    assert "does not exist" in raised.value.say
    assert raised.value.remedy


def test_bytes_that_are_no_text_are_told_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.json"
    path.write_bytes(b'{"about": "\xff"}')
    with pytest.raises(FileTrouble) as raised:
        read_user_catalogue(path)
    assert "byte 11" in raised.value.say
    assert raised.value.remedy == "Save it as UTF-8."


def test_a_file_that_can_not_be_a_list_of_prices_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.json"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(FileTrouble) as raised:
        read_user_catalogue(path)
    assert "too large" in raised.value.say
