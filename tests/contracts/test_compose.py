"""docker-compose.yml and the Dockerfile: valid, and in step with the settings."""

from __future__ import annotations

import os
import re
from pathlib import Path

import compose_spec
import pytest

from web.settings import Settings, read_settings, variable

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()

KNOWN = {variable(name) for name in Settings.model_fields}
ONLY_PORTS = {"YISHI_HTTP_PORT", "YISHI_HTTPS_PORT", "YISHI_EDGE_PORT"}
"""Read by compose itself, for the ports of the machine."""


def interpolated() -> str:
    """The compose file as it is without any variable set."""
    return re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", COMPOSE)


def image_environment() -> dict[str, str]:
    """The YISHI_* variables that the image sets; the stage that builds the wheel has its own."""
    return dict(re.findall(r"(YISHI_[A-Z_]+)=(\S+)", DOCKERFILE.rpartition("\nFROM ")[2]))


def test_the_compose_file_is_valid() -> None:
    """By the compose specification; every key is known."""
    assert compose_spec.PyCompose.from_yaml(interpolated())


def test_a_wrong_compose_file_would_be_noticed() -> None:
    """The check is one."""
    with pytest.raises(ValueError, match="imagee"):
        compose_spec.PyCompose.from_yaml(interpolated().replace("image:", "imagee:"))


def test_variables_are_settings() -> None:
    """A variable that the service doesn't read would be set in vain."""
    assert set(re.findall(r"YISHI_[A-Z_]+", COMPOSE)) - ONLY_PORTS <= KNOWN
    assert set(image_environment()) <= KNOWN
    assert read_settings({}, image_environment()).host == "0.0.0.0"


def test_every_port_is_published() -> None:
    """HTTP, HTTPS, and exactly the UDP range that the image uses."""
    settings = read_settings({}, image_environment())
    udp = f"{settings.udp_port_min}-{settings.udp_port_max}"
    for port in (f":{settings.port}/tcp", f":{settings.tls_port}/tcp", f"{udp}:{udp}/udp"):
        assert port in COMPOSE
        assert port.rpartition(":")[2] in DOCKERFILE


def test_the_image_runs_as_nobody_special() -> None:
    """Not as root, and its data is on a volume."""
    assert re.search(r"^USER yishi$", DOCKERFILE, re.MULTILINE)
    assert f"VOLUME {image_environment()['YISHI_DATA']}" in DOCKERFILE
    assert "data:/data" in COMPOSE


def test_the_edge_finds_the_service() -> None:
    """What its start changes and reads in edge/varnish is there, on the port of the image."""
    origin = (ROOT / "edge" / "varnish" / "origin.vcl").read_text()
    assert r"s/127\.0\.0\.1/yishi/" in COMPOSE
    assert origin.count("127.0.0.1") == 1
    assert f'.port = "{image_environment()["YISHI_PORT"]}"' in origin
    assert (ROOT / "edge" / "varnish" / "edge.vcl").exists()
    assert "exec /etc/yishi-edge/start -F -a :8080" in COMPOSE
    assert os.access(ROOT / "edge" / "varnish" / "start", os.X_OK)
