"""How property tests run: enough examples to find what is wrong, whatever else the machine does.

In CI the examples are the same every time, so that a change is judged by what it changed;
at a developer's desk each run looks elsewhere.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "unit",
    max_examples=60,
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("unit")
