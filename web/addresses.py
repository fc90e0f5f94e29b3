"""Addresses of this machine, as others on the local network reach it."""

from __future__ import annotations

import ipaddress

import ifaddr

WILDCARDS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, not bound to


def local_addresses() -> tuple[str, ...]:
    """
    Addresses of this machine that other machines may reach, the likeliest first.

    Loopback and link-local ones are left out; IPv4 comes before IPv6, since it is what people type
    and what every phone's Wi-Fi has.
    """
    found: list[ipaddress.IPv4Address | ipaddress.IPv6Address] = []
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            address = ipaddress.ip_address(ip.ip if isinstance(ip.ip, str) else ip.ip[0])
            if not (address.is_loopback or address.is_link_local) and address not in found:
                found.append(address)
    found.sort(key=lambda address: address.version)
    return tuple(str(address) for address in found)


def reachable_host(host: str) -> str:
    """
    A host that others can put into a link, for a service that listens on *host*.

    A wildcard becomes the machine's first address (localhost if it has none); IPv6 gets brackets.
    """
    if host in WILDCARDS:
        host = next(iter(local_addresses()), "localhost")
    return f"[{host}]" if ":" in host else host
