"""Operators see how far projectors are, and help them on."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from eventstore import admin as eventstore_admin
from eventstore import processes, tasks
from eventstore.models import Deadline
from eventstore.projection_models import Parked, Rebuild
from tests.eventstore.following import append, drain, seen
from tests.eventstore_app.read_models import (
    InlineTally,
    inline,
    lagging,
    tell,
    unlucky,
)

pytestmark = pytest.mark.usefixtures("tallies")
PAGE = "admin:eventstore_checkpoint_changelist"


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(get_user_model().objects.create_superuser("operator"))
    return client


def do(operator: Client, step: str, projector: str) -> str:
    posted = {"step": step, "projector": projector}
    response = operator.post(reverse(PAGE), posted, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_says_how_far_projectors_are(operator):
    append("a", 1, 2)
    page = operator.get(reverse(PAGE)).content.decode()
    assert "KeepLagging" in page
    assert "2 events, " in page
    assert "KeepInline" in page
    assert "schema changed" not in page


def test_organizers_do_not_see_it(client):
    client.force_login(get_user_model().objects.create_user("staff", is_staff=True))
    assert client.get(reverse(PAGE)).status_code == 403
    posted = {"step": "rebuild", "projector": inline.name}
    assert client.post(reverse(PAGE), posted).status_code == 403
    assert not Rebuild.objects.exists()


def test_a_rebuild_is_done_by_the_workers(operator):
    append("a", 1)
    InlineTally.objects.all().delete()
    page = do(operator, "rebuild", inline.name)
    assert '<progress max="1" value="0"' in page
    assert "0 of 1 events" in page
    tasks.follow()
    assert InlineTally.objects.get().total == 1
    assert (
        "what was live before is kept" in operator.get(reverse(PAGE)).content.decode()
    )
    do(operator, "confirm", inline.name)
    assert not Rebuild.objects.exists()


def test_the_page_renews_itself_only_while_somebody_is_at_work(operator):
    append("a", 1)
    assert 'http-equiv="refresh"' in do(operator, "rebuild", inline.name)
    Rebuild.objects.update(error="ValueError: bad luck")
    page = operator.get(reverse(PAGE)).content.decode()
    assert "ValueError: bad luck" in page
    assert 'http-equiv="refresh"' not in page


def test_another_rebuild_is_not_disturbed(operator):
    append("a", 1)
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(17748, 1)")
        assert "Another rebuild is under way" in do(operator, "rebuild", inline.name)
    other.close()
    assert not Rebuild.objects.exists()


def test_verification_names_what_differs(operator, monkeypatch):
    append("a", 1)
    assert "KeepInline: identical" in do(operator, "verify", inline.name)
    InlineTally.objects.update(total=7)
    assert "a: differs in total" in do(operator, "verify", inline.name)
    monkeypatch.setattr(eventstore_admin, "VERIFIED_AT_MOST", 1)
    assert "Too many events" in do(operator, "verify", inline.name)


def test_parked_streams_are_retried(operator):
    append("a", 13)
    append("b", 13)
    unlucky.add(13)
    drain(lagging)
    assert "2 streams are still parked" in do(operator, "retry", lagging.name)
    unlucky.clear()
    address = reverse("admin:eventstore_parked_changelist")
    chosen = Parked.objects.get(stream="a").pk
    posted = {"action": "retry", "_selected_action": [chosen]}
    page = operator.post(address, posted, follow=True).content.decode()
    assert "They go on." in page
    assert seen() == {"a": "1"}
    do(operator, "retry", lagging.name)
    assert seen() == {"a": "1", "b": "1"}


def test_a_deadline_given_up_is_tried_again(operator):
    processes.set_deadline("test", "s", "a", timezone.now())
    Deadline.objects.update(attempts=processes.MAX_ATTEMPTS)
    address = reverse("admin:eventstore_deadline_changelist")
    posted = {"action": "try_again", "_selected_action": [Deadline.objects.get().pk]}
    assert operator.post(address, posted).status_code == 302
    assert Deadline.objects.get().attempts == 0


def test_nonsense_does_nothing(operator):
    append("a", 1)
    do(operator, "rebuild", "Nobody")
    do(operator, "explode", inline.name)
    assert "never replayed" in do(operator, "rebuild", tell.name)
    assert not Rebuild.objects.exists()
