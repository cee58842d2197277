"""gunicorn loads the site once and forks its workers: what they must not share."""

import os
import subprocess
import sys
from collections.abc import Callable
from uuid import UUID

import pytest
from uuid_utils.compat import uuid4, uuid7

from conference_site import gunicorn_conf

LOADED = """
import conference_site.wsgi
from django.db import connections
print([one.alias for one in connections.all(initialized_only=True) if one.connection])
"""


def test_loading_the_site_connects_to_nothing():
    """A connection from before the fork would be that of all workers."""
    assert gunicorn_conf.preload_app
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    answer = subprocess.run(
        [sys.executable, "-c", LOADED],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert answer == "[]\n"


def made_by_a_fork(make: Callable[[], UUID]) -> bytes:
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.write(writing, str(make()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        made = answer.read()
    os.waitpid(child, 0)
    return made


@pytest.mark.parametrize("make", [uuid4, uuid7])
def test_forks_make_different_ids(make):
    """Also where whoever forked them has made some: their source is not copied."""
    make()
    made = {made_by_a_fork(make) for _ in range(5)}

    assert len(made) == 5
    assert all(UUID(one.decode()) for one in made)
