"""Python files: literal arguments, marked variables, findings; nothing of the file is ever run."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.services.importing.importer import HEAD_BYTES, ImportTroubleError
from coldbyte.services.importing.python_importer import PythonImporter
from coldbyte.services.importing.registry import importer_for
from services.importing.import_seed import SECRET, read

IMPORTER = PythonImporter()
LONG = "Clause: the supplier keeps a record of each delivery. " * 300


def program(text: str) -> tuple[list[KeptExchange], list[Remark]]:
    return read(IMPORTER, textwrap.dedent(text).encode(), "app.py")


def body(text: str) -> dict[str, Any]:
    """The body of the only call in a program."""
    (kept,), _ = program(text)
    found: dict[str, Any] = json.loads(kept.wire)
    return found


def call(arguments: str, before: str = "") -> str:
    lines = [textwrap.dedent(before), f"r = client.messages.create({arguments})", "print(r.usage)"]
    return "import anthropic\n" + "\n".join(lines)


def told(remarks: list[Remark], kind: str) -> list[str]:
    return [remark.say for remark in remarks if remark.kind == kind]


MESSAGES = 'messages=[{"role": "user", "content": "Hi"}]'


def test_a_literal_call_gives_its_body_in_the_order_of_the_sdk() -> None:
    (kept,), remarks = program(
        call(f'{MESSAGES}, system="Be brief.", model="claude-opus-5-5", max_tokens=64')
    )
    expected = (
        '{"max_tokens":64,"messages":[{"role":"user","content":"Hi"}],'
        '"model":"claude-opus-5-5","system":"Be brief."}'
    )
    assert kept.wire.decode() == expected
    assert (kept.wire_known, kept.complete, kept.source, kept.origin) == (False, True, "app.py:3", "imported")
    assert (kept.failure, kept.usage, kept.scope) == ("", None, "")
    assert not told(remarks, "unknown")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("'a' 'b'\n'c'", "abc"),
        ("'a' + B", "ab"),
        ("'ab' * 3", "ababab"),
        ("f'{B}-{N}'", "b-7"),
        ("'{} {x} {{}}'.format(B, x=N)", "b 7 {}"),
        ("'{1}{0}'.format('a', B)", "ba"),
        ("' '.join(['a', B])", "a b"),
        ("textwrap.dedent('''\n    a\n      b\n    ''')", "\na\n  b\n"),
        ("'  a '.strip()", "a"),
        ("(B)", "b"),
        ("C", "b!"),
        ("'é\\u0301\\n'", "é\u0301\n"),
    ],
)
def test_texts_that_stand_in_the_file_are_worked_out(expression: str, value: str) -> None:
    before = "B = 'b'\nC: str = B + '!'\nN = 7"
    system = body(call(f"{MESSAGES}, model='m', max_tokens=1, system=({expression})", before))["system"]
    assert system == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("4 * 1024", 4096),
        ("-1", -1),
        ("10 // 3 - 1", 2),
        ("1.5", 1.5),
        ("True", True),
        ("None", None),
        ("dict(type='a', n=1)", {"type": "a", "n": 1}),
        ("CacheControlEphemeralParam(type='ephemeral')", {"type": "ephemeral"}),
        ("{'a': [1, (2, 'x')], **D}", {"a": [1, [2, "x"]], "d": 1}),
        ("[*L, 3]", [1, 2, 3]),
    ],
)
def test_other_values_that_stand_in_the_file_are_worked_out(expression: str, value: Any) -> None:
    before = "D = {'d': 1}\nL = [1] + [2]"
    assert (
        body(call(f"{MESSAGES}, model='m', max_tokens=1, metadata={expression}", before))["metadata"] == value
    )


def test_arguments_are_found_wherever_a_literal_dictionary_holds_them() -> None:
    found = body(
        call(
            f"**KW, {MESSAGES}, extra_body={{'x': 1}}, timeout=9, temperature=anthropic.NOT_GIVEN",
            "KW = dict(model='claude-opus-5-5', max_tokens=5)",
        )
    )
    assert list(found) == ["max_tokens", "messages", "model", "x"]


@pytest.mark.parametrize(
    "caller",
    [
        "client.beta.messages.create",
        "anthropic.Anthropic(timeout=3).messages.create",
        "client.with_options(max_retries=5).messages.create",
        "self.client.messages.parse",
    ],
)
def test_every_way_to_the_method_is_known(caller: str) -> None:
    text = f"import anthropic\nx = {caller}(model='m', max_tokens=1, {MESSAGES})\nx.usage"
    assert len(program(text)[0]) == 1


def test_a_stream_of_the_asynchronous_client_says_that_it_streams() -> None:
    found = body(
        f"""
        from anthropic import AsyncAnthropic
        async def ask():
            async with AsyncAnthropic().messages.stream(model="m", max_tokens=1, {MESSAGES}) as stream:
                print((await stream.get_final_message()).usage)
        """
    )
    assert found["stream"] is True


def test_a_name_that_has_several_values_or_is_changed_is_no_literal() -> None:
    for before in (
        "S = 'a'\nS = 'b'",
        "S = 'a'\nS += 'b'",
        "if x:\n    S = 'a'\nelse:\n    S = 'b'",
        "for S in ('a', 'b'):\n    pass",
        "S = S",
        "import S",
        "def f():\n    global S\n    S = 'a'\nS = 'b'",
        "with open('x') as S:\n    pass",
        "S = input()",
    ):
        found, _ = program(call(f"{MESSAGES}, model='m', max_tokens=1, system=S", before))
        assert json.loads(found[0].wire)["system"] == "⟦S⟧"
        assert not found[0].complete


@pytest.mark.parametrize("change", ["M.append({})", "M[0] = {}", "def f():\n    M.extend([])", "M += [1]"])
def test_messages_that_are_changed_later_are_listed_and_not_taken_for_what_they_began_as(change: str) -> None:
    found, remarks = program(call("model='m', max_tokens=1, messages=M", f"M = []\n{change}"))
    assert not found
    assert "no literals" in told(remarks, "unknown")[0]


def test_a_local_name_hides_that_of_the_module_and_one_of_a_class_is_not_seen() -> None:
    text = f"""
        import anthropic
        S = "module"
        class A:
            S = "class"
            def ask(self, T):
                S2 = S
                r = client.messages.create(model="m", max_tokens=1, system=S2 + "!", {MESSAGES})
                return r.usage
        def other(S):
            return client.messages.create(model="m", max_tokens=1, system=S, {MESSAGES})
    """
    found, _ = program(text)
    assert [json.loads(kept.wire)["system"] for kept in found] == ["module!", "⟦S⟧"]


def test_variables_of_an_f_string_are_marked_and_named_with_their_line() -> None:
    found, remarks = program(
        call(
            'model="m", max_tokens=1, '
            'messages=[{"role": "user", "content": f"Ask {user.name!r}: {q:>5} {1}"}]'
        )
    )
    content = json.loads(found[0].wire)["messages"][0]["content"]
    assert content == "Ask ⟦user.name⟧: ⟦q⟧ 1"
    assert [(remark.line, remark.kind) for remark in remarks if "⟦" in remark.say] == [(3, "unknown")] * 2
    assert not found[0].complete


@pytest.mark.parametrize(
    "clock",
    ["datetime.now()", "uuid.uuid4()", "date.today().isoformat()", "NOW", "time.time()", "a or random()"],
)
def test_a_volatile_value_before_a_breakpoint_is_a_finding(clock: str) -> None:
    system = f'[{{"type": "text", "text": f"Now: {{{clock}}}", "cache_control": {{"type": "ephemeral"}}}}]'
    _, remarks = program(
        call(f'model="claude-opus-5-5", max_tokens=1, {MESSAGES}, system={system}', "NOW = now()")
    )
    assert any("another value in each request and stands before" in say for say in told(remarks, "finding"))


def test_the_same_value_behind_the_last_breakpoint_is_said_to_be_movable_only() -> None:
    system = '[{"type": "text", "text": "Fixed.", "cache_control": {"type": "ephemeral"}}]'
    messages = 'messages=[{"role": "user", "content": f"Now: {now()}"}]'
    _, remarks = program(call(f'model="claude-opus-5-5", max_tokens=1, {messages}, system={system}'))
    assert any("no breakpoint must stand behind it" in say for say in told(remarks, "finding"))
    assert not any("stands before a breakpoint" in say for say in told(remarks, "finding"))


def test_what_is_no_literal_is_listed_with_its_line() -> None:
    found, remarks = program(
        call(
            '*args, model="m", max_tokens=n(), tools=TOOLS, **kw,\n'
            'messages=[*history, {"role": "user", "content": "Hi"}, last]'
        )
    )
    assert json.loads(found[0].wire) == {"messages": [{"role": "user", "content": "Hi"}], "model": "m"}
    listed = [(remark.line, remark.say.partition(": ")[2]) for remark in remarks if remark.kind == "unknown"]
    assert (3, "max_tokens=n().") in listed
    assert (3, "tools=TOOLS.") in listed
    assert (3, "**kw.") in listed
    assert (3, "*args.") in listed
    assert (4, "*history.") in listed
    assert (4, "last.") in listed


def test_batches_counts_and_runners_are_listed() -> None:
    text = (
        "import anthropic\nc.messages.batches.create(requests=[])\nc.beta.messages.count_tokens(model='m')\n"
    )
    found, remarks = program(
        text + "c.beta.messages.tool_runner(model='m')\nopenai.threads.messages.create('x')"
    )
    assert not found
    assert [remark.line for remark in remarks if remark.kind == "unknown"] == [2, 3, 4]


def test_a_file_without_a_call_says_so() -> None:
    found, remarks = program("import anthropic\n")
    assert not found
    assert "No call" in remarks[0].say


@pytest.mark.parametrize(
    "reading",
    [
        "print(r.cache_read_input_tokens)",
        "print(getattr(r, 'cache_read_input_tokens', 0))",
        "def f(response):\n    return response.cache_creation_input_tokens",
        "print((client.messages.create(**x)).cache_read_input_tokens)",
        "print(stream.get_final_message().cache_read_input_tokens)",
        "print(event.message.cache_read_input_tokens)",
    ],
)
def test_a_count_that_is_asked_of_the_answer_is_a_finding_with_its_line(reading: str) -> None:
    text = (
        f"import anthropic\nr = client.messages.create(model='claude-opus-5-5', max_tokens=1, {MESSAGES})\n"
    )
    _, remarks = program(text + reading)
    found = [remark for remark in remarks if "is not a field of the answer" in remark.say]
    assert [remark.line for remark in found] == [4 if reading.startswith("def") else 3]
    assert not any("never read" in say for say in told(remarks, "finding"))


@pytest.mark.parametrize(
    "reading",
    [
        "print(r.usage.cache_read_input_tokens)",
        "u = r.usage\nprint(u.cache_read_input_tokens)",
        "def f(usage):\n    return usage.cache_read_input_tokens, usage.usage",
        "json.dump(r.model_dump(), f)",
        "print(client.messages.create(**again).model_dump_json())",
        "print(r.dict())",
        "print(r['usage'])",
    ],
)
def test_a_usage_that_is_read_right_is_no_finding(reading: str) -> None:
    text = (
        f"import anthropic\nr = client.messages.create(model='claude-opus-5-5', max_tokens=1, {MESSAGES})\n"
    )
    _, remarks = program(text + reading)
    assert not any("usage" in say for say in told(remarks, "finding"))


def test_a_usage_that_is_never_read_is_a_finding() -> None:
    text = (
        f"import anthropic\nr = client.messages.create(model='claude-opus-5-5', max_tokens=1, {MESSAGES})\n"
    )
    other = "p = requests.get(u)\nS = p.json()\n"  # which is of another thing
    _, remarks = program(text + other + "print(r.content[0].text)")
    (found,) = (remark for remark in remarks if "never read" in remark.say)
    assert (found.line, found.kind) == (2, "finding")


def test_a_retired_model_is_a_finding() -> None:
    _, remarks = program(call(f'model="claude-3-5-sonnet-20241022", max_tokens=1, {MESSAGES}'))
    assert any("claude-3-5-sonnet-20241022 stopped answering" in say for say in told(remarks, "finding"))
    _, remarks = program(call(f'model="claude-opus-5-5", max_tokens=1, {MESSAGES}'))
    assert not any("stopped answering" in say for say in told(remarks, "finding"))


def test_a_document_behind_the_history_is_a_finding() -> None:
    history = '{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}'
    document = f'{{"type": "text", "text": {LONG!r}, "cache_control": {{"type": "ephemeral"}}}}'
    last = f'{{"role": "user", "content": [{document}, {{"type": "text", "text": "Why?"}}]}}'
    _, remarks = program(call(f'model="claude-opus-5-5", max_tokens=1, messages=[{history}, {last}]'))
    assert any("Put the document into system" in say for say in told(remarks, "finding"))


def test_five_breakpoints_are_a_finding() -> None:
    block = '{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}'
    _, remarks = program(
        call(f'model="claude-opus-5-5", max_tokens=1, {MESSAGES}, system=[{", ".join([block] * 5)}]')
    )
    assert any("at most four breakpoints" in say for say in told(remarks, "finding"))


def test_keys_are_told_of_by_their_line_and_never_shown() -> None:
    text = f"""
        import anthropic
        KEY = "{SECRET}"
        client = anthropic.Anthropic(api_key="0paque-PLANTED", auth_token=KEY)
        r = client.messages.create(model="m", max_tokens=1, {MESSAGES}, tools=load("{SECRET}"),
            extra_headers={{"Authorization": "Bearer {SECRET}"}}, system=f"a{{get('{SECRET}')}}")
    """
    found, remarks = program(text)
    assert "PLANTED" not in repr((found, remarks))
    assert {remark.line for remark in remarks if remark.kind == "secret"} == {3, 4, 5, 6}
    assert any("the header authorization" in remark.say for remark in remarks)


def test_nothing_of_the_file_is_run(tmp_path: Path) -> None:
    trap = tmp_path / "ran"
    for text in (
        f"open({str(trap)!r}, 'w')",
        f"S = __import__('pathlib').Path({str(trap)!r}).touch()",
        f"class A(metaclass=open({str(trap)!r}, 'w')): pass",
        f"S = f\"{{open({str(trap)!r}, 'w')}}\"",
        f"S = 'a'.join(open({str(trap)!r}, 'w'))",
    ):
        program(call(f"model='m', max_tokens=1, {MESSAGES}, system=S", text))
        assert not trap.exists()


@pytest.mark.parametrize(
    ("text", "line", "say"),
    [
        ("import anthropic\nprint 'a'\n", 2, "Python 2"),
        ("import anthropic\n\nx = t'{a}'\n", 3, "version 3.11"),
        ("import anthropic\nx = (\n", 2, "version 3.11"),
        ("import anthropic\n\0", None, "version 3.11"),
        ("# -*- coding: klingon -*-\nimport anthropic\n", None, "version 3.11"),
    ],
)
def test_what_is_no_python_of_today_is_said_with_its_line(text: str, line: int | None, say: str) -> None:
    with pytest.raises(ImportTroubleError) as caught:
        read(IMPORTER, text.encode())
    assert caught.value.line == line
    assert say in caught.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 5_000 + ")" * 5_000,
        "x = " + "-" * 200_000 + "1",
        "x = a" + ".b" * 200_000,
        "x = " + "[" * 150 + "]" * 150,
        "x = " + "+".join(["'a'"] * 50_000),
    ],
)
def test_nesting_without_end_is_refused_in_our_words(text: str) -> None:
    source = call(f"model='m', max_tokens=1, {MESSAGES}, system=x", text)
    try:
        found, _ = read(IMPORTER, source.encode())
    except ImportTroubleError as error:
        say = error.say
    else:
        say = json.loads(found[0].wire)["system"]
    assert say == "⟦x⟧" or "nested" in say


def test_values_that_name_each_other_do_not_grow_without_end() -> None:
    before = "a0 = ['x', 'y']\n" + "\n".join(f"a{n + 1} = a{n} + a{n}" for n in range(60))
    found, _ = program(call(f"model='m', max_tokens=1, {MESSAGES}, metadata=a60", before))
    assert "metadata" not in json.loads(found[0].wire)
    before = "a0 = 'x' * 10 ** 3\n" + "\n".join(f"a{n + 1} = [a{n}, a{n}]" for n in range(60))
    found, _ = program(call(f"model='m', max_tokens=1, {MESSAGES}, metadata=a60", before))
    assert len(found[0].wire) < 64 * 2**20


@pytest.mark.parametrize(
    "value", ["10 ** 99", "9" * 400, "1e999", "b'a'", "1j", "...", "'\\ud800'", "{1: 2}"]
)
def test_what_json_does_not_have_is_no_literal(value: str) -> None:
    found, remarks = program(call(f"model='m', max_tokens=1, {MESSAGES}, metadata={value}"))
    assert "metadata" not in json.loads(found[0].wire)
    assert told(remarks, "unknown")


@given(st.text(alphabet="abc{}[]()'\"\\\n =.,:*f#client.messages.create(model=", max_size=200))
def test_any_text_gives_remarks_or_our_own_trouble(text: str) -> None:
    say = "-"
    try:
        read(IMPORTER, b"import anthropic\n" + text.encode())
    except ImportTroubleError as error:
        say = error.say
    assert say


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=10,
    )
)
def test_any_literal_comes_through_as_it_is(value: Any) -> None:
    assert body(call(f"model='m', max_tokens=1, {MESSAGES}, metadata={value!r}"))["metadata"] == value


@pytest.mark.parametrize(
    ("data", "name", "fits"),
    [
        (b"import os\nimport anthropic as a\n", "x", True),
        (b"def f():\n    from anthropic.types import X\n", "x", True),
        (b"r = c.messages.create()", "x.py", True),
        (b"r = c.messages.create()", "x.txt", False),
        (b'{"code": "\\nimport anthropic"}', "x.py", False),
        (b"print(1)", "x.py", False),
    ],
)
def test_a_python_file_is_known_by_its_import(data: bytes, name: str, fits: bool) -> None:
    assert IMPORTER.fits(data, name) is fits
    if fits:
        assert isinstance(importer_for(data[:HEAD_BYTES], name), PythonImporter)
