"""Who may use the staff page: a password that is checked slowly, and sessions that end."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

HOURS = 10
"""How long a session lasts: a working day."""

_FREE_TRIES = 3
_LONGEST_WAIT = 300.0  # seconds
_FORGOTTEN_AFTER = 3600.0  # seconds without a failure
_REMEMBERED = 10_000  # addresses; a flood of them must not fill the memory


class Sessions:
    """Signed tokens that are good until they end, are closed, or this process ends."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """Begin without any; `clock` returns seconds."""
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._closed: dict[str, float] = {}

    def begin(self) -> str:
        """Return the token of a new session."""
        told = f"{int(self._clock()) + HOURS * 3600}.{secrets.token_urlsafe(16)}"
        return f"{told}.{self._signature(told)}"

    def is_open(self, token: str) -> bool:
        """Tell whether a token is one of ours and has not ended."""
        told, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(told).encode()):
            return False
        return token not in self._closed and self._clock() < _end(told)

    def close(self, token: str) -> None:
        """End a session before its time."""
        if self.is_open(token):
            now = self._clock()
            self._closed = {each: end for each, end in self._closed.items() if end > now}
            self._closed[token] = _end(token)

    def _signature(self, told: str) -> str:
        return hmac.new(self._key, told.encode(), hashlib.sha256).hexdigest()


class Password:
    """The staff's password, and how long who got it wrong must wait before the next try."""

    def __init__(self, password: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the password; `clock` returns seconds."""
        self._digest = _digest(password)
        self._clock = clock
        # By address: how many tries failed, and when the last one did.
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait(self, address: str) -> float:
        """Return the seconds until this address may try again: 0 at first, then ever more."""
        count, last = self._failures(address)
        if count < _FREE_TRIES:
            return 0.0
        pause = min(2.0 ** (count - _FREE_TRIES + 1), _LONGEST_WAIT)
        return max(0.0, last + pause - self._clock())

    def is_right(self, said: str, address: str) -> bool:
        """Tell whether this is the password, in the same time whatever was said."""
        if hmac.compare_digest(_digest(said), self._digest):
            self._failed.pop(_network(address), None)
            return True
        count, _ = self._failures(address)
        self._failed[_network(address)] = (count + 1, self._clock())
        self._failed.move_to_end(_network(address))
        if len(self._failed) > _REMEMBERED:
            self._failed.popitem(last=False)
        return False

    def _failures(self, address: str) -> tuple[int, float]:
        count, last = self._failed.get(_network(address), (0, 0.0))
        return (0, 0.0) if self._clock() - last > _FORGOTTEN_AFTER else (count, last)


def _end(told: str) -> float:
    """Return when a token ends, in seconds."""
    return float(told.partition(".")[0] or 0)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _network(address: str) -> str:
    """Return what one person's addresses have in common: of IPv6 the first half."""
    try:
        number = ipaddress.ip_address(address)
    except ValueError:
        return address
    if number.version == 4:
        return address
    return str(ipaddress.ip_network((number, 64), strict=False))
