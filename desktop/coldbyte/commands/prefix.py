"""`coldbyte prefix REQUEST`: the canonical prefix as bytes, or the map of its blocks."""

from __future__ import annotations

from argparse import Namespace

from coldbyte.commands.input import read_input
from coldbyte.commands.output import put_bytes, put_file, put_json
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.record import BodyError


def run(options: Namespace) -> int:
    """Write the prefix, the map, or both. Exit code 0. Raise InputTrouble."""
    source = read_input(options.request)
    capture = source.capture()
    try:
        prefix = prefix_of(capture.body, betas=capture.betas or ())
    except BodyError as error:
        raise source.misfit(error, capture) from None
    if options.out is not None:
        put_file(options.out, prefix.encode())
    if options.json:
        from coldbyte.commands.report_json import map_value

        put_json(map_value(prefix))
    elif options.out is None:
        put_bytes(prefix.encode())
    return 0
