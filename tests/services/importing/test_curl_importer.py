"""Commands in three spellings give the bytes that the shell would have given to curl."""

from __future__ import annotations

import base64
import json
import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.services.importing.curl_importer import CurlImporter
from coldbyte.services.importing.importer import ImportTroubleError
from coldbyte.services.importing.shell_word import commands
from services.importing.import_seed import BODY, SECRET, curl_bash, curl_cmd, powershell, read, wire

ASCII = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126) | st.sampled_from("\n"))


@pytest.mark.parametrize("spell", [curl_bash, powershell])
def test_a_copied_command_gives_the_body_byte_for_byte(spell: object) -> None:
    assert callable(spell)
    (kept,), remarks = read(CurlImporter(), spell(wire()), "a")
    assert kept.wire == wire()
    assert kept.wire_known
    assert kept.headers == {"anthropic-version": "2023-06-01", "host": "api.anthropic.com"}
    assert [remark.kind for remark in remarks] == ["secret", "secret"]


@given(ASCII)
def test_any_text_comes_out_of_the_spelling_of_cmd(text: str) -> None:
    body = wire({**BODY, "messages": [{"role": "user", "content": text}], "system": "x"})
    (kept,), _ = read(CurlImporter(), curl_cmd(body))
    assert kept.wire == body


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_out_of_the_spellings_of_bash_and_powershell(text: str) -> None:
    body = wire({**BODY, "messages": [{"role": "user", "content": text}]})
    for spell in (curl_bash, powershell):
        (kept,), _ = read(CurlImporter(), spell(body))
        assert kept.wire == body


PARTS = (
    *(
        "a",
        "é",
        " ",
        "'b c'",
        '"d e"',
        '"f\\"g"',
        '"\\$x"',
        "$'h\\n\\x41\\u00e9\\''",
        "\\ ",
        "\\'",
        "''",
        '"a\\b"',
    ),
    *('"x\\\ny"', "\\\n", "#", "-H", "$'\\101\\e'", '"#"', "j#k"),
)
WORDS = st.lists(st.sampled_from(PARTS), min_size=1, max_size=8)


@given(WORDS)
def test_words_are_split_as_bash_splits_them(parts: list[str]) -> None:
    text = "printf '%s\\0' w" + "".join(parts)
    told = subprocess.run(["bash", "-c", text], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"})
    (command,) = commands(text.encode().decode("latin-1"))
    assert [word.encode("latin-1") for word in command.words[2:]] == told.stdout.split(b"\0")[:-1]


def test_options_of_people_are_read_and_nothing_is_opened() -> None:
    data = (
        b"$ curl -sSXPOST https://a:pw@gw.example:8443/v1/messages -u me:secret -k -N --max-time 60 --json "
        b"'" + wire() + b"' -o out.json 2>/dev/null | jq .content && echo done\n"
        b"curl https://api.anthropic.com/v1/messages -d @body.json --nonsense --config x.cfg\n"
    ).replace(b"\\", b"/")
    (kept,), remarks = read(CurlImporter(), data, "a.sh")
    assert kept.headers["host"] == "gw.example:8443"
    says = " | ".join(remark.say for remark in remarks)
    for words in ("body.json, which is not opened", "--nonsense", "--config", "jq", "echo", "password of -u"):
        assert words in says
    assert "secret." not in says.replace("a secret:", "")
    assert "pw" not in repr((kept, remarks)).replace("password", "")


def test_a_here_document_is_the_body_and_variables_are_told() -> None:
    body = (
        b'{"model": "claude-opus-5", "max_tokens": 1,\n "messages": [{"role": "user", "content": "$HOME"}]}\n'
    )
    quoted = b"curl https://x/v1/messages -H \"x-api-key: $KEY\" --data-binary @- <<'EOF'\n" + body + b"EOF\n"
    (kept,), remarks = read(CurlImporter(), quoted)
    assert kept.wire == body
    assert kept.wire_known
    assert kept.scope == ""
    assert remarks == []
    (kept,), remarks = read(CurlImporter(), quoted.replace(b"'EOF'", b"EOF"))
    assert not kept.wire_known
    assert "$HOME" in remarks[0].say


def test_data_in_double_quotes_tells_its_variables() -> None:
    data = b"curl https://x/v1/messages -d "
    data += b'"{\\"model\\":\\"m\\",\\"messages\\":[],\\"system\\":\\"$(whoami)\\"}"'
    (kept,), remarks = read(CurlImporter(), data)
    assert json.loads(kept.wire)["system"] == "$(whoami)"
    assert not kept.wire_known
    assert "$(whoami)" in remarks[0].say


def test_a_quote_without_end_is_our_trouble_with_its_place() -> None:
    with pytest.raises(ImportTroubleError) as caught:
        read(CurlImporter(), b"curl x \\\n  -d '{")
    assert (caught.value.line, caught.value.byte) == (2, 14)


def test_several_commands_of_a_browser_are_several_exchanges() -> None:
    for spell, glue in ((curl_bash, b" ;\n"), (curl_cmd, b" &\n"), (powershell, b";\n")):
        plain = wire({**BODY, "messages": [{"role": "user", "content": "a"}]})
        exchanges, _ = read(CurlImporter(), glue.join([spell(plain)] * 3), "all")
        assert [one.wire for one in exchanges] == [plain] * 3
        assert len({one.source for one in exchanges}) == 3


def test_a_key_never_stands_in_a_remark_of_a_command_that_is_none() -> None:
    data = f"curl https://x -H 'x-api-key: {SECRET}'\n{SECRET} x\n".encode()
    exchanges, remarks = read(CurlImporter(), data)
    assert exchanges == []
    assert not re.search("PLANTED", repr(remarks))


@pytest.mark.parametrize(
    "front",
    [
        b"printf '%s' 'BODY' \\\n  |",
        b"echo -n 'BODY' |\n",
        b"cat <<'E' |\nBODY\nE\n",
        b"printf '%s' 'B64' | base64 -d |",
    ],
)
def test_what_comes_through_a_pipe_is_the_body(front: bytes) -> None:
    body = wire({**BODY, "messages": [{"role": "user", "content": "a"}]})
    front = front.replace(b"BODY", body).replace(b"B64", base64.b64encode(body))
    call = b' curl "${ANTHROPIC_BASE_URL:-https://api.anthropic.com}/v1/messages" --data-binary @-\n'
    (kept,), remarks = read(CurlImporter(), front + call)
    assert kept.wire.rstrip(b"\n") == body
    assert kept.headers == {"host": "api.anthropic.com"}
    assert remarks == []


def test_what_is_not_known_to_come_through_a_pipe_is_told() -> None:
    exchanges, remarks = read(CurlImporter(), b"jq -n '{}' | curl https://x/v1/messages -d @-")
    assert exchanges == []
    assert any("standard input" in remark.say for remark in remarks)
