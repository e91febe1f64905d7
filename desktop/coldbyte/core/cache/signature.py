"""Signatures of thinking, which say behind which conversation a block of it was thought (facts §3).

On models with preserved thinking the API refuses a conversation in which something before such a block was
edited. How it finds out is not published; here a signature holds a digest of what stood before the block.
Signatures of any other make are not judged.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from coldbyte.core.prefix.model_family import family_of, preserves_thinking
from coldbyte.core.prefix.prefix import THINKING_KINDS, Prefix, PrefixBlock

_MAKE = b"coldbyte/1 "
_SIZE = 16


@dataclass(frozen=True, slots=True)
class BindingRules:
    """What the documentation leaves open, as switches; `core.cache.rule_book` says what each means."""

    new_account: bool = True
    whole_prompt: bool = False


def is_bound(model: str, rules: BindingRules) -> bool:
    """Whether the model refuses thinking behind another conversation than its own (facts §3)."""
    family = family_of(model)
    newer = family is not None and (family.line, family.version) == ("fable", (5, 1))
    return preserves_thinking(model) or (rules.new_account and newer)


def sign(prefix: Prefix, rules: BindingRules) -> str:
    """The signature of what a model thinks in answer to a prompt."""
    *_, (_, history) = _histories(prefix, rules)
    return b64encode(_MAKE + _name(prefix.model) + history).decode()


def misplaced(prefix: Prefix, rules: BindingRules) -> Iterator[PrefixBlock]:
    """The thinking of the same model that stands behind another conversation than the one it answered."""
    own = _MAKE + _name(prefix.model)
    for block, history in _histories(prefix, rules):
        signed = _signature(block) if block is not None and block.kind == "thinking" else b""
        if block is not None and signed.startswith(own) and signed != own + history:
            yield block


def _histories(prefix: Prefix, rules: BindingRules) -> Iterator[tuple[PrefixBlock | None, bytes]]:
    """Each block of thinking with the digest of what stands before it; at last None with that of all.

    Thinking itself does not count: models may be shown less of it, and clients may leave it out.
    """
    digest = blake2b(digest_size=_SIZE)
    for block in prefix.blocks:
        if block.kind in THINKING_KINDS:
            yield block, digest.digest()
        elif block.kind != "setting" and (block.tier == "messages" or rules.whole_prompt):
            digest.update(block.head + b"\xfe" + block.content.digest)
    yield None, digest.digest()


def _signature(block: PrefixBlock) -> bytes:
    given = block.fields.get("signature")
    try:
        return b64decode(given, validate=True) if isinstance(given, str) else b""
    except ValueError:
        return b""


def _name(model: str) -> bytes:
    return blake2b(model.encode(), digest_size=8).digest()
