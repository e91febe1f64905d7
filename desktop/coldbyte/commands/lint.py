"""`coldbyte lint REQUEST`: the causes that one request shows by itself."""

from __future__ import annotations

from argparse import Namespace

from coldbyte.commands.input import read_input
from coldbyte.commands.judgement import catalogue_of, misfit_of, under_version
from coldbyte.commands.output import coloured, put_json, put_text
from coldbyte.core.prefix.record import BodyError
from coldbyte.core.rule.lint import lint


def run(options: Namespace) -> int:
    """Print the causes. Exit code 0 where none has the severity loss, else 1. Raise InputTrouble."""
    source = read_input(options.request)
    capture = under_version(source.capture(), options.api_version)
    try:
        causes = lint(capture, catalogue_of(options.catalogue))
    except BodyError as error:
        raise misfit_of(error, [(source, capture)]) from None
    if options.redact:
        from coldbyte.core.rule.redaction import redacted_causes

        causes = redacted_causes(causes)
    if options.json:
        from coldbyte.commands.report_json import lint_value

        put_json(lint_value(str(capture.body.fields["model"]), causes))
    else:
        from coldbyte.commands.report_text import lint_text
        from coldbyte.commands.terminal import Ink

        put_text(lint_text(causes, Ink(coloured=coloured(options.color))))
    return 1 if any(cause.severity == "loss" for cause in causes) else 0
