"""`coldbyte explain`: what AFTER reads of what BEFORE stored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from asked import KEY, LONG, MODEL, Answer, Desk, exchange, request

BROKEN = LONG.replace("documents only", "documents\u00a0only", 1)
USAGE = {"input_tokens": 9, "cache_read_input_tokens": 0, "cache_creation_input_tokens": 4000}


def explain(desk: Desk, before: object, after: object, *more: str) -> Answer:
    return desk.ask("explain", desk.file("before.json", before), desk.file("after.json", after), *more)


def test_the_same_request_is_a_hit(desk: Desk) -> None:
    answer = explain(desk, request(), request(), "--json")
    assert (answer.code, answer.value["effect"], answer.value["causes"]) == (0, "hit", [])
    assert answer.value["survives"] == ["system"]
    assert answer.value["tokens"]["how"] == "estimated"


def test_a_no_break_space_is_a_miss_with_its_byte(desk: Desk) -> None:
    answer = explain(desk, request(), request(BROKEN), "--json")
    value = answer.value
    assert (answer.code, value["effect"], value["model"]) == (1, "miss", MODEL)
    cause = value["causes"][0]
    assert (cause["id"], cause["where"], cause["tier"]) == (
        "invisible-char-changed",
        "system[0].text",
        "system",
    )
    assert cause["block_byte"] == [25, 25]
    assert cause["code_points"] == {"before": ["U+0020"], "after": ["U+00A0"]}
    assert (cause["line"], cause["column"]) == ([1, 1], [26, 26])
    wire = [Path(desk.folder / name).read_bytes() for name in ("before.json", "after.json")]
    assert wire[0][cause["wire_byte"][0]] == 0x20
    assert wire[1][cause["wire_byte"][1] :].startswith("\u00a0".encode())


def test_the_cache_byte_is_where_cmp_finds_the_first_difference(desk: Desk) -> None:
    cause = explain(desk, request(), request(BROKEN), "--json").value["causes"][0]
    one, two = (desk.ask("prefix", str(desk.folder / f"{name}.json")).out for name in ("before", "after"))
    first = next(place for place, (a, b) in enumerate(zip(one, two, strict=False)) if a != b)
    assert cause["cache_byte"] == first


def test_money_is_a_decimal_string_or_null(desk: Desk) -> None:
    cost = explain(desk, request(), request(BROKEN), "--json").value["cost"]
    assert float(cost["lost"]) > 0
    odd = explain(desk, request(model="claude-nobody-1"), request(model="claude-nobody-1"), "--json").value
    assert odd["cost"] is None


def test_people_see_both_sides_and_the_place(desk: Desk) -> None:
    answer = explain(desk, request(), request(BROKEN))
    assert (answer.code, answer.err) == (1, b"")
    assert answer.text.startswith("MISS  None of the ")
    assert "invisible-char-changed" in answer.text
    assert "before  Answer from the documents·only. Quote" in answer.text
    assert "after   Answer from the documents⍽only. Quote" in answer.text
    assert "U+00A0  ⍽  NO-BREAK SPACE" in answer.text
    assert "\x1b" not in answer.text
    assert explain(desk, request(), request(BROKEN), "--color", "always").text.count("\x1b[1;31m") >= 4


@pytest.mark.parametrize(
    "inputs", [["-", "-"], ["a.json", "-", "--usage", "-"], ["-", "b", "--catalogue", "-"]]
)
def test_only_one_input_may_be_standard_input(desk: Desk, inputs: list[str]) -> None:
    answer = desk.ask("explain", *inputs)
    assert (answer.code, answer.words) == (2, "coldbyte: Standard input can be read only once.\n")
    assert desk.ask("explain", *inputs, "--json").error["file"] == "-"


def test_reported_usage_has_the_last_word(desk: Desk) -> None:
    usage = desk.file("usage.json", USAGE)
    value = explain(desk, request(), request(BROKEN), "--json", "--usage", usage).value
    assert value["tokens"] == {"read": 0, "written": 4000, "uncached": 9, "how": "usage"}
    nothing = desk.file("nothing.json", {})
    answer = explain(desk, request(), request(BROKEN), "--json", "--usage", nothing)
    assert answer.error["file"] == nothing


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ("2026-11-23T10:00:00Z", "2026-11-23T10:04:00Z", "hit"),
        ("2026-11-23T10:00:00Z", "2026-11-23T10:06:00Z", "miss"),
        ("1779530400", "1779530760.5", "miss"),
        ("2026-11-23T11:00:00+01:00", "2026-11-23T10:04:00", "hit"),
    ],
)
def test_times_decide_whether_an_entry_still_lives(desk: Desk, before: str, after: str, effect: str) -> None:
    value = explain(desk, request(), request(), "--json", "--before-at", before, "--after-at", after).value
    assert value["effect"] == effect
    assert [cause["id"] for cause in value["causes"]] == ([] if effect == "hit" else ["ttl-expired"])


@pytest.mark.parametrize("time", ["soon", "nan", "inf", "", "9e999"])
def test_a_time_that_is_none_is_said(desk: Desk, time: str) -> None:
    error = explain(desk, request(), request(), "--json", "--after-at", time).error
    assert error["message"] == f"--after-at: expected an ISO 8601 time or epoch seconds, not “{time}”."


def test_another_catalogue_can_be_given(desk: Desk) -> None:
    catalogue = desk.file("models.json", {"as_of": "2026-11-23", "models": []})
    value = explain(desk, request(), request(), "--json", "--catalogue", catalogue).value
    assert value["cost"] is None
    odd: list[object] = [{}, [], {"as_of": "x", "models": []}, {"as_of": "2026-11-23", "models": [{}]}]
    for wrong in odd:
        path = desk.file("wrong.json", wrong)
        error = explain(desk, request(), request(), "--json", "--catalogue", path).error
        assert error["message"].startswith(f"{path} is not a model catalogue: ")


@pytest.mark.parametrize("name", ["before", "after"])
def test_the_file_whose_body_is_no_request_is_named(desk: Desk, name: str) -> None:
    bodies = {"before": request(), "after": request(), name: request(messages=7)}
    error = explain(desk, bodies["before"], bodies["after"], "--json").error
    assert error["file"] == str(desk.folder / f"{name}.json")
    assert error["path"] == "messages"


def test_a_redacted_answer_holds_no_text(desk: Desk) -> None:
    text = LONG.replace("documents", "Quarzbruch")
    for more in (["--json"], []):
        answer = explain(desk, request(text), request(text.replace("only", "alone", 1)), "--redact", *more)
        assert answer.code == 1
        assert "text-edited" in answer.text
        assert not [word for word in ("Quarzbruch", "alone", "Quote", "Why") if word in answer.text]


def test_the_key_never_comes_out(desk: Desk) -> None:
    before, after = exchange(request()), exchange(request(BROKEN))
    fix = desk.folder / "fixed.json"
    answers = [explain(desk, before, after, *more) for more in ([], ["--json"], ["--redact"])]
    answers.append(explain(desk, before, after, "--fix", str(fix)))
    answers.append(explain(desk, before, exchange(request(messages=7)), "--json"))
    answers.append(explain(desk, before, json.dumps(after)[:-1]))
    for answer in answers:
        assert KEY.encode() not in answer.out + answer.err
    assert KEY not in fix.read_text("utf-8")


def test_the_fix_brings_the_old_bytes_back(desk: Desk) -> None:
    fix = desk.folder / "fixed.json"
    answer = explain(desk, request(), request(BROKEN), "--fix", str(fix), "--json")
    assert (answer.code, answer.value["causes"][0]["fix"]["automatic"]) == (1, True)
    assert desk.ask("explain", str(desk.folder / "before.json"), str(fix)).code == 0


def test_people_are_told_what_was_repaired(desk: Desk) -> None:
    fix = desk.folder / "fixed.json"
    answer = explain(desk, request(), request(BROKEN), "--fix", str(fix))
    assert (answer.code, answer.words) == (1, f"coldbyte: {fix} is written: 1 repaired, 0 left.\n")
    assert "documents\u00a0only" not in fix.read_text("utf-8")


def test_a_lone_surrogate_is_told_with_its_place(desk: Desk) -> None:
    text = json.dumps(request()).replace("Why?", "\\ud83d?")
    error = explain(desk, text, request(), "--json").error
    assert (error["path"], error["byte"]) == ("messages[0].content", text.index("\\ud83d"))


def test_lines_of_one_log_can_be_compared(desk: Desk) -> None:
    log = desk.file("log.jsonl", "\n".join(json.dumps(exchange(request(text))) for text in (LONG, BROKEN)))
    value = desk.ask("explain", f"{log}:1", f"{log}:2", "--json").value
    assert value["causes"][0]["id"] == "invisible-char-changed"
    raw = Path(log).read_bytes()
    assert raw[value["causes"][0]["wire_byte"][1] :].startswith(b"\\u00a0")


def test_a_fix_is_called_automatic_only_where_there_is_one(desk: Desk) -> None:
    edited = request("Be kind, and answer in one sentence. " + BROKEN)
    value = explain(desk, request(), edited, "--json").value
    fixes = {cause["id"]: cause["fix"]["automatic"] for cause in value["causes"]}
    assert fixes["text-edited"] is False
    harmless = explain(desk, request(), request(question="How so?"), "--json").value["harmless"]
    assert [cause["fix"]["automatic"] for cause in harmless if cause["fix"]] == [False]


def diagnosed(reason: object, *, previous: str | None = "msg_1", text: str = BROKEN) -> dict[str, object]:
    """An exchange that asked how it differs from the one before it, and was answered."""
    body = request(text, diagnostics={"previous_message_id": previous})
    return exchange(body, response={"id": "msg_2", "diagnostics": reason})


@pytest.mark.parametrize(
    ("reason", "previous", "text", "told"),
    [
        ({"cache_miss_reason": {"type": "system_changed"}}, "msg_1", BROKEN, ("system_changed", True)),
        ({"cache_miss_reason": {"type": "messages_changed"}}, "msg_1", BROKEN, ("messages_changed", False)),
        (None, "msg_1", LONG, (None, True)),
        (None, "msg_1", BROKEN, (None, False)),
        ({"cache_miss_reason": {"type": "system_changed"}}, "msg_0", BROKEN, ("system_changed", None)),
        ({"cache_miss_reason": {"type": "unavailable"}}, "msg_1", BROKEN, ("unavailable", None)),
        ({"cache_miss_reason": None}, "msg_1", BROKEN, None),
        (None, None, BROKEN, None),
    ],
)
def test_what_the_api_said_stands_beside_what_was_found(
    desk: Desk, reason: object, previous: str | None, text: str, told: tuple[str | None, bool | None] | None
) -> None:
    before = exchange(request(), response={"id": "msg_1"})
    after = diagnosed(reason, previous=previous, text=text)
    expected = None if told is None else {"type": told[0], "agrees": told[1]}
    for more in ([], ["--redact"]):
        assert explain(desk, before, after, "--json", *more).value["diagnostics"] == expected
    assert ("API says" in explain(desk, before, after).text) == (told is not None)


def test_people_read_whether_the_api_agrees(desk: Desk) -> None:
    before = exchange(request(), response={"id": "msg_1"})
    answer = explain(desk, before, diagnosed({"cache_miss_reason": {"type": "system_changed"}}))
    assert "  API says  system_changed (as found here)\n" in answer.text
    answer = explain(desk, before, diagnosed(None))
    assert "  API says  no change (not as found here)\n" in answer.text


def test_without_an_answer_of_the_api_nothing_is_said_of_it(desk: Desk) -> None:
    assert explain(desk, request(), request(BROKEN), "--json").value["diagnostics"] is None


def test_fast_mode_is_priced_as_such_or_not_at_all(desk: Desk) -> None:
    def now(model: str, speed: str) -> str | None:
        body = request(model=model, speed=speed)
        cost = explain(desk, body, body, "--json", "--after-at", "2026-11-23T10:00:00Z").value["cost"]
        return str(cost["now"]) if cost else None

    standard, fast = (now("claude-opus-5-5", speed) for speed in ("standard", "fast"))
    assert standard is not None
    assert fast is not None
    assert float(fast) == pytest.approx(2 * float(standard))
    assert now("claude-opus-5", "fast") is None


def test_a_model_is_retired_from_its_announced_day_on(desk: Desk) -> None:
    body = request(model="claude-sonnet-4-5")

    def effect(day: str) -> str:
        return str(explain(desk, body, body, "--json", "--after-at", f"{day}T10:00:00Z").value["effect"])

    assert effect("2026-11-29") == "hit"
    assert effect("2026-11-30") == "rejected"
