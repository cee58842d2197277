"""Pytest plugin: the database of the tests, started when DATABASE_URL names none."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import cast

import pytest
from django.conf import settings

from conference_site import embedded_postgres
from conference_site.postgres_programs import PostgresUnavailable

SERVER = pytest.StashKey[embedded_postgres.Server]()


def pytest_configure(config: pytest.Config) -> None:
    # Workers of pytest-xdist inherit the variable and so share the one server.
    if "DATABASE_URL" not in os.environ and config.getoption("numprocesses", None):
        _start_server(config)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Only for tests that ask for it: those of the domain do without."""
    if "DATABASE_URL" in os.environ or session.config.option.collectonly:
        return
    if any(_needs_database(item) for item in session.items):
        _start_server(session.config)


def _needs_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return bool(
        item.get_closest_marker("django_db")
        or {"db", "transactional_db"} & set(fixtures)
    )


def _start_server(config: pytest.Config) -> None:
    folder = Path(tempfile.mkdtemp(prefix="conference-tests-"))
    folder.chmod(0o711)  # as root, the server runs as another user
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    try:
        server = embedded_postgres.start(folder, fast=True)
    except PostgresUnavailable as error:
        raise pytest.UsageError(str(error)) from error
    config.add_cleanup(lambda: shutil.rmtree(server.home, ignore_errors=True))
    config.add_cleanup(server.stop)
    config.stash[SERVER] = server
    os.environ["DATABASE_URL"] = server.url
    # pg_dump and psql of the same version, for tests that dump and restore.
    programs = Path(str(cast(list[Path], server.process.args)[0])).parent
    os.environ["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"
    # pytest-django has read the settings by now; no connection was opened yet.
    settings.DATABASES["default"] |= {
        "NAME": "postgres",
        "USER": "postgres",
        "HOST": str(server.sockets),
    }


def pytest_report_header(config: pytest.Config) -> str:
    server = config.stash.get(SERVER, None)
    if server:
        return f"database: embedded PostgreSQL {server.version}, for this run only"
    if "DATABASE_URL" in os.environ:
        return "database: the one of DATABASE_URL"
    return "database: embedded PostgreSQL, started when a test needs it"
