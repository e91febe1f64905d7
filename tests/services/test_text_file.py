"""Texts in real files: every byte kept, nothing half written."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.text.text import NotUtf8Error, Text
from coldbyte.services.text_file import FileTrouble, decode_as, guesses, read_bytes, read_text, write_text

posix_only = pytest.mark.skipif(os.name != "posix", reason="POSIX permissions, links and pipes")
AWKWARD = [
    "\r\n",
    "\r",
    "\n",
    "\x00",
    "\ufeff",
    "\u00a0",
    "\u2028",
    "\u2029",
    "\ufdd0",
    "e\u0301",
    "😀",
    "\x1a",
]
texts = st.lists(st.sampled_from(AWKWARD) | st.text(max_size=20), max_size=30).map("".join)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@given(texts)
def test_every_text_comes_back_byte_for_byte(chars: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text"
        write_text(path, Text.from_str(chars))
        assert path.read_bytes() == chars.encode()
        assert read_text(path).encode() == chars.encode()
        assert names(Path(folder)) == ["text"]


@given(st.binary(max_size=200))
def test_every_file_is_read_exactly_or_refused_with_the_first_wrong_byte(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text"
        path.write_bytes(data)
        valid = data.decode(errors="replace").partition("\ufffd")[0].encode()
        if data.decode(errors="ignore").encode() == data:
            assert read_text(path).encode() == data
        else:
            with pytest.raises(NotUtf8Error) as failed:
                read_text(path)
            assert failed.value.byte >= len(valid)
            assert data[: failed.value.byte].decode().encode() == data[: failed.value.byte]


def test_the_offset_of_the_first_byte_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"caf\xc3\xa9 " * 1000 + b"\xe9t\xe9")
    with pytest.raises(NotUtf8Error) as failed:
        read_text(tmp_path / "f")
    assert failed.value.byte == 6000


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileTrouble, match="does not exist") as failed:
        read_text(tmp_path / "f")
    assert failed.value.remedy
    assert failed.value.__cause__ is None


def test_a_folder_is_neither_read_nor_written(tmp_path: Path) -> None:
    for call in (lambda: read_text(tmp_path), lambda: write_text(tmp_path, Text())):
        with pytest.raises(FileTrouble, match=r"is not a file|no permission"):
            call()


@posix_only
def test_a_pipe_and_a_device_are_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(FileTrouble, match="is not a file"):
            read_bytes(path)
        with pytest.raises(FileTrouble, match="is not a file"):
            write_text(path, Text())


@posix_only
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o664])
def test_permissions_stay(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")
    path.chmod(mode)
    write_text(path, Text.from_str("new"))
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert path.read_bytes() == b"new"


@posix_only
def test_a_new_file_has_the_permissions_that_any_program_would_give_it(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_text(tmp_path / "ours", Text())
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


@posix_only
def test_a_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real/f", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(Path("real/f"))
    write_text(link, Text.from_str("new"))
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    target.unlink()
    write_text(link, Text.from_str("again"))
    assert target.read_bytes() == b"again"
    assert names(tmp_path) == ["link", "real"]


@posix_only
def test_a_link_that_leads_to_itself_is_told(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for call in (lambda: read_text(tmp_path / "loop"), lambda: write_text(tmp_path / "loop", Text())):
        with pytest.raises(FileTrouble):
            call()


@posix_only
def test_a_write_that_fails_midway_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"old")
    code = """
import resource, sys
from pathlib import Path
from coldbyte.core.text.text import Text
from coldbyte.services.text_file import FileTrouble, write_text
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_text(Path(sys.argv[1]), Text.from_str("new" * 1000))
except FileTrouble as error:
    print(error.say, error.remedy)
"""
    command = [sys.executable, "-c", code, str(tmp_path / "f")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    assert "can't be written: File too large." in done.stdout
    assert "untouched" in done.stdout
    assert (tmp_path / "f").read_bytes() == b"old"
    assert names(tmp_path) == ["f"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileTrouble, match="does not exist"):
        write_text(tmp_path / "no/f", Text())


@posix_only
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everything")
def test_a_write_protected_file_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"old")
    (tmp_path / "f").chmod(0o444)
    with pytest.raises(FileTrouble, match="no permission"):
        write_text(tmp_path / "f", Text.from_str("new"))
    assert (tmp_path / "f").read_bytes() == b"old"


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("utf-16", "Grüße aus Köln"),
        ("utf-16-le", "Grüße aus Köln"),
        ("utf-16-be", "Grüße aus Köln"),
        ("utf-32", "Grüße aus Köln"),
        ("cp1252", "Größe: “naïve” – 5 €"),
        ("cp932", "日本語の文章です。これは、テストです。"),
    ],
)
def test_the_right_encoding_is_the_first_guess_and_gives_the_words_back(
    tmp_path: Path, encoding: str, words: str
) -> None:
    data = words.encode(encoding)
    assert guesses(data)[0] == encoding
    assert str(decode_as(data, encoding)) == words
    (tmp_path / "f").write_bytes(data)
    assert str(decode_as(tmp_path / "f", encoding)) == words


@pytest.mark.parametrize(
    ("encoding", "words"),
    [("gb18030", "中文文本，测试。"), ("euc_kr", "한국어 문장"), ("cp1251", "Съешь ещё")],
)
def test_other_encodings_are_among_the_guesses(encoding: str, words: str) -> None:
    assert encoding in guesses(words.encode(encoding))


@given(st.binary(max_size=100))
def test_every_guess_decodes_and_there_is_always_one(data: bytes) -> None:
    found = guesses(data)
    assert found[-1] == "latin-1"
    assert len(set(found)) == len(found)
    for encoding in found:
        decode_as(data, encoding)


@pytest.mark.parametrize(
    ("data", "encoding", "words"),
    [
        (b"a\x81", "cp1252", "byte 1 can't be read"),
        (b"x", "no-such", "no text encoding called no-such"),
        (b"x", "base64", "no text encoding called base64"),
        (b"\x3d\xd8", "utf-16-le", "not utf-16-le"),
        (b"+2D0-", "utf-7", "not utf-7"),
    ],
)
def test_a_wrong_encoding_is_told(data: bytes, encoding: str, words: str) -> None:
    with pytest.raises(FileTrouble, match=words) as failed:
        decode_as(data, encoding)
    assert failed.value.remedy
