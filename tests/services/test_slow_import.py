"""Slow imports leave the garbage collector as they found it, but for what they have brought."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from coldbyte.services.slow_import import slow_import


def test_what_is_imported_is_no_longer_looked_through() -> None:
    code = (
        "import gc, sys\n"
        "from coldbyte.services.slow_import import slow_import\n"
        "slow_import('decimal', 'email.message')\n"
        "assert 'email.message' in sys.modules and gc.isenabled() and gc.get_freeze_count() > 1000\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_missing_module_is_an_import_error_and_the_collector_goes_on() -> None:
    with pytest.raises(ImportError, match="no_such_module_here"):
        slow_import("no_such_module_here")
    assert gc.isenabled()
