"""The site with a few extra addresses."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection as django_connection
from django.test import Client
from pytest_django.fixtures import Settings


@pytest.fixture
def site(settings: Settings) -> Client:
    """A browser that sees error pages instead of exceptions."""
    settings.ROOT_URLCONF = "tests.site.urls"
    return Client(raise_request_exception=False)


@pytest.fixture
def other_connection(transactional_db: None) -> Iterator[psycopg.Connection]:
    """Somebody else who works on the same database."""
    parameters = django_connection.get_connection_params()
    known = {"host", "port", "user", "password", "dbname"}
    chosen = {name: value for name, value in parameters.items() if name in known}
    with psycopg.connect(**chosen) as connection:
        yield connection
