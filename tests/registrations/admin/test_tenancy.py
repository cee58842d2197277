"""Nobody finds anything of another organization, wherever he looks."""

import re
from html import unescape
from urllib.parse import urldefrag, urljoin
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from registrations.models import Document, OrderSeat
from tests.registrations.admin.conftest import CANARY
from tests.registrations.admin.pages import MODELS, listing, page, read, rows

ENOUGH = 400
# Several filters at once, several columns to sort by, and the way back to a list
BESIDES = re.compile(r"&|[?]o=.*[.]|_changelist_filters")


def crawled(client: Client, start: str) -> dict[str, str]:
    """Every page of this app that can be reached by links, filters and sorting too."""
    found: dict[str, str] = {}
    waiting = [start]
    while waiting and len(found) < ENOUGH:
        address = waiting.pop(0)
        if address in found:
            continue
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        # A download (a PDF, a table) is not read here; its own tests do that.
        is_page = answer["content-type"].startswith("text/html")
        found[address] = answer.content.decode(errors="replace") if is_page else ""
        for link in re.findall(r'href="([^"]*)"', found[address]):
            target = urldefrag(urljoin(address, unescape(link))).url
            if target.startswith("/admin/registrations/") and not BESIDES.search(
                target
            ):
                waiting.append(target)
    return found


def test_no_link_leads_to_others(organizer, seated, mail, foreign):
    found = crawled(organizer, reverse("admin:index"))

    assert 20 < len(found) < ENOUGH
    assert [address for address, html in found.items() if CANARY in html] == []
    assert any(seated.code in html for html in found.values())


def test_superuser_sees_all(administrator, seated, mail, foreign):
    for model in MODELS:
        shown = administrator.get(listing(model)).content.decode()
        assert CANARY in shown
        assert "CQRS summit" in shown or "registrant@example.org" in shown


def test_staff_without_membership_sees_nothing(nobody, seated, mail):
    assert "registrations" not in read(nobody, reverse("admin:index"))
    for model in MODELS:
        assert nobody.get(listing(model)).status_code == 403


def test_registrants_are_sent_to_the_log_in(client, seated):
    for model in MODELS:
        assert client.get(listing(model)).status_code == 302


@pytest.mark.parametrize("what", ["change", "history", "delete"])
@pytest.mark.parametrize("model", MODELS)
def test_page_of_others_does_not_exist(organizer, seated, mail, foreign, model, what):
    key = foreign.ids[model]
    if model == "orderseat":
        key = OrderSeat.objects.get(order_id=key, position=0).pk
    address = page(model, key).replace("/change/", f"/{what}/")

    for method in (organizer.get, organizer.post):
        answer = method(address, {"post": "yes"}, follow=True)
        assert answer.status_code in {403, 404} or what == "delete"
        assert CANARY not in answer.content.decode()
    assert OrderSeat.objects.filter(order_id=foreign.order.pk).count() == 2


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("key", ["nonsense", "0", str(UUID(int=0))])
def test_page_of_nothing_does_not_exist(organizer, seated, model, key):
    assert organizer.get(page(model, key)).status_code == 404


@pytest.mark.parametrize("model", MODELS)
def test_search_finds_nothing_of_others(organizer, seated, mail, foreign, model):
    for term in (CANARY, foreign.order.code, str(foreign.order.pk)):
        if term != seated.code:
            assert rows(organizer, model, q=term) == []


@pytest.mark.parametrize("model", ["orderview", "orderseat"])
def test_filter_by_conference_of_others_finds_nothing(
    organizer, seated, foreign, model
):
    query = {"conference_id": str(foreign.summit.id)}

    assert rows(organizer, model, **query) == []
    assert rows(organizer, "orderseat", seat_type_id=str(foreign.summit.general)) == []


def test_probing_columns_by_address_finds_nothing(organizer, seated, foreign):
    probes = [
        {"email__startswith": CANARY.lower()},
        {"organization_id__exact": str(foreign.summit.organization_id)},
        {"line_rows__name__contains": CANARY},
        {"conference_id__exact": str(foreign.summit.id)},
    ]
    for probe in probes:
        answer = organizer.get(listing("orderview"), probe)
        assert answer.status_code in {200, 302, 400}
        assert foreign.order.code not in answer.content.decode()


def test_every_page_is_open_to_organizers(organizer, seated, mail, summit):
    seat = OrderSeat.objects.exclude(email="").get()
    keys = {
        "orderview": seated.pk,
        "orderseat": seat.pk,
        "conferenceview": summit.id,
        "notification": mail.pk,
        "document": Document.objects.get(order_id=seated.pk).pk,
    }
    for model in MODELS:
        assert read(organizer, listing(model))
        assert read(organizer, page(model, keys[model]))
        history = page(model, keys[model]).replace("/change/", "/history/")
        assert read(organizer, history)
    assert "Orders" in read(organizer, reverse("admin:index"))
