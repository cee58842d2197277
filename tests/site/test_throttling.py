"""Exactly so many tries, whoever asks in parallel; and who is counted as one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from conference_site import throttling
from conference_site.models import ThrottleCounter
from tests.factories import conferences as make
from tests.waiting import PATIENCE

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
LOGIN = reverse("admin:login")


def wait(key: str = "key", *, after: int = 0, limit: int = 3, seconds: int = 60) -> int:
    now = NOW + timedelta(seconds=after)
    return throttling.seconds_to_wait(key, limit, seconds, now=now)


@pytest.mark.django_db
def test_so_many_pass_and_the_next_learns_how_long() -> None:
    assert [wait(after=second) for second in range(5)] == [0, 0, 0, 57, 56]


@pytest.mark.django_db
def test_next_window_begins_anew() -> None:
    for second in range(5):
        wait(after=second)
    assert [wait(after=59), wait(after=60), wait(after=61)] == [1, 0, 0]


@pytest.mark.django_db
def test_counters_do_not_grow_beyond_the_limit() -> None:
    for _ in range(10):
        wait()
    assert ThrottleCounter.objects.get().used == 4


@pytest.mark.django_db
def test_ended_windows_are_cleaned_up() -> None:
    for number in range(5):
        wait(f"a{number}")
    wait("0", after=59)
    assert ThrottleCounter.objects.count() == 6
    wait("0b", after=61)
    assert set(ThrottleCounter.objects.values_list("key", flat=True)) == {"0", "0b"}


@pytest.mark.django_db
def test_addresses_are_not_kept_in_the_clear(site: Client) -> None:
    site.post(LOGIN, {"username": "somebody", "password": "wrong"})
    rows = str(list(ThrottleCounter.objects.values()))
    assert ThrottleCounter.objects.count() == 2
    assert "127.0.0.1" not in rows
    assert "somebody" not in rows


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", [1, 10])
def test_exactly_the_limit_passes_from_32_threads(limit: int) -> None:
    together = Barrier(32, timeout=PATIENCE)
    key = throttling.key("view", "address", "198.51.100.7")

    def try_once(_number: int) -> int:
        try:
            connection.ensure_connection()
            together.wait()
            return throttling.seconds_to_wait(key, limit, 60, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(32) as threads:
        waits = list(threads.map(try_once, range(32)))
    assert waits.count(0) == limit


@pytest.mark.django_db(transaction=True)
def test_control_counting_by_reading_and_writing_lets_more_pass() -> None:
    """What the one statement is for: read, decide, write lets everybody in."""
    together = Barrier(32, timeout=PATIENCE)
    ThrottleCounter.objects.create(key="naive", used=1, ends_at=timezone.now())

    def try_once(_number: int) -> bool:
        try:
            counter = ThrottleCounter.objects.get(key="naive")
            together.wait()
            counter.used += 1
            counter.save()
            return counter.used <= 11
        finally:
            connection.close()

    with ThreadPoolExecutor(32) as threads:
        assert sum(threads.map(try_once, range(32))) > 10


@pytest.mark.django_db
def test_login_is_throttled_also_for_the_right_password(site: Client) -> None:
    user = make.member(make.organization())
    user.set_password("the right pass phrase")
    user.save()
    wrong = {"username": user.username, "password": "wrong"}
    right = wrong | {"password": "the right pass phrase"}
    for _ in range(10):
        assert site.post(LOGIN, wrong).status_code == 200
    response = site.post(LOGIN, right)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 900
    assert "Too many tries. Wait 15 minutes" in response.content.decode()
    assert site.get(LOGIN).status_code == 200
    other = right | {"username": f" {user.username.upper()}"}
    assert site.post(LOGIN, other).status_code == 429


@pytest.mark.django_db
def test_login_is_throttled_per_address_over_many_names(site: Client) -> None:
    def attempt(number: int, address: str) -> int:
        fields = {"username": f"name-{number}", "password": "wrong"}
        return int(site.post(LOGIN, fields, REMOTE_ADDR=address).status_code)

    assert [attempt(number, "198.51.100.7") for number in range(31)][-2:] == [200, 429]
    assert attempt(99, "198.51.100.8") == 200


@pytest.mark.django_db
def test_api_is_told_with_a_problem(site: Client, settings: Any) -> None:
    settings.THROTTLES = {"try-something": [("address", 1, 60)]}
    assert site.post("/api/test/try-something/").status_code == 200
    response = site.post("/api/test/try-something/")
    assert response.status_code == 429
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "throttled"
    assert int(response["Retry-After"]) > 0


@pytest.mark.django_db(transaction=True)
def test_failing_view_does_not_give_the_try_back(site: Client, settings: Any) -> None:
    settings.THROTTLES = {"try-something": [("address", 2, 60)]}
    answers = [
        site.post("/test/try-something/?fail").status_code for _number in range(3)
    ]
    assert answers == [500, 500, 429]


@pytest.mark.parametrize(
    ("trusted", "forwarded", "expected"),
    [
        (0, "", "198.51.100.7"),
        (0, "203.0.113.1", "198.51.100.7"),
        (1, "203.0.113.1", "203.0.113.1"),
        (1, "10.0.0.1, 203.0.113.1", "203.0.113.1"),
        (2, "10.0.0.1, 203.0.113.1, 192.0.2.1", "203.0.113.1"),
        (2, "203.0.113.1", "203.0.113.1"),
        (1, "", "198.51.100.7"),
        (1, "unknown", "unknown"),
        (1, "::ffff:203.0.113.1", "203.0.113.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ],
)
def test_address_is_the_one_our_own_proxies_saw(
    trusted: int, forwarded: str, expected: str, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = trusted
    headers: dict[str, Any] = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    request = RequestFactory().get("/", REMOTE_ADDR="198.51.100.7", **headers)
    assert throttling.client_address(request) == expected


def test_rotating_a_claimed_address_changes_nothing(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    addresses = {
        throttling.client_address(
            RequestFactory().get("/", HTTP_X_FORWARDED_FOR=f"10.0.0.{n}, 203.0.113.1")
        )
        for n in range(50)
    }
    assert addresses == {"203.0.113.1"}


def test_unknown_scope_is_a_fault_of_the_settings() -> None:
    with pytest.raises(ValueError, match="no throttle scope “planet”"):
        throttling.scope_value(RequestFactory().post("/"), "planet")
