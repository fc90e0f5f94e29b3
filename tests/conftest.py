"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# A property says what is true, not how fast: a deadline would fail on a machine that is busy.
settings.register_profile("yishi", deadline=None)
settings.load_profile("yishi")
