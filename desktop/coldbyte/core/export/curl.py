"""A cURL command for bash and zsh that sends a body byte for byte.

The body stands in the command. A small one is an argument; a larger one goes through a pipe from `printf`,
which is built into the shell, as the system takes no argument of more than 128 KiB. Only bytes that no word
of the shell can hold (NUL) travel as base64.
"""

from __future__ import annotations

from base64 import b64encode

from coldbyte.core.export.literal import shell_word
from coldbyte.core.export.outgoing import Outgoing

_LONGEST_ARGUMENT = 100_000  # bytes; Linux takes 131,071
_ENCODED_LINE = 76


def curl_command(request: Outgoing) -> str:
    """The command; the key comes from `$ANTHROPIC_API_KEY`."""
    word = shell_word(request.wire)
    if word is None:
        return f"{_decoded(request.wire)} \\\n  | {_call(request, '@-')}\n"
    if len(request.wire) > _LONGEST_ARGUMENT or request.wire[:1] == b"@":
        return f"printf '%s' {word} \\\n  | {_call(request, '@-')}\n"
    return f"{_call(request, word)}\n"


def _call(request: Outgoing, data: str) -> str:
    """curl with its options; proxies and settings are those of the user."""
    url = f'"${{ANTHROPIC_BASE_URL:-{request.base_url}}}/v1/messages"'
    headers = [
        "content-type: application/json",
        f"anthropic-version: {request.api_version}",
        *([f"anthropic-beta: {','.join(request.betas)}"] if request.betas else []),
    ]
    options = [
        *(f"--header '{header}'" for header in headers),
        '--header "x-api-key: $ANTHROPIC_API_KEY"',
        f"--data-binary {data}",
    ]
    buffered = " --no-buffer" if request.streams else ""
    return " \\\n  ".join([f"curl{buffered} {url}", *options])


def _decoded(data: bytes) -> str:
    text = b64encode(data).decode("ascii")
    lines = [text[start : start + _ENCODED_LINE] for start in range(0, len(text), _ENCODED_LINE)]
    return "printf '%s' '" + "\n".join(lines) + "' | base64 --decode"
