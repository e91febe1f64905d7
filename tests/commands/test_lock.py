"""`coldbyte lock` and `coldbyte check`: exit codes, reports, schemas, and the example of the help."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from asked import KEY, LONG, Desk, exchange, request, validator
from coldbyte.services import resources


def locked(desk: Desk, content: object, *options: str) -> str:
    out = str(desk.folder / "prompt.lock")
    answer = desk.ask("lock", desk.file("agreed.json", content), "--out", out, *options)
    assert (answer.code, answer.out, answer.err) == (0, b"", b"")
    return out


def test_a_lock_is_stable_diffable_and_without_text(desk: Desk) -> None:
    path = desk.file("a.json", exchange(request()))
    first, second = desk.ask("lock", path), desk.ask("lock", path)
    assert first.out == second.out
    value = json.loads(first.out)
    validator("lock-1").validate(value)
    assert first.text.count("\n") > 10
    assert "Answer" not in first.text
    assert KEY not in first.text
    assert value["model"] == "claude-opus-5"
    assert "request" not in value


def test_with_text_the_very_body_is_kept_and_no_key(desk: Desk) -> None:
    path = locked(desk, exchange(request("Größe\u00a0" + LONG)), "--with-text")
    value = json.loads(Path(path).read_text(encoding="utf-8"))
    validator("lock-1").validate(value)
    assert json.loads(value["request"])["system"][0]["text"].startswith("Größe\u00a0")
    assert value["headers"] == {"anthropic-version": "2023-06-01"}
    assert KEY not in json.dumps(value)


def test_the_same_prefix_passes(desk: Desk) -> None:
    lock = locked(desk, request())
    answer = desk.ask("check", desk.file("b.json", request(question="Another?")), "--lock", lock)
    assert answer.code == 0
    assert answer.text.startswith("LOCKED  The agreed prefix is there: 2 blocks, ")
    value = desk.ask("check", desk.file("b.json", request()), "--lock", lock, "--json").value
    assert (value["holds"], value["breach"], value["explain"]) == (True, None, None)


def test_a_change_fails_and_is_placed_without_the_text(desk: Desk) -> None:
    lock, after = locked(desk, request()), desk.file("b.json", request(LONG.replace(" ", "\u00a0", 1)))
    answer = desk.ask("check", after, "--lock", lock)
    assert answer.code == 1
    assert answer.text.startswith("BROKEN  The agreed prefix breaks at system[0].text: only white space,")
    assert "Block     2 of 2" in answer.text
    value = desk.ask("check", after, "--lock", lock, "--json").value
    assert (value["holds"], value["breach"]["change"], value["explain"]) == (False, "unseen", None)
    prefix = desk.ask("prefix", after).out
    part = prefix[value["breach"]["start"] : value["breach"]["stop"]]
    assert "Answer\u00a0from".encode() in part
    assert value["breach"]["found"]["bytes"] == len(part)


def test_with_the_agreed_request_the_explainer_names_the_byte(desk: Desk) -> None:
    lock = locked(desk, request(), "--with-text")
    after = desk.file("b.json", request(LONG.replace(" ", "\u00a0", 1)))
    answer = desk.ask("check", after, "--lock", lock)
    assert answer.code == 1
    assert "MISS" in answer.text
    assert "U+00A0" in answer.text
    report = desk.ask("check", after, "--lock", lock, "--json").value["explain"]
    assert report["causes"][0]["code_points"]["after"] == ["U+00A0"]
    plain = locked(desk, request())
    given = desk.ask("check", after, "--lock", plain, "--before", desk.file("a.json", request()), "--json")
    assert given.value["explain"] == report


def test_redacted_no_text_and_no_hash_is_shown(desk: Desk) -> None:
    lock = locked(desk, request(), "--with-text")
    after = desk.file("b.json", {**request("Zebra " + LONG), "secret field": 1})
    for options in ([], ["--json"]):
        answer = desk.ask("check", after, "--lock", lock, "--redact", *options)
        assert answer.code == 1
        for word in ("Zebra", "Answer", "secret"):
            assert word not in answer.text
        assert not re.search(r"[0-9a-f]{12}", answer.text)


def test_a_breakpoint_that_went_breaks_the_lock(desk: Desk) -> None:
    lock = locked(desk, request())
    body = request()
    body["system"] = [{"type": "text", "text": LONG}]
    answer = desk.ask("check", desk.file("b.json", body), "--lock", lock, "--json")
    assert (answer.code, answer.value["breach"]["change"]) == (1, "breakpoint")
    body["system"] = [{"type": "text", "text": LONG, "cache_control": {"type": "ephemeral", "ttl": "1h"}}]
    answer = desk.ask("check", desk.file("b.json", body), "--lock", lock)
    assert "its breakpoint has 1h instead of 5m" in answer.text


def test_beta_features_of_an_exchange_are_part_of_the_agreement(desk: Desk) -> None:
    headers = {"anthropic-beta": "context-1m-2025-08-07"}
    lock = locked(desk, {"request": request(), "headers": headers}, "--with-text")
    same = desk.file("b.json", {"request": request(), "headers": headers})
    assert desk.ask("check", same, "--lock", lock).code == 0
    assert desk.ask("check", desk.file("b.json", request()), "--lock", lock).code == 1


def test_less_can_be_agreed(desk: Desk) -> None:
    marked = {"type": "text", "text": "q", "cache_control": {"type": "ephemeral"}}
    body = request(messages=[{"role": "user", "content": [marked]}])
    other = desk.file("b.json", request(messages=[{"role": "user", "content": [{**marked, "text": "r"}]}]))
    assert desk.ask("check", other, "--lock", locked(desk, body)).code == 1
    assert desk.ask("check", other, "--lock", locked(desk, body, "--until-breakpoint", "1")).code == 0


def test_what_can_not_be_read_gives_two(desk: Desk) -> None:
    path, lock = desk.file("a.json", request()), locked(desk, request())
    no_points = desk.file("n.json", {**request(), "system": "S"})
    for arguments, message in (
        (["lock", no_points], "no breakpoint"),
        (["lock", path, "--until-breakpoint", "2"], "there is no number 2"),
        (["check", path, "--lock", path], "is not a lock"),
        (["check", path, "--lock", str(desk.folder / "no")], "does not exist"),
        (["check", lock, "--lock", lock], "is not a request"),
        (["check", desk.file("c.json", request("x")), "--lock", lock, "--before", no_points], "was locked"),
        (["check", "-", "--lock", "-"], "only once"),
    ):
        assert message in desk.ask(*arguments, "--json").error["message"]
        answer = desk.ask(*arguments)
        assert (answer.code, answer.out) == (2, b"")
    assert desk.ask("check", path).code == 2


def test_the_example_of_the_help_runs(desk: Desk) -> None:
    """A user's CI: the pytest file from the help, first with the agreed prompt, then with a changed one."""
    page = resources.text("help/lock.md")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    locked(desk, request())
    (desk.folder / "test_prompt.py").write_text(example, encoding="utf-8")
    builder = (
        "def build_request():\n    import json\n    return json.load(open('now.json', encoding='utf-8'))\n"
    )
    (desk.folder / "my_app.py").write_text(builder, encoding="utf-8")
    for body, code in ((request(question="New?"), 0), (request(LONG + " "), 1)):
        desk.file("now.json", body)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_prompt.py"],
            cwd=desk.folder,
            capture_output=True,
            text=True,
            timeout=120,
            env={"PYTHONPATH": ".", "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert ("BROKEN" in done.stdout) is bool(code)
