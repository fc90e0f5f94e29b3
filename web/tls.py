"""
HTTPS on a local network, under a certificate authority of our own.

Browsers give camera and microphone only to secure pages, and no public authority certifies
192.168.1.7. So the service makes a CA once (its key stays in the data folder, mode 0600), and with
it a certificate for the names and addresses that this machine has now. Who installs `/ca.pem` sees
no warning; who does not, sees one.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.exceptions import InvalidSignature

LIFE_DAYS = 398  # Apple and Chromium refuse publicly trusted leaves of more; iOS own ones over 825
RENEW_DAYS = 30  # a leaf with less than this left is made anew at the start


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files of one certificate, for `ssl.SSLContext.load_cert_chain`, and its authority's."""

    chain: Path
    key: Path
    authority: Path


def names_of_this_machine(addresses: Iterable[str]) -> tuple[str, ...]:
    """Everything that people may type to reach this machine: names and addresses, sorted."""
    host = socket.gethostname()
    names = {"localhost", "127.0.0.1", "::1", host, *addresses}
    if "." not in host:
        names.add(f"{host}.local")  # multicast DNS, as phones and laptops find it
    return tuple(sorted(names))


def local_certificate(folder: Path, names: tuple[str, ...], now: dt.datetime) -> Certificate:
    """
    The certificate for these names; made or renewed when names changed or its end is near.

    Args:
        folder: where CA and certificate are kept; made when missing, mode 0700.
        names: host names and IP addresses.
        now: wall clock, aware.

    Raises:
        OSError: the folder can't be written.
        ValueError: what stands in the folder is no certificate authority.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = _authority(folder)
    certificate = Certificate(folder / "leaf.pem", folder / "leaf.key", folder / "ca.pem")
    if not _holds(certificate, names, now):
        leaf = authority.issue_cert(
            *names,
            organization_name="Yishi",
            not_before=now - dt.timedelta(days=1),  # clocks of phones are not exact
            not_after=now + dt.timedelta(days=LIFE_DAYS - 1),
        )
        chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
        _write(certificate.key, leaf.private_key_pem.bytes(), mode=0o600)
        _write(certificate.chain, chain, mode=0o644)
    return certificate


def _authority(folder: Path) -> trustme.CA:
    public, private = folder / "ca.pem", folder / "ca.key"
    if public.exists() and private.exists():
        return trustme.CA.from_pem(public.read_bytes(), private.read_bytes())
    authority = trustme.CA(
        path_length=0,
        organization_name="Yishi",
        # People who look through their phone's list of authorities should know this one again.
        organization_unit_name=f"议事 Yishi {socket.gethostname()}"[:64],
    )
    _write(private, authority.private_key_pem.bytes(), mode=0o600)
    _write(public, authority.cert_pem.bytes(), mode=0o644)
    return authority


def _holds(certificate: Certificate, names: tuple[str, ...], now: dt.datetime) -> bool:
    """Whether the kept certificate is this authority's, for just these names, for long enough."""
    try:
        leaf = x509.load_pem_x509_certificate(certificate.chain.read_bytes())
        authority = x509.load_pem_x509_certificate(certificate.authority.read_bytes())
        leaf.verify_directly_issued_by(authority)
        alternatives = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False  # whatever is wrong with the old one: a new one is made
    held = {str(name.value) for name in alternatives}
    left = leaf.not_valid_after_utc - now
    return certificate.key.exists() and held == set(names) and left.days >= RENEW_DAYS


def _write(path: Path, content: bytes, *, mode: int) -> None:
    """Write whole or not at all, with this mode from the first byte on."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    draft.replace(path)
