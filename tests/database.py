"""Pytest plugin: the database of the tests, started when DATABASE_URL names none."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from conference_site import embedded_postgres
from conference_site.postgres_programs import PostgresUnavailable

SERVER = pytest.StashKey[embedded_postgres.Server]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    # Workers of pytest-xdist inherit the variable and so share the one server.
    if "DATABASE_URL" not in os.environ and not _runs_nothing(config):
        _start_server(config)


def _runs_nothing(config: pytest.Config) -> bool:
    return bool(config.option.help or config.option.collectonly)


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
    return "database: the one of DATABASE_URL"
