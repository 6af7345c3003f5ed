"""Connections to the public network and to nothing else, each with a time by which it ends.

A name is looked up once; the numbers found are checked, and the connection is made to one of them
by number. So a name that answers otherwise a moment later (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from corpus.errors import CorpusError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Rule = Callable[[Address, int], bool]

_PORTS = frozenset([80, 443, 8080, 8443])
# Public by number, yet a cloud's own service on every machine there (Azure).
_SERVICES = frozenset([ipaddress.ip_address("168.63.129.16")])
# Of the public IPv6 numbers: those that carry an IPv4 number inside, and those for examples.
_OUTSIDE = tuple(
    map(ipaddress.ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
)
_UNICAST = ipaddress.ip_network("2000::/3")
_MOST_TRIED = 4
_TOO_LATE = httpcore.ReadTimeout("the time is up")


def is_public(address: Address, port: int) -> bool:
    """Return whether a number is of the public network, and the port one that web servers use."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped, port)
        outside = address not in _UNICAST or any(address in network for network in _OUTSIDE)
    else:
        outside = not address.is_global or address.is_multicast or address.is_reserved
    return not outside and address not in _SERVICES and port in _PORTS


class PublicNetwork(httpcore.SyncBackend):
    """What `httpcore` connects through: allowed numbers only, until a moment only."""

    def __init__(self, allowed: Rule, until: float) -> None:
        """Allow what a rule says until a moment of `time.monotonic()`."""
        super().__init__()
        self._allowed = allowed
        self._until = until

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a connection to a host's number.

        Raises CorpusError if one of its numbers is not allowed, or it has none.
        """
        found = _looked_up(host.strip("[]"), port)
        if not all(self._allowed(address, port) for address in found):
            raise CorpusError(
                "it lies in a private network or at an unusual port; only public addresses are "
                "fetched."
            )
        failure: Exception = _TOO_LATE
        for address in found[:_MOST_TRIED]:
            left = self._until - time.monotonic()
            if left <= 0:
                break
            try:
                stream = super().connect_tcp(str(address), port, min(timeout or left, left))
                return _EndingStream(stream, self._until)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        """Raise CorpusError: a file of this machine is no web address."""
        raise CorpusError("it is no web address.")


class _EndingStream(httpcore.NetworkStream):
    """A connection whose every step ends when its time is up, however slowly bytes drip in."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream = stream
        self._until = until

    def _left(self, timeout: float | None) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise _TOO_LATE
        return left if timeout is None else min(timeout, left)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._left(timeout))
        return _EndingStream(stream, self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _looked_up(host: str, port: int) -> list[Address]:
    """Return the numbers of a host, looked up now; a number in any notation is its number."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise CorpusError("its server was not found; check the address.") from None
    numbers = (str(entry[4][0]).split("%")[0] for entry in found)
    return list(dict.fromkeys(map(ipaddress.ip_address, numbers)))
