"""
Two places and what lies between them: a person far away, and the service with everybody else.

The person has two ways, as a phone has: `WIFI`, which is used, and `MOBILE`, which is down until
`move`. Either is a cable with conditions of its own (`tests/network/cable.py`). The service has one
address, whichever way a packet came.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.network.emulator import Conditions
from tests.network.places import Place

ROOT = Path(__file__).parents[2]
SERVICE = "10.78.0.1"
CLEAR = Conditions(delay_ms=10.0)
"""As a good line is: 20 ms there and back."""


@dataclass(frozen=True, slots=True)
class Way:
    """One of the person's interfaces; browsers tell what it is by its name."""

    name: str
    address: str
    router: str


WIFI = Way("wlan0", "10.78.1.2", "10.78.1.1")
MOBILE = Way("wwan0", "10.78.2.2", "10.78.2.1")


class Cable:
    """A running `tests.network.cable` from the person (up) to the service (down: back)."""

    def __init__(self, seed: int, person: Place, service: Place, name: str) -> None:
        ends = [str(person.fd), name, str(service.fd), name]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.network.cable", str(seed), *ends],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(person.fd, service.fd),
            text=True,
        )
        assert self._answer() == "ready", "no cable: is this root, with TAP devices?"

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def set(self, up: Conditions, down: Conditions | None = None) -> dict[str, list[int]]:
        """
        The conditions from now on, the same both ways unless *down* is given.

        Returns: frames passed and dropped so far, by direction.
        """
        assert self._process.stdin is not None
        order = {"up": asdict(up), "down": asdict(down or up)}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        told: dict[str, list[int]] = json.loads(self._answer())
        return told

    def close(self) -> None:
        """Pull it out."""
        self._process.communicate()  # its input ends, and it with it


class Network:
    """Made by `network`."""

    def __init__(self, person: Place, service: Place, wifi: Cable, mobile: Cable) -> None:
        self.person = person
        self.service = service
        self.wifi = wifi
        self.mobile = mobile

    def move(self) -> None:
        """From Wi-Fi to mobile: one interface is gone, another with another address is there."""
        self.person.run(
            f"ip link set {MOBILE.name} up",
            f"ip link set {WIFI.name} down",
            f"ip addr flush dev {WIFI.name}",
            f"ip route add default via {MOBILE.router}",
        )

    def move_back(self) -> None:
        """From mobile to Wi-Fi."""
        self.person.run(
            f"ip link set {WIFI.name} up",
            f"ip addr add {WIFI.address}/24 dev {WIFI.name}",
            f"ip link set {MOBILE.name} down",
            f"ip route add default via {WIFI.router}",
        )


@contextmanager
def network(seed: int = 1) -> Iterator[Network]:
    """
    Both places, joined; this thread is at the service's meanwhile, with all that it starts.

    Raises:
        OSError: not root, or a kernel without network namespaces.
    """
    with ExitStack() as stack:
        person, service = Place(), Place()
        stack.callback(service.close)
        stack.callback(person.close)
        cables = []
        service.run(f"ip addr add {SERVICE}/32 dev lo")
        for number, way in enumerate((WIFI, MOBILE)):
            cable = Cable(seed + number, person, service, way.name)
            stack.callback(cable.close)
            cable.set(CLEAR)
            cables.append(cable)
            for place, address in ((person, way.address), (service, way.router)):
                place.run(
                    f"ip link set {way.name} addrgenmode none",  # no IPv6
                    f"ip addr add {address}/24 dev {way.name}",
                    f"ip link set {way.name} up",
                )
        person.run(f"ip link set {MOBILE.name} down", f"ip route add default via {WIFI.router}")
        stack.enter_context(service.entered())
        yield Network(person, service, *cables)
