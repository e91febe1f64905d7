"""A TypeScript module that sends the request with `@anthropic-ai/sdk`; it is JavaScript, too."""

from __future__ import annotations

from coldbyte.core.export.outgoing import NEWEST_VERSION, OFFICIAL, ExportError, Outgoing
from coldbyte.core.export.source_text import SCRIPT, SourceText, is_faithful
from coldbyte.core.json.value import Json

# The fields that the types of SDK 1.12 know; others are spread, which the compiler lets pass.
_PLAIN = (
    *("max_tokens", "messages", "model", "cache_control", "container", "diagnostics", "inference_geo"),
    *("metadata", "output_config", "service_tier", "speed", "stop_sequences", "system", "thinking"),
    *("tool_choice", "tools"),
)
_BETA = (*_PLAIN, "context_management", "mcp_servers")
_REQUIRED = ("max_tokens", "messages", "model")
_SENT_OTHERWISE = ("stream", "betas")

_USAGE = """
const usage = message.usage;
const read = usage.cache_read_input_tokens ?? 0; // from the prompt cache
const written = usage.cache_creation_input_tokens ?? 0; // to the prompt cache
const total = usage.input_tokens + written + read; // input_tokens alone is the part that is not cached
console.log("prompt tokens", total);
console.log("  read", read);
console.log("  written", written, usage.cache_creation ?? ""); // by lifetime
console.log("  rest", usage.input_tokens);
console.log("answer tokens", usage.output_tokens);
"""
_DIAGNOSTICS = 'console.log("diagnostics", JSON.stringify(message.diagnostics ?? null), "of", message.id);\n'
_STREAMED = 'stream.on("text", (text) => process.stdout.write(text));\n'
_FINAL = 'const message = await stream.finalMessage();\nconsole.log("");\n'
_WHOLE = (
    'for (const block of message.content) {\n    if (block.type === "text") console.log(block.text);\n}\n'
)


def typescript_program(request: Outgoing) -> str:
    """The module. The key comes from the environment. Raise ExportError for what is no request."""
    if any(name not in request.fields for name in _REQUIRED):
        raise ExportError("This body is no Messages request: it lacks model, messages or max_tokens.")
    source = SourceText(SCRIPT)
    can = is_faithful(request.fields, SCRIPT)
    call = _call(request, source) if can else _raw_call(request, source)
    more = _DIAGNOSTICS if "diagnostics" in request.fields else ""
    return _head(request, source, raw=not can) + call + _USAGE + more


def _head(request: Outgoing, source: SourceText, *, raw: bool) -> str:
    lines = [
        "// One request to the Messages API. Needs: npm install @anthropic-ai/sdk; ANTHROPIC_API_KEY.",
        'import Anthropic from "@anthropic-ai/sdk";',
    ]
    if raw:
        source.constants["BODY"] = source.long_text(request.wire.decode())
    for name, literal in source.constants.items():
        lines += ["", f"const {name} = {literal};"]
    lines.append("")
    options = []
    if request.base_url != OFFICIAL:
        options.append(f'baseURL: process.env["ANTHROPIC_BASE_URL"] ?? "{request.base_url}"')
    if raw:
        lines.append("// JavaScript would spell this body in another way (numbers, keys): it goes as it is.")
        options.append("fetch: (url, init) => fetch(url, { ...init, body: BODY })")
    given = "{ " + ", ".join(options) + " }" if options else ""
    return "\n".join([*lines, f"const client = new Anthropic({given});", "", ""])


def _call(request: Outgoing, source: SourceText) -> str:
    own = request.fields.get("betas")
    named = [name for name in own if isinstance(name, str)] if isinstance(own, (list, tuple)) else []
    betas = sorted({*request.betas, *named})
    names = _BETA if betas else _PLAIN
    members = []
    for name, value in request.fields.items():
        if name in _SENT_OTHERWISE:
            continue
        constant = {"system": "SYSTEM", "tools": "TOOL"}.get(name, "TEXT")
        literal = source.value(value if name in names else {name: value}, constant, 1)
        members.append(f"{name}: {literal}" if name in names else f"...{literal}")
    if betas:
        members.append(f"betas: {source.value(betas, indent=1)}")
    inner = "".join(f"    {member},\n" for member in members)
    headers = source.value({"headers": {"anthropic-version": request.api_version}})
    options = "" if request.api_version == NEWEST_VERSION else f", {headers}"
    messages = "client.beta.messages" if betas else "client.messages"
    if request.fields["max_tokens"] == 0:  # a stream of nothing is refused (facts §7)
        return f"const message = await {messages}.create({{\n{inner}}}{options});\n{_WHOLE}"
    return f"const stream = {messages}.stream({{\n{inner}}}{options});\n{_STREAMED}{_FINAL}"


def _raw_call(request: Outgoing, source: SourceText) -> str:
    """A call whose body is put in its place as it was: JavaScript can't say its numbers or its keys."""
    model = source.value(request.fields["model"])
    placeholder = f"{{ model: {model}, max_tokens: 1, messages: [] }}"
    headers: dict[str, Json] = {
        "anthropic-version": request.api_version,
        **({"anthropic-beta": ",".join(request.betas)} if request.betas else {}),
    }
    options = source.value({"headers": headers}, indent=1)
    if not request.streams:
        return f"const message = await client.messages.create({placeholder}, {options});\n{_WHOLE}"
    return f"const stream = client.messages.stream({placeholder}, {options});\n{_STREAMED}{_FINAL}"
