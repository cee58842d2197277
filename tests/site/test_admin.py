"""Every page of the admin opens, for everybody who may, and for nobody else."""

import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conference_site.admin import OrganizerAdminSite
from tests.factories import conferences as make

pytestmark = pytest.mark.django_db

NAMES = sorted(
    f"{model._meta.app_label}_{model._meta.model_name}"
    for model in admin.site._registry
)
# What a strict Content Security Policy would refuse.
INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*json)|<style|\sstyle=|\son\w+=")
QUERIES = ["", "?q=a", "?o=1.-2.9999", "?p=99", "?all=", "?e=1", "?id__exact=x"]


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(make.superuser())
    return client


@pytest.fixture
def organizer() -> Client:
    browser = Client()
    browser.force_login(make.member(make.organization()))
    return browser


def test_site_is_ours() -> None:
    assert isinstance(admin.site._wrapped, OrganizerAdminSite)  # type: ignore[attr-defined]  # DefaultAdminSite is lazy


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("query", QUERIES)
def test_list_opens(name: str, query: str, administrator: Client) -> None:
    make.published()
    address = reverse(f"admin:{name}_changelist") + query
    response = administrator.get(address, follow=True)
    assert response.status_code in {200, 400}
    assert not INLINE.findall(response.content.decode())


@pytest.mark.parametrize("name", NAMES)
def test_add_page_opens_or_is_refused(name: str, administrator: Client) -> None:
    response = administrator.get(reverse(f"admin:{name}_add"))
    assert response.status_code in {200, 403}
    assert not INLINE.findall(response.content.decode())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("page", ["change", "delete", "history"])
@pytest.mark.parametrize("key", ["999999", "_00", "x", "0" * 300, "%ED%A0%80"])
def test_page_of_a_row_that_is_not_leads_home(
    name: str, page: str, key: str, administrator: Client
) -> None:
    address = reverse(f"admin:{name}_{page}", args=["KEY"]).replace("KEY", key)
    assert administrator.get(address).status_code in {302, 400, 403, 404}


@pytest.mark.parametrize(
    "page", ["change", "delete", "history", "publish", "unpublish"]
)
def test_page_of_a_conference_opens(page: str, organizer: Client) -> None:
    conference = make.conference() if page == "delete" else make.published()
    address = reverse(f"admin:conferences_conference_{page}", args=[conference.pk])
    response = organizer.get(address)
    assert response.status_code == 200
    assert not INLINE.findall(response.content.decode())


@pytest.mark.parametrize("name", ["index", "password_change", "jsi18n"])
def test_page_of_the_site_opens(name: str, organizer: Client) -> None:
    response = organizer.get(reverse(f"admin:{name}"))
    assert response.status_code == 200


def test_number_of_queries_does_not_grow_with_the_rows(
    organizer: Client,
) -> None:
    address = reverse("admin:conferences_conference_changelist")
    counts = set()
    for number in range(3):
        make.published(slug=f"conference-{number}")
        with CaptureQueriesContext(connection) as queries:
            organizer.get(address)
        counts.add(len(queries))
    assert len(counts) == 1


@pytest.mark.parametrize("name", NAMES)
def test_no_list_shows_a_word_of_another_organization(
    name: str, organizer: Client, administrator: Client
) -> None:
    make.published(make.organization("fabrikam"), name="Zugunruhe")
    address = reverse(f"admin:{name}_changelist")
    response = organizer.get(address)
    assert response.status_code in {200, 403}
    assert "Zugunruhe" not in response.content.decode()
    if name in {"conferences_conference", "registrations_conferenceview"}:
        # The control: whoever may see everything meets the word here.
        assert "Zugunruhe" in administrator.get(address).content.decode()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_opens_without_signing_in(name: str, client: Client) -> None:
    for page in ("changelist", "add"):
        response = client.get(reverse(f"admin:{name}_{page}"))
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("admin:login"))


@pytest.mark.parametrize("name", NAMES)
def test_staff_without_a_role_gets_nowhere(name: str, client: Client) -> None:
    user = make.member(make.organization())
    user.membership_set.all().delete()
    client.force_login(user)
    for page in ("changelist", "add"):
        assert client.get(reverse(f"admin:{name}_{page}")).status_code == 403


def test_every_answer_of_the_admin_is_private(organizer: Client) -> None:
    assert "private" in organizer.get(reverse("admin:index"))["Cache-Control"]


def test_pages_carry_the_icon_of_the_site(organizer: Client) -> None:
    page = organizer.get(reverse("admin:index")).content.decode()
    assert re.search(r'<link rel="icon" href="[^"]*conference_site/icon[^"]*svg"', page)
