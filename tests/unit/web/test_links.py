"""Links and the addresses in them."""

from __future__ import annotations

import ipaddress

import pytest

from web import addresses
from web.addresses import local_addresses, reachable_host
from web.links import Origins, join_link, origins, room_link, secure_link
from web.settings import Settings


def test_a_service_without_https_has_no_secure_link() -> None:
    """Viewers are told so then; a public address with HTTPS is secure for everybody."""
    plain, public = "http://192.0.2.1:8000", "https://yishi.example.cn"
    assert secure_link(Origins(plain, plain), "a1") is None
    assert secure_link(Origins(public, public), "a1") == f"{public}/r/a1"


def test_without_https_everybody_has_the_same_origin() -> None:
    """The port is the one that is really listened on."""
    assert origins(Settings(port=0), 4321) == Origins(
        "http://127.0.0.1:4321", "http://127.0.0.1:4321"
    )


def test_with_https_those_with_a_camera_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Viewers stay on the address without a warning; the address is the local network's."""
    monkeypatch.setattr(addresses, "local_addresses", lambda: ("192.168.1.7", "fd00::7"))
    found = origins(Settings(host="0.0.0.0", tls=True), 8000, 8443)
    assert found == Origins("http://192.168.1.7:8000", "https://192.168.1.7:8443")


def test_a_public_url_goes_before_everything() -> None:
    """Behind a proxy the service doesn't know its own name."""
    found = origins(Settings(public_url="https://yishi.example.cn", tls=True))
    assert found == Origins("https://yishi.example.cn", "https://yishi.example.cn")


def test_the_token_stands_in_the_fragment() -> None:
    """Browsers send no fragment, so no log has it."""
    assert join_link("https://y.cn", "a.b").partition("#")[2] == "t=a.b"
    assert room_link("https://y.cn", "KX7Q2M") == "https://y.cn/r/KX7Q2M"


def test_ipv6_addresses_stand_in_brackets() -> None:
    """RFC 3986, 3.2.2."""
    assert reachable_host("::1") == "[::1]"
    assert reachable_host("yishi.lan") == "yishi.lan"


def test_a_machine_without_a_network_is_localhost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Links must work somewhere."""
    monkeypatch.setattr(addresses, "local_addresses", lambda: ())
    assert reachable_host("0.0.0.0") == "localhost"


def test_addresses_of_this_machine_are_for_others() -> None:
    """No loopback, no link-local, IPv4 first."""
    found = [ipaddress.ip_address(address) for address in local_addresses()]
    assert not any(address.is_loopback or address.is_link_local for address in found)
    assert [address.version for address in found] == sorted(address.version for address in found)
