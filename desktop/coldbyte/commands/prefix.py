"""`coldbyte prefix REQUEST`: the canonical prefix as bytes, or the map of its blocks."""

from __future__ import annotations

from argparse import Namespace

from coldbyte.commands.input import prefix_of_input, read_input
from coldbyte.commands.output import put_bytes, put_file, put_json


def run(options: Namespace) -> int:
    """Write the prefix, the map, or both. Exit code 0. Raise InputTrouble."""
    source = read_input(options.request)
    prefix = prefix_of_input(source, source.capture())
    if options.out is not None:
        put_file(options.out, prefix.encode())
    if options.json:
        from coldbyte.commands.report_json import map_value

        put_json(map_value(prefix))
    elif options.out is None:
        put_bytes(prefix.encode())
    return 0
