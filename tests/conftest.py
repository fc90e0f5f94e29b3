"""What holds for every test."""

from __future__ import annotations

import pytest
from hypothesis import settings

# A property says what is true, not how fast: a deadline would fail on a machine that is busy.
settings.register_profile("yishi", deadline=None)
# As many as a night allows: `make nightly`, or `pytest --hypothesis-profile=nightly`.
settings.register_profile("nightly", deadline=None, max_examples=5000, print_blob=True)
settings.load_profile("yishi")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=10, help="SIGKILLs of a suite that kills (10)")
    parser.addoption("--stream", type=int, default=0, help="minutes of a livestream's check (0)")
    parser.addoption("--soak", type=int, default=180, help="seconds of the soak (180)")
