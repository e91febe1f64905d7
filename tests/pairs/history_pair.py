"""Pairs of group E of the causes: the history that is sent again is another one.

Most edits stand behind the first message, so that with breakpoints up to that one only (`early`) nothing is
lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass

from pairs.conversation import NEWEST, Marks, Writer, assistant, mark, text, user
from pairs.exchange import cold, exchange, head_tokens, prompt_tokens, usage
from pairs.picture import image_block
from pairs.request_pair import HEAD, Body, Effect, RequestPair, bare, sound

_CLEARED = "[Old tool result content cleared]"
_REMINDER = "<system-reminder>Open steps: 1. compare the passages 2. write the note</system-reminder>"
_SUMMARY = "Summary of the conversation so far: "


@dataclass(frozen=True, slots=True)
class HistoryEdit:
    """How both bodies are made, and where they part.

    `make` prepares the earlier body in place and answers with the later one.
    """

    where: str | None
    make: Callable[[Writer, Body], Body]
    thinking: bool = False
    effect: Effect = "partial"


def history_pairs(seed: int) -> Iterator[RequestPair]:
    for name, edit in HISTORY_EDITS.items():
        before, after = _edited("tail", name, edit, seed)
        cause, survives = (name.split("/")[0],), HEAD if edit.effect == "partial" else None
        yield bare(name, cause, before, after, edit.where, edit.effect, survives)
    yield from _preserved_thinking(seed)
    yield _shape_that_cost(Writer(f"{seed} shape"))
    yield from _inserted_into_system(seed)


def history_twins(seed: int) -> Iterator[RequestPair]:
    for name, edit in HISTORY_EDITS.items():
        if name not in _NOT_BEHIND:
            before, after = _edited("early", name, edit, seed)
            yield sound(f"twin: {name}", before, after, harmless=(name.split("/")[0],))
    writer = Writer(f"{seed} harmless shape")
    before = writer.body()
    after = _as_string(writer, before)
    yield sound("twin: content-shape-changed", before, after, harmless=("content-shape-changed",))
    yield from _structure_twins(seed)


def _edited(marks: Marks, name: str, edit: HistoryEdit, seed: int) -> tuple[Body, Body]:
    writer = Writer(f"{seed} {name} {marks}")
    before = writer.body(marks, thinking=edit.thinking)
    return before, edit.make(writer, before)


def _split(writer: Writer, before: Body) -> Body:
    after = writer.grown(before)
    words = after["messages"][4]["content"][0]["text"]
    at = words.index("\n\n") + 2
    after["messages"][4]["content"] = [text(words[:at]), text(words[at:])]
    return after


def _joined(writer: Writer, before: Body) -> Body:
    first, second = writer.shelf.cut(200) + "\n\n", writer.shelf.cut(300)
    before["messages"][4]["content"] = [text(first), text(second)]
    after = writer.grown(before)
    after["messages"][4]["content"] = [text(first + second)]
    return after


def _without_empty(writer: Writer, before: Body) -> Body:
    before["messages"][5]["content"][0] = text("")
    after = writer.grown(before)
    del after["messages"][5]["content"][0]
    return after


def _without_thinking(writer: Writer, before: Body) -> Body:
    after = writer.grown(before)
    for message in after["messages"]:
        message["content"] = [block for block in message["content"] if block["type"] != "thinking"]
    return after


def _other_thinking(writer: Writer, before: Body) -> Body:
    after = writer.grown(before)
    after["messages"][5]["content"][0] = writer.thinking()
    return after


def _new_ids(writer: Writer, before: Body) -> Body:
    after = writer.grown(before)
    ids: dict[str, str] = {}
    for message in after["messages"]:
        for block in message["content"]:
            if block["type"] == "tool_use":
                ids[block["id"]] = block["id"] = f"toolu_01{writer.token(22)}"
            elif block["type"] == "tool_result":
                block["tool_use_id"] = ids[block["tool_use_id"]]
    return after


def _lost_default(writer: Writer, before: Body) -> Body:
    before["messages"][5]["content"][1]["input"]["encoding"] = ""
    after = writer.grown(before)
    del after["messages"][5]["content"][1]["input"]["encoding"]
    return after


def _cleared(writer: Writer, before: Body) -> Body:
    after = writer.grown(before)
    after["messages"][2]["content"][0]["content"] = _CLEARED
    return after


def _cut(writer: Writer, before: Body) -> Body:
    after = writer.grown(before)
    result = after["messages"][6]["content"][0]
    result["content"] = result["content"][:400]
    return after


def _with_images(writer: Writer, before: Body) -> None:
    """Two pictures in message 4, so that taking one away leaves one."""
    before["messages"][4]["content"] += [image_block(seed) for seed in (writer.rng.randrange(999), 1_000)]


def _image_replaced(writer: Writer, before: Body) -> Body:
    _with_images(writer, before)
    after = writer.grown(before)
    after["messages"][4]["content"][1] = text("[image removed]")
    return after


def _image_gone(writer: Writer, before: Body) -> Body:
    _with_images(writer, before)
    after = writer.grown(before)
    del after["messages"][4]["content"][1]
    return after


def _image_again(writer: Writer, before: Body) -> Body:
    _with_images(writer, before)
    before["messages"][4]["content"][1] = image_block(7, level=9)
    after = writer.grown(before)
    after["messages"][4]["content"][1] = image_block(7, level=1)
    return after


def _other_image(writer: Writer, before: Body) -> Body:
    _with_images(writer, before)
    after = writer.grown(before)
    source = {"type": "url", "url": "https://library.example/shelf/4.png"}
    after["messages"][4]["content"][1] = {"type": "image", "source": source}
    return after


def _reminder_moved(writer: Writer, before: Body) -> Body:
    before["messages"][NEWEST]["content"].insert(0, text(_REMINDER))
    after = writer.grown(before)
    after["messages"][-1]["content"].insert(0, after["messages"][NEWEST]["content"].pop(0))
    return after


def _note_inserted(writer: Writer, before: Body) -> Body:
    after = writer.grown(before)
    after["messages"][4]["content"].insert(0, text(writer.shelf.cut(150)))
    return after


def _turn_inserted(writer: Writer, before: Body) -> Body:
    after = writer.grown(before)
    turn = [user(text(writer.question())), assistant(text(writer.shelf.cut(200)))]
    after["messages"][4:4] = turn
    return after


def _attachment_removed(writer: Writer, before: Body) -> Body:
    before["messages"][4]["content"].insert(0, text(f"Attached passage:\n{writer.shelf.cut(800)}"))
    after = writer.grown(before)
    del after["messages"][4]["content"][0]
    return after


def _document_removed(writer: Writer, before: Body) -> Body:
    before["messages"][4]["content"][:0] = [writer.document(1_500), writer.document(1_500)]
    after = writer.grown(before)
    del after["messages"][4]["content"][0]
    return after


def _documents_sorted(writer: Writer, before: Body) -> Body:
    documents = [{**writer.document(1_200), "title": f"Annex {number}"} for number in (1, 2, 3)]
    before["messages"][4]["content"][:0] = documents
    after = writer.grown(before)
    first, second, third, *rest = after["messages"][4]["content"]
    after["messages"][4]["content"] = [third, first, second, *rest]
    return after


def _document_travels(writer: Writer, before: Body) -> Body:
    """The document stands in the newest message with a breakpoint of its own, turn after turn."""
    document = {**writer.document(6_000), "cache_control": mark()}
    before.pop("cache_control", None)
    before["messages"][NEWEST]["content"].insert(0, document)
    after = writer.grown(before)
    after["messages"][-1]["content"].insert(0, after["messages"][NEWEST]["content"].pop(0))
    return after


def _first_turns_dropped(writer: Writer, before: Body) -> Body:
    after = writer.grown(before)
    del after["messages"][:4]
    return after


def _behind_head_dropped(writer: Writer, before: Body) -> Body:
    after = writer.grown(before)
    del after["messages"][4:NEWEST]
    return after


def _compacted(writer: Writer, before: Body) -> Body:
    after = deepcopy(before)
    summary = user(text(_SUMMARY + writer.shelf.cut(700)))
    after["messages"] = [summary, assistant(text("Understood.")), user(text(writer.question()))]
    return after


def _compacted_behind_head(writer: Writer, before: Body) -> Body:
    after = deepcopy(before)
    summary = assistant(text(_SUMMARY + writer.shelf.cut(700)))
    after["messages"] = [after["messages"][0], summary, user(text(writer.question()))]
    return after


def _compaction_block(writer: Writer, before: Body) -> Body:
    after = deepcopy(before)
    summary = {"type": "compaction", "content": _SUMMARY + writer.shelf.cut(700)}
    after["messages"] = [assistant(summary, text("Understood.")), user(text(writer.question()))]
    return after


def _rewound(_: Writer, before: Body) -> Body:
    after = deepcopy(before)
    del after["messages"][5:]
    return after


HISTORY_EDITS: Mapping[str, HistoryEdit] = {
    "block-boundaries-changed/split": HistoryEdit("messages[4].content", _split),
    "block-boundaries-changed/joined": HistoryEdit("messages[4].content", _joined),
    "empty-block-dropped": HistoryEdit("messages[5]", _without_empty),
    "thinking-dropped": HistoryEdit("messages[1]", _without_thinking, thinking=True),
    "thinking-altered": HistoryEdit("messages[5].content[0]", _other_thinking, thinking=True),
    "tool-id-regenerated": HistoryEdit("messages[1].content[1]", _new_ids),
    "assistant-echo-altered": HistoryEdit("messages[5].content[1]", _lost_default),
    "tool-result-cleared/placeholder": HistoryEdit("messages[2].content[0]", _cleared),
    "tool-result-cleared/cut": HistoryEdit("messages[6].content[0]", _cut),
    "image-evicted/replaced": HistoryEdit("messages[4].content[1]", _image_replaced),
    "image-evicted/gone": HistoryEdit("messages[4].content[1]", _image_gone),
    "image-reencoded/level": HistoryEdit("messages[4].content[1]", _image_again),
    "image-reencoded/url": HistoryEdit("messages[4].content[1]", _other_image),
    "injected-block-moved": HistoryEdit(None, _reminder_moved),
    "block-inserted/note": HistoryEdit("messages[4].content[0]", _note_inserted),
    "block-inserted/turn": HistoryEdit("messages[4]", _turn_inserted),
    "block-removed/attachment": HistoryEdit("messages[4].content[0]", _attachment_removed),
    "block-removed/document": HistoryEdit("messages[4].content[0]", _document_removed),
    "blocks-reordered/documents": HistoryEdit("messages[4].content", _documents_sorted),
    "context-behind-history": HistoryEdit(None, _document_travels),
    "history-truncated/oldest": HistoryEdit("messages[0]", _first_turns_dropped),
    "history-truncated/behind-head": HistoryEdit("messages[4]", _behind_head_dropped),
    "history-compacted/summary": HistoryEdit("messages[0]", _compacted),
    "history-compacted/block": HistoryEdit("messages[0]", _compaction_block),
    "history-compacted/behind-head": HistoryEdit("messages[1]", _compacted_behind_head),
    "history-rewound": HistoryEdit(None, _rewound),
}
_NOT_BEHIND = {  # what changes the first message can't stand behind its breakpoint
    "context-behind-history",
    "history-truncated/oldest",
    "history-compacted/summary",
    "history-compacted/block",
}


def _structure_twins(seed: int) -> Iterator[RequestPair]:
    """A document that stays in the first message, with a breakpoint of its own."""
    writer = Writer(f"{seed} document in front")
    before = writer.body()
    before["messages"][0]["content"][0]["cache_control"] = mark()
    yield sound("twin: context-behind-history", before, writer.grown(before))


def _preserved_thinking(seed: int) -> Iterator[RequestPair]:
    """This model refuses a history of which the thinking was changed."""
    for name in ("thinking-dropped", "thinking-altered"):
        writer = Writer(f"{seed} preserved {name}")
        before = writer.body(thinking=True, model="claude-opus-5-5")
        after = HISTORY_EDITS[name].make(writer, before)
        yield bare(f"{name}/preserved", (name,), before, after, HISTORY_EDITS[name].where, "rejected")


def _as_string(writer: Writer, before: Body) -> Body:
    after = writer.grown(before)
    for index in (3, 4):
        after["messages"][index]["content"] = after["messages"][index]["content"][0]["text"]
    return after


def _shape_that_cost(writer: Writer) -> RequestPair:
    """The usage shows that the other shape was not found."""
    before = writer.body()
    after = _as_string(writer, before)
    read = head_tokens(after)
    seen = usage(read=read, written=prompt_tokens(after) - read - 4)
    first, second = exchange(before, cold(before)), exchange(after, seen, after=30)
    cause, where = "content-shape-changed", "messages[3].content"
    return RequestPair(cause, (cause,), where, first, second, effect="partial", survives=HEAD)


def _inserted_into_system(seed: int) -> Iterator[RequestPair]:
    """A block of instructions comes and goes."""
    for name in ("block-inserted", "block-removed"):
        writer = Writer(f"{seed} {name} system")
        long = writer.body()
        short = deepcopy(long)
        del short["system"][1]
        before, after = (
            (short, writer.grown(long)) if name == "block-inserted" else (long, writer.grown(short))
        )
        yield bare(f"{name}/system", (name,), before, after, "system[1]", "partial", ("tools",))
