"""The Content-Security-Policy of the pages."""

from __future__ import annotations

import pytest

from web.headers import content_policy


def directives(policy: str) -> dict[str, list[str]]:
    """The policy, taken apart."""
    parts = [part.split() for part in policy.split(";")]
    return {part[0]: part[1:] for part in parts}


def test_only_our_own_scripts_run() -> None:
    """No inline script, no foreign one, no frame around us; streams and sockets still work."""
    policy = directives(content_policy("yishi.example.cn", secure=True))
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert "blob:" in policy["media-src"]
    assert "blob:" in policy["worker-src"]
    assert policy["connect-src"] == ["'self'", "wss://yishi.example.cn"]


def test_a_plain_page_speaks_to_plain_sockets() -> None:
    """On a local network without HTTPS."""
    policy = directives(content_policy("[fd00::7]:8000", secure=False))
    assert policy["connect-src"] == ["'self'", "ws://[fd00::7]:8000"]


@pytest.mark.parametrize("host", ["", "a b", "evil; script-src *", "x" * 300, "a\r\nb"])
def test_a_strange_host_adds_nothing(host: str) -> None:
    """A Host header can't write into the policy."""
    policy = content_policy(host, secure=True)
    assert directives(policy)["connect-src"] == ["'self'"]
    assert "script-src *" not in policy
