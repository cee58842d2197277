"""Schedules that belong to the code are kept, in whatever order tables are made."""

from collections.abc import Iterator

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django_q.models import Schedule

OURS = ["checkpoint", "deadlines", "projections"]


def names() -> list[str]:
    rows = Schedule.objects.filter(name__in=OURS).order_by("name")
    return list(rows.values_list("name", flat=True))


def table_exists() -> bool:
    return Schedule._meta.db_table in connection.introspection.table_names()


@pytest.fixture
def empty_database(transactional_db: None) -> Iterator[None]:
    """What `default` is meanwhile."""
    given = connection.get_connection_params()
    place = {
        key: given[key] for key in ("host", "port", "user", "password") if key in given
    }
    before = connection.settings_dict["NAME"]
    # Beside the one of this run: others have theirs in the same cluster.
    name = f"{before}_empty"
    with psycopg.connect(dbname="postgres", autocommit=True, **place) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        connections["default"].close()
        connection.settings_dict["NAME"] = name
        try:
            yield
        finally:
            connections["default"].close()
            connection.settings_dict["NAME"] = before
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_kept_as_soon_as_there_is_a_table_for_them(empty_database):
    call_command("migrate", "eventstore", verbosity=0)
    assert not table_exists()

    call_command("migrate", "django_q", verbosity=0)
    assert names() == OURS


def test_kept_when_the_event_store_comes_last(empty_database):
    call_command("migrate", "django_q", verbosity=0)
    call_command("migrate", "eventstore", verbosity=0)
    assert names() == OURS


@pytest.mark.django_db
def test_what_an_operator_changed_stays_and_what_is_missing_comes_back():
    Schedule.objects.filter(name="checkpoint").delete()
    Schedule.objects.update_or_create(name="deadlines", defaults={"minutes": 7})
    call_command("migrate", "eventstore", verbosity=0)

    assert set(names()) >= {"checkpoint", "deadlines"}
    assert Schedule.objects.get(name="deadlines").minutes == 7
    assert Schedule.objects.get(name="checkpoint").schedule_type == "H"


@pytest.mark.parametrize("target", ["0001", "0005"])
def test_wait_where_the_queue_s_table_lacks_what_is_kept(empty_database, target):
    call_command("migrate", "django_q", target, verbosity=0)
    assert table_exists()

    call_command("migrate", "django_q", verbosity=0)
    assert names() == OURS
