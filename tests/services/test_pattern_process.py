"""A regular expression runs in a process of its own: it answers, and it can be given up."""

from __future__ import annotations

import asyncio
import io
import json
import re
import subprocess
import sys
import threading

import pytest

from coldbyte.core.text.pattern import PatternAnswer, PatternJob
from coldbyte.core.text.search import Query
from coldbyte.core.text.text import Text
from coldbyte.services.pattern_process import PatternProcess
from coldbyte.services.pattern_search import ARGUMENT, question, serve

ENDLESS = Query("(a+)+$", regex=True)
VICTIM = Text.from_str("a" * 40 + "b")


def regex(words: str) -> Query:
    return Query(words, regex=True)


def answers(job: PatternJob, process: PatternProcess | None = None) -> list[PatternAnswer]:
    taken: list[PatternAnswer] = []
    asyncio.run((process or PatternProcess()).search(job, taken.append))
    return taken


def test_hits_come_from_the_process_with_what_they_become() -> None:
    text = Text.from_str("one\r\n😀two\nthree")
    *found, last = answers(PatternJob(text, regex(r"(\w)(\w+)"), r"\2\1\u00a0"))
    assert [hit for answer in found for hit in answer.found] == [
        (0, 3, "neo\u00a0"),
        (7, 10, "wot\u00a0"),
        (11, 16, "hreet\u00a0"),
    ]
    assert (last.is_last, last.is_cut, last.trouble) == (True, False, "")


def test_the_search_ends_at_its_limit_and_says_so() -> None:
    *found, last = answers(PatternJob(Text.from_str("ab" * 5_000), regex("a"), start=2, limit=3_000))
    hits = [hit for answer in found for hit in answer.found]
    assert (hits[0], len(hits), last.is_cut) == ((2, 3, None), 3_000, True)
    assert len(found) > 1


def test_a_wrong_expression_is_told() -> None:
    (answer,) = answers(PatternJob(VICTIM, regex("a(")))
    assert (answer.is_last, answer.at) == (True, 1)
    assert "unterminated" in answer.trouble


def test_an_endless_expression_is_stopped() -> None:
    *_, last = answers(PatternJob(VICTIM, ENDLESS), PatternProcess(silence_s=0.3))
    assert last.is_last
    assert "too long" in last.trouble


def test_the_loop_goes_on_while_an_expression_does_not_end() -> None:
    async def story() -> int:
        turns = 0
        work = PatternProcess(silence_s=0.3).search(PatternJob(VICTIM, ENDLESS), print)
        task = asyncio.get_running_loop().create_task(work)
        while not task.done():
            await asyncio.sleep(0)
            turns += 1
        return turns

    assert asyncio.run(story()) > 100


def test_giving_up_ends_the_process(capfd: pytest.CaptureFixture[str]) -> None:
    wait = "import sys, time; sys.stdin.read(); print('{\"hits\": []}', flush=True); time.sleep(1000)"

    async def story() -> None:
        process = PatternProcess(command=[sys.executable, "-c", wait], silence_s=1000)
        said = asyncio.Event()
        work = process.search(PatternJob(VICTIM, ENDLESS), lambda _: said.set())
        task = asyncio.get_running_loop().create_task(work)
        await said.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(story())
    for thread in threading.enumerate():
        if thread.name == "coldbyte search":  # it waits for the process
            thread.join(30)
            assert not thread.is_alive()
    assert not capfd.readouterr().err


@pytest.mark.parametrize("code", ["", "print('nonsense')", "import sys; sys.exit(3)"])
def test_a_process_that_ends_without_an_answer_is_told(code: str) -> None:
    (answer,) = answers(PatternJob(VICTIM, ENDLESS), PatternProcess(command=[sys.executable, "-c", code]))
    assert answer.is_last
    assert "unexpectedly" in answer.trouble


def test_a_program_that_is_not_there_is_told() -> None:
    (answer,) = answers(PatternJob(VICTIM, ENDLESS), PatternProcess(command=["/no/such/program"]))
    assert answer.trouble


def test_the_process_reads_its_question_and_writes_lines() -> None:
    target = io.BytesIO()
    job = PatternJob(Text.from_str("a1b22"), regex(r"\d+"))
    assert serve(io.BytesIO(question(job, 60) + job.text.encode()), target) == 0
    lines = [json.loads(line) for line in target.getvalue().splitlines()]
    assert lines == [{"hits": [[1, 2, None], [3, 5, None]]}, {"done": True, "cut": False}]


def test_the_process_ends_by_itself_when_nobody_ends_it() -> None:
    job = PatternJob(VICTIM, ENDLESS)
    done = subprocess.run(
        [sys.executable, "-m", "coldbyte", ARGUMENT],
        input=question(job, 0.3) + job.text.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert not re.search(rb"hits|done", done.stdout)
