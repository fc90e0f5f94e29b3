"""
Names of other libraries that are not promised to stay.

Three exact versions are pinned for them (`pyproject.toml`). Each name is used in one file, which is
named here. A failing test means: read the library's changes before moving the pin.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import inspect
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aioice
import aiortc
import pylibsrtp
import pytest
from aioice import ice, stun
from aiortc import RTCCertificate, RTCDtlsTransport
from pylibsrtp import _binding

from media.peers.transport import TAGS

ROOT = Path(__file__).parents[2]

HOOKED = ("aiortc", "aioice", "pylibsrtp")


@pytest.mark.parametrize("name", HOOKED)
def test_the_version_is_the_one_that_the_hooks_were_tried_on(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"{name}=={importlib.metadata.version(name)}" in project["dependencies"]


def arguments(function: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(function).parameters)


# --- aioice, in media/peers/ice.py


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("get_component_candidates", ["self", "component", "addresses", "timeout"]),
        ("data_received", ["self", "data", "component"]),
        ("check_incoming", ["self", "message", "addr", "protocol"]),
        ("check_complete", ["self", "pair"]),
        ("query_consent", ["self"]),
        ("switch_role", ["self", "ice_controlling"]),
        ("build_request", ["self", "pair", "nominate"]),
        ("connect", ["self"]),
        ("close", ["self"]),
        ("gather_candidates", ["self"]),
        ("add_remote_candidate", ["self", "remote_candidate"]),
    ],
)
def test_aioice_calls_what_we_override(name: str, expected: list[str]) -> None:
    assert arguments(getattr(aioice.Connection, name)) == expected


def test_aioice_keeps_its_state_where_we_look() -> None:
    async def look() -> None:
        connection = aioice.Connection(ice_controlling=True)
        assert connection._protocols == []
        assert connection._nominated == {}
        protocol = ice.StunProtocol(connection)
        assert protocol.transactions == {}
        assert {"transport", "local_candidate"} <= set(ice.StunProtocol.__annotations__)
        await connection.close()

    asyncio.run(look())


def test_aioice_takes_a_transport_of_ours() -> None:
    """It may call on it what `UdpSocket` has, and nothing more."""
    source = inspect.getsource(ice.StunProtocol)
    used = set(re.findall(r"self\.transport\.(\w+)", source))
    assert used == {"close", "sendto"}
    assert arguments(ice.StunProtocol.datagram_received) == ["self", "data", "addr"]
    assert arguments(ice.StunProtocol.connection_lost) == ["self", "exc"]
    assert arguments(ice.StunProtocol.request) == [
        "self",
        "request",
        "addr",
        "integrity_key",
        "retransmissions",
    ]


def test_aioice_names_pairs_and_stun_as_we_do() -> None:
    assert isinstance(ice.CandidatePair.remote_addr, property)
    assert ice.CandidatePair.State.SUCCEEDED.value == 3
    assert arguments(ice.server_reflexive_candidate) == ["protocol", "stun_server"]
    assert arguments(ice.candidate_foundation) == [
        "candidate_type",
        "candidate_transport",
        "base_address",
    ]
    assert arguments(ice.candidate_priority)[:2] == ["candidate_component", "candidate_type"]
    assert (stun.COOKIE, stun.HEADER_LENGTH) == (0x2112A442, 20)
    assert issubclass(stun.TransactionError, Exception)


# --- aiortc, in media/peers/transport.py


def test_aiortc_keeps_the_srtp_sessions_where_we_look() -> None:
    class Shim:
        role = "controlled"

    dtls = RTCDtlsTransport(Shim(), [RTCCertificate.generateCertificate()])  # type: ignore[arg-type]
    assert dtls._rx_srtp is None
    assert dtls._tx_srtp is None
    assert dtls._ssl is None
    ciphers = {profile.openssl_profile for profile in dtls._srtp_profiles}
    assert ciphers <= TAGS.keys(), "we know how much each adds to a packet"
    assert dtls.state == "new"
    assert arguments(dtls.start) == ["remoteParameters"]
    assert arguments(dtls.on)[0] == "event"


def test_aiortc_calls_three_names_of_its_transport() -> None:
    """`_Shim` has these and no others; statistics, which we never ask, use `role` besides."""
    source = inspect.getsource(RTCDtlsTransport)
    used = set(re.findall(r"self\.transport\.(\w+)", source))
    assert used == {"role", "_recv", "_send"}


def test_aiortc_takes_the_role_from_its_transport() -> None:
    source = inspect.getsource(RTCDtlsTransport.start)
    assert 'self.transport.role == "controlling"' in source


def test_aiortc_exports_what_we_build_on() -> None:
    for name in ("RTCDtlsFingerprint", "RTCDtlsParameters", "RTCIceTransport"):
        assert hasattr(aiortc, name)
    algorithms = [f.algorithm for f in RTCCertificate.generateCertificate().getFingerprints()]
    assert "sha-256" in algorithms


# --- pylibsrtp, in media/peers/transport.py


def test_pylibsrtp_protects_in_place() -> None:
    """Its own methods copy twice; the binding under them does not."""
    for name in ("srtp_protect", "srtp_unprotect", "srtp_unprotect_rtcp"):
        assert hasattr(_binding.lib, name)
    key = bytes(30)
    policy = pylibsrtp.Policy(key=key, ssrc_type=pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
    session = pylibsrtp.Session(policy)
    plain = b"\x80\x00" + bytes(10) + b"payload"
    buffer = bytearray(plain) + bytearray(64)
    length = _binding.ffi.new("int *")
    length[0] = len(plain)
    data = _binding.ffi.from_buffer(buffer)
    assert _binding.lib.srtp_protect(session._srtp[0], data, length) == 0
    assert length[0] == len(plain) + 10
    again = pylibsrtp.Session(
        pylibsrtp.Policy(key=key, ssrc_type=pylibsrtp.Policy.SSRC_ANY_INBOUND)
    )
    assert again.unprotect(bytes(buffer[: length[0]])) == plain


# --- where they may be used


PRIVATE = {
    # an IP camera's process is a stock client
    "aiortc": ("media/peers/transport.py", "media/peers/peer.py", "media/camera/sender.py"),
    "aioice": (
        "media/peers/ice.py",
        "media/peers/consent.py",
        "media/peers/udp.py",
        "media/camera/__main__.py",
    ),
    "pylibsrtp": ("media/peers/transport.py",),
}


@pytest.mark.parametrize("name", HOOKED)
def test_only_the_named_files_of_the_service_import_it(name: str) -> None:
    found = {
        str(path.relative_to(ROOT))
        for package in ("meetings", "signaling", "media", "web")
        for path in (ROOT / package).rglob("*.py")
        if "node_modules" not in path.parts
        for text in path.read_text().splitlines()
        if text.strip().startswith((f"import {name}", f"from {name}"))
    }
    assert found == set(PRIVATE[name])
