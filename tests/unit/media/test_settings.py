"""`media.settings`: what the media process may be told."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from media.settings import MediaSettings, stun_server


def test_without_settings_no_server_is_asked_and_any_port_is_used() -> None:
    settings = MediaSettings()
    assert settings.ice_servers == ()
    assert (settings.udp_port_min, settings.udp_port_max) == (0, 0)
    assert not settings.ice_loopback


def test_settings_survive_the_command_line() -> None:
    settings = MediaSettings(
        udp_port_min=40_000,
        udp_port_max=40_100,
        addresses=("127.0.0.1", "::1"),
        public_address="192.0.2.7",
        ice_servers=("stun:stun.example:3479",),
    )
    assert MediaSettings.model_validate_json(settings.model_dump_json()) == settings


@pytest.mark.parametrize(
    "values",
    [
        {"udp_port_min": 2, "udp_port_max": 1},
        {"udp_port_min": 0, "udp_port_max": 9},
        {"udp_port_max": 70_000},
        {"addresses": ("localhost",)},
        {"public_address": "example.org"},
        {"ice_servers": ("turn:turn.example",)},
        {"part_ms": 0},
        {"part_ms": 250},
        {"part_ms": 1_200},
        {"unknown": 1},
    ],
)
def test_settings_that_make_no_sense_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        MediaSettings.model_validate(values)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("stun:stun.example", ("stun.example", 3478)),
        ("stun:stun.example:9", ("stun.example", 9)),
        ("stun:[2001:db8::1]", ("2001:db8::1", 3478)),
        ("stun:[2001:db8::1]:9", ("2001:db8::1", 9)),
    ],
)
def test_a_stun_url_names_host_and_port(url: str, server: tuple[str, int]) -> None:
    assert stun_server(url) == server


@pytest.mark.parametrize("url", ["", "stun", "stun:", "stun:host:", "stun:host:x", "http:host"])
def test_what_is_no_stun_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not a stun"):
        stun_server(url)
