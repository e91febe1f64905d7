"""What a Python file does with the answers: whether it reads the usage, and reads it right (facts §10)."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from coldbyte.core.history.kept_exchange import Remark
from coldbyte.services.importing.planted_secret import holds_key
from coldbyte.services.importing.python_call import Found
from coldbyte.services.importing.python_scope import Scope

_COUNTS = ("cache_read_input_tokens", "cache_creation_input_tokens", "cache_creation")
_ANSWERS = ("response", "resp", "message", "msg", "reply", "result", "completion", "answer", "final_message")
_GIVES_MESSAGE = ("get_final_message", "create", "parse", "until_done")
_READS_ALL = ("model_dump", "model_dump_json", "to_dict", "to_json")
_READS_ALL_OF_ANSWER = ("dict", "json")  # other things have methods of these names too
_USAGE = "usage"
_SECRET_ARGUMENTS = ("api_key", "auth_token")


def findings_of(
    tree: ast.Module, scopes: Mapping[ast.AST, Scope], found: list[Found], file_name: str
) -> Iterator[Remark]:
    """What is wrong with the way in which the answers are read, in the order of the lines."""
    wrong = sorted(_misread(tree, scopes))
    for line, name in wrong:
        say = (
            f"{name} is not a field of the answer: it is in its usage (response.usage.{name}). "
            "Read it there; here it raises an error, or gives 0 by getattr."
        )
        yield Remark(f"{file_name}:{line}", say, "finding", line)
    sent = [one for one in found if not one.other]
    if sent and not wrong and not _reads_usage(tree, scopes):
        line = sent[0].node.lineno
        say = (
            "The usage of the answers is never read in this file, so that nobody sees a miss. "
            "Read response.usage.cache_read_input_tokens after each request."
        )
        yield Remark(f"{file_name}:{line}", say, "finding", line)


def secrets_of(tree: ast.Module, file_name: str) -> Iterator[Remark]:
    """Keys that stand in the file, by their lines; they are not taken over."""
    lines: dict[int, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in _SECRET_ARGUMENTS:
            if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
                lines[node.value.lineno] = f"the argument {node.arg}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and holds_key(node.value):
            lines.setdefault(node.lineno, "a key in the source")
    for line, what in sorted(lines.items()):
        say = f"Dropped because it may hold a secret: {what}."
        yield Remark(f"{file_name}:{line}", say, "secret", line)


def _misread(tree: ast.Module, scopes: Mapping[ast.AST, Scope]) -> Iterator[tuple[int, str]]:
    """Lines in which a count is asked of an answer and not of its usage, and the name of the count."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=value, attr=name) if name in _COUNTS:
                pass
            case ast.Call(func=ast.Name(id="getattr"), args=[value, ast.Constant(value=str(name)), *_]):
                if name not in _COUNTS:
                    continue
            case _:
                continue
        if _is_answer(value, scopes):
            yield node.lineno, name


def _is_answer(node: ast.expr, scopes: Mapping[ast.AST, Scope]) -> bool:
    """Whether an expression is an answer of the API, as far as the file tells."""
    match node:
        case ast.Await(value=value):
            return _is_answer(value, scopes)
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in _GIVES_MESSAGE
        case ast.Attribute(attr=name):
            return name in ("message", "response")
        case ast.Name(id=name):
            scope = scopes.get(node)
            values = [value for value in scope.values(name) if value is not None] if scope is not None else []
            if values:
                return any(not isinstance(value, ast.Name) and _is_answer(value, scopes) for value in values)
            return name in _ANSWERS
    return False


def _reads_usage(tree: ast.Module, scopes: Mapping[ast.AST, Scope]) -> bool:
    """Whether a usage is read anywhere, or a whole answer is written out."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) if name == _USAGE or name in _READS_ALL:
                return True
            case ast.Attribute(value=value, attr=name) if name in _READS_ALL_OF_ANSWER:
                if _is_answer(value, scopes):
                    return True
            case ast.Constant(value=str(text)) if text == _USAGE:
                return True
    return False
