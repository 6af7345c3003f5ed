"""Fetching: public addresses only, in every notation and at every step, and within bounds."""

from __future__ import annotations

import contextlib
import gzip
import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from corpus.errors import CorpusError
from corpus.fetching import Fetched, fetch
from corpus.public_network import Address, is_public

HOSTILE = """
http://127.0.0.1/ http://127.1/ http://127.0.1/ http://2130706433/ http://0x7f000001/
http://0x7f.0.0.1/ http://0177.0.0.1/ http://017700000001/ http://127.255.255.254/
http://0.0.0.0/ http://0/ http://localhost/ http://LOCALHOST/ http://localhost./
http://app.localhost/ http://localhost.localdomain/ http://printer.local/ http://db.internal/
http://metadata.google.internal/computeMetadata/v1/ http://intranet/ http://server/
http://169.254.169.254/latest/meta-data/ http://2852039166/ http://0xa9fea9fe/
http://0251.0376.0251.0376/ http://169.254.170.2/ http://100.100.100.200/ http://192.0.0.192/
http://168.63.129.16/ http://10.0.0.1/ http://10.255.255.255/ http://172.16.0.1/
http://172.31.255.255/ http://192.168.0.1/ http://192.168.1.1:8080/ http://100.64.0.1/
http://198.18.0.1/ http://192.0.2.1/ http://224.0.0.1/ http://240.0.0.1/ http://255.255.255.255/
http://[::1]/ http://[::]/ http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/
http://[::ffff:169.254.169.254]/ http://[fe80::1]/ http://[fe80::1%25eth0]/ http://[fc00::1]/
http://[fd00:ec2::254]/ http://[64:ff9b::7f00:1]/ http://[2002:7f00:1::]/
http://[2001:0:53aa:64c::1]/ http://[ff02::1]/ http://①②⑦.⓪.⓪.①/ http://127。0。0。1/
http://user:secret@127.0.0.1/ http://example.org@127.0.0.1/ http://127.0.0.1#@example.org/
http://example.org\\@127.0.0.1/ http://1.1.1.1:22/ http://1.1.1.1:6379/ file:///etc/passwd
ftp://1.1.1.1/ gopher://127.0.0.1:70/_x data:text/html,hello javascript:alert(1) dict://1.1.1.1/
//127.0.0.1/ http:/// http:// http://[::1 http://1.1.1.1:99999/ http://exa\tmple.org/
jar:http://127.0.0.1!/ unix:/run/docker.sock http+unix://%2Frun/ http://kubernetes.default.svc/
""".split()


@pytest.mark.parametrize("address", HOSTILE)
def test_a_hostile_address_is_refused_in_one_sentence(address: str):
    started = time.monotonic()
    with pytest.raises(CorpusError) as refused:
        fetch(address, seconds=5)
    told = str(refused.value)
    assert "was not fetched: " in told and "\n" not in told and told.endswith(".")
    assert time.monotonic() - started < 5


def test_there_are_sixty_of_them():
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize("number", ["1.1.1.1", "8.8.8.8", "2606:4700::1111"])
def test_public_numbers_are_allowed(number: str):
    assert is_public(ipaddress.ip_address(number), 443)
    assert not is_public(ipaddress.ip_address(number), 25)


PAGE = b"<html><body><main><h1>Turku</h1><p>Learning by the river.</p></main></body></html>"


class _Site(BaseHTTPRequestHandler):
    """A foreign site, friendly and hostile."""

    def do_GET(self) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            getattr(self, f"_{self.path.strip('/').split('?')[0]}", self._missing)()

    def _page(self) -> None:
        self._answer(PAGE, "text/html; charset=utf-8")

    def _moved(self) -> None:
        self._lead_to("/page")

    def _inward(self) -> None:
        self._lead_to("http://127.0.0.2:1/secret")

    def _to_file(self) -> None:
        self._lead_to("file:///etc/passwd")

    def _loop(self) -> None:
        self._lead_to("/loop")

    def _program(self) -> None:
        self._answer(b"MZ", "application/x-msdownload")

    def _packed(self) -> None:
        self._answer(gzip.compress(PAGE), "text/html", ("Content-Encoding", "gzip"))

    def _bomb(self) -> None:
        swelling = gzip.compress(bytes(200_000_000), 9)
        self._answer(swelling, "text/html", ("Content-Encoding", "gzip"))

    def _cut(self) -> None:
        self._answer(gzip.compress(PAGE)[:-12], "text/html", ("Content-Encoding", "gzip"))

    def _claims(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "9999999999")
        self.end_headers()

    def _drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(300):
            self.wfile.write(f"X-{number}: x\r\n".encode())
            time.sleep(0.1)

    def _endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        while True:
            self.wfile.write(bytes(100_000))

    def _missing(self) -> None:
        self.send_error(404)

    def _lead_to(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.end_headers()

    def _answer(self, content: bytes, kind: str, *headers: tuple[str, str]) -> None:
        self.send_response(200)
        for name, value in (("Content-Type", kind), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def from_site(address: str, seconds: float = 20) -> Fetched:
    """Fetch, with the stand-in's number allowed beside what always is."""
    here = ipaddress.ip_address("127.0.0.1")
    return fetch(address, lambda number, port: number == here or is_public(number, port), seconds)


def test_a_page_is_fetched_with_its_declared_encoding(site: str):
    assert from_site(f"{site}/page") == Fetched(PAGE, f"{site}/page", "utf-8")


def test_a_redirect_is_followed_and_named(site: str):
    assert from_site(f"{site}/moved?x=1#y").address == f"{site}/page"


def test_a_packed_page_is_unpacked(site: str):
    assert from_site(f"{site}/packed").content == PAGE


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("inward", "private network"),
        ("to_file", "only addresses that start with https"),
        ("loop", "without end"),
        ("program", "of the type application/x-msdownload"),
        ("bomb", "larger than 50 MB"),
        ("claims", "larger than 50 MB"),
        ("endless", "larger than 50 MB"),
        ("cut", "cut off"),
        ("missing", "status 404"),
    ],
)
def test_what_a_site_does_wrong_is_told(site: str, path: str, reason: str):
    with pytest.raises(CorpusError, match=reason):
        from_site(f"{site}/{path}")


def test_bytes_that_drip_in_do_not_hold_it_up(site: str):
    started = time.monotonic()
    with pytest.raises(CorpusError, match="does not answer in time"):
        from_site(f"{site}/drip", seconds=1)
    assert time.monotonic() - started < 3


def test_the_stand_in_itself_is_refused_without_leave(site: str):
    with pytest.raises(CorpusError, match="private network"):
        fetch(f"{site}/page")


def test_a_name_is_looked_up_once_so_that_its_second_answer_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
):
    answers = iter(["192.0.2.7", "127.0.0.1"])
    really = socket.getaddrinfo
    asked: list[Address] = []

    def look_up(host: str, *rest: object, **options: object) -> object:
        if host[0].isdigit():  # the number that is connected to
            return really(host, *rest, **options)  # type: ignore[call-overload]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 80))]

    def rule(number: Address, port: int) -> bool:
        asked.append(number)
        return number != ipaddress.ip_address("127.0.0.1")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(CorpusError):
        fetch("http://rebinding.example.org/", rule, seconds=0.5)
    assert [str(number) for number in asked] == ["192.0.2.7"]
    assert next(answers) == "127.0.0.1"
