"""The guide does what it says: its shop is built in an empty Django project and run."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

PROJECT = Path(settings.BASE_DIR)
GUIDE = (PROJECT / "docs" / "eventstore.md").read_text()
FILES = re.findall(r"```python\n# (\S+)\n(.*?)```", GUIDE, flags=re.S)
[COMMANDS] = re.findall(r"```console\n(.*?)```", GUIDE, flags=re.S)
SECRETS = {
    "EVENT_DIGEST_KEY": "digests of the guide " * 3,
    "PERSONAL_DATA_KEY": "persons of the guide " * 3,
}


def run(folder: Path, *command: str) -> str:
    environment = {"PATH": os.environ["PATH"], "EVENT_LEDGER": str(folder / "ledger")}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment | SECRETS,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


@pytest.fixture
def project(transactional_db: None, tmp_path: Path) -> Iterator[Path]:
    """As `startproject` leaves it, with a copy of the event store beside."""
    given = connection.get_connection_params()
    place = {
        key: given[key] for key in ("host", "port", "user", "password") if key in given
    }
    # Beside the one of this run: others have theirs in the same cluster.
    name = f"{connection.settings_dict['NAME']}_guide"
    with psycopg.connect(dbname="postgres", autocommit=True, **place) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    run(tmp_path, "-m", "django", "startproject", "site_of_shop", ".")
    run(tmp_path, "-m", "django", "startapp", "shop")
    (tmp_path / "eventstore").symlink_to(PROJECT / "eventstore")
    database = {"ENGINE": "django.db.backends.postgresql", "NAME": name} | {
        key.upper(): value for key, value in place.items()
    }
    with (tmp_path / "site_of_shop" / "settings.py").open("a") as file:
        file.write(f"\nimport os\n\nDATABASES = {{'default': {database!r}}}\n")
    yield tmp_path
    with psycopg.connect(dbname="postgres", autocommit=True, **place) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.processes
def test_the_shop_of_the_guide_works(project):
    for name, content in FILES:
        file = project / name
        mode = "a" if name.endswith("settings.py") else "w"
        with file.open(mode) as opened:
            opened.write(content)
    assert len(FILES) == 7

    said = [
        run(project, *shlex.split(command)[1:]) for command in COMMANDS.splitlines()
    ]

    assert "Shelves: identical" in said[3]
    assert "Shelves: 2 events replayed" in said[4]
    assert '"keys_destroyed": 1' in said[5]
    assert "2 events are as written" in said[6]
