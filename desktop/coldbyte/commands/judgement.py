"""What the commands that judge a request share: the catalogue, the API's version, whose body is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coldbyte.commands.input import Input, prefix_of_input, read_input
from coldbyte.commands.trouble import InputTrouble
from coldbyte.core.cache.catalogue import Catalogue, read_catalogue
from coldbyte.core.capture import Capture
from coldbyte.core.prefix.record import BodyError
from coldbyte.services import resources


def catalogue_of(name: str | None) -> Catalogue:
    """The catalogue of a file, or the one that ships with the app. Raise InputTrouble."""
    if name is None:
        return read_catalogue(resources.text("catalogue.json"))
    source = read_input(name)
    source.json()
    try:
        return read_catalogue(source.data[source.start : source.stop].decode())
    except (TypeError, AttributeError):  # whose words are Python's own
        say = f"{source.title} is not a model catalogue: see the one that ships with Coldbyte for its shape."
        raise InputTrouble(say, file=name) from None
    except (ValueError, KeyError, ArithmeticError) as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__
        raise InputTrouble(f"{source.title} is not a model catalogue: {what}.", file=name) from None


def under_version(capture: Capture, version: str | None) -> Capture:
    """The capture, judged under a version of the API."""
    return capture if version is None else replace(capture, api_version=version)


def misfit_of(error: BodyError, pairs: Sequence[tuple[Input, Capture]]) -> InputTrouble:
    """The trouble with the first input whose body is no Messages request."""
    for source, capture in pairs[:-1]:
        try:
            prefix_of_input(source, capture)
        except InputTrouble as own:
            return own
    source, capture = pairs[-1]
    return source.misfit(error, capture)
