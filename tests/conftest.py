"""What holds for every test."""

from __future__ import annotations

import gc

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=10, help="SIGKILLs of a suite that kills (10)")
    parser.addoption("--stream", type=int, default=0, help="minutes of a livestream's check (0)")
    parser.addoption("--soak", type=int, default=180, help="seconds of the soak (180)")


@pytest.hookimpl(tryfirst=True)  # before its plugin reads --hypothesis-profile
def pytest_configure(config: pytest.Config) -> None:
    """Say how properties are tried; `make pure` has none, and is spared the import."""
    if not config.pluginmanager.hasplugin("hypothesispytest"):
        return
    from hypothesis import settings

    # A property says what is true, not how fast: a deadline would fail on a machine that is busy.
    settings.register_profile("yishi", deadline=None)
    # As many as a night allows: `make nightly`, or `pytest --hypothesis-profile=nightly`.
    settings.register_profile("nightly", deadline=None, max_examples=5000, print_blob=True)
    settings.load_profile("yishi")


def pytest_collection() -> None:
    """Modules and tests stay to the end: nobody need look for garbage among them."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Coroutines run on asyncio alone: the service has no other loop."""
    return "asyncio"
