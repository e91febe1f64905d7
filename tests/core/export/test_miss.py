"""The report of a miss: what it tells, and that nothing of the prompt gets out or acts as markup."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.capture import Capture
from coldbyte.core.export.miss import Miss, miss_of
from coldbyte.core.export.miss_markdown import miss_markdown
from coldbyte.core.export.miss_page import miss_page
from coldbyte.core.rule.inquiry import inquire
from coldbyte.core.rule.report import Report
from coldbyte.services import resources

CATALOGUE = read_catalogue(resources.text("catalogue.json"))
LONG = "Answer from the documents only. Quote the paragraph. " * 120
EVIL = (
    "<script>alert(1)</script> </pre><img src=x onerror=y> \"'&lt; | `` ``` @root http://evil.example [a](b)"
)
VOID = {"meta", "br", "img", "link", "hr"}


def report(before: str, after: str, **more: Any) -> Report:
    def capture(text: str) -> Capture:
        system = {"type": "text", "text": text + LONG, "cache_control": {"type": "ephemeral"}}
        tool = {"name": "look", "input_schema": {"type": "object", "properties": {text[:30] or "x": {}}}}
        body = {
            "model": "claude-opus-5",
            "max_tokens": 9,
            "tools": [tool],
            "system": [system],
            "messages": [{"role": "user", "content": text or "q"}],
            **more,
        }
        return Capture(RequestBody(json.loads(json.dumps(body))))

    return inquire(capture(before), capture(after), CATALOGUE, now=1_790_000_000.0)


class Page(HTMLParser):
    """The elements and the text of a page; tags must fit together."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str | None]] = []
        self.words = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


OURS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "svg", "rect", "dl", "dt", "dd"),
    *("section", "span", "pre", "mark", "strong", "ul", "li"),
}


def both(miss: Miss) -> tuple[str, str]:
    return miss_page(miss), miss_markdown(miss)


def test_a_report_tells_sentence_figures_place_and_fix() -> None:
    for text in both(miss_of(report("Le café.", "Le cafe\u0301."), redact=False)):
        plain = text.replace("\\", "")
        for told in (
            "MISS",
            "unicode-normalization-changed",
            "COMBINING ACUTE ACCENT",
            "cache byte",
            "Lost",
            "Fix",
        ):
            assert told in plain, told
        assert "$" in text


def test_a_hit_is_told_too() -> None:
    page, text = both(miss_of(report("a", "a")))
    assert "HIT" in page
    assert text.startswith("**HIT**: All of the")


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    page = Page(miss_page(miss_of(report(EVIL, EVIL + "x"), redact=False)))
    assert page.tags <= OURS
    assert not [
        name for _, name, _ in page.attributes if name.startswith("on") or name in ("src", "href", "style")
    ]
    policies = [value for tag, name, value in page.attributes if tag == "meta" and name == "content"]
    assert any(value and value.startswith("default-src 'none'; style-src 'sha256-") for value in policies)


def test_the_style_is_the_one_that_the_policy_allows() -> None:
    from base64 import b64encode
    from hashlib import sha256

    html = miss_page(miss_of(report("a", "b")))
    style = html[html.index("<style>") + 7 : html.index("</style>")]
    assert b64encode(sha256(style.encode()).digest()).decode() in html
    assert "prefers-color-scheme: dark" in style
    assert "url(" not in style


def test_markup_in_a_prompt_stays_text() -> None:
    page, text = both(miss_of(report(f"ab {EVIL}", f"cd {EVIL}"), redact=False))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    outside = re.sub(r"(`{3,})text\n.*?\n\1", "", text, flags=re.DOTALL)
    outside = re.sub(r"(`+).*?\1", "", outside)
    assert not re.search(r"(?<!\\)<", outside)
    assert "@root" not in outside


@given(
    text=st.text("<>&\"'`|[]()*_\\ \n\r\t\u2028\u202eab@:/#!-é", max_size=60), tail=st.sampled_from("ab<`")
)
def test_any_prompt_gives_a_sound_page_and_closed_fences(text: str, tail: str) -> None:
    page, markdown = both(miss_of(report(text, text + tail), redact=False))
    assert Page(page).tags <= OURS
    assert not set(page) & set("\r\t\u2028\u202e\x00")
    assert not set(markdown) & set("\r\t\u2028\u202e\x00")
    fences = re.findall(r"^`{3,}(?:text)?$", markdown, re.MULTILINE)
    assert len(fences) % 2 == 0


SECRETS = st.lists(
    st.sampled_from(["Quixotically", "Zürichberg", "Жемчужина", "漢字仮名", "7391846"]),
    min_size=1,
    max_size=6,
)


@given(before=SECRETS, after=SECRETS, gap=st.sampled_from([" ", "\n", "\u00a0", "-", ", "]))
def test_redacted_no_word_of_the_prompt_is_left(before: list[str], after: list[str], gap: str) -> None:
    for text in both(miss_of(report(gap.join(before), gap.join(after)))):
        for word in ("Quixotically", "Zürichberg", "Жемчужина", "漢字", "7391846", "documents", "paragraph"):
            assert word not in text
        assert "Redacted" in text


def test_redaction_is_the_default() -> None:
    assert miss_of(report("a", "b")).redacted


@pytest.mark.parametrize("redact", [True, False])
def test_an_unknown_model_has_no_price(redact: bool) -> None:
    for text in both(miss_of(report("a", "b", model="mystery-1"), redact=redact)):
        assert "no price is known" in text
