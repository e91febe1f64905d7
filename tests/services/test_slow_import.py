"""Slow imports leave the garbage collector as they found it, but for what they have brought."""

from __future__ import annotations

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


def test_a_missing_module_is_an_import_error() -> None:
    with pytest.raises(ImportError, match="no_such_module_here"):
        slow_import("no_such_module_here")


@pytest.mark.parametrize("collects", [True, False])
def test_whether_the_collector_works_is_left_as_it_was(collects: bool) -> None:
    code = (
        "import gc\n"
        "from coldbyte.services.slow_import import slow_import\n"
        f"gc.enable() if {collects} else gc.disable()\n"
        "try: slow_import('no_such_module_here')\n"
        "except ImportError: pass\n"
        f"assert gc.isenabled() is {collects}\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
