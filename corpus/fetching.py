"""A page or file from an address: only from the public network, and never more than bounds allow.

Proxies of the environment are not used: through one, nobody could see what is connected to.
"""

from __future__ import annotations

import ipaddress
import re
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

import httpcore
import idna

from corpus.errors import CorpusError
from corpus.public_network import PublicNetwork, Rule, is_public
from corpus.reading.apart import LARGEST
from corpus.reading.cleaning import shown_name

_SECONDS = 60
_STEP_SECONDS = 10
_MOST_REDIRECTS = 5
_LONGEST_ADDRESS = 2_000
_REDIRECTS = frozenset([301, 302, 303, 307, 308])
_TYPES = re.compile(
    r"text/(?:html|plain|markdown|x-markdown)|application/(?:xhtml\+xml|pdf|epub\+zip|zip"
    r"|octet-stream|vnd\.oasis\.opendocument\.text"
    r"|vnd\.openxmlformats-officedocument\.(?:wordprocessingml|presentationml)\.\w+)"
)
# Names that lead into the network or the machine this runs on, whatever they resolve to.
_INNER = re.compile(
    r"(?:.*\.)?(?:localhost|localdomain|local|internal|intranet|lan|home|corp|private|test|invalid"
    r"|onion|home\.arpa|in-addr\.arpa|ip6\.arpa)"
)
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9])?")
_HEADERS = (
    (b"User-Agent", b"learning-city-assistant"),
    (b"Accept", b"text/html,application/xhtml+xml,application/pdf,*/*;q=0.5"),
    (b"Accept-Encoding", b"gzip, identity"),
    (b"Connection", b"close"),
)


@dataclass(frozen=True)
class Fetched:
    """What an address gave: its content, where it lay after redirects, and the declared charset."""

    content: bytes
    address: str
    charset: str


def fetch(address: str, allowed: Rule = is_public, seconds: float = _SECONDS) -> Fetched:
    """Return what lies at a web address.

    :param allowed: which numbers and ports may be connected to.
    :param seconds: how long it may take in all.
    :raises CorpusError: it is not public, too large, too slow, or not a kind that can be read; in
        one sentence that names it.
    """
    shown = shown_name(address)
    until = time.monotonic() + seconds
    try:
        for _ in range(_MOST_REDIRECTS + 1):
            answer = _ask(_checked(address), allowed, until)
            if isinstance(answer, Fetched):
                return answer
            address = urljoin(address, answer)
        raise CorpusError("it leads on from address to address without end.")
    except CorpusError as error:
        raise CorpusError(f"“{shown}” was not fetched: {error}") from None


@dataclass(frozen=True)
class _Target:
    """A web address taken apart once, so that what is checked is what is asked."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == {"http": 80, "https": 443}[self.scheme]
        return f"{self.scheme}://{host}{'' if usual else f':{self.port}'}{self.path}"


def _checked(address: str) -> _Target:
    """Return an address taken apart. Raises CorpusError if it is none that may be asked."""
    if len(address) > _LONGEST_ADDRESS or re.search(r"[\x00-\x20\x7f\\]", address):
        raise CorpusError("it is no web address; copy it from the browser's address bar.")
    try:
        parts = urlsplit(address)
        known = parts.scheme in ("http", "https")
        port = parts.port if known else None
        host = _host_of(parts.hostname or "") if known else ""
    except ValueError:
        raise CorpusError("it is no web address; copy it from the browser's address bar.") from None
    if not known:
        raise CorpusError("only addresses that start with https:// or http:// are fetched.")
    if parts.username is not None or parts.password is not None:
        raise CorpusError("it holds a name or password before “@”; take that out.")
    if _INNER.fullmatch(host) or ("." not in host and ":" not in host):
        raise CorpusError("it lies in a private network; only public addresses are fetched.")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        path += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
    return _Target(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path)


def _host_of(host: str) -> str:
    """Return a host's name in ASCII letters, or its number; other forms of letters are folded."""
    host = host.rstrip(".")
    if ":" in host:
        return str(ipaddress.IPv6Address(host.split("%")[0]))
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise ValueError(str(error)) from None
    host = host.lower()
    if not _HOST.fullmatch(host) or ".." in host:
        raise ValueError(host)
    return host


def _ask(target: _Target, allowed: Rule, until: float) -> Fetched | str:
    """Return what a target holds, or the address it redirects to."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    url = httpcore.URL(
        scheme=target.scheme, host=host, port=target.port, target=target.path.encode("ascii")
    )
    step = min(_STEP_SECONDS, max(0.1, until - time.monotonic()))
    limits = dict.fromkeys(("connect", "read", "write", "pool"), step)
    try:
        with (
            httpcore.ConnectionPool(
                network_backend=PublicNetwork(allowed, until), retries=0
            ) as pool,
            pool.stream("GET", url, headers=[(b"Host", _host_line(target)), *_HEADERS],
                        extensions={"timeout": limits}) as response,
        ):  # fmt: skip
            return _taken(response, target, until)
    except httpcore.TimeoutException:
        raise CorpusError("it does not answer in time; try again later.") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise CorpusError(f"the connection failed ({reason}); check the address.") from None


def _taken(response: httpcore.Response, target: _Target, until: float) -> Fetched | str:
    headers = {name.lower(): value.decode("latin-1") for name, value in response.headers}
    if response.status in _REDIRECTS and b"location" in headers:
        return headers[b"location"]
    if response.status != 200:
        raise CorpusError(f"the server answers with status {response.status} instead of a page.")
    kind, _, parameters = headers.get(b"content-type", "application/octet-stream").partition(";")
    if not _TYPES.fullmatch(kind.strip().lower()):
        raise CorpusError(f"it is of the type {kind.strip()[:60]}, which is not read.")
    declared = headers.get(b"content-length", "")
    if declared.isdecimal() and int(declared) > LARGEST:
        raise CorpusError(_TOO_LARGE)
    encoding = headers.get(b"content-encoding", "identity").strip().lower()
    content = _bounded(_unpacked(response.iter_stream(), encoding), until)
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", parameters, re.IGNORECASE)
    return Fetched(content, target.address, charset[1] if charset else "")


_TOO_LARGE = f"it is larger than {LARGEST // 1_000_000} MB."


def _unpacked(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield content as it was before it was packed for the way, a bounded piece at a time."""
    if encoding == "identity":
        yield from chunks
        return
    if encoding not in ("gzip", "x-gzip"):
        raise CorpusError("the server packs it in a way that was not asked for.")
    inflater = zlib.decompressobj(31)
    try:
        for chunk in chunks:
            data = chunk
            while data:
                yield inflater.decompress(data, 1_000_000)
                data = inflater.unconsumed_tail
    except zlib.error:
        raise CorpusError("what the server sends is damaged; try again.") from None
    if not inflater.eof:
        raise CorpusError("what the server sends is cut off; try again.")


def _bounded(chunks: Iterable[bytes], until: float) -> bytes:
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > LARGEST:
            raise CorpusError(_TOO_LARGE)
        if time.monotonic() > until:
            raise CorpusError("it takes too long; try again later.")
    return bytes(content)


def _host_line(target: _Target) -> bytes:
    host = f"[{target.host}]" if ":" in target.host else target.host
    usual = target.port == (443 if target.scheme == "https" else 80)
    return (host if usual else f"{host}:{target.port}").encode("ascii")
