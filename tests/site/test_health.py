"""Alive is not the same as ready."""

import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from conference_site import health
from conference_site.health import _all_migrations_applied
from conference_site.models import ThrottleCounter
from eventstore import processes
from eventstore.projection_models import Parked


def test_live_needs_no_database(client: Client) -> None:
    assert client.get("/live").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_names_its_parts_and_leaves_nothing_behind(client: Client) -> None:
    response = client.get("/ready")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "parts": {
            "database": "ok",
            "migrations": "ok",
            "deadlines": "ok",
            "horizon": "ok",
            "erasures": "ok",
        },
    }
    assert "no-store" in response["Cache-Control"]
    assert not ThrottleCounter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_database_that_takes_no_writes_is_not_ready(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
        try:
            response = client.get("/ready")
        finally:
            cursor.execute("SET default_transaction_read_only = off")
    assert response.status_code == 503
    assert response.json()["parts"]["database"] == "failed"


@pytest.mark.django_db
def test_missing_migration_is_not_ready(client: Client) -> None:
    _all_migrations_applied.cache_clear()
    MigrationRecorder.Migration.objects.filter(app="conferences").latest("id").delete()
    response = client.get("/ready")
    assert response.status_code == 503
    assert failed(response.json()) == ["migrations"]


@pytest.mark.django_db
def test_deadlines_nobody_meets_take_no_web_process_away(client: Client) -> None:
    """Each of them would say so, while it is the workers that must be looked at."""
    due = timezone.now()
    processes.set_deadline("test", "s", "a", due)
    with time_machine.travel(due + timedelta(seconds=60), tick=False):
        assert client.get("/ready").json()["status"] == "ok"
    with time_machine.travel(due + timedelta(seconds=61), tick=False):
        response = client.get("/ready")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    assert failed(response.json()) == ["deadlines"]


@pytest.mark.django_db(transaction=True)
def test_append_left_open_is_told(client: Client, monkeypatch) -> None:
    monkeypatch.setattr(health, "LATE_SECONDS", 0.1)
    assert client.get("/ready").status_code == 200
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT eventstore_position()")
        time.sleep(0.2)
        assert failed(client.get("/ready").json()) == ["horizon"]
        cursor.execute("ROLLBACK")
    other.close()
    assert client.get("/ready").status_code == 200


@pytest.mark.django_db
def test_a_parked_stream_is_no_reason_to_take_the_site_down(client: Client) -> None:
    Parked.objects.create(projector="P", stream="s", position=1, error="")
    assert client.get("/ready").status_code == 200


def failed(answer: dict[str, Any]) -> list[str]:
    return [name for name, state in answer["parts"].items() if state == "failed"]


@pytest.mark.parametrize("path", ["/live", "/ready"])
def test_only_reading_is_offered(path: str, client: Client) -> None:
    assert client.post(path).status_code == 405
