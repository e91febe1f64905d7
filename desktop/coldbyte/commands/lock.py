"""`coldbyte lock REQUEST`: write down the agreed prefix, block by block, for `coldbyte check`."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import replace

from coldbyte.commands.input import prefix_of_input, read_input
from coldbyte.commands.output import put_bytes, put_file
from coldbyte.commands.trouble import InputTrouble
from coldbyte.core.export.outgoing import outgoing_of_capture
from coldbyte.core.lock import lock_of, lock_value


def run(options: Namespace) -> int:
    """Write the lock. Exit code 0. Raise InputTrouble."""
    source = read_input(options.request)
    capture = source.capture()
    prefix = prefix_of_input(source, capture)
    try:
        lock = lock_of(prefix, options.until_breakpoint)
    except ValueError as error:
        raise InputTrouble(f"{source.title}: {error}", file=source.name) from None
    if options.with_text:
        request = outgoing_of_capture(capture)
        headers = {
            **({"anthropic-beta": ",".join(request.betas)} if request.betas else {}),
            **({"anthropic-version": request.version} if request.version else {}),
        }
        lock = replace(lock, request=request.wire.decode(), headers=headers)
    data = (json.dumps(lock_value(lock), ensure_ascii=False, indent=2) + "\n").encode()
    if options.out is not None:
        put_file(options.out, data)
    else:
        put_bytes(data)
    return 0
