"""Where a caller calls from, as far as it may be counted: whoever can change an address at will gains nothing by it."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from starlette.types import Scope

NOWHERE = "nowhere"
"""All callers without an address together: those of a Unix socket, or of a proxy that tells none."""

SUBSCRIBER_BITS = 64  # what one line is given of IPv6, at least: whoever has it has all addresses in it


def of(scope: Scope) -> str:
    """Give the IPv4 address whole, IPv6 by its /64, and `NOWHERE` for anything else."""
    client = scope.get("client")
    return _counted(client[0]) if client else NOWHERE


@lru_cache(maxsize=4_096)
def _counted(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return NOWHERE
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    kept = int(address) >> (128 - SUBSCRIBER_BITS) << (128 - SUBSCRIBER_BITS)
    return f"{IPv6Address(kept)}/{SUBSCRIBER_BITS}"
