"""Sessions and the password of the staff page, by a clock of the tests."""

from __future__ import annotations

import pytest

from assistant.pages.session import HOURS, Password, Sessions


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_session_is_open_until_its_time_is_over():
    clock = Clock()
    sessions = Sessions(clock)
    token = sessions.begin()
    assert sessions.is_open(token)
    clock.now += HOURS * 3600 + 1
    assert not sessions.is_open(token)


def test_a_session_that_was_closed_is_not_open_and_others_are():
    sessions = Sessions()
    one, other = sessions.begin(), sessions.begin()
    sessions.close(one)
    assert not sessions.is_open(one) and sessions.is_open(other)


@pytest.mark.parametrize("token", ["", ".", "..", "9999999999.x.y", "a" * 9000, "é.é.é", "1.2"])
def test_a_token_that_is_not_ours_opens_nothing(token: str):
    sessions = Sessions()
    assert not sessions.is_open(token)
    sessions.close(token)


def test_no_part_of_a_token_can_be_altered():
    token = Sessions().begin()
    sessions = Sessions()
    mine = sessions.begin()
    end, nonce, signature = mine.split(".")
    assert not sessions.is_open(token), "of another process"
    assert not sessions.is_open(f"{int(end) + 1}.{nonce}.{signature}")
    assert not sessions.is_open(f"{end}.{nonce}x.{signature}")
    assert not sessions.is_open(f"{end}.{nonce}.{signature[:-1]}")


def test_each_wrong_password_makes_the_next_try_wait_longer_up_to_five_minutes():
    clock = Clock()
    password = Password("right", clock)
    waits = []
    for _ in range(14):
        assert not password.is_right("wrong", "192.0.2.1")
        waits.append(password.wait("192.0.2.1"))
        clock.now += waits[-1]
        assert password.wait("192.0.2.1") == 0
    assert waits[:5] == [0, 0, 2, 4, 8] and waits[-1] == 300
    assert password.wait("192.0.2.2") == 0, "others do not wait for it"
    clock.now += 3601
    assert not password.is_right("wrong", "192.0.2.1") and password.wait("192.0.2.1") == 0


def test_the_right_password_ends_the_waiting():
    password = Password("right")
    for _ in range(2):
        password.is_right("wrong", "192.0.2.1")
    assert password.is_right("right", "192.0.2.1")
    password.is_right("wrong", "192.0.2.1")
    assert password.wait("192.0.2.1") == 0


def test_addresses_of_one_ipv6_network_wait_together():
    password = Password("right")
    for number in range(9):
        password.is_right("wrong", f"2001:db8:1:2::{number}")
    assert password.wait("2001:db8:1:2:ffff::9") > 0
    assert password.wait("2001:db8:1:3::1") == 0


def test_a_flood_of_addresses_does_not_fill_the_memory():
    password = Password("right")
    for number in range(10_050):
        password.is_right("wrong", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(password._failed) == 10_000


@pytest.mark.parametrize("said", ["", "RIGHT", "right ", "\ud800", "x" * 100_000])
def test_nothing_but_the_password_is_right(said: str):
    assert not Password("right").is_right(said, "")
