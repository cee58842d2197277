"""The site needs no superuser: the owner of its database makes all there is in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.live_site import LiveSite, database_url, site_at_rest

FIRST_QUOTA = """
from uuid import UUID
from registrations.commands.seats_availability import offer_seats
for quota in (5, 7):
    offer_seats(conference_id=UUID(int=1), seat_type=UUID(int=2), quota=quota)
"""


@pytest.fixture
def site(transactional_db: None, tmp_path: Path) -> Iterator[LiveSite]:
    """On an empty database of a role that may do nothing else."""
    ours = connection.settings_dict
    name = f"{ours['NAME']}_ordinary"
    drop = (
        f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
        f"DROP ROLE IF EXISTS {name}",
    )
    make = (
        f"CREATE ROLE {name} LOGIN PASSWORD '{name}'",
        f"CREATE DATABASE {name} OWNER {name}",
    )
    with connection.cursor() as cursor:
        for statement in (*drop, *make):
            cursor.execute(statement)
        url = database_url().replace(f"/{ours['NAME']}", f"/{name}")
        url = url.replace(f"//{ours['USER']}@", f"//{name}:{name}@")
        yield site_at_rest(tmp_path, DATABASE_URL=url)
        for statement in drop:
            cursor.execute(statement)


def test_the_owner_of_the_database_migrates_and_writes(site: LiveSite) -> None:
    for command in (
        ("migrate", "-v0"),
        ("shell", "-c", FIRST_QUOTA),
        ("verify_events",),
    ):
        done = site.manage(*command)
        assert done.returncode == 0, done.stderr
    assert "2 events" in done.stdout
