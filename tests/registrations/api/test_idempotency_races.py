"""The same request at the same moment, and workers that die in the middle of one."""

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection, transaction

from registrations.commands.seats_availability import lock_seats
from registrations.models.idempotency import IdempotentAnswer
from registrations.models.order_view import OrderView
from tests.at_once import at_once
from tests.live_site import LiveSite, live_site
from tests.registrations.api.client import BASE, Client, lines, refusal
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.django_db(transaction=True)

PLACE = "/conferences/summit/orders/"
KEY = "3f0a9c7d-4e10-4c3e-9d55-0c4c1f6f2a01"
AT_ONCE = 10


def place(general: Any, key: str = KEY, quantity: int = 1) -> Any:
    body = {"items": lines({general: quantity})}
    return Client().post(PLACE, body, Idempotency_Key=key)


def test_ten_at_once_make_one_order_and_get_one_answer(general):
    answers = at_once(*[lambda: place(general)] * AT_ONCE)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    replayed = [answer.get("Idempotency-Replayed") for answer in answers]
    assert sorted(map(str, replayed)) == ["None", *["true"] * (AT_ONCE - 1)]
    assert OrderView.objects.count() == 1


def test_of_two_bodies_at_once_one_counts(general):
    answers = at_once(
        lambda: place(general, quantity=1), lambda: place(general, quantity=2)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 422]
    assert OrderView.objects.count() == 1


def test_without_the_key_of_the_table_there_would_be_several_orders(general):
    """The control: what keeps the others out is the database's constraint."""
    table = IdempotentAnswer._meta.db_table
    name = f"{table}_pkey"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        at_once(*[lambda: place(general)] * AT_ONCE)
        assert OrderView.objects.count() > 1
    finally:
        IdempotentAnswer.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} PRIMARY KEY (digest)"
            )


def test_who_waits_too_long_is_told_to_come_again(general):
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock_seats(general.conference_id)
            first = pool.submit(_closing, place, general)
            until(_a_claim_is_waited_for)
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
            second = place(general)
            assert refusal(second) == (409, "idempotency-key-in-use")
            assert second["Retry-After"] == "1"
        assert first.result(PATIENCE).status_code == 201
    assert place(general).content == first.result().content


def _closing(call: Any, *arguments: Any) -> Any:
    try:
        return call(*arguments)
    finally:
        connection.close()


def _a_claim_is_waited_for() -> bool:
    """Somebody in this database waits for the lock that the test holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database"
            " WHERE datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


# Real processes


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LiveSite]:
    with live_site(tmp_path) as running:
        yield running


def kill_the_workers(site: LiveSite) -> None:
    for worker in site.web_workers():
        os.kill(worker, signal.SIGKILL)


def address(site: LiveSite) -> str:
    return f"{site.url}{BASE}{PLACE}"


def ask(site: LiveSite, general: Any, key: str = KEY) -> httpx.Response:
    return httpx.post(
        address(site),
        json={"items": lines({general: 1})},
        headers={"Idempotency-Key": key},
        timeout=20,
    )


def ask_until_answered(site: LiveSite, general: Any, key: str) -> httpx.Response:
    """As a client does: again after a broken connection, a 409 or a 503."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            answer = ask(site, general, key)
        except httpx.TransportError:
            time.sleep(0.05)
            continue
        if answer.status_code not in {409, 503}:
            return answer
        time.sleep(0.2)
    raise AssertionError("The key is stuck.")


@pytest.mark.processes
def test_a_worker_killed_before_the_commit_leaves_the_key_free(site, general):
    with ThreadPoolExecutor(1) as pool:
        for turn in range(2):
            key = f"{KEY}-{turn}"
            with transaction.atomic():
                # The request has claimed its key and waits for the seats: now it dies.
                lock_seats(general.conference_id)
                first = pool.submit(ask, site, general, key)
                until(_a_claim_is_waited_for)
                kill_the_workers(site)
                with pytest.raises(httpx.TransportError):
                    first.result(PATIENCE)
            began = time.monotonic()
            answer = ask_until_answered(site, general, key)
            # At once, but for what a busy machine takes; a stuck key would take 60 s.
            assert time.monotonic() - began < 20
            assert answer.status_code == 201
            assert OrderView.objects.count() == turn + 1


@pytest.mark.processes
def test_who_never_read_the_first_answer_gets_it_later(site, general):
    body = json.dumps({"items": lines({general: 1})})
    with socket.create_connection(("127.0.0.1", site.port)) as deaf:
        deaf.sendall(
            (
                f"POST {BASE}{PLACE} HTTP/1.1\r\nHost: localhost\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
                f"Idempotency-Key: {KEY}\r\n\r\n{body}"
            ).encode()
        )
        until(OrderView.objects.exists)
    kill_the_workers(site)
    answer = ask_until_answered(site, general, KEY)
    assert (answer.status_code, OrderView.objects.count()) == (201, 1)
    assert answer.headers["Idempotency-Replayed"] == "true"
