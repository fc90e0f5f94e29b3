"""Time is no claim of these tests, and machines that run them are busy."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("fuzz", deadline=None)
settings.load_profile("fuzz")
