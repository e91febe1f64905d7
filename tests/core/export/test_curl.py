"""The exported cURL command, run by a real shell and a real curl."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.export.curl import curl_command
from coldbyte.core.export.literal import shell_word
from coldbyte.core.export.outgoing import Outgoing
from core.export.nasty import WIRES, body, outgoing, wire
from core.export.recorder import Recorder, recorder
from services.test_simulator_command import simulate

KEY = "sk-ant-not-a-key"
SHELLS = [["bash", "--norc", "--noprofile"], ["zsh", "-f"]]


@pytest.fixture(scope="module")
def world() -> Iterator[Recorder]:
    for program in ("bash", "curl"):
        if shutil.which(program) is None:
            pytest.skip(f"there is no {program} on this machine")
    with simulate("--fast") as (_, url), recorder(url) as kept:
        yield kept


def run(command: str, url: str, shell: list[str] = SHELLS[0]) -> str:
    """What a shell prints that reads the command as a script."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "ANTHROPIC_API_KEY": KEY,
        "ANTHROPIC_BASE_URL": url,
        "LC_ALL": "C",
    }
    done = subprocess.run(shell, input=command.encode(), env=environment, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


@pytest.mark.parametrize("name", WIRES)
def test_the_command_sends_the_very_bytes(world: Recorder, name: str) -> None:
    request = outgoing(WIRES[name])
    run(curl_command(request), world.url)
    received = world.received[-1]
    assert received.body == WIRES[name]
    assert received.headers["x-api-key"] == KEY
    assert received.status == 200


def test_another_shell_reads_it_the_same(world: Recorder) -> None:
    if shutil.which("zsh") is None:
        pytest.skip("there is no zsh on this machine")
    for data in WIRES.values():
        run(curl_command(outgoing(data)), world.url, SHELLS[1])
        assert world.received[-1].body == data


def test_features_and_version_travel_in_headers(world: Recorder) -> None:
    request = outgoing(WIRES["quotes"], betas=["b-2", "a-1"], version="2023-06-01")
    run(curl_command(request), world.url)
    received = world.received[-1]
    assert received.headers["anthropic-beta"] == "a-1,b-2"
    assert received.headers["anthropic-version"] == "2023-06-01"


def test_bytes_that_are_no_text_are_sent_too(world: Recorder) -> None:
    for data in (b"\xff\xfe'\\ {", b"@/etc/passwd", b"a\0b" * 70, b"x\x80" * 60_000):
        run(curl_command(Outgoing(data, {})), world.url)
        assert world.received[-1].body == data


def test_no_key_and_no_foreign_host_stand_in_it() -> None:
    gateway = outgoing(wire(body("x")), host="gateway.example.com")
    assert "gateway" not in curl_command(gateway)
    assert "https://api.anthropic.com}/v1/messages" in curl_command(gateway)
    here = outgoing(wire(body("x")), host="127.0.0.1:8765")
    assert "http://127.0.0.1:8765}/v1/messages" in curl_command(here)
    assert '"x-api-key: $ANTHROPIC_API_KEY"' in curl_command(here)


def test_a_feature_that_would_leave_its_quotes_is_left_out() -> None:
    command = curl_command(outgoing(wire(body("x")), betas=["x'; rm -rf ~; '", "fine-1"], version="1'`id`"))
    assert "rm -rf" not in command
    assert "`id`" not in command
    assert "anthropic-beta: fine-1'" in command


def test_what_a_paste_would_change_is_written_as_escapes() -> None:
    for text in ("a\u00a0b", "e\u0301", "\u2028", "\u212b", "a\u200bb"):
        command = curl_command(outgoing(wire(body(text))))
        assert all(char == "\n" or " " <= char <= "~" for char in command), text
    assert "漢字" in curl_command(outgoing(wire(body("漢字 it's"))))


@given(data=st.binary(max_size=60).map(lambda data: data.replace(b"\0", b"")))
def test_a_word_of_the_shell_gives_back_its_bytes(data: bytes) -> None:
    word = shell_word(data)
    assert word is not None
    done = subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, timeout=60)
    assert done.stdout == data
