"""Profiles for property-based tests: a seeded tenth by default, all of it with COLDBYTE_LONG=1."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_CALM = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]

settings.register_profile("ci", max_examples=60, deadline=None, derandomize=True, suppress_health_check=_CALM)
settings.register_profile("long", max_examples=600, deadline=None, suppress_health_check=_CALM)
settings.load_profile("long" if os.environ.get("COLDBYTE_LONG") == "1" else "ci")
