"""Text that programs put together anew: the state of a folder, data of one user, retrieved documents.

These rules look at the lines that changed, at those above them, and at the tag that encloses them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from coldbyte.core.cause import Confidence
from coldbyte.core.finding.clue import Clue
from coldbyte.core.finding.cluster import Cluster
from coldbyte.core.finding.sides import Sides
from coldbyte.core.text.hunk import Hunk

_ABOVE = 600  # bytes in which the lines above are looked for
_LINES = 3  # lines above that count in any case; further ones up to an empty line
_TAIL = 160  # bytes in which the end of the last line is looked for
_READ = 2_048  # bytes of a hunk whose lines are read
_BACK = 65_536  # bytes in which the opening tag is looked for, and the closing one
_CHUNK = 16_384  # bytes whose tags are found at once and remembered

_ENVIRONMENT = re.compile(
    r"(?i)\W{0,6}(?:"
    r"(?P<folder>(?:[a-z]+ )?(?:working|current|project|root) director(?:y|ies)|cwd|\$?pwd"
    r"|(?:current )?workspace(?: (?:folder|root|path))?|is (?:the )?directory a git repo\w*)"
    r"|(?P<git>(?:[a-z]+ )?branch|git ?(?:status|repo|state|user|branch|log|diff|head)\w*|recent commits)"
    r"|(?P<open>[a-z ]{0,20}(?:open|visible) (?:tabs|files|editors)|(?:active|current) (?:file|editor))"
    r"|(?P<tree>(?:file|directory|folder|project) ?(?:tree|structure|listing|layout)|tree)"
    r"|(?P<system>platform|os(?: version)?|operating system|shell|hostname|environment(?: details)?)"
    r")\W{0,3}(?:[:=]|$)"
)
_GIT_LINE = re.compile(
    r" ?(?:[MADRCU]{1,2}|\?\?) {1,2}\S*[./]\S*$|On branch \S|Your branch is |Untracked files"
    r"|Changes not staged"
)
_TREE_LINE = re.compile(r"[\s│|]*[├└]──")
_PARTS = {
    "folder": "working directory",
    "git": "git state",
    "open": "list of open files",
    "tree": "file list",
    "system": "environment",
}
_RETRIEVED = re.compile(
    r"(?i)\W{0,6}(?:(?:here (?:are|is) )?(?:the )?(?:relevant|related|retrieved|recalled|saved) "
    r"(?:memor|document|context|passage|snippet|chunk|result|fact|note)|memories\W*$|search results\b"
    r"|retrieved\b)|.{0,80}\b(?:relevant memories|retrieved\b.{0,40}):\W*$"
)
_USER = re.compile(
    r"(?i)(?:^|[,;|])[\s>*•-]{0,6}"
    r"(?P<key>(?:(?:current|end|active) )?"
    r"(?:user|first|last|full|display|customer|client|account|tenant|company|organi[sz]ation)"
    r"(?:[ _-]?(?:name|id|e-?mail|role|type|language|locale))?"
    r"|(?:user)?name|e-?mail(?: address)?|locale|(?:preferred )?language|time ?zone|country)"
    r"\**\s?[:=]\**\s?"
)
_STAMP = re.compile("x-anthropic-billing-header:.*")
_VALUE_END = re.compile(r"[,;|}\n]|\. ")
_ENVIRONMENTS = frozenset(
    (b"env", b"environment", b"environment_context", b"environment_details", b"git_status")
)
_TAG = re.compile(
    rb"<(/?)(env|environment(?:_context|_details)?|git_status|context|documents?|memor(?:y|ies)"
    rb"|search_results?|(?:relevant|retrieved)[_-][a-z_-]{1,24}|retrieval|knowledge|passages|sources)\b[^<>\n]{0,200}>"
)
_Told = tuple[str | None, bool]
_HIGH: Confidence = "high"
_MEDIUM: Confidence = "medium"


class Surroundings:
    """What stands above and around the hunks of a text."""

    def __init__(self, sides: Sides) -> None:
        self.sides = sides
        self._chunks: dict[int, list[tuple[int, bool, bytes]]] = {}
        self._closed: dict[tuple[int, bytes], bool] = {}
        self._read: Cluster | None = None
        self._above: list[_Told] = []
        self._changed: list[_Told] = []
        self._tag: bytes | None = None

    def environment(self, cluster: Cluster) -> Clue | None:
        """Folder, git state, open files: by a heading on the lines or above them, or by a tag."""
        self._look_at(cluster)
        for told, confidence in ((self._changed, _HIGH), (self._above, _MEDIUM)):
            part = next((part for part, _ in told if part), None)
            if part:
                return Clue(part, *_texts(cluster), part, confidence)
        if self._tag in _ENVIRONMENTS:
            return Clue("environment", *_texts(cluster), "environment")
        return None

    def retrieved(self, cluster: Cluster) -> Clue | None:
        """Documents and memories: inside their tag, or below their heading."""
        self._look_at(cluster)
        tag = self._tag or self._own_tag(cluster)
        if tag and tag not in _ENVIRONMENTS:
            return Clue("retrieved", *_texts(cluster), f"<{tag.decode()}>")
        if any(retrieved for _, retrieved in [*self._changed, *self._above]):
            return Clue("retrieved", *_texts(cluster), confidence="medium")
        return None

    def stamp(self, cluster: Cluster) -> Clue | None:
        """The line in which a client names its version, there on one side only."""
        old, new = _texts(cluster)
        line = old.strip() or new.strip()
        if (old.strip() and new.strip()) or not _STAMP.fullmatch(line):
            return None
        return Clue("header", old.strip(), new.strip())

    def user(self, cluster: Cluster) -> Clue | None:
        """A value behind the same key on both sides, as `Tenant: A`."""
        if not cluster.cuts:
            return None
        lead = self.sides.lead(cluster.hunks[0], _ABOVE).rpartition("\n")[2]
        keys = list(_USER.finditer(lead))
        if not keys:
            return None
        value, name = lead[keys[-1].end() :], keys[-1]["key"]
        old, new = _texts(cluster)
        if "\n" in old + new or ". " in value or not (value + old) or not (value + new):
            return None
        rest = _VALUE_END.split(cluster.left[cluster.cuts[-1][1] :], maxsplit=1)[0][:40]
        value = value[-40:]
        return Clue(name.lower(), value + old + rest, value + new + rest, name, "medium")

    def tag_at(self, hunk: Hunk) -> bytes | None:
        """The innermost known tag that is open where a hunk starts."""
        place = hunk.after_start
        closed: dict[bytes, int] = {}
        for chunk in range(place // _CHUNK, max(place - _BACK, 0) // _CHUNK - 1, -1):
            for start, closes, name in reversed(self._tags(chunk)):
                if start >= place:
                    continue
                if closes:
                    closed[name] = closed.get(name, 0) + 1
                elif closed.get(name):
                    closed[name] -= 1
                elif self._is_element(start, hunk, name):
                    return name
        return None

    def _look_at(self, cluster: Cluster) -> None:
        """Read the lines above (the nearest first), those that changed (on both sides), and the tag."""
        if self._read is cluster:
            return
        self._read = cluster
        first, last = cluster.hunks[0], cluster.hunks[-1]
        *above, lead = self.sides.lead(first, _ABOVE).split("\n")
        above.reverse()
        count = next((n for n, line in enumerate(above) if n >= _LINES and not line.strip()), len(above))
        tail = self.sides.tail(last, _TAIL).partition("\n")[0]
        texts = _texts(cluster) if cluster.cuts else self.sides.chars(first, _READ)
        self._above = [_told(line) for line in above[:count]]
        self._changed = [_told(line) for text in texts for line in f"{lead}{text}{tail}".split("\n")]
        self._tag = self.tag_at(first)

    def _own_tag(self, cluster: Cluster) -> bytes | None:
        """The tag with which the hunk itself begins."""
        for text in self.sides.chars(cluster.hunks[0], _READ):
            found = _TAG.match(text.strip().encode())
            if found:
                return found[2]
        return None

    def _tags(self, chunk: int) -> list[tuple[int, bool, bytes]]:
        found = self._chunks.get(chunk)
        if found is None:
            low = chunk * _CHUNK
            data = self.sides.new(low, low + _CHUNK + 256)
            found = [
                (low + tag.start(), tag[1] == b"/", tag[2])
                for tag in _TAG.finditer(data)
                if tag.start() < _CHUNK
            ]
            self._chunks[chunk] = found
        return found

    def _is_element(self, start: int, hunk: Hunk, name: bytes) -> bool:
        """Whether a tag is closed behind the hunk, or at least begins a line: prose may mention tags, too."""
        key = start, name
        if key not in self._closed:
            begins = not self.sides.new(start - 40, start).rpartition(b"\n")[2].strip()
            ahead = self.sides.new(hunk.after_stop, hunk.after_stop + _BACK)
            self._closed[key] = begins or b"</" + name in ahead
        return self._closed[key]


def _texts(cluster: Cluster) -> tuple[str, str]:
    """The cluster from its first hunk to its last one."""
    if not cluster.cuts:
        return "", ""
    first, last = cluster.cuts[0], cluster.cuts[-1]
    return cluster.left[first[0] : last[1]], cluster.right[first[2] : last[3]]


@lru_cache(maxsize=4096)
def _told(line: str) -> _Told:
    """Which part of the environment a line is about, and whether it announces what was retrieved."""
    found = _ENVIRONMENT.match(line)
    if found:
        return _PARTS[str(found.lastgroup)], False
    if _GIT_LINE.match(line):
        return _PARTS["git"], False
    return _PARTS["tree"] if _TREE_LINE.match(line) else None, bool(_RETRIEVED.match(line))
