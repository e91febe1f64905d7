"""The calls of the Messages API in a Python file, and the request body that one of them sends."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from coldbyte.core.json.value import compact
from coldbyte.services.importing.python_scope import Scope
from coldbyte.services.importing.python_value import Literal, NotLiteralError, Reader, Variable, shown

_BODY_METHODS = ("create", "stream", "parse")
_OTHER_METHODS = {
    "count_tokens": "a count of tokens",
    "tool_runner": "a tool runner, whose tools are functions",
    "batches.create": "a batch of requests",
}
_BESIDE = (
    "timeout",
    "extra_headers",
    "extra_query",
    "extra_body",
    "betas",
    "user_profile_id",
    "workspace_id",
)
_TEXTS = ("model", "system")  # arguments for which a marked variable can stand
_FIRST = ("max_tokens", "messages", "model")  # the order of the SDK: these, then the others by name
_ABSENT = ("NOT_GIVEN", "NotGiven", "omit", "Omit")


@dataclass(frozen=True, slots=True)
class Found:
    """A call of the Messages API; `other` says what it is where it sends no single request."""

    node: ast.Call
    method: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What a call sends. `dropped` are lines and expressions that are no literals and were left out."""

    wire: bytes
    headers: tuple[tuple[str, str], ...] = ()
    variables: tuple[Variable, ...] = ()
    dropped: tuple[tuple[int, str], ...] = ()


def calls_of(tree: ast.Module) -> Iterator[Found]:
    """The calls in the order of their lines."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for node in sorted(nodes, key=lambda one: (one.lineno, one.col_offset)):
        names = names_of(node.func)
        for method in _BODY_METHODS:
            if names[-2:] == ["messages", method] and "threads" not in names:
                yield Found(node, method)
        for method, what in _OTHER_METHODS.items():
            if names[-1 - len(method.split(".")) :] == ["messages", *method.split(".")]:
                yield Found(node, method, what)


def names_of(node: ast.expr) -> list[str]:
    """The names along an attribute: `client.beta.messages.create`; what is no name ends them."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
        while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            node = node.func  # client.with_options(…).messages
    if isinstance(node, ast.Name):
        names.append(node.id)
    return names[::-1]


def request_of(found: Found, scopes: Mapping[ast.AST, Scope]) -> Request:
    """The request of a call. Raise NotLiteralError where its messages do not stand in the file."""
    call = _Arguments(Reader(scopes))
    for keyword in found.node.keywords:
        if keyword.arg is None:
            call.spread(keyword.value)
        else:
            call.take(keyword.arg, keyword.value)
    for positional in found.node.args:
        call.reader.dropped.append((positional.lineno, shown(positional)))
    if not isinstance(call.fields.get("messages"), list):
        raise NotLiteralError("the messages do not stand in the file")
    if found.method == "stream":
        call.fields["stream"] = True
    order = [name for name in _FIRST if name in call.fields]
    order += sorted(name for name in call.fields if name not in _FIRST)
    wire = compact({name: call.fields[name] for name in order}).encode()
    return Request(wire, tuple(call.headers), tuple(call.reader.variables), tuple(call.reader.dropped))


@dataclass(slots=True)
class _Arguments:
    """The arguments of a call as they are taken: those of the body, and headers."""

    reader: Reader
    fields: dict[str, Literal] = field(default_factory=dict)
    headers: list[tuple[str, str]] = field(default_factory=list)

    def take(self, name: str, node: ast.expr) -> None:
        """Take one argument."""
        if shown(node).rpartition(".")[2].removesuffix("()") in _ABSENT:
            return
        try:
            value = self.reader.argument(node)
        except NotLiteralError:
            if name not in _TEXTS:
                self.reader.dropped.append((node.lineno, f"{name}={shown(node)}"))
                return
            value = self.reader.mark(node, in_string=False)
        self.put(name, value)

    def put(self, name: str, value: Literal) -> None:
        """Put a value where it is sent: into the body, or into the headers."""
        if name == "extra_body" and isinstance(value, dict):
            self.fields.update(value)
        elif name == "extra_headers" and isinstance(value, dict):
            self.headers += [(key, item) for key, item in value.items() if isinstance(item, str)]
        elif name == "betas" and isinstance(value, list):
            names = [item for item in value if isinstance(item, str)]
            self.headers.append(("anthropic-beta", ",".join(names)))
        elif name not in _BESIDE:
            self.fields[name] = value

    def spread(self, node: ast.expr) -> None:
        """Take the arguments in `**node`."""
        value: Literal = None
        with suppress(NotLiteralError):
            value = self.reader.argument(node)
        if isinstance(value, dict):
            for name, item in value.items():
                self.put(name, item)
        else:
            self.reader.dropped.append((node.lineno, f"**{shown(node)}"))
