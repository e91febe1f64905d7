"""`coldbyte lint`: what one request shows by itself."""

from __future__ import annotations

import pytest

from asked import KEY, LONG, MODEL, Desk, exchange, request
from coldbyte.commands.output import DEFECT, INTERRUPTED

BARE = {"model": MODEL, "max_tokens": 9, "messages": [{"role": "user", "content": "Hello there."}]}


def test_a_request_without_a_breakpoint_is_a_loss(desk: Desk) -> None:
    path = desk.file("bare.json", BARE)
    answer = desk.ask("lint", path, "--json")
    assert (answer.code, answer.value["model"]) == (1, MODEL)
    assert "no-cache-control" in [cause["id"] for cause in answer.value["causes"]]
    shown = desk.ask("lint", path)
    assert (shown.code, shown.err) == (1, b"")
    assert "  1  no-cache-control" in shown.text


def test_a_sound_request_is_clean(desk: Desk) -> None:
    path = desk.file("sound.json", request())
    answer = desk.ask("lint", path, "--json")
    assert answer.code == 0
    assert not [cause for cause in answer.value["causes"] if cause["severity"] == "loss"]


def test_what_is_no_request_ends_with_2(desk: Desk) -> None:
    error = desk.ask("lint", desk.file("odd.json", {"messages": []}), "--json").error
    assert error["path"] == "model"
    answer = desk.ask("lint", desk.file("odd.json", {"messages": []}))
    assert (answer.code, answer.out) == (2, b"")
    assert answer.words.startswith("coldbyte: ")


def test_a_redacted_answer_holds_no_text_and_no_answer_the_key(desk: Desk) -> None:
    path = desk.file("x.json", exchange(request("Session 7f3a9c21-77aa Quarzbruch\u200b " * 400)))
    for more in ([], ["--json"], ["--redact"], ["--redact", "--json"]):
        answer = desk.ask("lint", path, *more)
        assert KEY not in answer.text
        if "--redact" in more:
            assert "Quarzbruch" not in answer.text
            assert "7f3a9c21" not in answer.text


def test_of_one_request_one_side_is_shown_and_nothing_old_is_spoken_of(desk: Desk) -> None:
    path = desk.file("odd.json", request("a\u200bb cafe\u0301 p\u0430ypal\ufffd x\r\ny\n" * 100))
    answer = desk.ask("lint", path)
    assert "→" not in answer.text
    assert "–" not in answer.text
    assert "block byte 1 · line 1 · column 2\n" in answer.text
    assert "Fix  Remove what is invisible, or keep it the same in every request.\n" in answer.text
    assert "old" not in answer.text.split()
    found = {cause["id"]: cause for cause in desk.ask("lint", path, "--json").value["causes"]}
    assert {"invisible-char-changed", "line-endings-changed", "homoglyph-changed"} <= set(found)
    assert found["invisible-char-changed"]["line"] == [None, 1]


def test_warnings_end_with_0_and_a_loss_with_1(desk: Desk) -> None:
    warned = desk.file("warned.json", request(f"a\u200bb {LONG}"))
    severities = [cause["severity"] for cause in desk.ask("lint", warned, "--json").value["causes"]]
    assert severities == ["warning"]
    assert desk.ask("lint", warned).code == 0
    assert desk.ask("prefix", warned).code == 0
    assert desk.ask("tokens", warned).code == 0
    assert desk.ask("lint", desk.file("bare.json", BARE)).code == 1
    assert desk.ask("lint", str(desk.folder / "none.json")).code == 2


@pytest.mark.parametrize(
    ("command", "verdicts"),
    [
        ("explain", "0 for a hit; 1 for anything else that is judged; 2 when an input can't be read"),
        ("lint", "0 where no cause is a loss; 1 where one is; 2 when an input can't be read"),
    ],
)
def test_the_help_tells_the_exit_codes(desk: Desk, command: str, verdicts: str) -> None:
    answer = desk.ask(command, "--help")
    said = " ".join(answer.text.split())
    assert answer.code == 0
    assert f"Exit code: {verdicts}" in said
    assert said.endswith(f"{DEFECT} for a defect of Coldbyte; {INTERRUPTED} when interrupted.")
