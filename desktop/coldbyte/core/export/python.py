"""A Python program that sends the request with Anthropic's SDK of today, streams, and reads `usage` right."""

from __future__ import annotations

from collections.abc import Mapping

from coldbyte.core.export.outgoing import NEWEST_VERSION, OFFICIAL, ExportError, Outgoing
from coldbyte.core.export.source_text import PYTHON, SourceText, is_faithful
from coldbyte.core.json.value import Json

# The arguments of `messages.stream` in SDK 2.12 that are fields of the body (facts §1.1).
_PLAIN = (
    *("max_tokens", "messages", "model", "cache_control", "container", "diagnostics", "inference_geo"),
    *("metadata", "output_config", "service_tier", "speed", "stop_sequences", "system", "thinking"),
    *("tool_choice", "tools"),
)
_BETA = (*_PLAIN, "context_management", "mcp_servers")
_REQUIRED = ("max_tokens", "messages", "model")
_SENT_OTHERWISE = ("stream", "betas")  # by the method that is called, and by a header

_USAGE = """
usage = message.usage
read = usage.cache_read_input_tokens or 0  # from the prompt cache
written = usage.cache_creation_input_tokens or 0  # to the prompt cache
total = usage.input_tokens + written + read  # input_tokens alone is the part that is not cached
print(f"prompt    {total:>10,} tokens")
print(f"  read    {read:>10,}")
print(f"  written {written:>10,}")
if usage.cache_creation is not None:  # by lifetime, as the start of the answer told it
    print(f"    5m    {usage.cache_creation.ephemeral_5m_input_tokens:>10,}")
    print(f"    1h    {usage.cache_creation.ephemeral_1h_input_tokens:>10,}")
print(f"  rest    {usage.input_tokens:>10,}")
print(f"answer    {usage.output_tokens:>10,}")
"""

_DIAGNOSTICS = """
print("diagnostics", message.diagnostics.to_json(indent=None) if message.diagnostics else None)
print("ask next time with", message.id)
"""

_STREAMED = """\
    for text in stream.text_stream:
        print(text, end="", flush=True)
    message = stream.get_final_message()
print()
"""

_WHOLE = """\
for block in message.content:
    if block.type == "text":
        print(block.text)
"""


def python_program(request: Outgoing) -> str:
    """The program. The key comes from the environment. Raise ExportError for what is no request."""
    if any(name not in request.fields for name in _REQUIRED):
        raise ExportError("This body is no Messages request: it lacks model, messages or max_tokens.")
    source = SourceText(PYTHON)
    can = is_faithful(request.fields, PYTHON) and _thinks_as_sdk(request.fields.get("thinking"))
    call = _call(request, source) if can else _raw_call(request, source)
    more = _DIAGNOSTICS if "diagnostics" in request.fields else ""
    return "\n".join(filter(None, [_head(request, source, raw=not can), call])) + _USAGE + more


def _thinks_as_sdk(value: Json) -> bool:
    """The SDK looks into `thinking`."""
    return not value or (isinstance(value, Mapping) and "type" in value)


def _head(request: Outgoing, source: SourceText, *, raw: bool) -> str:
    lines = ['"""One request to the Messages API; needs ANTHROPIC_API_KEY and `pip install anthropic`."""']
    official = request.base_url == OFFICIAL
    lines += ["", *([] if official else ["import os", ""]), "import anthropic"]
    if raw and request.streams:
        lines += ["from anthropic.lib.streaming import MessageStream"]
    for name, literal in source.constants.items():
        lines += ["", f"{name} = {literal}"]
    url = f'base_url=os.environ.get("ANTHROPIC_BASE_URL", "{request.base_url}")'
    lines += ["", f"client = anthropic.Anthropic({'' if official else url})", ""]
    return "\n".join(lines)


def _call(request: Outgoing, source: SourceText) -> str:
    """A call with the fields as arguments; those that the SDK does not name go through `extra_body`."""
    betas = _betas(request)
    names = _BETA if betas else _PLAIN
    fields = {name: value for name, value in request.fields.items() if name not in _SENT_OTHERWISE}
    arguments = [
        f"{name}={source.value(value, _constant(name), 1)}" for name, value in fields.items() if name in names
    ]
    extra = {name: value for name, value in fields.items() if name not in names}
    if extra:
        arguments.append(f"extra_body={source.value(extra, indent=1)}")
    if betas:
        arguments.append(f"betas={source.value(list(betas), indent=1)}")
    if request.api_version != NEWEST_VERSION:
        arguments.append(f"extra_headers={source.value({'anthropic-version': request.api_version})}")
    inner = "".join(f"    {argument},\n" for argument in arguments)
    messages = "client.beta.messages" if betas else "client.messages"
    if request.fields["max_tokens"] == 0:  # a stream of nothing is refused (facts §7)
        return f"message = {messages}.create(\n{inner})\n{_WHOLE}"
    return f"with {messages}.stream(\n{inner}) as stream:\n{_STREAMED}"


def _betas(request: Outgoing) -> tuple[str, ...]:
    """The beta features of the header and of the body."""
    own = request.fields.get("betas")
    named = [name for name in own if isinstance(name, str)] if isinstance(own, (list, tuple)) else []
    return tuple(sorted({*request.betas, *named}))


def _raw_call(request: Outgoing, source: SourceText) -> str:
    """A call that sends the bytes of the body: its numbers or its keys can't be said in Python."""
    source.constants["BODY"] = f"{source.long_text(request.wire.decode())}.encode()"
    headers: dict[str, Json] = {
        "content-type": "application/json",
        "anthropic-version": request.api_version,
        **({"anthropic-beta": ",".join(request.betas)} if request.betas else {}),
    }
    why = "# Python would spell this body in another way (numbers, repeated keys), so it is sent as bytes.\n"
    options = f"options={source.value({'headers': headers}, indent=1)},\n"
    inner = f'    "/v1/messages",\n    cast_to=anthropic.types.Message,\n    content=BODY,\n    {options}'
    if not request.streams:
        return f"{why}message = client.post(\n{inner})\n{_WHOLE}"
    inner += "    stream=True,\n    stream_cls=anthropic.Stream[anthropic.types.RawMessageStreamEvent],\n"
    opened = "with MessageStream(events, output_format=anthropic.not_given) as stream:\n"
    return f"{why}events = client.post(\n{inner})\n{opened}{_STREAMED}"


def _constant(field: str) -> str:
    return {"system": "SYSTEM", "tools": "TOOL"}.get(field, "TEXT")
