"""Who sells: described by its owners, known where documents are made."""

import pytest
from django.test import Client
from django.urls import reverse

from conferences import services
from eventstore.models import Event
from registrations.models import OrganizationView
from tests.conferences.admin.forms import errors_in, submit
from tests.factories import conferences as make

pytestmark = pytest.mark.django_db


def events() -> int:
    return Event.objects.filter(type="organization-described").count()


@pytest.fixture
def page() -> str:
    contoso = make.organization()
    return reverse("admin:conferences_organization_change", args=[contoso.pk])


def browser(role: str) -> Client:
    client = Client()
    client.force_login(make.member(make.organization(), role))
    return client


def test_organization_is_known_with_its_first_conference_and_told_once() -> None:
    make.organization()
    assert events() == 0
    first = make.conference()
    make.conference(slug="second")
    assert events() == 1
    assert OrganizationView.objects.get(pk=first.organization_id).name == "Contoso"


def test_owner_says_who_sells(page: str) -> None:
    make.conference()
    submit(
        browser("owner"),
        page,
        legal_name="Contoso Ltd",
        street="1 Main Street",
        postcode="98052",
        city="Redmond",
        country="US",
        tax_id="US 12",
    )
    seller = OrganizationView.objects.get()
    assert str(seller) == "Contoso Ltd"
    assert (seller.street, seller.country, seller.tax_id) == (
        "1 Main Street",
        "US",
        "US 12",
    )
    assert events() == 2


def test_nothing_is_announced_where_nothing_changed(page: str) -> None:
    made = make.conference()
    assert submit(browser("owner"), page).status_code == 302
    services.update_organization(
        organization_id=made.organization_id, changes={"name": "Contoso"}
    )
    assert events() == 1


@pytest.mark.parametrize("country", ["XX", "us", "Germany"])
def test_country_is_an_iso_code(page: str, country: str) -> None:
    response = submit(browser("owner"), page, country=country)
    assert "country" in errors_in(response)


@pytest.mark.parametrize("role", ["organizer", "viewer"])
def test_others_do_not_change_the_seller(page: str, role: str) -> None:
    assert browser(role).post(page, {"legal_name": "Mine"}).status_code == 403
    assert make.organization().legal_name == ""
