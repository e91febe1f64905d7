"""The draft's file: there or not, damaged or not, nothing that was typed is overwritten."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from coldbyte.core.draft import Draft, SystemBlock
from coldbyte.core.text.text import Text
from coldbyte.services.draft_store import DraftStore
from coldbyte.services.text_file import FileTrouble

DRAFT = Draft("m", 1, (SystemBlock("s", Text.from_str("a\r\nb\u00a0")),))


def test_a_draft_is_kept_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "draft.json"
    assert DraftStore(path).load() is None
    DraftStore(path).save(DRAFT, "")
    assert DraftStore(path).load() == (DRAFT, "")
    assert [entry.name for entry in path.parent.iterdir()] == ["draft.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps its own lists of who may read")
def test_only_its_user_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "draft.json"
    for _ in range(2):
        DraftStore(path).save(DRAFT, "")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("data", [b"{", b"\xff", b'{"schema": "other"}'])
def test_a_damaged_file_is_set_aside_and_said_so(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "draft.json"
    path.write_bytes(data)
    with pytest.raises(FileTrouble) as caught:
        DraftStore(path).load()
    assert "draft-damaged-1.json" in caught.value.remedy
    assert (tmp_path / "draft-damaged-1.json").read_bytes() == data
    assert DraftStore(path).load() is None
    path.write_bytes(b"damaged again")
    with pytest.raises(FileTrouble):
        DraftStore(path).load()
    assert (tmp_path / "draft-damaged-1.json").read_bytes() == data
    assert (tmp_path / "draft-damaged-2.json").read_bytes() == b"damaged again"


def test_a_draft_that_gives_way_is_kept_beside_the_other(tmp_path: Path) -> None:
    store = DraftStore(tmp_path / "draft.json")
    store.save(Draft("new", 1), "")
    store.put_aside(DRAFT, "")
    assert store.load() == (Draft("new", 1), "")
    assert DraftStore(tmp_path / "draft-previous-1.json").load() == (DRAFT, "")


def test_where_nothing_can_be_written_it_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileTrouble, match="can't be"):
        DraftStore(tmp_path / "file" / "draft.json").save(DRAFT, "")
