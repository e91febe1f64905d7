"""Who asks, by which version of the API: what the headers of a request say (facts §1.1, §9)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from uuid import UUID

from aiohttp import web

from coldbyte.services.simulator.rejection import Rejected

VERSIONS = ("2023-01-01", "2023-06-01", "2026-10-21")

_KEY = re.compile(r"[!-~]+")
_WORKSPACE = re.compile(r"[\w.-]{1,200}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Identity:
    """A caller. The key stands for organisation and workspace; a header may name another workspace."""

    key: str = field(repr=False)
    scope: str
    organization: str
    workspace: str

    def headers(self) -> Iterator[tuple[str, str]]:
        """What every answer to the caller says."""
        yield "anthropic-organization-id", self.organization
        yield "anthropic-workspace-id", self.workspace


def caller_of(request: web.Request, *, by_workspace: bool = True) -> Identity:
    """Who asks; 401 without a key or with one that can't be one. `by_workspace` isolates workspaces."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    key = request.headers.get("x-api-key", "").strip()
    name = "x-api-key"
    if not key and scheme.lower() == "bearer":
        key, name = bearer.strip(), "bearer token"
    if not key:
        raise Rejected(401, "x-api-key header is required")
    if not _KEY.fullmatch(key):
        raise Rejected(401, f"invalid {name}")
    workspace = request.headers.get("anthropic-workspace-id", "").strip()
    if workspace and not _WORKSPACE.fullmatch(workspace):
        raise Rejected(400, "anthropic-workspace-id: this is no id of a workspace")
    own = f"{key}\0{workspace}" if workspace and by_workspace else key
    return Identity(
        key=key,
        scope=_digest(own, 8).hex(),
        organization=str(UUID(bytes=_digest(f"organization {key}", 16))),
        workspace=workspace or f"wrkspc_{_digest(f'workspace {key}', 12).hex()}",
    )


def version_of(request: web.Request) -> str:
    """The version of the API that is asked; 400 without one and for one that does not exist."""
    version = request.headers.get("anthropic-version", "").strip()
    if not version:
        raise Rejected(400, "anthropic-version: header is required")
    if version not in VERSIONS:
        raise Rejected(400, f'anthropic-version: "{version}" is not a valid version')
    return version


def betas_of(request: web.Request) -> tuple[str, ...]:
    """The beta features that the request switches on."""
    named = ",".join(request.headers.getall("anthropic-beta", ()))
    return tuple(name.strip() for name in named.split(",") if name.strip())


def _digest(text: str, size: int) -> bytes:
    return blake2b(text.encode(), digest_size=size).digest()
