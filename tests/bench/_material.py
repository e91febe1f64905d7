"""What the benches measure with: real texts grown to a size, requests that hold them, edits; a median."""

from __future__ import annotations

import base64
import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LAW = ROOT / "resources" / "sample" / "gdpr.txt"
NOVEL = ROOT / "tests" / "pairs" / "novel.txt"

Body = Mapping[str, Any]


def grown(source: Path, size: int) -> str:
    """A text of so many characters: a real one, repeated."""
    text = source.read_text(encoding="utf-8")
    return (text * (size // len(text) + 1))[:size]


def picture(size: int, flipped: int | None = None) -> str:
    """Base64 of so many characters: the header of a PNG, then noise, of which one bit may be flipped."""
    data = bytearray(Random(1).randbytes(size * 3 // 4))
    data[:24] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (1200).to_bytes(4, "big") + (800).to_bytes(4, "big")
    if flipped is not None:
        data[flipped] ^= 1
    return base64.b64encode(data).decode()


def request(*blocks: Body) -> Body:
    """A request whose only message holds these blocks and a question."""
    return {
        "model": "claude-opus-5",
        "max_tokens": 1024,
        "cache_control": {"type": "ephemeral"},
        "system": "You read carefully and answer briefly.",
        "messages": [{"role": "user", "content": [*blocks, text_block("What does it say?")]}],
    }


def text_block(text: str) -> Body:
    """A text as a block."""
    return {"type": "text", "text": text}


def image_block(data: str) -> Body:
    """An image as a block."""
    return {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}


def encoded(body: Body) -> bytes:
    """The request as a file."""
    return json.dumps(body, ensure_ascii=False).encode()


def trailing_space(text: str) -> str:
    """A space at the end of a line in the middle."""
    at = text.index("\n", len(text) // 2)
    return f"{text[:at]} {text[at:]}"


def no_break_space(text: str) -> str:
    """A space in the middle is another one."""
    at = text.index(" ", len(text) // 2)
    return f"{text[:at]}\u00a0{text[at + 1 :]}"


def scattered(text: str, count: int = 50) -> str:
    """So many edits, anywhere."""
    parts, last = [], 0
    for number, at in enumerate(sorted(Random(7).sample(range(len(text)), count))):
        parts += [text[last:at], f" edit {number} "]
        last = at + 3
    return "".join([*parts, text[last:]])


def several(text: str) -> str:
    """Differences of several kinds, far from each other."""
    size = len(text)
    for at, old, new in ((1, " ", "\u00a0"), (3, "\n", " \n"), (5, "e", "\u0435"), (7, " ", " \u200b")):
        place = text.index(old, size * at // 8)
        text = text[:place] + new + text[place + 1 :]
    return text


def seconds(work: Callable[[], object], rounds: int) -> list[float]:
    """How long some work takes, sorted."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return sorted(times)


def middle(times: Sequence[float]) -> float:
    """The median."""
    return statistics.median(times)
