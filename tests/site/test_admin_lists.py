"""Lists say what they are, and what it means when nothing is in them."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tests.factories import conferences as make
from tests.registrations.admin.pages import read

pytestmark = pytest.mark.django_db
OURS = {
    f"{model._meta.app_label}_{model._meta.model_name}"
    for model in admin.site._registry
    if model._meta.app_label not in {"auth", "django_q"}
}


@pytest.fixture
def organizer(client: Client) -> Client:
    client.force_login(make.member(make.organization()))
    return client


def listing(name: str) -> str:
    return reverse(f"admin:{name}_changelist")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("conferences_conference", "No conference has been added yet."),
        ("registrations_orderview", "Nobody has ordered yet."),
        ("registrations_orderseat", "Nobody sits anywhere yet."),
        ("registrations_document", "No invoice, receipt or credit note has been"),
        ("registrations_notification", "No mail has been written yet."),
        ("registrations_conferenceview", "No conference has been added yet:"),
        ("payments_payment", "Nobody has begun to pay yet."),
        ("payments_case", "Nothing needs attention."),
        ("payments_bankstatement", "No statement was imported yet."),
    ],
)
def test_empty_list_says_what_that_means(organizer: Client, name: str, words: str):
    assert words in read(organizer, listing(name))
    sought = read(organizer, listing(name), q="somebody")
    assert words not in sought
    assert "0 results ( Show all )" in sought
    assert "is like that. Show all" in sought


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_list_has_its_own_words_for_being_empty(name: str, client: Client):
    client.force_login(make.superuser())
    assert "There is nothing here." not in read(client, listing(name))
    sought = read(client, listing(name), q="nobody has such a name")
    assert "Nothing here is like that." not in sought


def test_all_is_offered_only_where_something_is_left_out(organizer: Client):
    make.conference(make.organization("contoso"))
    address = listing("conferences_conference")
    assert "Show all" not in read(organizer, address)
    assert "Show all" in read(organizer, address, is_published__exact="0")


def test_list_is_called_by_what_is_in_it(organizer: Client):
    answer = organizer.get(listing("registrations_orderview"))
    html = answer.content.decode()
    assert "<title>Orders | " in html
    assert "<h1>Orders</h1>" in html
    assert "Select order to view" not in html


def test_choosing_in_a_window_of_its_own_is_still_asked_for(organizer: Client):
    address = listing("conferences_organization")
    assert (
        "<h1>Select organization"
        in organizer.get(f"{address}?_popup=1").content.decode()
    )
