"""Alive is not the same as ready."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from conference_site.health import _all_migrations_applied
from conference_site.models import ThrottleCounter


def test_live_needs_no_database(client: Client) -> None:
    assert client.get("/live").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_names_its_parts_and_leaves_nothing_behind(client: Client) -> None:
    response = client.get("/ready")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "parts": {"database": "ok", "migrations": "ok"},
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
    assert response.json()["parts"] == {"database": "ok", "migrations": "failed"}


@pytest.mark.parametrize("path", ["/live", "/ready"])
def test_only_reading_is_offered(path: str, client: Client) -> None:
    assert client.post(path).status_code == 405
