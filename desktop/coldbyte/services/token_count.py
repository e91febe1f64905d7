"""One count of a request's tokens by the API, for the command line."""

from __future__ import annotations

import asyncio
import os

from coldbyte.core.body import RequestBody
from coldbyte.core.reply import SendFailure
from coldbyte.core.secret import ApiKey
from coldbyte.core.vault import VaultError
from coldbyte.services.anthropic_api import AnthropicApi
from coldbyte.services.vault import KeyringVault

_PROFILE = "default"


def count_tokens(body: RequestBody) -> int:
    """The input tokens of a body as the API counts them; free, but it uploads the prompt.

    The key is that of ANTHROPIC_API_KEY, else the one in the keyring. Raise SendFailure.
    """
    return asyncio.run(_count(body))


async def _count(body: RequestBody) -> int:
    api = AnthropicApi(None, await _key())
    try:
        return await api.count_tokens(body)
    finally:
        await api.close()


async def _key() -> ApiKey:
    given = os.environ.get("ANTHROPIC_API_KEY", "").strip()
    if given:
        return ApiKey(given)
    try:
        kept = await KeyringVault().load(_PROFILE)
    except VaultError as error:
        kept, why = None, f" {error}"
    else:
        why = ""
    if kept is None:
        raise SendFailure(
            "invalid",
            f"There is no API key.{why}",
            remedy="Set ANTHROPIC_API_KEY, or enter a key in the window of Coldbyte.",
        )
    return kept
