"""Which names of a Python file have one value that stands in it: assigned once, and never changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_CHANGING = frozenset(
    {"append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "update", "setdefault"}
    | {"popitem", "add", "discard"}
)


@dataclass(slots=True)
class Scope:
    """A module or a function: what each name is bound to. None stands for what is no plain assignment."""

    outer: Scope | None
    bound: dict[str, list[ast.expr | None]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    def bind(self, name: str, value: ast.expr | None) -> None:
        """Note that a name gets a value."""
        self.bound.setdefault(name, []).append(value)

    def home(self, name: str) -> Scope | None:
        """The scope to which a name belongs, seen from here."""
        scope: Scope | None = self
        while scope is not None and name not in scope.bound:
            scope = scope.outer
        return scope

    def values(self, name: str) -> list[ast.expr | None]:
        """All that a name is bound to."""
        home = self.home(name)
        return home.bound[name] if home is not None else []

    def constant(self, name: str) -> tuple[ast.expr, Scope] | None:
        """The one value of a name and the scope in which it stands; None where it may have another."""
        home = self.home(name)
        if home is None or name in home.changed or len(home.bound[name]) != 1:
            return None
        value = home.bound[name][0]
        return (value, home) if value is not None else None


def scopes_of(tree: ast.Module) -> dict[ast.AST, Scope]:
    """The scope of each node. Nesting costs no frames of Python."""
    found: dict[ast.AST, Scope] = {}
    todo: list[tuple[ast.AST, Scope, bool]] = [(tree, Scope(None), False)]
    while todo:
        node, scope, in_class = todo.pop()
        found[node] = scope
        _bind(node, Scope(scope) if in_class else scope)  # names of a class are not seen in its methods
        inner = scope
        if isinstance(node, _FUNCTIONS):
            inner = Scope(scope)
            for argument in _arguments(node):
                inner.bind(argument, None)
        inside = isinstance(node, ast.ClassDef) or (in_class and not isinstance(node, _FUNCTIONS))
        todo += [(child, inner, inside) for child in ast.iter_child_nodes(node)]
    _note_changes(found)
    return found


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Iterator[str]:
    every = node.args
    for argument in (*every.posonlyargs, *every.args, *every.kwonlyargs, every.vararg, every.kwarg):
        if argument is not None:
            yield argument.arg


def _bind(node: ast.AST, scope: Scope) -> None:
    """Note what one node binds in its scope."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                _bind_target(target, value, scope)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            scope.bind(name, value)
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            scope.bind(name, value)
        case ast.AugAssign(target=target) | ast.For(target=target) | ast.AsyncFor(target=target):
            _bind_target(target, None, scope)
        case ast.comprehension(target=target) | ast.withitem(optional_vars=ast.expr() as target):
            _bind_target(target, None, scope)
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            for name in names:
                _forget(name, scope)
        case _:
            _bind_name(node, scope)


def _bind_name(node: ast.AST, scope: Scope) -> None:
    """Note a name that is bound by a statement of another kind."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            scope.bind(name, None)
        case ast.alias(name=name, asname=as_name):
            scope.bind(as_name or name.partition(".")[0], None)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            scope.bind(name, None)


def _bind_target(target: ast.expr, value: ast.expr | None, scope: Scope) -> None:
    if isinstance(target, ast.Name):
        scope.bind(target.id, value)
        return
    for part in ast.walk(target):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            scope.bind(part.id, None)


def _forget(name: str, scope: Scope | None) -> None:
    """A name that an inner scope may set has no one value anywhere around it."""
    while scope is not None:
        scope.bind(name, None)
        scope = scope.outer


def _note_changes(scopes: dict[ast.AST, Scope]) -> None:
    """Note which values are changed in place: `messages.append(…)`, `request["system"] = …`."""
    for node, scope in scopes.items():
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if attr in _CHANGING:
                pass
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                pass
            case _:
                continue
        home = scope.home(name)
        if home is not None:
            home.changed.add(name)
