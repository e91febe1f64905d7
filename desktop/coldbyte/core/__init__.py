"""Values and pure functions: no Qt, no I/O, no asyncio, no SDK."""
