"""The local authority and its certificate: what they are for, and when they are made anew."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path

from cryptography import x509

from web.tls import LIFE_DAYS, RENEW_DAYS, local_certificate, names_of_this_machine

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
NAMES = names_of_this_machine(["192.168.1.7", "fd00::7"])


def leaf(path: Path) -> x509.Certificate:
    """The first certificate of a file."""
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_the_certificate_is_for_every_name_of_the_machine(tmp_path: Path) -> None:
    """localhost, the host's name and its addresses; as names and as addresses."""
    made = leaf(local_certificate(tmp_path, NAMES, NOW).chain)
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "localhost" in names.get_values_for_type(x509.DNSName)
    addresses = [str(one) for one in names.get_values_for_type(x509.IPAddress)]
    assert {"127.0.0.1", "192.168.1.7", "fd00::7"} <= set(addresses)


def test_it_lives_no_longer_than_phones_allow(tmp_path: Path) -> None:
    """iOS refuses certificates of more than 825 days, also of own authorities."""
    made = leaf(local_certificate(tmp_path, NAMES, NOW).chain)
    life = made.not_valid_after_utc - made.not_valid_before_utc
    assert life.days <= LIFE_DAYS <= 800
    assert made.not_valid_before_utc < NOW, "a phone whose clock is late must take it"


def test_keys_are_private(tmp_path: Path) -> None:
    """Nobody but the owner may read a key."""
    certificate = local_certificate(tmp_path / "tls", NAMES, NOW)
    for key in (certificate.key, tmp_path / "tls" / "ca.key"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    """People who accepted the certificate are not asked again."""
    first = local_certificate(tmp_path, NAMES, NOW).chain.read_bytes()
    again = local_certificate(tmp_path, NAMES, NOW + dt.timedelta(days=100)).chain.read_bytes()
    assert again == first


def test_a_new_address_makes_a_new_certificate_of_the_same_authority(tmp_path: Path) -> None:
    """The laptop in another Wi-Fi; phones that trust the authority need nothing new."""
    first = local_certificate(tmp_path, NAMES, NOW)
    before, authority = first.chain.read_bytes(), first.authority.read_bytes()
    second = local_certificate(tmp_path, names_of_this_machine(["10.0.0.9"]), NOW)
    assert second.chain.read_bytes() != before
    assert second.authority.read_bytes() == authority
    leaf(second.chain).verify_directly_issued_by(leaf(second.authority))


def test_it_is_renewed_before_its_end(tmp_path: Path) -> None:
    """A service that starts a month before the end has a fresh one."""
    first = local_certificate(tmp_path, NAMES, NOW).chain.read_bytes()
    late = NOW + dt.timedelta(days=LIFE_DAYS - RENEW_DAYS)
    assert local_certificate(tmp_path, NAMES, late).chain.read_bytes() != first


def test_a_damaged_certificate_is_made_anew(tmp_path: Path) -> None:
    """A file cut short by a full disk must not keep the service from starting."""
    made = local_certificate(tmp_path, NAMES, NOW)
    made.chain.write_bytes(b"-----BEGIN CERTIFICATE-----\n")
    assert leaf(local_certificate(tmp_path, NAMES, NOW).chain)


def test_a_name_without_a_dot_is_also_found_in_the_local_domain(tmp_path: Path) -> None:
    """Multicast DNS: phones find `laptop.local`."""
    names = names_of_this_machine([])
    assert any(name.endswith(".local") or "." in name for name in names)
    assert tuple(sorted(names)) == names
