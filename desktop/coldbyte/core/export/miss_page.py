"""The report of a miss as one HTML page: no script, nothing loaded, light or dark as the reader's system."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from html import escape

from coldbyte.core.export.miss import Miss, MissCause, cut_up
from coldbyte.core.prefix.microscope import Snippet

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --faint: #5b6470; --ground: #ffffff; --card: #f4f6f8;
  --read: #1a7f4b; --written: #b35900; --rest: #8a93a0; --bad: #b3261e; --line: #d5dae0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --faint: #9aa4b1; --ground: #14171b;
  --card: #1e2329; --read: #4cc38a; --written: #f0a04b; --rest: #6b7683; --bad: #ff8a80; --line: #333b45; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground);
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.05rem; margin: 0; }
.faint, dt, caption { color: var(--faint); } .mark, .where { font-family: ui-monospace, monospace; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem;
  margin: 1rem 0; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; } dd { margin: 0; }
pre { overflow-x: auto; background: var(--ground); border: 1px solid var(--line); padding: .6rem; }
mark { background: none; color: var(--bad); font-weight: bold; text-decoration: underline; }
svg { width: 100%; height: 1.2rem; } .read { fill: var(--read); } .written { fill: var(--written); }
.rest { fill: var(--rest); }
"""


def miss_page(miss: Miss) -> str:
    """The page. Whatever comes from the prompt is escaped."""
    return "".join(_parts(miss))


def _parts(miss: Miss) -> Iterator[str]:
    digest = b64encode(sha256(_STYLE.encode()).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<title>Prompt cache: {escape(miss.effect)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
    yield f"<h1>{escape(miss.effect.upper())}: {escape(miss.sentence)}</h1>\n"
    if miss.redacted:
        yield '<p class="faint">Redacted: letters and digits stand for their class.</p>\n'
    yield _bar(miss.bar)
    yield _table(miss.figures)
    for number, cause in enumerate(miss.causes, 1):
        yield from _cause(number, cause)
    if miss.harmless:
        items = "".join(f"<li>{escape(each)}</li>\n" for each in miss.harmless)
        yield f"<section>\n<h2>Harmless differences</h2>\n<ul>\n{items}</ul>\n</section>\n"
    yield '<p class="faint">Made by Coldbyte.</p>\n</body>\n</html>\n'


def _bar(tokens: tuple[int, int, int]) -> str:
    """Read, written and uncached tokens to scale, with their numbers in words."""
    total, start, parts = sum(tokens) or 1, 0.0, []
    for name, count in zip(("read", "written", "rest"), tokens, strict=True):
        width = round(1000 * count / total, 2)
        parts.append(f'<rect class="{name}" x="{start:g}" y="0" width="{width:g}" height="20"></rect>')
        start = round(start + width, 2)
    say = "{:,} read, {:,} written, {:,} uncached".format(*tokens)
    return (
        f'<svg viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label="{say}">'
        f"{''.join(parts)}</svg>\n<p>{say}</p>\n"
    )


def _table(figures: Sequence[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>\n" for name, value in figures)
    return f"<dl>\n{rows}</dl>\n"


def _cause(number: int, cause: MissCause) -> Iterator[str]:
    yield f'<section>\n<h2>{number}. <span class="mark">{escape(cause.id)}</span></h2>\n'
    yield f'<p class="faint">{escape(cause.marks)}</p>\n<p class="where">{escape(cause.where)}</p>\n'
    yield f"<p>{escape(cause.say)}</p>\n"
    if cause.excerpt is not None:
        yield f"<pre>before  {_side(cause.excerpt.before)}\nafter   {_side(cause.excerpt.after)}</pre>\n"
    for name, points in zip(("before", "after"), cause.points, strict=True):
        if points:
            yield f'<p class="mark">{name}: {escape(", ".join(points))}</p>\n'
    if cause.facts:
        yield _table(cause.facts)
    if cause.fix:
        yield f"<p><strong>Fix.</strong> {escape(cause.fix)}</p>\n"
    yield "</section>\n"


def _side(snippet: Snippet | None) -> str:
    if snippet is None:
        return "nothing stands here"
    lead, middle, tail = map(escape, cut_up(snippet))
    return f"{lead}<mark>{middle}</mark>{tail}"
