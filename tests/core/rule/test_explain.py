from __future__ import annotations

import random
from dataclasses import replace
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody, request_body
from coldbyte.core.cause import EVIDENCE, FIXES, Cause, CauseId
from coldbyte.core.draft import Document, Draft, Question, SystemBlock
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.comparison import compare
from coldbyte.core.prefix.wire import with_wire
from coldbyte.core.rule.explain import EVERYTHING, Explanation, explain
from coldbyte.core.text.text import Text

REGULATION = "Article 1\nThis Regulation lays down rules.\nIt doesn't apply to caf\u00e9s.\n" * 20
DRAFT = Draft(
    "claude-sonnet-5-5",
    1024,
    (SystemBlock("rules", Text.from_str("You are Zo\u00e9.\nBe brief.\n"), "5m"),),
    (
        Document("law", "gdpr.txt", Text.from_str(REGULATION)),
        Document("memo", "memo.txt", Text.from_str("The company has 12 employees."), "5m"),
    ),
    (Question("q", Text.from_str("Who is a controller?")), Question("r", Text.from_str("And a processor?"))),
)

STRINGS = st.text(st.sampled_from("ab \n\r\u00e9\u0301\u00a0'\u2019"), max_size=12)
MARK = {"cache_control": {"type": "ephemeral"}}
TEXTS = st.builds(
    lambda chars, mark: {"type": "text", "text": chars, **(MARK if mark else {})}, STRINGS, st.booleans()
)
DOCUMENTS = st.builds(
    lambda data, title: {"type": "document", "source": {"type": "text", "data": data}, "title": title},
    STRINGS,
    STRINGS,
)
IMAGES = STRINGS.map(lambda url: {"type": "image", "source": {"type": "url", "url": url}})
ODD = st.dictionaries(
    st.sampled_from(["text", "content", "source", "title", "max items", ""]),
    st.one_of(STRINGS, st.integers(), st.none(), st.lists(STRINGS, max_size=2), st.just({"data": "d"})),
    max_size=4,
).flatmap(
    lambda rest: st.sampled_from(["text", "document", "thinking", "tool_result", "new kind"]).map(
        lambda kind: {**rest, "type": kind}
    )
)
TOOLS = st.builds(
    lambda name, words, fields: {"name": name, "description": words, "input_schema": fields},
    st.sampled_from("abc"),
    STRINGS,
    st.dictionaries(st.sampled_from("xyz"), st.integers(0, 2), max_size=2),
)
BODIES = st.fixed_dictionaries(
    {
        "model": st.sampled_from(["m", "n"]),
        "tools": st.lists(TOOLS, max_size=3),
        "system": st.lists(TEXTS, max_size=3),
        "messages": st.lists(TEXTS | DOCUMENTS | IMAGES | ODD, max_size=4).map(
            lambda blocks: [{"role": "user", "content": blocks}]
        ),
    },
    optional={
        "tool_choice": st.sampled_from([{"type": "auto"}, {"type": "any"}]),
        "thinking": st.sampled_from([{"type": "adaptive"}, {"type": "disabled"}]),
        "output_config": st.sampled_from(
            [{"effort": "low"}, {"effort": "high"}, {"format": {"type": "json_schema"}}]
        ),
        "speed": st.sampled_from(["fast", "standard"]),
    },
)


def explained(before: RequestBody, after: RequestBody, *, limit: int = 200) -> Explanation:
    return explain(compare(prefix_of(before), prefix_of(after)), limit=limit)


def of_draft(after: Draft, *, question: str = "q") -> Explanation:
    return explained(request_body(DRAFT, "q"), request_body(after, question))


def of_bodies(before: dict[str, Any], after: dict[str, Any]) -> Explanation:
    return explained(RequestBody(before), RequestBody(after))


def only(found: Explanation) -> Cause:
    (cause,) = found.causes
    return cause


def with_rules(chars: str) -> Draft:
    return DRAFT.with_text("rules", Text.from_str(chars))


def test_a_no_break_space_in_the_system_prompt_is_named_with_its_place() -> None:
    cause = only(of_draft(with_rules("You are\u00a0Zo\u00e9.\nBe brief.\n")))
    assert cause.id == "invisible-char-changed"
    assert (cause.where, cause.where_before, cause.tier) == ("system[0].text", "system[0].text", "system")
    assert (cause.block_byte, cause.line, cause.column) == ((7, 7), (1, 1), (8, 8))
    assert (cause.code_points_before, cause.code_points_after) == (("U+0020",), ("U+00A0",))
    assert (
        cause.say
        == "The system prompt, line 1: A no-break space (U+00A0) stands where a space (U+0020) stood."
    )
    assert (cause.severity, cause.confidence, cause.evidence) == ("loss", "high", "documented")
    assert cause.fix is not None
    assert cause.fix.automatic


def test_a_decomposed_letter_is_named_when_only_the_form_differs() -> None:
    cause = only(of_draft(with_rules("You are Zoe\u0301.\nBe brief.\n")))
    assert cause.id == "unicode-normalization-changed"
    assert (cause.code_points_before, cause.code_points_after) == (("U+00E9",), ("U+0065", "U+0301"))
    assert cause.evidence == "assumed"


def test_a_file_saved_with_other_line_ends_is_one_cause_with_a_count() -> None:
    cause = only(of_draft(DRAFT.with_text("law", Text.from_str(REGULATION.replace("\n", "\r\n")))))
    assert (cause.id, cause.count, cause.tier) == ("line-endings-changed", 60, "messages")
    assert cause.where == "messages[0].content[0].source.data"
    assert cause.say == "Document 1 (“gdpr.txt”): 60 line ends are CRLF; the first of them was LF."


def test_several_causes_are_all_listed_in_cache_order() -> None:
    rules = "You are Zo\u00e9.\nBe\u00a0brief and kind.\n"
    draft = with_rules(rules).with_text("memo", Text.from_str("The company has 12 employees. "))
    found = of_draft(replace(draft, model="claude-opus-5"))
    assert [cause.id for cause in found.causes] == [
        "model-changed",
        "invisible-char-changed",
        "text-edited",
        "whitespace-changed",
    ]
    assert found.harmless == ()


def test_another_question_behind_the_last_breakpoint_is_harmless() -> None:
    found = of_draft(DRAFT, question="r")
    assert found.causes == ()
    assert [(cause.id, cause.severity) for cause in found.harmless] == [("text-edited", "info")]
    assert found.first is found.harmless[0]


def test_the_words_for_the_parts_are_those_of_the_prompt() -> None:
    draft = replace(DRAFT, system=(*DRAFT.system, SystemBlock("more", Text.from_str("More."), "5m")))
    body = request_body(draft, "q")
    changed = request_body(
        draft.with_text("more", Text.from_str("More!")).with_text("q", Text.from_str("Why?")), "q"
    )
    found = explained(body, changed)
    assert found.causes[0].say.startswith("System block 2: ")
    assert found.harmless[0].say.startswith("The question: ")


def test_an_added_document_is_block_inserted() -> None:
    new = Document("new", "new.txt", Text.from_str("A new document."))
    cause = only(of_draft(replace(DRAFT, documents=(new, *DRAFT.documents))))
    assert (cause.id, cause.where, cause.where_before) == ("block-inserted", "messages[0].content[0]", None)
    assert cause.say == "Document 1 (“new.txt”) was added before document 1 (“gdpr.txt”)."
    assert cause.block_byte == (None, 0)


def test_a_removed_document_is_block_removed() -> None:
    cause = only(of_draft(replace(DRAFT, documents=DRAFT.documents[1:])))
    assert (cause.id, cause.where_before) == ("block-removed", "messages[0].content[0]")
    assert cause.say == "Document 1 (“gdpr.txt”) was removed."


def test_documents_in_another_order_are_recognised_as_moved() -> None:
    cause = only(of_draft(replace(DRAFT, documents=DRAFT.documents[::-1])))
    assert (cause.id, cause.count, cause.where) == ("blocks-reordered", 1, "messages[0].content[0]")


def test_a_new_title_is_found_where_the_title_stands() -> None:
    documents = (replace(DRAFT.documents[0], title="gdpr\u00a0.txt"), DRAFT.documents[1])
    cause = only(of_draft(replace(DRAFT, documents=documents)))
    assert (cause.id, cause.where) == ("invisible-char-changed", "messages[0].content[0].title")
    assert cause.block_byte == (4, 4)


def test_growth_at_the_end_is_expected() -> None:
    turns: list[dict[str, Any]] = [{"role": "user", "content": [{"type": "text", "text": "q1", **MARK}]}]
    more = [*turns, {"role": "assistant", "content": "a1"}, {"role": "user", "content": "q2"}]
    found = of_bodies({"model": "m", "messages": turns}, {"model": "m", "messages": more})
    assert found.causes == ()
    (cause,) = found.harmless
    assert (cause.id, cause.label, cause.severity, cause.count) == ("block-inserted", "growth", "expected", 2)


def test_without_a_breakpoint_nothing_could_be_lost() -> None:
    found = of_bodies({"model": "m", "messages": []}, {"model": "n", "messages": []})
    assert found.causes == ()
    assert [cause.id for cause in found.harmless] == ["model-changed"]


def test_blocks_that_are_not_read_as_text_are_named_as_what_they_are() -> None:
    def body(kind: str, **fields: Any) -> dict[str, Any]:
        blocks = [{"type": kind, **fields}, {"type": "text", "text": "q", **MARK}]
        return {"model": "m", "messages": [{"role": "user", "content": blocks}]}

    one, two = ({"type": "base64", "media_type": "image/png", "data": data} for data in ("aaaa", "aaab"))
    assert only(of_bodies(body("image", source=one), body("image", source=two))).id == "image-reencoded"
    old, new = body("thinking", thinking="t", signature="s"), body("thinking", thinking="", signature="s")
    assert only(of_bodies(old, new)).id == "thinking-altered"
    found = only(of_bodies(body("search_result", title="a b"), body("search_result", title="a\u00a0b")))
    assert (found.id, found.where) == ("invisible-char-changed", "messages[0].content[0].title")


def test_what_was_not_looked_at_is_admitted() -> None:
    chars = "".join(f"sentence number {n} of a long text. " for n in range(1000))
    after = DRAFT.with_text("law", Text.from_str(chars.replace(" of ", "\u00a0of ")))
    before = request_body(DRAFT.with_text("law", Text.from_str(chars)), "q")
    live = explained(before, request_body(after, "q"))
    assert not live.complete
    assert [cause.id for cause in live.causes] == ["invisible-char-changed"]
    whole = explained(before, request_body(after, "q"), limit=EVERYTHING)
    assert whole.complete
    assert [cause.count for cause in whole.causes] == [1000]


def test_a_whole_text_in_another_normal_form_is_one_cause() -> None:
    before = request_body(DRAFT.with_text("law", Text.from_str("각" * 20_000)), "q")
    after = request_body(DRAFT.with_text("law", Text.from_str("\u1100\u1161\u11a8" * 20_000)), "q")
    assert [cause.id for cause in explained(before, after).causes] == ["unicode-normalization-changed"]
    whole = explained(before, after, limit=EVERYTHING)
    assert (only(whole).id, whole.complete) == ("unicode-normalization-changed", True)


def test_every_cause_that_can_be_found_has_a_fix_in_words() -> None:
    ids = set(get_args(CauseId))
    assert set(FIXES) <= ids
    assert set(EVIDENCE) <= ids


@given(BODIES, BODIES)
def test_the_primary_cause_lies_at_the_break(one: dict[str, Any], two: dict[str, Any]) -> None:
    before, after = RequestBody(one), RequestBody(two)
    comparison = compare(prefix_of(before), prefix_of(after))
    found = explain(comparison)
    causes = [*found.causes, *found.harmless]
    assert (comparison.first is None) == (not causes)
    stop = comparison.before.stored
    for cause in found.causes:
        assert cause.cache_byte_before < stop
    for cause in found.harmless:
        assert cause.cache_byte_before >= stop or cause.severity == "info"
    if comparison.first is not None:
        assert found.first is not None
        assert found.first.cache_byte == found.first.cache_byte_before == comparison.first.cache_byte
        assert all(cause.cache_byte_before >= comparison.first.cache_byte for cause in causes)


@given(BODIES, st.integers(0, 2**32))
def test_places_in_edited_texts_agree_in_all_coordinates(body: dict[str, Any], seed: int) -> None:
    chance = random.Random(seed)
    edited = {**body, "system": [dict(block) for block in body["system"]]}
    for block in edited["system"]:
        at = chance.randint(0, len(block["text"]))
        block["text"] = (
            block["text"][:at] + chance.choice(["x", "\u00a0", " ", "", "\u0301"]) + block["text"][at:]
        )
    before, after = RequestBody(body), RequestBody(edited)
    comparison = compare(prefix_of(before), prefix_of(after))
    sides = ((before, comparison.before), (after, comparison.after))
    found = explain(comparison)
    for cause in [*found.causes, *found.harmless]:
        if not cause.hunks:
            continue
        placed = with_wire(cause, before, after)
        assert placed.wire_byte is not None
        for side, (request, prefix) in enumerate(sides):
            index, byte = cause.blocks[side], cause.block_byte[side]
            assert index is not None
            assert byte is not None
            block = prefix.blocks[index]
            cache = (cause.cache_byte_before, cause.cache_byte)[side]
            assert cache == prefix.starts[index] + block.content_start + byte
            content, wire = block.content.encode(), placed.wire_byte[side]
            assert wire is not None
            if byte < len(content) and content[byte] > 0x22:
                assert request.encode()[wire] == content[byte] == prefix.encode()[cache]
            assert cause.line[side] == 1 + content[:byte].count(b"\n")
