"""Values that stand literally in a Python file, worked out from its syntax tree; nothing of it is ever run.

What is no literal becomes a marked variable, ⟦name⟧, where a text is expected, and is listed.
"""

from __future__ import annotations

import ast
import string
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from coldbyte.services.importing.planted_secret import without_keys
from coldbyte.services.importing.python_scope import Scope

Literal: TypeAlias = "bool | int | float | str | list[Literal] | dict[str, Literal] | None"

LARGEST = 32 * 1024 * 1024
"""Characters of the largest value: the API takes requests of 32 MB."""
_WEIGHT = 64  # characters that any other value counts for
_MAX_NUMBER = 10**15
_DEEPEST = 100  # values inside each other
_SHOWN = 60  # characters of an expression
_VOLATILE = frozenset(
    {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "gmtime", "localtime", "ctime"}
    | {"uuid1", "uuid4", "uuid7", "random", "randint", "randrange", "choice", "token_hex", "token_urlsafe"}
    | {"token_bytes", "urandom", "getpid", "strftime"}
)


class NotLiteralError(ValueError):
    """An expression has no value that stands in the file."""


class TooLargeError(NotLiteralError):
    """A value is larger than any request, or endless: nothing more of the argument is worked out."""


class _Unknown(Enum):
    VALUE = 0


@dataclass(frozen=True, slots=True)
class Variable:
    """A place whose value is not known; `mark` stands there. A `volatile` one differs in each request."""

    mark: str
    line: int
    expression: str
    volatile: bool
    in_string: bool


class Reader:
    """Works out values; `variables` are the places that stand for something else, `dropped` what is gone."""

    def __init__(self, scopes: Mapping[ast.AST, Scope]) -> None:
        self._scopes = scopes
        self._open: set[ast.expr] = set()
        self._left = LARGEST
        self.variables: list[Variable] = []
        self.dropped: list[tuple[int, str]] = []

    def literal(self, node: ast.expr, depth: int = 0) -> Literal:
        """The value of an expression. Raise NotLiteralError where it has none in the file."""
        self._left -= _WEIGHT
        if depth > _DEEPEST or self._left < 0:
            raise TooLargeError("too deep, or too large")
        if isinstance(node, ast.Name):
            return self._named(node, node.id, depth)
        match node:
            case ast.Constant(value=constant):
                return self._constant(constant)
            case ast.JoinedStr(values=parts):
                return self._sized("".join(self._part(part, depth) for part in parts))
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return self._items(items, depth)
            case ast.Dict(keys=keys, values=values):
                return self._members(zip(keys, values, strict=True), depth)
            case ast.BinOp(left=left, op=op, right=right):
                return self._sized(
                    self._computed(self.literal(left, depth + 1), op, self.literal(right, depth + 1))
                )
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._negative(self.literal(operand, depth + 1))
            case ast.Call():
                return self._sized(self._called(node, depth))
        raise NotLiteralError(shown(node))

    def value(self, node: ast.expr, depth: int = 0) -> Literal:
        """The value of an expression, or the mark of a variable that stands for it."""
        found = self.attempt(node, depth)
        return self.mark(node, in_string=False) if isinstance(found, _Unknown) else found

    def attempt(self, node: ast.expr, depth: int = 0) -> Literal | _Unknown:
        """The value of an expression where it has one. Raise TooLargeError."""
        known = len(self.variables), len(self.dropped)
        try:
            return self.literal(node, depth)
        except TooLargeError:
            raise
        except NotLiteralError:
            del self.variables[known[0] :], self.dropped[known[1] :]
            return _Unknown.VALUE

    def argument(self, node: ast.expr) -> Literal:
        """The value of an argument. Raise NotLiteralError where it has none in the file."""
        self._left = LARGEST
        known = len(self.variables), len(self.dropped)
        try:
            return self.literal(node)
        except NotLiteralError:
            del self.variables[known[0] :], self.dropped[known[1] :]
            raise

    def mark(self, node: ast.expr, *, in_string: bool) -> str:
        """The mark of a variable; it is noted."""
        mark = f"⟦{_name(node)}⟧"
        scope = self._scopes.get(node)
        self.variables.append(Variable(mark, node.lineno, shown(node), is_volatile(node, scope), in_string))
        return mark

    def _negative(self, value: Literal) -> Literal:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise NotLiteralError("a calculation")
        return -value

    def _sized(self, value: Literal) -> Literal:
        """Take care that texts which name each other don't grow beyond all bounds."""
        self._left -= len(value) if isinstance(value, str) else 0
        if self._left < 0:
            raise TooLargeError("too large")
        return value

    def _constant(self, value: object) -> Literal:
        if isinstance(value, str):
            try:
                value.encode()
            except UnicodeEncodeError:
                raise NotLiteralError("half of a surrogate pair") from None
            return self._sized(value)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, (int, float)) and -_MAX_NUMBER < value < _MAX_NUMBER:
            return self._sized(value)
        raise NotLiteralError("a number or a kind of value that JSON does not have")

    def _named(self, node: ast.expr, name: str, depth: int) -> Literal:
        scope = self._scopes.get(node)
        found = scope.constant(name) if scope is not None else None
        if found is None or found[0] in self._open:
            raise NotLiteralError(name)
        self._open.add(found[0])
        try:
            return self.literal(found[0], depth + 1)
        finally:
            self._open.discard(found[0])

    def _items(self, nodes: Iterable[ast.expr], depth: int) -> list[Literal]:
        found: list[Literal] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                inner = self.attempt(node.value, depth + 1)
                if isinstance(inner, list):
                    found += inner
                else:
                    self._drop(node)
            elif isinstance(item := self.value(node, depth + 1), str) and _is_only_mark(item, self.variables):
                self._drop(node)  # nobody knows whether a text was meant
                self.variables.pop()
            else:
                found.append(item)
        return found

    def _members(self, pairs: Iterable[tuple[ast.expr | None, ast.expr]], depth: int) -> dict[str, Literal]:
        found: dict[str, Literal] = {}
        for key_node, node in pairs:
            if key_node is None:
                inner = self._spread(node, depth)
                if inner is None:
                    self._drop(node)
                else:
                    found.update(inner)
                continue
            key = self.literal(key_node, depth + 1)
            if not isinstance(key, str):
                raise NotLiteralError("a key that is no text")
            found[key] = self.value(node, depth + 1)
        return found

    def _spread(self, node: ast.expr, depth: int) -> dict[str, Literal] | None:
        known = len(self.variables)
        inner = self.attempt(node, depth + 1)
        if not isinstance(inner, dict):
            del self.variables[known:]
            return None
        return inner

    def _drop(self, node: ast.expr) -> None:
        self.dropped.append((node.lineno, shown(node)))

    def _part(self, node: ast.expr, depth: int) -> str:
        """A part of an f-string."""
        if isinstance(node, ast.Constant):
            return str(node.value)
        assert isinstance(node, ast.FormattedValue)
        if node.format_spec is None and node.conversion < 0:
            known = len(self.variables)
            value = self.attempt(node.value, depth + 1)
            if isinstance(value, (str, int)) and not isinstance(value, bool):
                return str(value)
            del self.variables[known:]
        return self.mark(node.value, in_string=True)

    def _computed(self, left: Literal, op: ast.operator, right: Literal) -> Literal:
        if isinstance(op, ast.Add) and isinstance(left, str) and isinstance(right, str):
            return left + right
        if isinstance(op, ast.Add) and isinstance(left, list) and isinstance(right, list):
            return left + right
        if isinstance(op, ast.Mult) and isinstance(left, str) and isinstance(right, int):
            if len(left) * max(right, 0) > self._left:
                raise TooLargeError("too large")
            return left * right
        if type(left) is int and type(right) is int:
            return self._constant(_arithmetic(left, op, right))
        raise NotLiteralError("a calculation")

    def _called(self, node: ast.Call, depth: int) -> Literal:
        name = _name(node.func)
        if not node.args and (name == "dict" or name.endswith("Param")):
            return self._members(
                (
                    (ast.Constant(one.arg) if one.arg is not None else None, one.value)
                    for one in node.keywords
                ),
                depth,
            )
        if name in ("dedent", "textwrap.dedent") and len(node.args) == 1 and not node.keywords:
            return textwrap.dedent(self._text(node.args[0], depth))
        if isinstance(node.func, ast.Attribute):
            return self._method(node, node.func, depth)
        raise NotLiteralError(shown(node))

    def _method(self, node: ast.Call, func: ast.Attribute, depth: int) -> str:
        """What a method of a text gives."""
        plain: dict[str, Callable[[str], str]] = {
            "strip": str.strip,
            "lstrip": str.lstrip,
            "rstrip": str.rstrip,
        }
        if func.attr in plain and not node.args and not node.keywords:
            return plain[func.attr](self._text(func.value, depth))
        if func.attr == "join" and len(node.args) == 1 and not node.keywords:
            items = self.literal(node.args[0], depth + 1)
            if isinstance(items, list):
                texts = [item for item in items if isinstance(item, str)]
                between = self._text(func.value, depth)
                if len(texts) == len(items) and len(between) * len(texts) <= self._left:
                    return between.join(texts)
        if func.attr == "format":
            return self._formatted(self._text(func.value, depth), node, depth)
        raise NotLiteralError(shown(node))

    def _formatted(self, form: str, node: ast.Call, depth: int) -> str:
        """`form.format(…)`: only plain fields are filled in, the others become marks."""
        given: dict[str, ast.expr] = {str(index): value for index, value in enumerate(node.args)}
        given |= {one.arg: one.value for one in node.keywords if one.arg is not None}
        parts: list[str] = []
        unnamed = 0
        try:
            for before, name, spec, conversion in string.Formatter().parse(form):
                parts.append(before)
                if name is None:
                    continue
                if not name:
                    name, unnamed = str(unnamed), unnamed + 1
                if name not in given:
                    raise NotLiteralError(shown(node))
                plain = ast.FormattedValue(given[name], ord(conversion) if conversion else -1, None)
                if spec:
                    plain.format_spec = ast.JoinedStr([])
                parts.append(self._part(plain, depth))
        except ValueError:
            raise NotLiteralError(shown(node)) from None
        return "".join(parts)

    def _text(self, node: ast.expr, depth: int) -> str:
        value = self.literal(node, depth + 1)
        if not isinstance(value, str):
            raise NotLiteralError(shown(node))
        return value


def shown(node: ast.expr) -> str:
    """An expression for people: one line, short, without keys."""
    try:
        chars = " ".join(ast.unparse(node).split())
    except (RecursionError, ValueError):
        return "…"
    chars = without_keys(chars)
    return chars if len(chars) <= _SHOWN else f"{chars[:_SHOWN]}…"


def is_volatile(node: ast.expr, scope: Scope | None) -> bool:
    """Whether an expression asks for the time, for chance or for a fresh identifier."""
    todo: list[ast.AST] = [node]
    seen: set[str] = set()
    while todo:
        one = todo.pop()
        if isinstance(one, ast.Call) and _name(one.func).rpartition(".")[2] in _VOLATILE:
            return True
        if isinstance(one, ast.Name) and scope is not None and one.id not in seen:
            seen.add(one.id)
            todo += [value for value in scope.values(one.id) if value is not None]
        todo += ast.iter_child_nodes(one)
    return False


def _is_only_mark(value: str, variables: list[Variable]) -> bool:
    return bool(variables) and not variables[-1].in_string and variables[-1].mark == value


def _name(node: ast.expr) -> str:
    """The name by which an expression goes: `user`, `self.model`, `datetime.now`."""
    parts: list[str] = []
    while True:
        match node:
            case ast.Attribute(value=value, attr=attr):
                parts.append(attr)
                node = value
            case ast.Call(func=func) | ast.Await(value=func) | ast.Subscript(value=func):
                node = func
            case ast.Name(id=name):
                return without_keys(".".join([name, *reversed(parts)]))[:_SHOWN]
            case _:
                return without_keys(".".join(reversed(parts)))[:_SHOWN] or "value"


def _arithmetic(left: int, op: ast.operator, right: int) -> int:
    match op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.FloorDiv() if right:
            return left // right
    raise NotLiteralError("a calculation")
