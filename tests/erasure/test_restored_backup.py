"""A backup from before an erasure is not served until the erasure was applied again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import RequestFactory

from conference_site.serving import guarded
from tests.erasure.dumps import dump, dump_but_documents, hits, restore
from tests.erasure.town import ADDRESS, CANARIES, WORK_ADDRESS, Town
from tests.live_site import LiveSite, database_url, site_at_rest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture
def restored_url(transactional_db: None) -> Iterator[str]:
    """Another database on the same server, to be filled from a backup."""
    ours = connection.settings_dict["NAME"]
    # Others have theirs in the same cluster.
    name = f"{ours}_from_before_an_erasure"
    with psycopg.connect(database_url(), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    yield database_url().replace(f"/{ours}", f"/{name}")
    with psycopg.connect(database_url(), autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def site(restored_url: str, settings: Any, tmp_path: Path) -> Iterator[LiveSite]:
    site = site_at_rest(
        tmp_path, DATABASE_URL=restored_url, EVENT_LEDGER=str(settings.EVENT_LEDGER)
    )
    yield site
    site.stop()


def refuses(site: LiveSite, sentence: str) -> None:
    """Neither pages are served nor tasks carried out, and both say why."""
    web, worker = site.run(*site.gunicorn), site.manage("qcluster")
    for ended in (web, worker):
        assert ended.returncode == 1, ended.stderr
        assert f"Refusing to start. {sentence}" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_backup_is_served_after_the_erasure_was_applied_again(
    town: Town, site: LiveSite, restored_url: str
) -> None:
    backup = dump()
    call_command("persons", "erase", ADDRESS, WORK_ADDRESS)
    restore(backup, restored_url)
    assert hits(CANARIES, dump(restored_url)) == CANARIES

    refuses(site, "This backup still has 4 keys of persons who were erased: run")
    assert site.manage("persons", "reapply").returncode == 0

    assert hits(CANARIES, dump_but_documents(restored_url)) == set()
    assert site.manage("verify_events").returncode == 0
    assert site.manage("projections", "verify").returncode == 0
    site.start_web()
    assert httpx.get(f"{site.url}/ready").json()["parts"]["erasures"] == "ok"
    assert httpx.get(f"{site.url}/conferences/{town.summit.slug}/").status_code == 200


def test_backup_restored_under_a_running_site_is_not_ready(
    town: Town, site: LiveSite, restored_url: str
) -> None:
    backup = dump()
    call_command("persons", "erase", ADDRESS)
    restore(dump(), restored_url)
    site.start_web()
    assert httpx.get(f"{site.url}/ready").status_code == 200

    with psycopg.connect(restored_url, autocommit=True) as restored:
        restored.execute("DROP SCHEMA IF EXISTS public, shadow, retired CASCADE")
        restored.execute("CREATE SCHEMA public")
    restore(backup, restored_url)
    answer = httpx.get(f"{site.url}/ready")
    assert answer.status_code == 503
    assert answer.json()["parts"]["erasures"] == "failed"


def test_nothing_is_served_without_the_ledger(
    town: Town, site: LiveSite, restored_url: str, tmp_path: Path
) -> None:
    call_command("persons", "erase", ADDRESS)
    restore(dump(), restored_url)

    site.environment["EVENT_LEDGER"] = str(tmp_path / "not-mounted")
    refuses(site, f"{tmp_path}/not-mounted/erasures.jsonl is missing")
    # An older one of the same site, or an empty one.
    assert site.manage("persons", "begin").returncode == 0
    refuses(site, "EVENT_LEDGER lacks erasures that were made")


def test_ledger_that_was_changed_is_not_believed(
    town: Town, site: LiveSite, restored_url: str, settings: Any
) -> None:
    backup = dump()
    call_command("persons", "erase", ADDRESS)
    ledger = settings.EVENT_LEDGER / "erasures.jsonl"
    ledger.write_text(ledger.read_text().replace('"keys":["0', '"keys":["1'))
    restore(backup, restored_url)
    refuses(site, "erasures.jsonl: line 1 is not ours.")


def test_another_server_answers_503_to_everything_but_probes(
    town: Town, settings: Any
) -> None:
    call_command("persons", "erase", ADDRESS)
    application = get_wsgi_application()
    settings.EVENT_LEDGER = settings.EVENT_LEDGER / "not-mounted"
    guarded_one = guarded(application)
    assert answer_of(guarded_one, "/") == "503 Service Unavailable"
    assert answer_of(guarded_one, "/live") == "200 OK"
    settings.EVENT_LEDGER = settings.EVENT_LEDGER.parent
    assert answer_of(guarded_one, "/") == "200 OK"


def answer_of(application: Any, path: str) -> str:
    statuses: list[str] = []
    environ = RequestFactory().get(path).environ
    application(environ, lambda status, headers: statuses.append(status))
    return statuses[0]
