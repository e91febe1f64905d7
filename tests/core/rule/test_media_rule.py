from __future__ import annotations

import pytest

from core.turns import agent, claude, found, image, names, only, replaced, result, text, user

URL = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
FILE = {"type": "image", "source": {"type": "file", "file_id": "file_1"}}
SHOWN = [user("see", image(), "what is it?"), *agent(4)[1:]]


def pdf(data: str, **more: object) -> dict[str, object]:
    return {
        "type": "document",
        "source": {"type": "base64", "media_type": "application/pdf", "data": data},
        **more,
    }


@pytest.mark.parametrize(
    ("blocks", "label"),
    [((), "missing"), (("[image removed]",), "replaced by text"), (("A cat.",), "replaced by text")],
)
def test_an_image_that_left_its_message_was_evicted(blocks: tuple[str, ...], label: str) -> None:
    cause = only(SHOWN, replaced(SHOWN, 0, 1, *blocks))
    assert (cause.id, cause.label, cause.where) == ("image-evicted", label, "messages[0].content[1]")


def test_several_images_are_one_cause() -> None:
    turns = [user(image("AAAA"), image("BBBB"), "first?"), claude("yes"), user(image("CCCC"), "second?")]
    after = [user("[image omitted]", "[image omitted]", "first?"), claude("yes"), user("second?")]
    assert only(turns, after).count == 3


def test_an_image_of_a_message_that_is_gone_was_not_evicted() -> None:
    turns = [*agent(), claude("Look."), user(image(), "what is it?"), *agent()[1:]]
    assert names(turns, turns[:42] + turns[43:]) == ["block-removed"]


def test_a_screenshot_can_leave_a_tools_result() -> None:
    shot = [text("clicked"), image()]
    turns = replaced(agent(), 6, 0, result("toolu_0002", shot))
    for content in ([text("clicked"), text("[screenshot removed]")], "clicked"):
        cause = only(turns, replaced(turns, 6, 0, result("toolu_0002", content)))
        assert (cause.id, cause.where) == ("image-evicted", "messages[6].content[0]")
    turns = replaced(agent(), 6, 0, result("toolu_0002", [image()]))
    cause = only(turns, replaced(turns, 6, 0, result("toolu_0002", "[image removed]")))
    assert cause.id == "image-evicted"


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        (image("iVBORw0A"), image("iVBORw0B"), "bytes"),
        (image("iVBORw0A"), image("/9j/4AAQ", "image/jpeg"), "media type"),
        (image(), URL, "base64 to url"),
        (URL, FILE, "url to file"),
        (URL, {"type": "image", "source": {"type": "url", "url": "https://example.com/b.png"}}, "url"),
        (pdf("JVBERi0A"), pdf("JVBERi0B"), "bytes"),
    ],
)
def test_another_source_of_the_same_image_is_named(old: object, new: object, label: str) -> None:
    turns = replaced(SHOWN, 0, 1, old)
    cause = only(turns, replaced(SHOWN, 0, 1, new))
    assert (cause.id, cause.label) == ("image-reencoded", label)
    assert cause.where == f"messages[0].content[1].source{'.data' if label == 'bytes' else ''}"


def test_the_title_of_a_document_encoded_again_is_a_cause_of_its_own() -> None:
    turns = replaced(SHOWN, 0, 1, pdf("JVBERi0A", title="law"))
    after = replaced(SHOWN, 0, 1, pdf("JVBERi0B", title="bill"))
    assert sorted(names(turns, after)) == ["image-reencoded", "text-edited"]


def test_a_document_of_plain_text_is_edited_and_not_encoded_again() -> None:
    one, two = (
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": data}}
        for data in ("The law of 1999", "The law of two")
    )
    assert names(replaced(SHOWN, 0, 1, one), replaced(SHOWN, 0, 1, two)) == ["text-edited"]


def test_a_screenshot_in_a_result_can_be_encoded_again() -> None:
    turns = replaced(agent(), 6, 0, result("toolu_0002", [text("a"), image("AAAA")]))
    cause = only(turns, replaced(agent(), 6, 0, result("toolu_0002", [text("a"), image("AAAB")])))
    assert (cause.id, cause.where) == ("image-reencoded", "messages[6].content[0].content[1].source")


def test_an_evicted_image_and_new_ids_are_two_causes() -> None:
    after = replaced(SHOWN, 0, 1)
    for turn in after:
        for block in turn["content"]:
            for key in {"id", "tool_use_id"} & set(block):
                block[key] = f"new_{block[key]}"
    causes = found(SHOWN, after)
    assert [(cause.id, cause.count) for cause in causes] == [("image-evicted", 1), ("tool-id-regenerated", 4)]
